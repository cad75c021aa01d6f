package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
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
}
