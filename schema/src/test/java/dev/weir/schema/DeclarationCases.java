package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.weir.db.Database;
import dev.weir.schema.file.SchemaFiles;
import dev.weir.schema.file.Snapshot;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.DataStep;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.schema.plan.Hazard;
import dev.weir.schema.plan.Plan;
import dev.weir.schema.plan.Step;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * That a declaration means the same to the engine, to what is read of it, and to a snapshot, on one engine. Each test has an
 * empty database of its own.
 */
@Timeout(120)
abstract class DeclarationCases {
    @TempDir
    Path files;

    Database db;

    /** An empty database. */
    abstract DataSource open() throws Exception;

    abstract void drop() throws Exception;

    @BeforeEach
    final void connect() throws Exception {
        db = Database.builder(open()).build();
    }

    @AfterEach
    final void disconnect() throws Exception {
        drop();
    }

    final SchemaMigration migration(Schema schema) {
        return SchemaMigration.of(db, schema).build();
    }

    final void apply(Table... tables) {
        migration(Schema.of(tables)).apply(List.of());
        db.catalog().refresh();
    }

    final void execute(String... statements) {
        for (String sql : statements) {
            db.sql(sql).execute();
        }
        db.catalog().refresh();
    }

    final long number(String sql) {
        return db.sql(sql).first().orElseThrow().getLong("n");
    }

    final String text(String sql) {
        return db.sql(sql).first().orElseThrow().getString("n");
    }

    final void assertSettled(Schema schema) {
        assertThat(migration(schema).plan().steps()).extracting(Step::sql).isEmpty();
        if (schema.scripts().isEmpty()) {
            Plan rules = SchemaMigration.of(db, schema).withoutScratch().build().plan();
            assertThat(rules.steps()).extracting(Step::sql).isEmpty();
        }
    }

    static List<String> consents(Plan plan) {
        return plan.hazards().stream().map(Hazard::consent).toList();
    }

    /** Writes a snapshot and reads it. */
    final Schema snapshot() throws Exception {
        Snapshot.write(migration(Schema.of()).read(), files, true);
        return SchemaFiles.read(files);
    }

    @Test
    void numberThatWasGivenAway_isNotGivenAgain_whenItsColumnGrows() {
        for (Kind kind : List.of(Kind.INCREMENTS, Kind.BIG_INCREMENTS)) {
            apply(Table.named("base")
                    .column("id", ColumnType.of(kind))
                    .column("x", ColumnType.string(10))
                    .build());
            execute("insert into base (x) values ('a')", "insert into base (x) values ('b')");
            execute("delete from base where id = (select m from (select max(id) as m from base) as latest)");
        }
        execute("insert into base (x) values ('c')");
        assertThat(number("select max(id) as n from base")).isEqualTo(5);
        assertThat(number("select count(*) as n from base")).isEqualTo(3);
    }

    @Test
    void failure_tellsNoValueOfARow() {
        Table table = Table.named("t")
                .column("id", ColumnType.of(Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("a", ColumnType.string(40))
                .column("b", ColumnType.string(40))
                .column("n", ColumnType.of(Kind.INTEGER))
                .build();
        apply(table);
        execute(
                "insert into t (id, a, b) values (100777, 'geheim-1', 'same')",
                "insert into t (id, a, b) values (200777, 'geheim-2', 'same')");
        for (String sql : List.of(
                "update t set id = (select l from (select min(id) as l from t) as least)",
                "update t set n = a",
                "update t set id = id * 1000000000000000")) {
            DataStep step = DataStep.sql("s", DataStep.When.BEFORE_CONTRACT, sql, null);
            assertTellsNothing(Schema.of(List.of(table), List.of(step)), List.of());
        }
        Table unique = Table.named("t")
                .column("id", ColumnType.of(Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("a", ColumnType.string(4))
                .column("b", ColumnType.string(40), ColumnBuilder::unique)
                .column("n", ColumnType.of(Kind.INTEGER))
                .build();
        List<String> consents = consents(migration(Schema.of(unique)).plan());
        assertTellsNothing(Schema.of(unique), consents);
    }

    private void assertTellsNothing(Schema schema, List<String> allowed) {
        Throwable failure = catchThrowable(() -> migration(schema).apply(allowed));
        if (failure != null) {
            assertThat(failure.getMessage()).contains("reason=").doesNotContain("geheim", "777");
        }
    }
}
