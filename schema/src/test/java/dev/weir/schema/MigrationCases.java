package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.Database;
import dev.weir.schema.apply.ApplyReport;
import dev.weir.schema.apply.ApplySettings;
import dev.weir.schema.apply.HazardException;
import dev.weir.schema.apply.SchemaException;
import dev.weir.schema.apply.StalePlanException;
import dev.weir.schema.diff.Change;
import dev.weir.schema.diff.Difference;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.DataStep;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.InvalidSchemaException;
import dev.weir.schema.model.ReferentialAction;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Script;
import dev.weir.schema.model.Seed;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.schema.plan.Hazard;
import dev.weir.schema.plan.Hazard.Kind;
import dev.weir.schema.plan.Plan;
import dev.weir.schema.plan.PlanJson;
import dev.weir.schema.plan.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What planning and applying must do, on one engine. Each test has an empty database of its own. */
@Timeout(120)
abstract class MigrationCases {
    static final List<String> NOTHING_ALLOWED = List.of();

    private DataSource dataSource;
    Database db;

    /** An empty database. */
    abstract DataSource open() throws Exception;

    abstract void drop() throws Exception;

    @BeforeEach
    final void connect() throws Exception {
        dataSource = open();
        db = Database.builder(dataSource).build();
    }

    @AfterEach
    final void disconnect() throws Exception {
        drop();
    }

    final SchemaMigration migration(Schema schema) {
        return SchemaMigration.of(db, schema).build();
    }

    final SchemaMigration migration(Table... tables) {
        return migration(Schema.of(tables));
    }

    final ApplyReport apply(Table... tables) {
        return migration(tables).apply(NOTHING_ALLOWED);
    }

    void execute(String sql) {
        db.sql(sql).execute();
        db.catalog().refresh();
    }

    long number(String sql) {
        return db.sql(sql).first().orElseThrow().getLong("n");
    }

    final String quote(String name) {
        return db.dialect().quote(name);
    }

    static Table.Builder users() {
        return Table.named("users")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("name", ColumnType.string(100), ColumnBuilder::notNull);
    }

    static Table.Builder posts() {
        return Table.named("posts")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column(
                        "author",
                        ColumnType.of(ColumnType.Kind.BIG_INTEGER),
                        c -> c.references("users", "id").onDelete(ReferentialAction.CASCADE))
                .column("title", ColumnType.string(200), c -> c.notNull().defaultValue("it's"))
                .index(Index.on("title", "author"));
    }

    void insertUsers(String... names) {
        for (int i = 0; i < names.length; i++) {
            db.table("users").insert(Map.of("id", i + 1L, "name", names[i]));
        }
    }

    private static List<String> consents(Plan plan) {
        return plan.hazards().stream().map(Hazard::consent).toList();
    }

    void assertSettled(Table... tables) {
        assertSettled(Schema.of(tables));
    }

    void assertSettled(Schema schema) {
        assertThat(migration(schema).plan().steps()).extracting(Step::sql).isEmpty();
        assertThat(migration(schema).status().steps()).extracting(Step::sql).isEmpty();
        assertThat(SchemaMigration.of(db, schema)
                        .withoutScratch()
                        .build()
                        .plan()
                        .steps())
                .extracting(Step::sql)
                .isEmpty();
    }

