package dev.weir.testkit;

import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class FaultyDataSourceOnSqliteTest extends FaultyDataSourceCases {
    @TempDir
    Path directory = Path.of("");

    @Override
    DataSource target() {
        SQLiteDataSource dataSource = new SQLiteDataSource();
        dataSource.setUrl("jdbc:sqlite:" + directory.resolve("faulty.db"));
        return dataSource;
    }
}
