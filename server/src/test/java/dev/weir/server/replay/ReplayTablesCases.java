package dev.weir.server.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.Database;
import dev.weir.db.Durability;
import dev.weir.db.Row;
import dev.weir.schema.SchemaMigration;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.server.CommandFailed;
import dev.weir.server.database.TargetDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The tables of replay on an engine: made, taken over, refused. */
abstract class ReplayTablesCases {
    static final int LINES = 100;

    @TempDir
    Path directory;

    Path file;
    TargetDatabase target;
    Database database;

    /**
     * What the release before this one wrote for a type, on this engine.
     *
     * @param key of a path or an address
     * @param looseKey the same, in a form that does not compare byte for byte
     */
    record Words(String key, String id, String text, String timestamp, String looseKey) {}

    abstract Words words();

    /** An empty database, the same for all calls of one test. */
    abstract String url();

    /** Statements by which a user adds what is none of replay's business. */
    List<String> additions() {
        return List.of("create index hit_at on hit(at)");
    }

    /** Makes what {@link Words#looseKey} speaks of. */
    void beforeLooseKey() {}

    @BeforeEach
    final void open() throws IOException {
        file = directory.resolve("access.log");
        Files.writeString(file, AccessLogFile.text(0, LINES));
        connect();
    }

    final void connect() {
        target = TargetDatabase.open(url());
        database = Database.builder(target.dataSource()).build();
    }

    @AfterEach
    final void close() {
        target.close();
    }

    final void execute(String... statements) {
        for (String sql : statements) {
            database.sql(sql).execute();
        }
        database.catalog().refresh();
    }

    final ReplayTotals replay(boolean again) {
        return new Replay(options(target, file, directory.resolve("data"), again)).run();
    }

    private static ReplayOptions options(TargetDatabase target, Path file, Path data, boolean again) {
        return new ReplayOptions(
                List.of(file.toString()), target.dataSource(), target.shownUrl(), data, Durability.ACCEPTED, 0, again);
    }

    final void makeEarlierTables() {
        Words words = words();
        execute(
                "create table if not exists page(path " + words.key()
                        + " not null primary key, hits bigint not null, bytes bigint not null, last_seen "
                        + words.timestamp() + " not null)",
                "create table if not exists visitor(address " + words.key()
                        + " not null primary key, hits bigint not null, last_path " + words.text()
                        + " not null, last_seen " + words.timestamp() + " not null)",
                "create table if not exists hit(id " + words.id() + " not null primary key, at " + words.timestamp()
                        + " not null, address " + words.text() + " not null, method " + words.text()
                        + " not null, target " + words.text()
                        + " not null, status int not null, bytes bigint, referrer "
                        + words.text() + ", agent " + words.text() + ")");
    }

    /** All tables as the engine describes them, those of Weir aside. */
    final List<PhysicalTable> described() {
        return SchemaMigration.of(database, Schema.of()).build().read().tables();
    }

