package dev.weir.schema;

import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class DeclarationOnSqliteTest extends DeclarationCases {
    @TempDir
    Path directory;

    @Override
    DataSource open() {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + directory.resolve("test.db") + "?foreign_keys=on&busy_timeout=5000");
        return source;
    }

    @Override
    void drop() {}
}
