package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.Database;
import dev.weir.schema.apply.StalePlanException;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.DataStep;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.ReferentialAction;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Seed;
import dev.weir.schema.model.Table;
import dev.weir.schema.plan.Plan;
import dev.weir.schema.plan.PlanJson;
import dev.weir.schema.plan.Step;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What plans must name and applies must keep in ordinary use, on one engine. Each test has an empty database of its own. */
@Timeout(120)
abstract class ApplyCases {
    static final List<String> NOTHING_ALLOWED = List.of();

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

    final SchemaMigration migration(Table... tables) {
        return SchemaMigration.of(db, Schema.of(tables)).build();
    }

    final void apply(Table... tables) {
        migration(tables).apply(NOTHING_ALLOWED);
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

    static List<String> consents(Plan plan) {
        return plan.hazards().stream().map(hazard -> hazard.consent()).toList();
    }

    final void assertSettled(Table... tables) {
        assertThat(migration(tables).plan().steps()).extracting(Step::sql).isEmpty();
    }

    static Table.Builder numbers() {
        return Table.named("t").column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary);
    }

    /** Made against a copy whose rows are others: the plan is of the schema. */
    @Test
    void reviewedPlan_holdsWhateverTheRowsAre() {
        Table parent = Table.named("p")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .build();
        apply(
                parent,
                numbers().column("a", ColumnType.of(ColumnType.Kind.INTEGER)).build());
        Table[] wanted = {
            parent,
            numbers()
                    .column(
                            "a",
                            ColumnType.of(ColumnType.Kind.INTEGER),
                            column -> column.notNull().defaultValue(1))
                    .column("p", ColumnType.of(ColumnType.Kind.BIG_INTEGER), column -> column.references("p", "id"))
                    .index(Index.on("a"))
                    .index(Index.on("a", "p").withUnique())
                    .check("a_positive", "a > 0")
                    .seed(new Seed(List.of("id"), false, List.of(Map.of("id", 1L, "a", 1), Map.of("id", 2L, "a", 2))))
                    .build()
        };
        Plan copy = PlanJson.read(PlanJson.write(migration(wanted).plan()));
        execute("insert into t (id, a) values (2, 2), (3, 3)");
        migration(wanted).apply(copy, NOTHING_ALLOWED);
        assertSettled(wanted);
        assertThat(number("select count(*) as n from t")).isEqualTo(3);
    }

    @Test
    void reviewedPlan_isRefused_whenTheSeedIsAnother() {
        Table.Builder table = numbers().column("a", ColumnType.of(ColumnType.Kind.INTEGER));
        apply(table.build());
        Plan plan = PlanJson.read(PlanJson.write(migration(
                        table.seed(new Seed(List.of("id"), false, List.of(Map.of("id", 1L, "a", 1))))
                                .build())
                .plan()));
        SchemaMigration other = migration(table.seed(new Seed(List.of("id"), false, List.of(Map.of("id", 1L, "a", 5))))
                .build());
        assertThatThrownBy(() -> other.apply(plan, NOTHING_ALLOWED))
                .isInstanceOf(StalePlanException.class)
                .hasMessageContaining("differs=seed:t");
    }

    @Test
    void odacM5_enumeration_isNoDifferenceAtTheSecondStart() {
        Table table = numbers()
                .column(
                        "status",
                        ColumnType.enumeration("draft", "it's live"),
                        column -> column.notNull().defaultValue("draft"))
                .build();
        apply(table);
        execute("insert into t (id, status) values (1, 'it''s live')");
        assertSettled(table);
        apply(table);
        assertThat(number("select count(*) as n from t")).isOne();
    }

    @Test
    void foreignKeyThatIsReplaced_isNoHazard_thoughItsColumnIsRenamed() {
        Table parent = Table.named("p")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .build();
        apply(
                parent,
                numbers()
                        .column(
                                "pid",
                                ColumnType.of(ColumnType.Kind.BIG_INTEGER),
                                column -> column.references("p", "id").onDelete(ReferentialAction.CASCADE))
                        .build());
        execute("insert into p values (1)", "insert into t (id, pid) values (1, 1)");
        Table[] wanted = {
            parent,
            numbers()
                    .column(
                            "ppid",
                            ColumnType.of(ColumnType.Kind.BIG_INTEGER),
                            column -> column.renamedFrom("pid")
                                    .references("p", "id")
                                    .onDelete(ReferentialAction.SET_NULL))
                    .build()
        };
        assertThat(consents(migration(wanted).plan())).isEmpty();
        apply(wanted);
        assertSettled(wanted);
    }

    @Test
    void generatedColumnThatGoes_isNoLoss() {
        Table without = numbers()
                .column("a", ColumnType.of(ColumnType.Kind.INTEGER), ColumnBuilder::notNull)
                .build();
        apply(numbers()
                .column("a", ColumnType.of(ColumnType.Kind.INTEGER), ColumnBuilder::notNull)
                .column("twice", ColumnType.of(ColumnType.Kind.INTEGER), column -> column.generated("a * 2"))
                .build());
        execute("insert into t (id, a) values (1, 21)");
        assertThat(consents(migration(without).plan())).isEmpty();
        apply(without);
        migration(without).rollback(NOTHING_ALLOWED);
        assertThat(number("select twice as n from t")).isEqualTo(42);
    }

    @Test
    void consentsAndNames_areCheckedWhenTheyAreGiven() {
        SchemaMigration migration = migration(numbers().build());
        for (String consent : List.of("bogus", "bogus:t.a", "drop_column:")) {
            assertThatThrownBy(() -> migration.apply(List.of(consent)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("HAZARD:OBJECT");
        }
        assertNamed("allowed", () -> migration.apply(missing()));
        assertNamed("allowed", () -> migration.rollback(missing()));
        assertNamed("pattern", () -> SchemaMigration.of(db, Schema.of()).ignore(missing()));
        assertNamed("name", () -> SchemaMigration.of(db, Schema.of()).history(missing()));
        assertNamed("index", () -> numbers().index(missing()));
        assertNamed("key", () -> DataStep.sql(missing(), DataStep.When.AFTER_EXPAND, "select 1", null));
        assertNamed("table", () -> Schema.of((Table) missing()));
    }

    private static void assertNamed(String parameter, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(NullPointerException.class).hasMessage(parameter);
    }

    @SuppressWarnings("NullAway")
    private static <T> T missing() {
        return null;
    }
}
