package dev.weir.server.demo;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** The demo's SQLite database with a small pool. A commit is on disk when it returns. */
final class DemoDatabase implements AutoCloseable {
    private final HikariDataSource pool;

    private DemoDatabase(HikariDataSource pool) {
        this.pool = pool;
    }

    static DemoDatabase open(Path file) {
        SQLiteConfig sqlite = new SQLiteConfig();
        sqlite.setJournalMode(SQLiteConfig.JournalMode.WAL);
        sqlite.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        sqlite.setBusyTimeout(10_000);
        SQLiteDataSource source = new SQLiteDataSource(sqlite);
        source.setUrl("jdbc:sqlite:" + file);
        HikariConfig config = new HikariConfig();
        config.setPoolName("demo");
        config.setDataSource(source);
        config.setMaximumPoolSize(8);
        config.setConnectionTimeout(5_000);
        config.setMinimumIdle(1);
        return new DemoDatabase(new HikariDataSource(config));
    }

    DataSource dataSource() {
        return pool;
    }

    @Override
    public void close() {
        pool.close();
    }
}
