package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.InvalidSchemaException;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@RequiresServer(Server.MARIADB)
class DeclarationOnMariaDbTest extends DeclarationCases {
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
    void charactersThatTheCatalogLoses_areRefused() {
        for (Table table : List.of(
                Table.named("t")
                        .column("s", ColumnType.string(50), c -> c.defaultValue("é😀 ü"))
                        .build(),
                Table.named("t")
                        .column("s", ColumnType.string(50), c -> c.comment("😀"))
                        .build(),
                Table.named("t").column("s", ColumnType.enumeration("😀", "😁")).build(),
                Table.named("t")
                        .column("s", ColumnType.string(50))
                        .check("c", "s <> '😀'")
                        .build())) {
            assertThatThrownBy(() -> migration(Schema.of(table)).plan())
                    .isInstanceOf(InvalidSchemaException.class)
                    .hasMessageContaining("U+1F600")
                    .hasMessageContaining("table=t");
        }
        assertThatThrownBy(() -> migration(ScriptCases.script("create table t (s varchar(9) default '😀')"))
                        .plan())
                .isInstanceOf(InvalidSchemaException.class)
                .hasMessageContaining("all.sql:1:");
        Table plain = Table.named("t")
                .column("s", ColumnType.string(50), c -> c.defaultValue("é€ ü"))
                .build();
        apply(plain);
        assertSettled(Schema.of(plain));
    }
}