    @Test
    void historyOfItsOwn_isNotMixedWithAnothersOfTheSameDatabase() {
        apply(users().build());
        Table visits = Table.named("visits")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .build();
        SchemaMigration beside =
                SchemaMigration.of(db, Schema.of(visits)).history("beside").build();
        beside.apply(NOTHING_ALLOWED);
        assertThat(beside.status().steps()).isEmpty();
        execute("alter table " + quote("users") + " add column " + quote("extra") + " int");
        assertThat(beside.status().steps()).isEmpty();
        assertThat(migration(users().build()).status().steps())
                .extracting(Step::id)
                .containsExactly("drop_column:users.extra");
        assertThat(migration(users().build()).rollbackPlan().steps())
                .extracting(Step::id)
                .containsExactly("drop_table:users");
        assertThat(beside.rollbackPlan().steps()).extracting(Step::id).containsExactly("drop_table:visits");
        assertThatThrownBy(() -> SchemaMigration.of(db, Schema.of()).history("Two words"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("name=Two words");
    }

    @Test
    void difference_tellsTablesApart_andLooksAtNoRow() {
        apply(users().build());
        insertUsers("Ann");
        Table longer = Table.named("users")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("age", ColumnType.of(ColumnType.Kind.INTEGER), ColumnBuilder::notNull)
                .build();
        Difference difference = migration(longer, posts().build()).difference();
        assertThat(difference.created()).extracting(PhysicalTable::name).containsExactly("posts");
        assertThat(difference.altered())
                .singleElement()
                .satisfies(altered -> assertThat(altered.changes())
                        .hasSize(2)
                        .anySatisfy(change -> assertThat(change).isInstanceOf(Change.DropColumn.class))
                        .anySatisfy(change -> assertThat(change).isInstanceOf(Change.AddColumn.class)));
        assertThat(migration(users().build()).difference().isEmpty()).isTrue();
    }

    @Test
    void apply_makesWhatIsDeclared_andTheSecondPlanIsEmpty() {
        Plan plan = migration(posts().build(), users().build()).plan();
        assertThat(plan.hazards()).isEmpty();
        assertThat(plan.normalised()).isEqualTo("engine");
        ApplyReport report = apply(posts().build(), users().build());
        assertThat(report.steps()).contains("create_table:posts", "create_table:users");
        insertUsers("Ann");
        db.table("posts").insert(Map.of("id", 1L, "author", 1L));
        assertThat(db.table("posts").first().orElseThrow().getString("title")).isEqualTo("it's");
        assertSettled(posts().build(), users().build());
        assertThat(apply(posts().build(), users().build()).steps()).isEmpty();
    }

    @Test
    void odacM3_foreignKeysAndCycles_comeInAnOrderThatWorks() {
        Table first = Table.named("a_first")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("second", ColumnType.of(ColumnType.Kind.BIG_INTEGER), c -> c.references("b_second", "id"))
                .build();
        Table second = Table.named("b_second")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("first", ColumnType.of(ColumnType.Kind.BIG_INTEGER), c -> c.references("a_first", "id"))
                .build();
        apply(first, second);
        assertSettled(first, second);
    }

    @Test
    void odacM1_odacM15_indexesKeepTheirColumnsInOrder() {
        apply(users().index(Index.on("id", "name")).build());
        assertSettled(users().index(Index.on("id", "name")).build());
        Plan plan = migration(users().index(Index.on("name", "id")).build()).plan();
        assertThat(plan.steps()).extracting(Step::id).anyMatch(id -> id.startsWith("add_index:"));
        assertThat(plan.hazards()).extracting(Hazard::kind).containsExactly(Kind.DROP_INDEX);
        migration(users().index(Index.on("name", "id")).build()).apply(consents(plan));
        assertSettled(users().index(Index.on("name", "id")).build());
    }

    @Test
    void odacM13_planAndStatus_leaveNothingBehind_andWorkBeforeATableWithASeedIsThere() {
        List<String> before = tables();
        Schema schema = Schema.of(users().seed(new Seed(List.of("id"), false, List.of(Map.of("id", 1, "name", "Ann"))))
                .build());
        assertThat(migration(schema).plan().steps()).extracting(Step::id).contains("create_table:users", "seed:users");
        assertThat(migration(schema).status().isEmpty()).isTrue();
        assertThat(migration(schema).verify().isEmpty()).isFalse();
        assertThat(tables()).isEqualTo(before);
    }

    List<String> tables() {
        try (var connection = dataSource.getConnection()) {
            return db.dialect().tableNames(connection);
        } catch (java.sql.SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void odacM11_rename_isDeclared_andKeepsTheValues() {
        apply(users().build(), posts().build());
        insertUsers("Ann", "Bob");
        Table renamed = Table.named("people")
                .renamedFrom("users")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("full_name", ColumnType.string(100), c -> c.notNull().renamedFrom("name"))
                .build();
        Table posts = Table.named("posts")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column(
                        "author",
                        ColumnType.of(ColumnType.Kind.BIG_INTEGER),
                        c -> c.references("people", "id").onDelete(ReferentialAction.CASCADE))
                .column("title", ColumnType.string(200), c -> c.notNull().defaultValue("it's"))
                .index(Index.on("title", "author"))
                .build();
        Plan plan = migration(renamed, posts).plan();
        assertThat(plan.hazards()).isEmpty();
        assertThat(plan.steps())
                .extracting(Step::id)
                .containsExactly("rename_table:users:people", "rename_column:people.name:full_name");
        apply(renamed, posts);
        assertThat(db.table("people").where("id", 2).first().orElseThrow().getString("full_name"))
                .isEqualTo("Bob");
        assertSettled(renamed, posts);
    }

    @Test
    void dropColumn_isRefused_withTheNumberOfValues_andChangesNothing() {
        apply(users().column("note", ColumnType.string(50)).build());
        insertUsers("Ann", "Bob", "Cy");
        db.table("users").where("id", 1).update(Map.of("note", "x"));
        Plan plan = migration(users().build()).plan();
        assertThat(plan.hazards()).containsExactly(new Hazard(Kind.DROP_COLUMN, "users.note", 1));
        assertThat(plan.steps().get(0).lossy()).isTrue();
        assertThatThrownBy(() -> apply(users().build()))
                .isInstanceOf(HazardException.class)
                .hasMessageContaining("drop_column:users.note (1)");
        assertThat(db.table("users").where("id", 1).first().orElseThrow().getString("note"))
                .isEqualTo("x");
        migration(users().build()).apply(List.of("drop_column:users.note"));
        assertThat(db.table("users").count()).isEqualTo(3);
        assertSettled(users().build());
    }

    @Test
    void dropAndAddOfOneType_looksLikeARename_andSaysSo() {
        apply(users().column("note", ColumnType.string(50)).build());
        insertUsers("Ann");
        db.table("users").where("id", 1).update(Map.of("note", "x"));
        assertThat(consents(migration(
                                users().column("remark", ColumnType.string(50)).build())
                        .plan()))
                .containsExactlyInAnyOrder("drop_column:users.note", "possible_rename:users.note");
    }

    @Test
    void renamedFrom_thatFindsBothTables_isNoRename_andTheOldOneIsReported() {
        apply(users().build(), posts().build());
        Table both = Table.named("posts")
                .renamedFrom("users")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .build();
        assertThat(migration(both).plan().undeclared()).contains("table users");
    }

    @Test
    void dropTable_onlyWhenDeclaredSo_andWithConsent() {
        apply(users().build(), posts().build());
        insertUsers("Ann");
        assertThat(migration(users().build()).plan().isEmpty()).isTrue();
        assertThat(migration(users().build()).plan().undeclared()).contains("table posts");
        Table gone = Table.named("posts").dropped().build();
        assertThat(consents(migration(users().build(), gone).plan())).containsExactly("drop_table:posts");
        migration(users().build(), gone).apply(List.of("drop_table:posts"));
        assertThat(tables()).doesNotContain("posts");
        assertSettled(users().build(), gone);
    }

    @Test
    void notNull_onAFilledTable_needsValuesFirst() {
        apply(users().column("city", ColumnType.string(50)).build());
        insertUsers("Ann", "Bob");
        Table strict = users().column("city", ColumnType.string(50), ColumnBuilder::notNull)
                .build();
        assertThat(migration(strict).plan().hazards())
                .containsExactly(new Hazard(Kind.NOT_NULL_WITH_NULLS, "users.city", 2));
        execute("update users set city = 'Bern'");
        assertThat(migration(strict).plan().hazards()).isEmpty();
        apply(strict);
        assertSettled(strict);
        assertThatThrownBy(() ->
                        db.sql("insert into users (id, name) values (9, 'x')").execute())
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void odacM11_newNotNullColumn_onAFilledTable_isAHazard_onAnEmptyOneNot() {
        apply(users().build());
        Table wanted = users().column("city", ColumnType.string(50), ColumnBuilder::notNull)
                .build();
        assertThat(migration(wanted).plan().hazards()).isEmpty();
        insertUsers("Ann", "Bob");
        assertThat(migration(wanted).plan().hazards())
                .containsExactly(new Hazard(Kind.NOT_NULL_WITH_NULLS, "users.city", 2));
    }

    @Test
    void odacM2_dataStep_runsBetweenAdditionsAndRemovals_once() {
        apply(users().build());
        insertUsers("Ann Lee", "Bob Ray");
        DataStep split = DataStep.sql(
                "split-name",
                DataStep.When.BEFORE_CONTRACT,
                "-- before: contract\nupdate users set first = substr(name, 1, 3);\nupdate users set last = substr(name, 5)",
                null);
        Table wanted = Table.named("users")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("first", ColumnType.string(60), ColumnBuilder::notNull)
                .column("last", ColumnType.string(60), ColumnBuilder::notNull)
                .build();
        Schema schema = Schema.of(List.of(wanted), List.of(split));
        Plan plan = migration(schema).plan();
        assertThat(consents(plan)).containsExactly("drop_column:users.name");
        assertThatThrownBy(() -> migration(schema).apply(NOTHING_ALLOWED)).isInstanceOf(HazardException.class);
        assertThat(db.table("users").count()).isEqualTo(2);
        migration(schema).apply(List.of("drop_column:users.name"));
        assertThat(db.table("users").where("id", 2).first().orElseThrow().getString("last"))
                .isEqualTo("Ray");
        assertSettled(schema);
        assertThat(migration(schema).apply(NOTHING_ALLOWED).steps()).isEmpty();
        DataStep changed =
                DataStep.sql("split-name", DataStep.When.BEFORE_CONTRACT, "update users set first = ''", null);
        Schema drifted = Schema.of(List.of(wanted), List.of(changed));
        assertThat(migration(drifted).plan().undeclared()).contains("changed data step split-name");
        assertThat(migration(drifted).plan().steps()).isEmpty();
    }

    @Test
    void odacM10_failedDataStep_leavesNoHalf_andRunsAgain() {
        apply(users().build());
        DataStep broken = DataStep.sql(
                "two-rows",
                DataStep.When.AFTER_EXPAND,
                "insert into users (id, name) values (1, 'Ann'); insert into nowhere values (1)",
                null);
        Schema schema = Schema.of(List.of(users().build()), List.of(broken));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> migration(schema).apply(NOTHING_ALLOWED))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("two-rows");
        }
        assertThat(db.table("users").count()).isZero();
        DataStep mended = DataStep.sql(
                "two-rows", DataStep.When.AFTER_EXPAND, "insert into users (id, name) values (1, 'Ann')", null);
        migration(Schema.of(List.of(users().build()), List.of(mended))).apply(NOTHING_ALLOWED);
        assertThat(db.table("users").count()).isOne();
    }

    @Test
    void dataStep_inBatches_goesOnWhereItWasCutOff() {
        apply(users().column("city", ColumnType.string(50)).build());
        for (long i = 1; i <= 25; i++) {
            db.table("users").insert(Map.of("id", i, "name", "n" + i));
        }
        List<String> positions = new ArrayList<>();
        boolean[] fails = {true};
        DataStep step = DataStep.code("cities", DataStep.When.BEFORE_CONTRACT, "1", batch -> {
            long from = batch.position() == null ? 0 : Long.parseLong(batch.position());
            positions.add(String.valueOf(batch.position()));
            if (from == 10 && fails[0]) {
                throw new IllegalStateException("cut off");
            }
            try (var update = batch.connection()
                    .prepareStatement(
                            "update users set city = case when city is null then 'x' else 'twice' end where id > ? and id <= ?")) {
                update.setLong(1, from);
                update.setLong(2, from + 10);
                return update.executeUpdate() == 0 ? null : String.valueOf(from + 10);
            }
        });
        Schema schema = Schema.of(
                List.of(users().column("city", ColumnType.string(50), ColumnBuilder::notNull)
                        .build()),
                List.of(step));
        assertThatThrownBy(() -> migration(schema).apply(NOTHING_ALLOWED)).hasMessageContaining("cut off");
        fails[0] = false;
        migration(schema).apply(NOTHING_ALLOWED);
        assertThat(positions).containsExactly("null", "10", "10", "20", "30");
        assertThat(number("select count(*) as n from users where city = 'x'")).isEqualTo(25);
        assertSettled(schema);
    }

    @Test
    void dataStep_inSql_goesInRangesOfKeys() {
        apply(users().column("city", ColumnType.string(50)).build());
        for (long i = 1; i <= 25; i++) {
            db.table("users").insert(Map.of("id", i, "name", "n" + i));
        }
        DataStep step = DataStep.sql(
                "cities",
                DataStep.When.BEFORE_CONTRACT,
                "-- batch: users.id 10\nupdate users set city = 'Bern' where id > :from and id <= :to",
                null);
        List<Long> batches = new ArrayList<>();
        Schema schema = Schema.of(
                List.of(users().column("city", ColumnType.string(50), ColumnBuilder::notNull)
                        .build()),
                List.of(step));
        SchemaMigration.of(db, schema)
                .listener(new dev.weir.schema.apply.ApplyListener() {
                    @Override
                    public void batch(Step shown, long number) {
                        batches.add(number);
                    }
                })
                .build()
                .apply(NOTHING_ALLOWED);
        assertThat(batches).containsExactly(1L, 2L, 3L, 4L);
        assertThat(number("select count(*) as n from users where city = 'Bern'"))
                .isEqualTo(25);
    }

    @Test
    void dataStep_onANewDatabase_isNeverNeeded() {
        DataStep old = DataStep.sql("old", DataStep.When.BEFORE_CONTRACT, "update users set first = name", null);
        Schema schema = Schema.of(List.of(users().build()), List.of(old));
        migration(schema).apply(NOTHING_ALLOWED);
        insertUsers("Ann");
        assertSettled(schema);
        assertThat(migration(schema).apply(NOTHING_ALLOWED).steps()).isEmpty();
    }

    @Test
    void odacM7_everyAttribute_isSeen() {
        Table.Builder before = Table.named("things")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("price", ColumnType.decimal(10, 2))
                .column("word", ColumnType.string(20), c -> c.defaultValue("Draft"))
                .column("state", ColumnType.enumeration("a", "b"))
                .column("size", ColumnType.of(ColumnType.Kind.INTEGER));
        apply(before.build());
        db.table("things")
                .insert(Map.of("id", 1L, "price", new java.math.BigDecimal("12.34"), "state", "a", "size", 3));
        Table after = Table.named("things")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("price", ColumnType.decimal(12, 3))
                .column("word", ColumnType.string(20), c -> c.defaultValue("draft"))
                .column("state", ColumnType.enumeration("a", "b", "c"))
                .column("size", ColumnType.of(ColumnType.Kind.BIG_INTEGER))
                .check("size_positive", "size > 0")
                .build();
        Plan plan = migration(after).plan();
        assertThat(plan.hazards()).isEmpty();
        apply(after);
        assertSettled(after);
        var row = db.table("things").first().orElseThrow();
        assertThat(row.getDecimal("price")).isEqualByComparingTo("12.34");
        assertThat(row.getLong("size")).isEqualTo(3);
        db.table("things").insert(Map.of("id", 2L, "state", "c", "size", 1));
        assertThat(db.table("things").where("id", 2).first().orElseThrow().getString("word"))
                .isEqualTo("draft");
        assertThatThrownBy(() -> db.table("things").insert(Map.of("id", 3L, "size", 0)))
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void odacM8_notNull_staysWhenTheDefaultChanges() {
        apply(users().column("city", ColumnType.string(20), c -> c.notNull().defaultValue("Bern"))
                .build());
        Table changed = users().column(
                        "city", ColumnType.string(20), c -> c.notNull().defaultValue("Basel"))
                .build();
        apply(changed);
        assertSettled(changed);
        assertThat(db.catalog()
                        .fresh(db.catalog().table("users"))
                        .column("city")
                        .orElseThrow()
                        .nullable())
                .isFalse();
    }

    @Test
    void narrowType_namesTheValuesThatDoNotFit() {
        apply(users().build());
        insertUsers("Ann", "Bartholomew", "Cy");
        Table narrow = Table.named("users")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("name", ColumnType.string(5), ColumnBuilder::notNull)
                .build();
        assertThat(migration(narrow).plan().hazards()).containsExactly(new Hazard(Kind.NARROW_TYPE, "users.name", 1));
        execute("update users set name = 'Bart' where id = 2");
        assertThat(migration(narrow).plan().hazards()).isEmpty();
        apply(narrow);
        assertSettled(narrow);
        assertThat(db.table("users").count()).isEqualTo(3);
    }

    @Test
    void unique_withDuplicates_isAHazard() {
        apply(users().build());
        insertUsers("Ann", "Ann", "Bob", "Ann");
        Table unique = users().index(Index.on("name").withUnique()).build();
        assertThat(migration(unique).plan().hazards())
                .extracting(Hazard::kind, Hazard::count)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(Kind.UNIQUE_WITH_DUPLICATES, 2L));
        execute("delete from users where id in (2, 4)");
        apply(unique);
        assertSettled(unique);
    }

    @Test
    void odacM16_foreignKeyWithOrphans_isAHazard_andChangesNoData() {
        Table plain = Table.named("posts")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("author", ColumnType.of(ColumnType.Kind.BIG_INTEGER))
                .build();
        Table keyed = Table.named("posts")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("author", ColumnType.of(ColumnType.Kind.BIG_INTEGER), c -> c.references("users", "id"))
                .build();
        apply(users().build(), plain);
        insertUsers("Ann");
        db.table("posts").insert(Map.of("id", 1L, "author", 1L));
        db.table("posts").insert(Map.of("id", 2L, "author", 7L));
        db.table("posts").insert(Map.of("id", 3L));
        assertThat(migration(users().build(), keyed).plan().hazards())
                .extracting(Hazard::kind, Hazard::count)
                .containsExactly(org.assertj.core.groups.Tuple.tuple(Kind.FOREIGN_KEY_WITH_ORPHANS, 1L));
        assertThatThrownBy(() -> apply(users().build(), keyed)).isInstanceOf(HazardException.class);
        assertThat(db.table("posts").where("id", 2).first().orElseThrow().getLong("author"))
                .isEqualTo(7);
        execute("delete from posts where id = 2");
        apply(users().build(), keyed);
        assertSettled(users().build(), keyed);
    }

    @Test
    void check_thatRowsViolate_isAHazard() {
        apply(users().build());
        insertUsers("Ann", "");
        Table checked = users().check("name_there", "name <> ''").build();
        assertThat(migration(checked).plan().hazards())
                .containsExactly(new Hazard(Kind.CHECK_VIOLATED, "users.name_there", 1));
        execute("delete from users where name = ''");
        apply(checked);
        assertSettled(checked);
        assertThat(consents(migration(users().build()).plan())).containsExactly("drop_constraint:users.name_there");
    }

    @Test
    void odacM12_indexMadeByHand_isDroppedByItsOwnName() {
        apply(users().build());
        execute("create index some_strange_name on users (name)");
        Plan plan = migration(users().build()).plan();
        assertThat(consents(plan)).containsExactly("drop_index:users.some_strange_name");
        migration(users().build()).apply(consents(plan));
        assertSettled(users().build());
    }

    @Test
    void odacM18_commentDefaultAndKeys_onAddedColumns_areKept() {
        apply(users().build());
        Table more = users().column(
                        "boss",
                        ColumnType.of(ColumnType.Kind.BIG_INTEGER),
                        c -> c.references("users", "id").comment("who"))
                .column("code", ColumnType.string(10), c -> c.unique().comment("a code"))
                .build();
        apply(more);
        assertSettled(more);
    }

    @Test
    void odacM21_column_goesTogetherWithItsForeignKeyAndIndex() {
        apply(users().build(), posts().build());
        insertUsers("Ann");
        db.table("posts").insert(Map.of("id", 1L, "author", 1L));
        Table without = Table.named("posts")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("title", ColumnType.string(200), c -> c.notNull().defaultValue("it's"))
                .build();
        Plan plan = migration(users().build(), without).plan();
        migration(users().build(), without).apply(consents(plan));
        assertSettled(users().build(), without);
        assertThat(db.table("posts").count()).isOne();
    }

    @Test
    void primaryKey_ofSeveralColumns_andItsChange() {
        Table lines = Table.named("lines")
                .column("post", ColumnType.of(ColumnType.Kind.BIG_INTEGER))
                .column("number", ColumnType.of(ColumnType.Kind.INTEGER))
                .column(
                        "kind",
                        ColumnType.of(ColumnType.Kind.INTEGER),
                        c -> c.notNull().defaultValue(0))
                .primaryKey("post", "number")
                .build();
        apply(lines);
        assertSettled(lines);
        db.table("lines").insert(Map.of("post", 1L, "number", 1));
        Table wider = Table.named("lines")
                .column("post", ColumnType.of(ColumnType.Kind.BIG_INTEGER))
                .column("number", ColumnType.of(ColumnType.Kind.INTEGER))
                .column("kind", ColumnType.of(ColumnType.Kind.INTEGER), c -> c.defaultValue(0))
                .primaryKey("post", "number", "kind")
                .build();
        apply(wider);
        assertSettled(wider);
        assertThat(db.table("lines").count()).isOne();
    }

    @Test
    void primaryKey_movesToAnotherColumn_andTheOldOneMayBeNull() {
        Table before = Table.named("lines")
                .column("a", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("b", ColumnType.of(ColumnType.Kind.BIG_INTEGER))
                .build();
        apply(before);
        db.table("lines").insert(Map.of("a", 1L, "b", 7L));
        Table after = Table.named("lines")
                .column("a", ColumnType.of(ColumnType.Kind.BIG_INTEGER))
                .column("b", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .build();
        assertThat(migration(after).plan().hazards()).isEmpty();
        apply(after);
        assertSettled(after);
        assertThat(db.table("lines").where("b", 7).count()).isOne();
    }

    @Test
    void foreignKey_ofSeveralColumns() {
        Table lines = Table.named("lines")
                .column("post", ColumnType.of(ColumnType.Kind.BIG_INTEGER))
                .column("number", ColumnType.of(ColumnType.Kind.INTEGER))
                .primaryKey("post", "number")
                .build();
        Table words = Table.named("words")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("post", ColumnType.of(ColumnType.Kind.BIG_INTEGER))
                .column("number", ColumnType.of(ColumnType.Kind.INTEGER))
                .foreignKey(new ForeignKey(
                        null,
                        List.of("post", "number"),
                        "lines",
                        List.of("post", "number"),
                        ReferentialAction.SET_NULL,
                        ReferentialAction.NO_ACTION))
                .build();
        apply(words, lines);
        assertSettled(words, lines);
    }

    @Test
    void generatedColumn_changesItsExpression() {
        apply(users().column("low", ColumnType.string(100), c -> c.generated("lower(name)"))
                .build());
        insertUsers("Ann");
        Table upper = users().column("low", ColumnType.string(100), c -> c.generated("upper(name)"))
                .build();
        apply(upper);
        assertSettled(upper);
        assertThat(db.table("users").first().orElseThrow().getString("low")).isEqualTo("ANN");
    }

    @Test
    void columnThatOthersAreComputedFrom_getsAnotherType_andNothingIsMissingAfter() {
        apply(computed(100));
        insertUsers("Ann");
        Plan plan = migration(computed(150)).plan();
        assertThat(plan.hazards()).isEmpty();
        apply(computed(150));
        assertSettled(computed(150));
        assertThat(db.table("users").first().orElseThrow().getString("slug")).isEqualTo("ann");
    }

    private static Table computed(int length) {
        return Table.named("users")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("name", ColumnType.string(length), ColumnBuilder::notNull)
                .column("slug", ColumnType.string(60), c -> c.generated("lower(name)"))
                .index(Index.on("slug", "name"))
                .check("short_slug", "length(slug) < 50")
                .build();
    }

    @Test
    void odacM9_manyAtOnce_oneAppliesAndTheOthersFindNothingToDo() throws Exception {
        int many = 4;
        Schema schema = Schema.of(
                List.of(users().seed(new Seed(List.of("id"), false, List.of(Map.of("id", 1, "name", "Ann"))))
                        .build()),
                List.of());
        CyclicBarrier start = new CyclicBarrier(many);
        List<CompletableFuture<ApplyReport>> runs = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            runs.add(CompletableFuture.supplyAsync(() -> {
                try {
                    start.await(60, TimeUnit.SECONDS);
                    return SchemaMigration.of(Database.builder(dataSource).build(), schema)
                            .build()
                            .apply(NOTHING_ALLOWED);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }));
        }
        int applied = 0;
        for (CompletableFuture<ApplyReport> run : runs) {
            applied += run.get(90, TimeUnit.SECONDS).steps().isEmpty() ? 0 : 1;
        }
        assertThat(applied).isOne();
        assertThat(db.table("users").count()).isOne();
        assertSettled(schema);
    }

    @Test
    void reviewedPlan_isRefusedWhenTheDatabaseOrTheDeclarationIsAnother() {
        apply(users().build());
        Table wanted =
                users().column("age", ColumnType.of(ColumnType.Kind.INTEGER)).build();
        Plan reviewed = PlanJson.read(PlanJson.write(migration(wanted).plan()));
        assertThatThrownBy(() -> migration(users().column("size", ColumnType.of(ColumnType.Kind.INTEGER))
                                .build())
                        .apply(reviewed, NOTHING_ALLOWED))
                .isInstanceOf(StalePlanException.class)
                .hasMessageContaining("declaration");
        execute("alter table users add column other int");
        assertThatThrownBy(() -> migration(wanted).apply(reviewed, NOTHING_ALLOWED))
                .isInstanceOf(StalePlanException.class)
                .hasMessageContaining("database");
        execute("alter table users drop column other");
        migration(wanted).apply(reviewed, NOTHING_ALLOWED);
        assertSettled(wanted);
    }

    @Test
    void status_tellsWhatOthersChanged() {
        apply(users().index(Index.on("name")).build());
        assertThat(migration(users().index(Index.on("name")).build()).status().isEmpty())
                .isTrue();
        execute("alter table users add column sneaked int");
        Plan drift = migration(users().index(Index.on("name")).build()).status();
        assertThat(drift.steps()).extracting(Step::id).anyMatch(id -> id.contains("users"));
        assertThat(consents(drift)).contains("drop_column:users.sneaked");
    }

    @Test
    void odacM17_rollback_undoesTheLastApply_andRefusesWhatHasNoWayBack() {
        apply(users().build());
        Table more = users().column("age", ColumnType.of(ColumnType.Kind.INTEGER))
                .index(Index.on("name"))
                .build();
        apply(more);
        assertThat(migration(more).rollbackPlan().hazards()).isEmpty();
        insertUsers("Ann");
        db.table("users").where("id", 1).update(Map.of("age", 3));
        assertThatThrownBy(() -> migration(more).rollback(NOTHING_ALLOWED))
                .isInstanceOf(HazardException.class)
                .hasMessageContaining("drop_column:users.age (1)");
        migration(more).rollback(List.of("drop_column:users.age"));
        assertSettled(users().build());
        assertThat(db.table("users").count()).isOne();
        apply(users().column("note", ColumnType.string(9)).build());
        migration(users().build()).apply(List.of("drop_column:users.note"));
        assertThatThrownBy(() -> migration(users().build()).rollback(NOTHING_ALLOWED))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("users");
    }

    @Test
    void plan_executesNothingOfAScript_thatDeclaresNothing() {
        apply(users().build());
        insertUsers("Ann", "Bob");
        for (String statement :
                List.of("drop table if exists users", "commit", "delete from users", "create view v as select 1")) {
            Schema schema = new Schema(
                    List.of(),
                    List.of(new Script("all.sql", "create table ok (id int);\n" + statement + ";")),
                    List.of());
            assertThatThrownBy(() -> migration(schema).plan())
                    .isInstanceOf(InvalidSchemaException.class)
                    .hasMessageContaining("all.sql:2:1");
            assertThat(db.table("users").count()).isEqualTo(2);
        }
        assertThat(tables()).doesNotContain("ok");
    }

    @Test
    void rollback_ofSeveralChanges_asksForWhatCameSince() {
        Table before = Table.named("t")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("a", ColumnType.string(20))
                .build();
        apply(before);
        db.table("t").insert(Map.of("id", 1L, "a", "x"));
        Table after = Table.named("t")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("a", ColumnType.string(20), ColumnBuilder::notNull)
                .column("b", ColumnType.of(ColumnType.Kind.INTEGER))
                .check("b_positive", "b > 0")
                .build();
        apply(after);
        execute("alter table t add column manual varchar(20)");
        db.table("t").all().update(Map.of("manual", "precious", "b", 77));
        assertThat(consents(migration(after).rollbackPlan()))
                .containsExactlyInAnyOrder("drop_column:t.b", "drop_column:t.manual");
        assertThatThrownBy(() -> migration(after).rollback(List.of("drop_column:t.b")))
                .isInstanceOf(HazardException.class)
                .hasMessageContaining("drop_column:t.manual (1)");
        assertThat(db.table("t").first().orElseThrow().getString("manual")).isEqualTo("precious");
        migration(after).rollback(List.of("drop_column:t.b", "drop_column:t.manual"));
        assertSettled(before);
        assertThat(db.table("t").first().orElseThrow().getString("a")).isEqualTo("x");
    }

    @Test
    void rollback_cutOff_goesOn() {
        Table before = Table.named("t")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("a", ColumnType.of(ColumnType.Kind.INTEGER))
                .column("b", ColumnType.string(5))
                .build();
        Table after = Table.named("t")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("a", ColumnType.of(ColumnType.Kind.BIG_INTEGER))
                .column("b", ColumnType.string(50))
                .column("c", ColumnType.of(ColumnType.Kind.INTEGER))
                .check("a_positive", "a > 0")
                .index(Index.on("a", "b"))
                .build();
        int steps = 0;
        for (boolean cut = true; cut; steps++) {
            apply(before);
            apply(after);
            List<String> begun = new ArrayList<>();
            int last = steps;
            SchemaMigration cutOff = SchemaMigration.of(db, Schema.of(after))
                    .listener(new dev.weir.schema.apply.ApplyListener() {
                        @Override
                        public void done(Step step) {
                            begun.add(step.id());
                            if (begun.size() > last) {
                                throw new IllegalStateException("cut off");
                            }
                        }
                    })
                    .build();
            try {
                cutOff.rollback(NOTHING_ALLOWED);
                cut = false;
            } catch (IllegalStateException e) {
                migration(after).rollback(NOTHING_ALLOWED);
            }
            assertSettled(before);
        }
        assertThat(steps).isGreaterThan(1);
    }

    @Test
    void rollback_afterAStepThatNobodyCouldNote_takesItBack() {
        apply(users().build());
        Table wanted = users().column("age", ColumnType.of(ColumnType.Kind.INTEGER))
                .column("city", ColumnType.string(10))
                .build();
        // Between the statement and the note of it: the process is gone.
        SchemaMigration killed = SchemaMigration.of(db, Schema.of(wanted))
                .listener(new dev.weir.schema.apply.ApplyListener() {
                    @Override
                    public void begins(Step step) {
                        if (step.id().equals("add_column:users.age")
                                && !dev.weir.schema.engine.SchemaDialect.of(db.dialect())
                                        .transactional()) {
                            execute(step.sql());
                            throw new IllegalStateException("killed");
                        }
                    }
                })
                .build();
        try {
            killed.apply(NOTHING_ALLOWED);
        } catch (IllegalStateException e) {
            apply(wanted);
        }
        migration(wanted).rollback(NOTHING_ALLOWED);
        assertSettled(users().build());
    }

    @Test
    void rollback_ofARename_andWhatSpeaksOfIt() {
        Table before = Table.named("t")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("a", ColumnType.of(ColumnType.Kind.INTEGER))
                .check("ck", "a > 0")
                .build();
        apply(before);
        db.table("t").insert(Map.of("id", 1L, "a", 5));
        Table after = Table.named("t2")
                .renamedFrom("t")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column(
                        "b",
                        ColumnType.of(ColumnType.Kind.BIG_INTEGER),
                        c -> c.notNull().renamedFrom("a"))
                .check("ck", "b > 1")
                .build();
        apply(after);
        assertThat(migration(after).rollbackPlan().hazards()).isEmpty();
        migration(after).rollback(NOTHING_ALLOWED);
        assertSettled(before);
        assertThat(db.table("t").first().orElseThrow().getLong("a")).isEqualTo(5);
    }

    @Test
    void rollback_ofAnotherExpression_isNoLoss() {
        Table before = users().column("g", ColumnType.string(99), c -> c.generated("lower(name)"))
                .build();
        Table after = users().column("g", ColumnType.string(99), c -> c.generated("upper(name)"))
                .build();
        apply(before);
        insertUsers("Ann");
        apply(after);
        assertThat(migration(after).rollbackPlan().hazards()).isEmpty();
        migration(after).rollback(NOTHING_ALLOWED);
        assertSettled(before);
    }

    private static Table.Builder keyed(ColumnType type) {
        return Table.named("t")
                .column("k", type, ColumnBuilder::primary)
                .column("a", ColumnType.of(ColumnType.Kind.INTEGER));
    }

    private static Schema keyed(ColumnType type, String sql) {
        return Schema.of(
                List.of(keyed(type).build()),
                List.of(DataStep.sql("step", DataStep.When.BEFORE_CONTRACT, "-- batch: t.k 2\n" + sql, null)));
    }

    @Test
    void dataStep_changedBetweenItsBatches_isRefused() {
        ColumnType number = ColumnType.of(ColumnType.Kind.BIG_INTEGER);
        apply(keyed(number).build());
        for (long i = 1; i <= 5; i++) {
            db.table("t").insert(Map.of("k", i, "a", 10));
        }
        db.table("t").insert(Map.of("k", 6L, "a", 0));
        String times = "update t set a = a * 100 where k > :from and k <= :to";
        SchemaMigration cut = SchemaMigration.of(db, keyed(number, times))
                .listener(new dev.weir.schema.apply.ApplyListener() {
                    @Override
                    public void batch(Step shown, long batches) {
                        throw new IllegalStateException("cut off");
                    }
                })
                .build();
        assertThatThrownBy(() -> cut.apply(NOTHING_ALLOWED)).hasMessageContaining("cut off");
        assertThat(number("select a as n from t where k = 1")).isEqualTo(1000);
        assertThatThrownBy(() -> migration(keyed(number, times + " and a > 0")).apply(NOTHING_ALLOWED))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("done=up to 2");
        assertThat(number("select a as n from t where k = 1")).isEqualTo(1000);
        migration(keyed(number, times)).apply(NOTHING_ALLOWED);
        assertThat(number("select count(*) as n from t where a = 1000")).isEqualTo(5);
    }

    @Test
    void dataStep_marksInTextsAndComments_areNoEnds() {
        ColumnType text = ColumnType.string(20);
        apply(keyed(text).column("m", ColumnType.string(40)).build());
        db.table("t").insert(Map.of("k", "a", "a", 1));
        Schema schema = Schema.of(
                List.of(keyed(text).column("m", ColumnType.string(40)).build()),
                List.of(DataStep.sql(
                        "step",
                        DataStep.When.BEFORE_CONTRACT,
                        "-- batch: t.k 2\n/* :from here */ update t set m = 'mail:to me' where k > :from and k <= :to",
                        null)));
        migration(schema).apply(NOTHING_ALLOWED);
        assertThat(db.table("t").first().orElseThrow().getString("m")).isEqualTo("mail:to me");
    }

    @Test
    void dataStep_inBatches_leavesOutNoRowSilently() {
        ColumnType text = ColumnType.string(20);
        apply(keyed(text).build());
        db.table("t").insert(Map.of("k", "", "a", 1));
        db.table("t").insert(Map.of("k", "b", "a", 1));
        assertThatThrownBy(() -> migration(keyed(text, "update t set a = 2 where k > :from and k <= :to"))
                        .apply(NOTHING_ALLOWED))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("column=k, key=''");
        assertThat(number("select count(*) as n from t where a = 1")).isEqualTo(2);
    }

    @Test
    void dataStep_besideTablesOfOthers_isNotSkipped() {
        execute("create table others (id bigint primary key, name varchar(20))");
        execute("insert into others values (1, 'Ann')");
        DataStep fill = DataStep.sql(
                "fill",
                DataStep.When.BEFORE_CONTRACT,
                "insert into users (id, name) select id, name from others",
                null);
        migration(Schema.of(List.of(users().build()), List.of(fill))).apply(NOTHING_ALLOWED);
        assertThat(db.table("users").count()).isOne();
    }

    @Test
    void foreignKey_thatChangesWhileItMakesWay_isDroppedOnce() {
        Table.Builder[] before = referring(ColumnType.Kind.INTEGER, ReferentialAction.CASCADE);
        apply(before[0].build(), before[1].build());
        db.table("a").insert(Map.of("x", 1));
        db.table("b").insert(Map.of("id", 1L, "ax", 1));
        Table.Builder[] after = referring(ColumnType.Kind.BIG_INTEGER, ReferentialAction.SET_NULL);
        Table a = after[0].build();
        Table b = after[1].build();
        apply(a, b);
        assertSettled(a, b);
        assertThat(db.table("b").count()).isOne();
    }

    private static Table.Builder[] referring(ColumnType.Kind kind, ReferentialAction action) {
        return new Table.Builder[] {
            Table.named("a").column("x", ColumnType.of(kind), ColumnBuilder::primary),
            Table.named("b")
                    .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                    .column(
                            "ax",
                            ColumnType.of(kind),
                            c -> c.references("a", "x").onDelete(action))
        };
    }

    @Test
    void declaredTable_thatIsLeftAlone_isRefusedBeforeAnythingIsMade() {
        Table own = Table.named("schema_version")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .build();
        assertThatThrownBy(() -> apply(own))
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("table=schema_version");
        assertThat(tables()).doesNotContain("schema_version");
    }

    @Test
    void rollback_afterAnApplyThatFoundNothingToDo_takesTheOneBeforeBack() {
        apply(users().build());
        Table more =
                users().column("age", ColumnType.of(ColumnType.Kind.INTEGER)).build();
        apply(more);
        Table words = users().column("age", ColumnType.of(ColumnType.Kind.INTEGER), c -> c.renamedFrom("years"))
                .build();
        assertThat(apply(words).steps()).isEmpty();
        migration(words).rollback(NOTHING_ALLOWED);
        assertSettled(users().build());
    }

    @Test
    void duplicates_areCounted_whateverTheColumnsAreCalled() {
        Table.Builder[] tables = new Table.Builder[2];
        for (int i = 0; i < 2; i++) {
            tables[i] =
                    Table.named("u").column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary);
            for (String name : List.of("n", "future", "base", "c", "p")) {
                boolean unique = i == 1;
                tables[i].column(name, ColumnType.string(9), column -> unique ? column.unique() : column);
            }
        }
        apply(tables[0].build());
        db.table("u").insert(Map.of("id", 1L, "n", "x"));
        db.table("u").insert(Map.of("id", 2L, "n", "x"));
        assertThat(migration(tables[1].build()).plan().hazards())
                .extracting(Hazard::count)
                .containsExactly(1L);
    }

    @Test
    void seeds_giveEveryKindOfColumnItsValue_andConverge() {
        Map<String, ColumnType> types = new java.util.LinkedHashMap<>();
        Map<String, Object> row = new java.util.LinkedHashMap<>();
        row.put("k", "a");
        types.put("ts", ColumnType.of(ColumnType.Kind.TIMESTAMP));
        row.put("ts", "2026-01-01T10:00:00Z");
        types.put("dtt", ColumnType.of(ColumnType.Kind.DATETIME));
        row.put("dtt", "2026-01-01 10:00:00");
        types.put("dt", ColumnType.of(ColumnType.Kind.DATE));
        row.put("dt", "2026-01-31");
        types.put("tm", ColumnType.of(ColumnType.Kind.TIME));
        row.put("tm", "10:30:00");
        types.put("ident", ColumnType.of(ColumnType.Kind.UUID));
        row.put("ident", "3f1c8f5e-5f1b-4f7e-9a55-0d7a9b0c1d2e");
        types.put("bin", ColumnType.of(ColumnType.Kind.BINARY));
        row.put("bin", "0x00ff");
        types.put("d", ColumnType.decimal(10, 2));
        row.put("d", 3);
        types.put("f", ColumnType.of(ColumnType.Kind.FLOAT));
        row.put("f", 0.1);
        Table.Builder table = Table.named("t").column("k", ColumnType.string(9), ColumnBuilder::primary);
        types.forEach(table::column);
        Table wanted = table.seed(new Seed(List.of("k"), true, List.of(row))).build();
        apply(wanted);
        assertSettled(wanted);
        assertThat(apply(wanted).steps()).isEmpty();
        db.table("t").all().update(Map.of("d", 4));
        assertThat(apply(wanted).steps()).containsExactly("seed:t");
    }

    @Test
    void dataStep_thatWouldCommitHalfOfItself_isRefusedBeforeAnythingIsDone() {
        apply(users().build());
        insertUsers("Ann");
        Table wanted =
                users().column("age", ColumnType.of(ColumnType.Kind.INTEGER)).build();
        boolean transactional =
                dev.weir.schema.engine.SchemaDialect.of(db.dialect()).transactional();
        for (String statement : List.of("create table side (id int)", "commit")) {
            DataStep step = DataStep.sql(
                    "mixed",
                    DataStep.When.BEFORE_CONTRACT,
                    "update users set name = 'x'; " + statement + "; update nowhere set a = 1",
                    null);
            boolean refused = !transactional || statement.equals("commit");
            assertThatThrownBy(() ->
                            migration(Schema.of(List.of(wanted), List.of(step))).apply(NOTHING_ALLOWED))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining(refused ? "statement=" : "nowhere");
            assertThat(db.table("users").first().orElseThrow().getString("name"))
                    .isEqualTo("Ann");
        }
        assertThat(tables()).doesNotContain("side");
    }

    @Test
    void seeds_inANumberedTable_leaveTheirNumbersBehind() {
        Table wanted = Table.named("t")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INCREMENTS), ColumnBuilder::primary)
                .column("n", ColumnType.string(9))
                .seed(new Seed(List.of("id"), false, List.of(Map.of("id", 1, "n", "a"), Map.of("id", 2, "n", "b"))))
                .build();
        apply(wanted);
        execute("insert into t (n) values ('user')");
        assertThat(number("select max(id) as n from t")).isEqualTo(3);
        assertSettled(wanted);
    }

    @Test
    void baseline_takesAnExistingDatabaseForApplied() {
        execute("create table users (id bigint primary key, name varchar(100) not null, extra int)");
        Schema schema = Schema.of(
                List.of(users().build()),
                List.of(DataStep.sql("never", DataStep.When.BEFORE_CONTRACT, "delete from users", null)));
        insertUsers("Ann");
        migration(schema).baseline();
        assertThat(migration(schema).status().isEmpty()).isTrue();
        assertThat(consents(migration(schema).plan())).containsExactly("drop_column:users.extra");
        migration(schema).apply(List.of("drop_column:users.extra"));
        assertThat(db.table("users").count()).isOne();
        assertSettled(schema);
    }

    @Test
    void ignoredTables_areNeitherReportedNorTouched() {
        execute("create table flyway_schema_history (id int)");
        execute("create table audit_log (id int)");
        Plan plan = SchemaMigration.of(db, Schema.of(users().build()))
                .ignore("audit_*")
                .build()
                .plan();
        assertThat(plan.undeclared()).isEmpty();
    }

    @Test
    void seeds_insertOnlyLeavesRowsAlone_enforceBringsThemBack() {
        Seed once =
                new Seed(List.of("id"), false, List.of(Map.of("id", 1, "name", "Ann"), Map.of("id", 2, "name", "Bob")));
        apply(users().seed(once).build());
        assertThat(db.table("users").count()).isEqualTo(2);
        db.table("users").where("id", 1).update(Map.of("name", "Changed"));
        db.table("users").where("id", 2).delete();
        assertThat(apply(users().seed(once).build()).steps()).containsExactly("seed:users");
        assertThat(db.table("users").where("id", 1).first().orElseThrow().getString("name"))
                .isEqualTo("Changed");
        // What else is to be changed makes no row missing.
        assertThat(migration(users().column("age", ColumnType.of(ColumnType.Kind.INTEGER))
                                .seed(once)
                                .build())
                        .plan()
                        .steps())
                .extracting(Step::id)
                .containsExactly("add_column:users.age");
        Seed enforced = new Seed(List.of("id"), true, once.rows());
        apply(users().seed(enforced).build());
        assertThat(db.table("users").where("id", 1).first().orElseThrow().getString("name"))
                .isEqualTo("Ann");
        assertSettled(users().seed(enforced).build());
    }

    @Test
    void apply_killedBetweenSteps_isGoneOnWithFromTheDifference() {
        Table wanted = users().column("age", ColumnType.of(ColumnType.Kind.INTEGER))
                .column("city", ColumnType.string(10))
                .build();
        apply(users().build());
        SchemaMigration cut = SchemaMigration.of(db, Schema.of(wanted))
                .listener(new dev.weir.schema.apply.ApplyListener() {
                    @Override
                    public void done(Step step) {
                        if (step.id().equals("add_column:users.age")) {
                            throw new IllegalStateException("cut off");
                        }
                    }
                })
                .build();
        assertThatThrownBy(() -> cut.apply(NOTHING_ALLOWED)).hasMessageContaining("cut off");
        apply(wanted);
        assertSettled(wanted);
        migration(wanted).rollback(NOTHING_ALLOWED);
        assertSettled(users().build());
    }

    @Test
    void anotherOwner_isWaitedForNoLongerThanSaid() throws Exception {
        apply(users().build());
        var dialect = dev.weir.schema.engine.SchemaDialect.of(db.dialect());
        try (var held = dialect.tryLock(dataSource).orElseThrow()) {
            assertThat(held.held()).isTrue();
            SchemaMigration impatient = SchemaMigration.of(db, Schema.of(users().build()))
                    .settings(new ApplySettings(
                            java.time.Duration.ofMillis(300),
                            java.time.Duration.ofSeconds(5),
                            java.time.Duration.ofMinutes(1),
                            3))
                    .build();
            assertThatThrownBy(() -> impatient.apply(NOTHING_ALLOWED))
                    .isInstanceOf(SchemaException.class)
                    .hasMessageContaining("ownerWait");
        }
    }
}
