package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.Table;
import dev.weir.schema.plan.Step;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@RequiresServer(Server.POSTGRES)
class ApplyOnPostgresTest extends ApplyCases {
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
    void foreignKeyThatMakesWay_comesBackInTheSameTransaction_unproven() {
        Table.Builder parent = Table.named("p")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::notNull)
                .column("other", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::notNull);
        Table child = Table.named("c")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("pid", ColumnType.of(ColumnType.Kind.BIG_INTEGER), column -> column.references("p", "id"))
                .build();
        apply(parent.primaryKey("id").build(), child);
        execute("insert into p values (1, 10)", "insert into c values (1, 1)");
        Table[] wanted = {
            parent.primaryKey("other").index(Index.on("id").withUnique()).build(), child
        };
        List<Step> steps = migration(wanted).plan().steps();
        List<Step> between = steps.stream()
                .dropWhile(step -> !step.id().equals("drop_foreign_key:c.c_pid_fkey"))
                .takeWhile(step -> !step.id().equals("validate_foreign_key:c.c_pid_fkey"))
                .toList();
        assertThat(between).extracting(Step::transactional).containsOnly(true);
        assertThat(between.get(between.size() - 1).sql()).endsWith("NOT VALID");
        apply(wanted);
        assertSettled(wanted);
    }

    @Test
    void notNullThatIsProven_isNoLongLock_onALargeTable() {
        apply(numbers().column("a", ColumnType.of(ColumnType.Kind.INTEGER)).build());
        execute("insert into t select i, i from generate_series(1, " + (SchemaMigration.LARGE_TABLE + 1) + ") as i");
        Table wanted = numbers()
                .column("a", ColumnType.of(ColumnType.Kind.INTEGER), ColumnBuilder::notNull)
                .build();
        assertThat(consents(migration(wanted).plan())).isEmpty();
        apply(wanted);
        assertSettled(wanted);
    }
}
