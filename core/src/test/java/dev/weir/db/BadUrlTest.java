package dev.weir.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.error.Failure;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class BadUrlTest {
    private static final String URL = "jdbc:nosuch://ada:hush@db/app?password=hush";

    /** A pool that says what it was given, as many do. */
    private static DataSource refusing() {
        return (DataSource) java.lang.reflect.Proxy.newProxyInstance(
                BadUrlTest.class.getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    SQLException driver = new SQLException("No suitable driver found for " + URL, "08001");
                    throw new SQLException(
                            "The pool could not start", "08001", new IllegalStateException("url=" + URL, driver));
                });
    }

    @Test
    void badUrl_isShownWithoutItsPassword_inAllThatIsThrown() {
        SqlException thrown = catchThrowableOfType(
                SqlException.class,
                () -> Database.builder(refusing()).name("main").build());
        assertThat(thrown).hasMessageContaining("database=main").hasMessageContaining("Check the URL");
        assertThat(thrown.failure()).isEqualTo(Failure.CONNECTION);
        assertThat(thrown.sqlState()).isEqualTo("08001");
        StringWriter printed = new StringWriter();
        thrown.printStackTrace(new PrintWriter(printed));
        assertThat(printed.toString())
                .contains("jdbc:nosuch://***@db/app?password=***")
                .doesNotContain("hush");
    }
}
