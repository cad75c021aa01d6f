package dev.weir.testkit;

import javax.sql.DataSource;
import org.sqlite.SQLiteDataSource;

class BadRowsOnSqliteTest extends BadRowCases {
    @Override
    DataSource database() {
        SQLiteDataSource dataSource = new SQLiteDataSource();
        dataSource.setUrl("jdbc:sqlite:" + directory.resolve("app.db")
                + "?journal_mode=WAL&synchronous=normal&busy_timeout=20000&foreign_keys=on");
        return dataSource;
    }
}
