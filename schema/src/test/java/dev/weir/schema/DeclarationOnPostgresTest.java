package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.nio.file.Files;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@RequiresServer(Server.POSTGRES)
class DeclarationOnPostgresTest extends DeclarationCases {
    private TestDatabase database;

    @Override
    DataSource open() {
        database = Servers.postgres().newDatabase();
        return database.dataSource();
    }

    @Override
    void drop() throws Exception {
        database.drop();
    }

    @Test
    void serialThatBecomesAnIdentity_andBack_goesOnCounting() {
        execute(
                "create table base (id serial primary key, x text)",
                "insert into base (x) values ('a'), ('b'), ('c')",
                "delete from base where id = 3");
        Table base = Table.named("base")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INCREMENTS))
                .column("x", ColumnType.of(ColumnType.Kind.TEXT))
                .build();
        apply(base);
        execute("insert into base (x) values ('d')");
        assertThat(number("select max(id) as n from base")).isEqualTo(4);
        execute("delete from base where id = 4");
        Schema serial = ScriptCases.script("create table base (id bigserial primary key, x text)");
        migration(serial).apply(List.of());
        assertSettled(serial);
        execute("insert into base (x) values ('e')");
        assertThat(number("select max(id) as n from base")).isEqualTo(5);
        execute("truncate base");
        apply(base);
        execute("insert into base (x) values ('f')");
        assertThat(number("select max(id) as n from base")).isEqualTo(6);
    }

    @Test
    void keysThatSayMoreThanCanBeDeclared_areWrittenDown_andStay() throws Exception {
        execute(
                "create table base (id int primary key, b int, unique (id, b), unique (b) deferrable)",
                "create table later (a int, b int, span int4range,"
                        + " foreign key (a) references base (id) deferrable initially deferred,"
                        + " foreign key (a, b) references base (id, b) match full on delete set null (b),"
                        + " exclude using gist (span with &&))");
        Schema snapshot = snapshot();
        assertThat(Files.readString(files.resolve("later.yaml")))
                .startsWith("# ")
                .contains("later_a_fkey")
                .contains("later_a_b_fkey");
        assertSettled(snapshot);
        apply(snapshot.tables().toArray(Table[]::new));
        assertThat(text("select string_agg(pg_get_constraintdef(oid), '; ' order by conname) as n from pg_constraint"
                        + " where conrelid = 'later'::regclass and contype in ('f', 'x')"))
                .contains("DEFERRABLE INITIALLY DEFERRED")
                .contains("MATCH FULL")
                .contains("SET NULL (b)")
                .contains("EXCLUDE USING gist");
        // In another place all is made that can be declared.
        drop();
        connect();
        apply(snapshot.tables().toArray(Table[]::new));
        assertSettled(snapshot);
        assertThat(number("select count(*) as n from pg_constraint where contype = 'x'"))
                .isEqualTo(1);
        assertThat(number("select count(*) as n from pg_constraint where contype = 'u' and condeferrable"))
                .isEqualTo(1);
    }
}
