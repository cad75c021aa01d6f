package dev.weir.testkit;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteDataSource;

class WriteBehindOnSqliteTest extends WriteBehindCases {
    private Path file;
    private SQLiteDataSource dataSource;

    @Override
    DataSource database() {
        file = directory.resolve(UUID.randomUUID() + ".db");
        dataSource = new SQLiteDataSource();
        dataSource.setUrl("jdbc:sqlite:" + file + "?journal_mode=WAL&synchronous=normal&busy_timeout=20000");
        return dataSource;
    }

    @Override
    void backUp(Path to) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("vacuum into '" + to + "'");
        }
    }

    @Override
    void restore(Path from) throws SQLException {
        try (Connection connection = dataSource.getConnection();
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("restore from '" + from + "'");
        }
    }

    @Test
    void restoredDatabase_catchesUp() {
        assertRestoredDatabaseCatchesUp();
    }
}
