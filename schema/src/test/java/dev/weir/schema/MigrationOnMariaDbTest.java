package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.schema.apply.SchemaException;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.Table;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@RequiresServer(Server.MARIADB)
class MigrationOnMariaDbTest extends OvertakenMigrationCases {
    private TestDatabase database;

    @Override
    DataSource open() {
        database = Servers.mariadb().newDatabase();
        return database.dataSource();
    }

    @Override
    void drop() throws Exception {
        database.drop();
    }

    @Test
    void nameInAnotherCase_isRefused_notDroppedAndAdded() {
        execute("create table t (Id bigint not null primary key, Title varchar(20))");
        Table other = Table.named("t")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("title", ColumnType.string(20))
                .build();
        assertThatThrownBy(() -> migration(other).plan())
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("column=Id, declared=id");
    }
}
