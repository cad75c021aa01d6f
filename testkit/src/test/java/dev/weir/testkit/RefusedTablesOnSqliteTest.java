package dev.weir.testkit;

import java.util.List;
import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;

class RefusedTablesOnSqliteTest extends RefusedTableCases {
    @Override
    DataSource database() {
        SQLiteDataSource dataSource = new SQLiteDataSource();
        dataSource.setUrl("jdbc:sqlite:" + directory.resolve("refused.db") + "?journal_mode=WAL&busy_timeout=60000");
        return dataSource;
    }

    @Override
    List<String> inexactKeys() {
        return List.of("text collate nocase", "text collate rtrim", "double");
    }

    @Override
    String exactText() {
        return "text";
    }
}
