package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@RequiresServer(Server.POSTGRES)
class MigrationOnPostgresTest extends OvertakenMigrationCases {
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
    void serial_thatBecomesIdentity_givesNoNumberTwice() {
        execute("create table t (id serial primary key, x text)");
        execute("insert into t (x) values ('a'), ('b'), ('c')");
        execute("delete from t where id = 3");
        Table wanted = Table.named("t")
                .column("id", ColumnType.of(ColumnType.Kind.INCREMENTS), ColumnBuilder::primary)
                .column("x", ColumnType.of(ColumnType.Kind.TEXT))
                .build();
        apply(wanted);
        execute("insert into t (x) values ('d')");
        assertThat(number("select max(id) as n from t")).isGreaterThan(3);
    }

    @Test
    void noSchemaInUse_isSaidAtOnce() {
        execute("do $$ begin execute format('alter database %I set search_path = nosuch', current_database()); end $$");
        assertThatThrownBy(() -> migration(Schema.of()).apply(NOTHING_ALLOWED))
                .hasMessageContaining("There must be a schema in use");
    }
}