    final List<String> names() throws SQLException {
        try (Connection connection = target.dataSource().getConnection()) {
            return database.dialect().tableNames(connection).stream()
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void earlierTables_areTakenOver_asTheyAre() throws SQLException {
        makeEarlierTables();
        List<PhysicalTable> before = described();
        assertThat(before).hasSize(3);
        assertThat(replay(false).problem()).isNull();
        assertThat(replay(true).problem()).isNull();
        assertThat(described()).isEqualTo(before);
        assertThat(names()).doesNotContain("weir_schema_history_replay", "weir_schema_history");
        AccessLogFile.check(target, LINES, 2);
    }

    @Test
    void madeTables_haveTheColumnsOfEarlierOnes() {
        assertThat(replay(false).problem()).isNull();
        List<PhysicalTable> made = described();
        for (PhysicalTable table : made) {
            execute("drop table " + table.name());
        }
        makeEarlierTables();
        List<PhysicalTable> earlier = described();
        assertThat(made).extracting(PhysicalTable::name).isEqualTo(names(earlier));
        assertThat(made)
                .extracting(PhysicalTable::columns)
                .isEqualTo(earlier.stream().map(PhysicalTable::columns).toList());
        assertThat(made).allSatisfy(table -> assertThat(table.indexes()).isEmpty());
    }

    private static List<String> names(List<PhysicalTable> tables) {
        return tables.stream().map(PhysicalTable::name).toList();
    }

    @Test
    void secondStart_changesNothing() throws SQLException {
        assertThat(replay(false).problem()).isNull();
        List<PhysicalTable> tables = described();
        List<String> names = names();
        List<Row> history = database.table("weir_schema_history_replay").list();
        assertThat(history).hasSize(1);
        assertThat(replay(true).problem()).isNull();
        assertThat(described()).isEqualTo(tables);
        assertThat(names()).isEqualTo(names);
        assertThat(database.table("weir_schema_history_replay").list()).isEqualTo(history);
        AccessLogFile.check(target, LINES, 2);
    }

    @Test
    void tablesThatAreMissing_areMadeBesideThoseThatAreThere() {
        makeEarlierTables();
        List<PhysicalTable> before = described();
        execute("drop table visitor");
        assertThat(replay(false).problem()).isNull();
        assertThat(described())
                .extracting(PhysicalTable::columns)
                .isEqualTo(before.stream().map(PhysicalTable::columns).toList());
        AccessLogFile.check(target, LINES, 1);
    }

    @Test
    void misfits_areAllNamed_andNothingIsChanged() throws SQLException {
        Words words = words();
        execute(
                "create table page(path " + words.key() + " not null primary key, hits " + words.text() + ", last_seen "
                        + words.timestamp() + " not null, extra int)",
                "create table visitor(address " + words.key() + " not null, hits bigint not null, last_path "
                        + words.text() + " not null, last_seen " + words.timestamp() + " not null)");
        assertRefused(
                "a table of replay must have just the columns that replay gives it",
                "table=page",
                "hits is ",
                "bytes is missing",
                "extra is not one of its columns",
                "table=visitor",
                "its primary key is not address",
                "--db");
    }

    @Test
    void misfitWithRows_isRefused_andNothingIsChanged() throws SQLException {
        Words words = words();
        execute(
                "create table hit(id " + words.id() + " not null primary key, at " + words.timestamp() + ")",
                "insert into hit(id) values ('a')");
        assertRefused("table=hit", "at is ", "agent is missing");
        assertThat(database.table("hit").count()).isEqualTo(1);
    }

    @Test
    void keyThatDoesNotCompareByteForByte_isRefused() throws SQLException {
        Words words = words();
        beforeLooseKey();
        execute("create table page(path " + words.looseKey()
                + " not null primary key, hits bigint not null, bytes bigint not null, last_seen " + words.timestamp()
                + " not null)");
        assertRefused("table=page", "path ");
    }

    @Test
    void viewInATablesPlace_isRefused() throws SQLException {
        execute("create view visitor as select 1 as address");
        assertRefused("table=visitor", "it is a view");
    }

    private void assertRefused(String... words) throws SQLException {
        List<PhysicalTable> tables = described();
        List<String> names = names();
        assertThatThrownBy(() -> replay(false))
                .isInstanceOf(CommandFailed.class)
                .satisfies(refused -> assertThat(refused.getMessage().toLowerCase(Locale.ROOT))
                        .contains(words));
        assertThat(described()).isEqualTo(tables);
        assertThat(names()).isEqualTo(names);
    }

    @Test
    void whatAUserAdds_isLeftAlone() {
        assertThat(replay(false).problem()).isNull();
        execute(additions().toArray(String[]::new));
        List<PhysicalTable> tables = described();
        assertThat(replay(true).problem()).isNull();
        assertThat(described()).isEqualTo(tables);
        AccessLogFile.check(target, LINES, 2);
    }

    @Test
    void applicationsOwnHistory_isLeftAlone() throws SQLException {
        Table posts = Table.named("posts")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .build();
        SchemaMigration application =
                SchemaMigration.of(database, Schema.of(posts)).build();
        application.apply(List.of());
        assertThat(replay(false).problem()).isNull();
        execute("alter table " + database.dialect().quote("posts") + " add column extra int");
        assertThat(application.status().steps()).hasSize(1);
        execute("alter table " + database.dialect().quote("posts") + " drop column extra");
        application.rollback(List.of("drop_table:posts"));
        assertThat(names()).contains("page", "visitor", "hit").doesNotContain("posts");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void killedWhileATableIsMade_goesOn(int made) throws Exception {
        // H2 serves one process at a time.
        target.close();
        Process child = ReplayKillTest.java(
                        HaltingReplay.class,
                        url(),
                        file.toString(),
                        directory.resolve("data").toString(),
                        Durability.ACCEPTED.name(),
                        ReplayListener.Point.TABLE.name(),
                        Integer.toString(made))
                .inheritIO()
                .start();
        assertThat(child.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(child.exitValue()).isEqualTo(HaltingReplay.HALTED);
        connect();
        assertThat(replay(false).problem()).isNull();
        AccessLogFile.check(target, LINES, 1);
        List<PhysicalTable> tables = described();
        assertThat(replay(true).problem()).isNull();
        assertThat(described()).isEqualTo(tables);
    }

    @Test
    void severalStartedAtOnce_allRun() throws Exception {
        int runs = 3;
        CyclicBarrier start = new CyclicBarrier(runs);
        ExecutorService threads = Executors.newFixedThreadPool(runs);
        try {
            List<Future<ReplayTotals>> totals = new ArrayList<>();
            for (int i = 0; i < runs; i++) {
                Path log = Files.writeString(directory.resolve("log" + i), AccessLogFile.text(0, LINES));
                Path data = directory.resolve("data" + i);
                totals.add(threads.submit(() -> {
                    try (TargetDatabase own = TargetDatabase.open(url())) {
                        start.await(60, TimeUnit.SECONDS);
                        return new Replay(options(own, log, data, false)).run();
                    }
                }));
            }
            for (Future<ReplayTotals> each : totals) {
                assertThat(each.get(120, TimeUnit.SECONDS).problem()).isNull();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(database.table("hit").count()).isEqualTo(runs * (LINES - AccessLogFile.rejected(LINES)));
        assertThat(database.table("weir_schema_history_replay").count()).isEqualTo(1);
    }
}
