package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.schema.apply.SchemaException;
import dev.weir.schema.model.ColumnBuilder;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    /** The catalog does not tell a column's collation that is the database's. */
    @ParameterizedTest
    @ValueSource(strings = {"utf8mb4_nopad_bin", "latin1_swedish_ci"})
    void collationOfTheDatabase_isNoDifference_byRulesEither(String collation) {
        db.sql("alter database collate " + collation).execute();
        Table notes = Table.named("notes")
                .column("id", ColumnType.of(ColumnType.Kind.NANOID), ColumnBuilder::primary)
                .column("text", ColumnType.string(50), c -> c.collation("utf8mb4_nopad_bin"))
                .column("other", ColumnType.string(50), c -> c.collation("utf8mb4_bin"))
                .build();
        SchemaMigration migration =
                SchemaMigration.of(db, Schema.of(notes)).withoutScratch().build();
        migration.apply(List.of());
        assertThat(migration.plan().steps()).isEmpty();
        assertThat(SchemaMigration.of(db, Schema.of(notes)).build().plan().steps())
                .isEmpty();
    }
}
