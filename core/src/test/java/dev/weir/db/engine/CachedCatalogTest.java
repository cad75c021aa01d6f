package dev.weir.db.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.error.WeirException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CachedCatalogTest {
    @TempDir
    Path directory;

    private final AtomicInteger looks = new AtomicInteger();
    private boolean away;
    private Catalog catalog;

    @BeforeEach
    void open() throws SQLException {
        execute("CREATE TABLE posts (id integer primary key, title text)");
        execute("CREATE TABLE pages (id integer primary key)");
        execute("CREATE TABLE visitors (id integer primary key)");
        execute("CREATE TABLE hits (id integer primary key)");
        catalog = Catalog.of(dataSource(), SqliteDialect.INSTANCE);
    }

    @Test
    void table_isLookedAtOnce() {
        TableInfo first = catalog.table("posts");
        assertThat(catalog.table("posts")).isSameAs(first);
        assertThat(looks).hasValue(1);
        assertThat(catalog.table("POSTS")).isEqualTo(first);
    }

    @Test
    void unknownTable_isLookedAtAfresh_andNamesTheNearest() throws SQLException {
        assertThatThrownBy(() -> catalog.table("post"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A table must exist in the database: table=post; the nearest are posts, hits, pages");
        execute("CREATE TABLE post (id integer primary key)");
        assertThat(catalog.table("post").name()).isEqualTo("post");
    }

    @Test
    void unknownColumn_isLookedForOnceMore_andListsTheTables() throws SQLException {
        TableInfo table = catalog.table("posts");
        assertThatThrownBy(() -> catalog.column(table, "views"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("A column must exist in its table: column=views, table=posts; its columns are id, title");
        execute("ALTER TABLE posts ADD COLUMN views bigint");
        assertThat(catalog.column(table, "VIEWS").kind()).isEqualTo(ValueKind.INTEGER);
        assertThat(catalog.table("posts").column("views")).isPresent();
    }

    @Test
    void refresh_forgets() throws SQLException {
        catalog.table("posts");
        execute("ALTER TABLE posts ADD COLUMN views bigint");
        assertThat(catalog.table("posts").column("views")).isEmpty();
        catalog.refresh();
        assertThat(catalog.table("posts").column("views")).isPresent();
    }

    @Test
    void heldConnection_isUsedInsteadOfThePool() throws SQLException {
        try (Connection held = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("a.db"))) {
            TableInfo table = catalog.table(held, "posts");
            assertThat(catalog.column(held, table, "title").kind()).isEqualTo(ValueKind.TEXT);
            assertThatThrownBy(() -> catalog.column(held, table, "nope")).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(looks).hasValue(0);
        assertThat(catalog.table("posts")).isNotNull();
        assertThat(looks).hasValue(0);
    }

    @Test
    void databaseAway_isRetryable_andWhatIsKeptIsServed() {
        catalog.table("posts");
        away = true;
        assertThat(catalog.table("posts").name()).isEqualTo("posts");
        assertThatThrownBy(() -> catalog.table("pages"))
                .isInstanceOfSatisfying(
                        WeirException.class, e -> assertThat(e.retryable()).isTrue());
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("a.db"));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private DataSource dataSource() {
        return (DataSource) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {DataSource.class}, (proxy, method, arguments) -> {
                    if (!method.getName().equals("getConnection")) {
                        throw new UnsupportedOperationException(method.getName());
                    }
                    if (away) {
                        throw new SQLException("away", "08001");
                    }
                    looks.incrementAndGet();
                    return DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("a.db"));
                });
    }
}
