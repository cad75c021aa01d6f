package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.model.Schema;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
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

    @Test
    void snapshotOfKeysThatTakeNull_hasAnEmptyPlan() throws Exception {
        execute(
                "create table x (id text primary key, y int)",
                "create table z (a int, b int, primary key (a, b))",
                "insert into x values (null, 1), ('a', 2)");
        Schema snapshot = snapshot();
        assertSettled(snapshot);
        assertThat(migration(snapshot).apply(List.of()).steps()).isEmpty();
        assertThat(migration(snapshot).status().steps()).isEmpty();
    }
}
