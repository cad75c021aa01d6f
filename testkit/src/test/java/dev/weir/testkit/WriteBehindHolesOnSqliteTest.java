package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.engine.ValueKind;
import java.time.Instant;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.sqlite.SQLiteDataSource;

class WriteBehindHolesOnSqliteTest extends WriteBehindHoles {
    @Override
    DataSource database() {
        SQLiteDataSource sqlite = new SQLiteDataSource();
        sqlite.setUrl("jdbc:sqlite:" + directory.resolve("app.db")
                + "?journal_mode=WAL&busy_timeout=20000&synchronous=normal");
        return sqlite;
    }

    @Override
    String type(ValueKind kind) {
        return Engines.sqliteType(kind);
    }

    /** SQLite stores whatever text or number it is given. */
    @Test
    void odacW29_buffered_andDirectWrites_storeTheSameText() {
        Instant at = Instant.parse("2026-01-02T03:04:05Z");
        byte[] body = {1, 2, 3};
        direct.table("posts").where("id", 1).update(Map.of("at", at, "body", body));
        posts().insert(Map.of("id", 3, "at", at, "body", body));
        weir.buffer().flush();

        assertThat(direct.sql("select distinct typeof(at) || at || typeof(body) || hex(body) x from posts")
                        .list())
                .hasSize(1);
    }
}
