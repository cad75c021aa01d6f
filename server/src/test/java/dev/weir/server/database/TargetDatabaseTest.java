package dev.weir.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.server.CommandFailed;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TargetDatabaseTest {
    @TempDir
    Path directory;

    private void refused(String url) throws SQLException {
        try (TargetDatabase target = TargetDatabase.open(url);
                Connection connection = target.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists t(v varchar(3))");
            assertThatThrownBy(() -> statement.execute("insert into t values('confidential')"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void refusedValue_ofH2_isInNoFile() throws Exception {
        refused("jdbc:h2:" + directory.resolve("target"));

        try (Stream<Path> files = Files.list(directory)) {
            List<Path> written = files.toList();
            assertThat(written).isNotEmpty();
            for (Path file : written) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("confidential");
            }
        }
    }

    @Test
    void h2_forAUserWhoMayNotSetIt_opensAllTheSame() throws Exception {
        String url = "jdbc:h2:" + directory.resolve("target");
        try (TargetDatabase target = TargetDatabase.open(url);
                Connection connection = target.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create user u password 'p'");
        }

        try (TargetDatabase target = TargetDatabase.open(url + ";USER=u;PASSWORD=p");
                Connection connection = target.dataSource().getConnection()) {
            assertThat(connection.isValid(5)).isTrue();
        }
        refused(url + ";TRACE_LEVEL_FILE=0");
    }

    @Test
    void pathThatCanNotBe_isOneLine_andTheDriverIsSilent() {
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        PrintStream before = System.err;
        System.setErr(new PrintStream(err, true, StandardCharsets.UTF_8));
        try {
            assertThatThrownBy(() -> TargetDatabase.open("jdbc:h2:/proc/nope/x"))
                    .isInstanceOf(CommandFailed.class)
                    .hasMessageContaining("db=jdbc:h2:/proc/nope/x");
        } finally {
            System.setErr(before);
        }
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:mariadb://me:p@hushhush@127.0.0.1:1/x",
                "jdbc:mariadb://address=(host=127.0.0.1)(port=1)(user=me)(password=hushhush)/x",
                "jdbc:mariadb://127.0.0.1:1/x?user=me&password=hushhush",
                "jdbc:postgresql://127.0.0.1:hushhush@1/x",
                "jdbc:postgresql://me:p:hushhush@127.0.0.1:1/x",
                "jdbc:h2:tcp://me:hushhush@127.0.0.1:1/x",
                "jdbc:sqlite:/proc/nope/x?password=hushhush",
            })
    void password_isInNoMessage(String url) {
        assertThatThrownBy(() -> TargetDatabase.open(url))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("db=")
                .hasMessageNotContaining("hush");
    }
}
