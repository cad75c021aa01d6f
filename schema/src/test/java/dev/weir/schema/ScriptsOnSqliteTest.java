package dev.weir.schema;

import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class ScriptsOnSqliteTest extends ScriptCases {
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

    @Override
    List<String> harmful() {
        return List.of(
                "create table t (a int); attach database 'file:leak?mode=memory' as e; create table e.leak (a int)",
                "vacuum into 'leak.db'",
                "create table main.t (a int)");
    }
}
