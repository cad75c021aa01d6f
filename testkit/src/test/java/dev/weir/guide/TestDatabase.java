package dev.weir.guide;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weir.db.Database;
import java.nio.file.Path;
import java.util.Map;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** An SQLite database in a directory, as the guide's examples find it. */
final class TestDatabase implements AutoCloseable {
    private final HikariDataSource pool;

    TestDatabase(Path directory) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl("jdbc:sqlite:" + directory.resolve("app.db")
                + "?journal_mode=WAL&synchronous=FULL&busy_timeout=10000&foreign_keys=true");
        config.setMaximumPoolSize(4);
        config.setMinimumIdle(0);
        this.pool = new HikariDataSource(config);
    }

    DataSource dataSource() {
        return pool;
    }

    private Database plain() {
        return Database.builder(pool).build();
    }

    void run(String sql) {
        plain().sql(sql).execute();
    }

    Map<String, @Nullable Object> row(String sql) {
        return plain().sql(sql).first().orElseThrow().toMap();
    }

    @Override
    public void close() {
        pool.close();
    }
}
