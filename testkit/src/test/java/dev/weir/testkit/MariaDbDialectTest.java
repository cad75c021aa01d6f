package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Database;
import dev.weir.db.Row;
import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.ValueKind;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("servers")
class MariaDbDialectTest extends DialectContract {
    private TestDatabase database;

    @Override
    protected DataSource open(int connections) throws Exception {
        database = Servers.mariadb().newDatabase();
        return Engines.pool(database.jdbcUrl(), database.user(), database.password(), connections);
    }

    @Override
    protected void close(DataSource opened) throws Exception {
        Engines.close(opened);
        database.drop();
    }

    @Override
    protected String type(ValueKind kind) {
        return Engines.mariaDbType(kind);
    }

    @Override
    protected String identity() {
        return "id bigint auto_increment primary key";
    }

    @Override
    protected String endlessQuery() {
        return "select count(*) from seq_1_to_100000000 a, seq_1_to_100000 b";
    }

    @Test
    void plainSql_tellsADatetimeFromATimestamp() {
        db.sql("create table times (id bigint primary key, local datetime(6), at timestamp(6) null)")
                .execute();
        Instant at = Instant.parse("2000-10-10T20:55:36.5Z");
        LocalDateTime local = LocalDateTime.parse("2000-10-10T22:55:36.25");
        db.table("times").insert(Map.of("id", 1, "local", local, "at", at));
        Row row = db.sql("select local, at, max(at) as latest, coalesce(local, local) as same from times group by id")
                .first()
                .orElseThrow();
        assertThat(row.get("local")).isEqualTo(local);
        assertThat(row.get("at")).isEqualTo(at);
        assertThat(row.get("latest")).isEqualTo(at);
        assertThat(row.get("same")).isEqualTo(local);
        assertThat(db.sql("select count(*) as n from times where at = ? and local = ?", at, local)
                        .first()
                        .orElseThrow()
                        .getLong("n"))
                .isEqualTo(1);
    }

    /** There is no MySQL here; what it does without RETURNING MariaDB can do too. */
    @Test
    void mysqlsWay_tellsGeneratedKeysAndNextIds() {
        db.nextId("users");
        Database mysql = builder().dialect(Dialect.named("mysql").orElseThrow()).build();
        List<Row> keys = mysql.table("posts").insertAll(List.of(Map.of("title", "a"), Map.of("title", "b")));
        for (int i = 0; i < 2; i++) {
            assertThat(db.table("posts")
                            .where("id", keys.get(i).getLong("id"))
                            .first()
                            .orElseThrow()
                            .getString("title"))
                    .isEqualTo(i == 0 ? "a" : "b");
        }
        assertThat(mysql.table("users").insert(Map.of("id", 9, "name", "a")).getLong("id"))
                .isEqualTo(9);
        assertThat(mysql.nextId("users")).isEqualTo(10);
        assertThat(mysql.nextId("users")).isEqualTo(11);
        assertThat(mysql.nextId("posts")).isEqualTo(3);
        db.sql("create table coded (code varchar(40) default (uuid()) primary key, n int)")
                .execute();
        assertRefusedUnsent(() -> mysql.table("coded").insert(Map.of("n", 1)), "missing=[code]");
    }
}
