package dev.weir.schema;

import java.nio.file.Files;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class SnapshotOnSqliteTest extends SnapshotCases {
    @TempDir
    Path database;

    @Override
    DataSource open() {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + database.resolve("test.db") + "?foreign_keys=on&busy_timeout=5000");
        return source;
    }

    @Override
    void drop() throws Exception {
        Files.deleteIfExists(database.resolve("test.db"));
    }
}
