package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.diff.Change;
import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.ReferentialAction;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every engine's schema dialect must do. Each test has an empty database of its own. */
abstract class SchemaDialectContract {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    DataSource dataSource;
    Connection connection;
    SchemaDialect dialect;

    /** An empty database whose connections are made as users make them. */
    abstract DataSource open() throws Exception;

    abstract void drop() throws Exception;

    /** A query for what limits change in a session, in one value. */
    abstract String settings();

    @BeforeEach
    final void connect() throws Exception {
        dataSource = open();
        connection = dataSource.getConnection();
        dialect = SchemaDialect.of(Dialect.of(connection));
    }

    @AfterEach
    final void disconnect() throws Exception {
        connection.close();
        drop();
    }

    static Table users() {
        return Table.named("users")
                .column("id", ColumnType.of(Kind.BIG_INCREMENTS))
                .column("name", ColumnType.string(100), ColumnBuilder::notNull)
                .column("email", ColumnType.string(200), ColumnBuilder::unique)
                .build();
    }

    /** A table with everything that every engine has. */
    static Table posts() {
        return Table.named("posts")
                .column("id", ColumnType.of(Kind.NANOID), ColumnBuilder::primary)
                .column(
                        "author_id",
                        ColumnType.of(Kind.BIG_INTEGER),
                        c -> c.references("users", "id").onDelete(ReferentialAction.CASCADE))
                .column("title", ColumnType.string(200), c -> c.notNull().defaultValue("it's"))
                .column("price", ColumnType.decimal(12, 2), c -> c.defaultValue(0))
                .column(
                        "count",
                        ColumnType.of(Kind.INTEGER).withoutSign(),
                        c -> c.notNull().defaultValue(7))
                .column("status", ColumnType.enumeration("draft", "li've"), c -> c.defaultValue("draft"))
                .column("live", ColumnType.of(Kind.BOOLEAN), c -> c.notNull().defaultValue(true))
                .column("slug", ColumnType.string(200), c -> c.generated("lower(title)"))
                .column("body", ColumnType.of(Kind.TEXT))
                .column("weight", ColumnType.of(Kind.FLOAT), c -> c.defaultValue(1.5))
                .column("born", ColumnType.of(Kind.DATE))
                .column("at", ColumnType.of(Kind.DATETIME))
                .column("clock", ColumnType.of(Kind.TIME))
                .column("data", ColumnType.of(Kind.BINARY))
                .column("doc", ColumnType.of(Kind.JSON))
                .column("docb", ColumnType.of(Kind.JSONB))
                .column("token", ColumnType.of(Kind.UUID))
                .column("small", ColumnType.of(Kind.SMALL_INTEGER))
                .timestamps()
                .index(Index.on("author_id", "created_at desc"))
                .index(Index.on("slug").withUnique())
                .check("price_not_negative", "price >= 0")
                .build();
    }

    static Table lines() {
        return Table.named("lines")
                .column("post", ColumnType.of(Kind.NANOID))
                .column("number", ColumnType.of(Kind.INTEGER))
                .column("text", ColumnType.string(50))
                .primaryKey("post", "number")
                .foreignKey(new ForeignKey(
                        "lines_of_posts",
                        List.of("post"),
                        "posts",
                        List.of("id"),
                        ReferentialAction.CASCADE,
                        ReferentialAction.NO_ACTION))
                .build();
    }

    /** Runs the statements of changes as a plan's first apply would, each by itself. */
    final void make(Change... changes) throws SQLException {
        for (Change change : changes) {
            Ddl ddl = dialect.ddl(change, false);
            try (DdlTransaction transaction = dialect.begin(connection, List.of(change))) {
                for (String sql : ddl.statements()) {
                    execute(sql);
                }
                transaction.commit();
            }
        }
    }

    final void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new SQLException(e.getMessage() + " in: " + sql, e.getSQLState(), e.getErrorCode(), e);
        }
    }

    final long number(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getLong(1);
        }
    }

    /** Makes tables with all that belongs to them, on any connection. */
    static void create(SchemaDialect dialect, Connection connection, List<PhysicalTable> tables) throws SQLException {
        List<Change> changes = new ArrayList<>();
        List<Change> keys = new ArrayList<>();
        for (PhysicalTable table : tables) {
            if (dialect.foreignKeysInside()) {
                changes.add(new Change.CreateTable(table));
            } else {
                changes.add(new Change.CreateTable(table.withForeignKeys(List.of())));
                table.foreignKeys().forEach(key -> keys.add(new Change.AddForeignKey(table.name(), key)));
            }
        }
        changes.addAll(keys);
        for (Change change : changes) {
            for (String sql : dialect.ddl(change, false).statements()) {
                try (Statement statement = connection.createStatement()) {
                    statement.execute(sql);
                } catch (SQLException e) {
                    throw new SQLException(e.getMessage() + " in: " + sql, e.getSQLState(), e.getErrorCode(), e);
                }
            }
        }
    }

    final PhysicalSchema create(Table... tables) throws SQLException {
        create(
                dialect,
                connection,
                List.of(tables).stream().map(dialect::physical).toList());
        return read();
    }

    final PhysicalSchema read() throws SQLException {
        return dialect.read(connection, name -> name.startsWith("weir_"));
    }

    final PhysicalTable table(String name) throws SQLException {
        return read().table(name).orElseThrow();
    }

    /** The tables as the engine itself spells them, made in a scratch place. */
    final PhysicalSchema normalised(Table... tables) throws SQLException {
        try (Scratch scratch = dialect.scratch(dataSource).orElseThrow()) {
            create(
                    dialect,
                    scratch.connection(),
                    List.of(tables).stream().map(dialect::physical).toList());
            return dialect.read(scratch.connection(), name -> false);
        }
    }

    @Test
    void scratch_readsTheSameAsTheDatabase_andLeavesNothing() throws Exception {
        PhysicalSchema made = create(users(), posts(), lines());
        PhysicalSchema normal = normalised(users(), posts(), lines());
        assertThat(normal.tables()).isEqualTo(made.tables());
        assertThat(read()).isEqualTo(made);
    }

    @Test
    void physical_roundTrips_whenMadeFromWhatWasRead() throws Exception {
        PhysicalSchema made = create(users(), posts(), lines());
        try (Scratch scratch = dialect.scratch(dataSource).orElseThrow()) {
            create(dialect, scratch.connection(), made.tables());
            assertThat(dialect.read(scratch.connection(), name -> false).tables())
                    .isEqualTo(made.tables());
        }
    }

    @Test
    void byRules_declarationAndCatalogAgree() throws Exception {
        PhysicalSchema made = create(users(), posts(), lines());
        for (Table declared : List.of(users(), posts(), lines())) {
            assertThat(dialect.byRules(dialect.physical(declared)))
                    .isEqualTo(dialect.byRules(made.table(declared.name()).orElseThrow()));
        }
    }

    @Test
    void read_tellsEverythingOfATable() throws Exception {
        PhysicalTable posts = create(users(), posts(), lines()).table("posts").orElseThrow();
        assertThat(posts.columns()).extracting(PhysicalColumn::name).startsWith("id", "author_id", "title");
        assertThat(posts.primaryKey().columns()).containsExactly("id");
        assertThat(posts.column("title").orElseThrow().nullable()).isFalse();
        assertThat(posts.column("title").orElseThrow().defaultSql()).contains("it''s");
        assertThat(posts.column("slug").orElseThrow().generated()).containsIgnoringCase("title");
        assertThat(posts.column("slug").orElseThrow().stored()).isTrue();
        assertThat(posts.checks()).extracting(PhysicalCheck::name).contains("price_not_negative");
        PhysicalIndex unique = posts.indexes().stream()
                .filter(index -> index.columns().equals(List.of("slug")))
                .findFirst()
                .orElseThrow();
        assertThat(unique.unique()).isTrue();
        PhysicalIndex index = posts.indexes().stream()
                .filter(found -> found.columns().equals(List.of("author_id", "created_at")))
                .findFirst()
                .orElseThrow();
        assertThat(index.parts().get(0).descending()).isFalse();
        assertThat(index.parts().get(1).descending()).isTrue();
        PhysicalForeignKey key = posts.foreignKeys().get(0);
        assertThat(key.table()).isEqualTo("users");
        assertThat(key.columns()).containsExactly("author_id");
        assertThat(key.targets()).containsExactly("id");
        assertThat(key.onDelete()).isEqualTo("CASCADE");
        PhysicalTable users = table("users");
        assertThat(users.column("id").orElseThrow().identity()).isNotNull();
        assertThat(table("lines").primaryKey().columns()).containsExactly("post", "number");
    }

    @Test
    void read_leavesOutWhatIsIgnored_andReportsViews() throws Exception {
        create(users());
        execute("create table weir_ledger (a int)");
        execute("create view names as select name from users");
        PhysicalSchema read = read();
        assertThat(read.tables()).extracting(PhysicalTable::name).containsExactly("users");
        assertThat(read.others()).contains(new PhysicalSchema.Other("view", "names"));
    }

    @Test
    void changes_thatAreInPlace_leadToTheDeclaredTable_andBack() throws Exception {
        create(users());
        PhysicalTable before = table("users");
        Table wanted = Table.named("users")
                .column("id", ColumnType.of(Kind.BIG_INCREMENTS))
                .column("name", ColumnType.string(100), ColumnBuilder::notNull)
                .column("email", ColumnType.string(200), ColumnBuilder::unique)
                .column("age", ColumnType.of(Kind.INTEGER))
                .column("city", ColumnType.string(30), c -> c.notNull().defaultValue("Bern"))
                .index(Index.on("city"))
                .build();
        PhysicalTable after = normalised(wanted).tables().get(0);
        List<Change> changes = List.of(
                new Change.AddColumn("users", after.column("age").orElseThrow()),
                new Change.AddColumn("users", after.column("city").orElseThrow()),
                new Change.AddIndex(
                        "users",
                        after.indexes().stream()
                                .filter(index -> index.columns().equals(List.of("city")))
                                .findFirst()
                                .orElseThrow()));
        for (Change change : changes) {
            assertThat(dialect.inPlace(change, table("users"))).isTrue();
            make(change);
        }
        assertThat(table("users")).isEqualTo(after);
        for (int i = changes.size() - 1; i >= 0; i--) {
            make(changes.get(i).inverse());
        }
        assertThat(table("users")).isEqualTo(before);
    }

    @Test
    void rename_ofTableAndColumn_carriesKeysAndRowsAlong() throws Exception {
        create(users(), posts(), lines());
        execute("insert into users (name) values ('Ann')");
        make(new Change.RenameTable("users", "people"), new Change.RenameColumn("people", "name", "full_name"));
        assertThat(number("select count(*) from people where full_name = 'Ann'"))
                .isOne();
        assertThat(table("posts").foreignKeys().get(0).table()).isEqualTo("people");
    }

    @Test
    void rename_ofColumnsInKeysAndIndexes_isReadEverywhere() throws Exception {
        create(users(), posts(), lines());
        make(
                new Change.RenameColumn("users", "id", "number"),
                new Change.RenameColumn("users", "email", "mail"),
                new Change.RenameColumn("posts", "author_id", "writer"));
        assertThat(table("users").primaryKey().columns()).containsExactly("number");
        assertThat(table("users").indexes().get(0).columns()).containsExactly("mail");
        PhysicalForeignKey key = table("posts").foreignKeys().get(0);
        assertThat(key.columns()).containsExactly("writer");
        assertThat(key.targets()).containsExactly("number");
        assertThat(dialect.dialect().describe(connection, "users").orElseThrow().primaryKey())
                .containsExactly("number");
    }

    @Test
    void dropOfForeignKeyIndexCheckAndColumn_byTheNamesThatAreThere() throws Exception {
        create(users(), posts());
        PhysicalTable posts = table("posts");
        List<Change> changes = new ArrayList<>();
        posts.foreignKeys().forEach(key -> changes.add(new Change.DropForeignKey("posts", key)));
        posts.indexes().forEach(index -> changes.add(new Change.DropIndex("posts", index)));
        posts.checks().stream()
                .filter(check -> check.name().equals("price_not_negative"))
                .forEach(check -> changes.add(new Change.DropCheck("posts", check)));
        changes.add(new Change.DropColumn("posts", posts.column("body").orElseThrow()));
        for (Change change : changes) {
            if (dialect.inPlace(change, table("posts"))) {
                make(change);
            } else {
                make(new Change.RebuildTable(
                        table("posts"),
                        Tables.with(table("posts"), change),
                        Tables.sources(Tables.with(table("posts"), change))));
            }
        }
        PhysicalTable bare = table("posts");
        assertThat(bare.foreignKeys()).isEmpty();
        assertThat(bare.indexes()).isEmpty();
        assertThat(bare.column("body")).isEmpty();
        assertThat(bare.checks()).extracting(PhysicalCheck::name).doesNotContain("price_not_negative");
    }

    @Test
    void alterColumn_typeDefaultAndNull_keepsTheRows() throws Exception {
        create(users());
        execute("insert into users (name, email) values ('Ann', 'a@x')");
        Table wanted = Table.named("users")
                .column("id", ColumnType.of(Kind.BIG_INCREMENTS))
                .column("name", ColumnType.string(150))
                .column(
                        "email",
                        ColumnType.string(200),
                        c -> c.unique().notNull().defaultValue("none"))
                .build();
        PhysicalTable after = normalised(wanted).tables().get(0);
        PhysicalTable before = table("users");
        for (String column : List.of("name", "email")) {
            Change change = new Change.AlterColumn(
                    "users",
                    before.column(column).orElseThrow(),
                    after.column(column).orElseThrow());
            PhysicalTable now = table("users");
            if (dialect.inPlace(change, now)) {
                make(change);
            } else {
                PhysicalTable target = Tables.with(now, change);
                make(new Change.RebuildTable(now, target, Tables.sources(target)));
            }
        }
        assertThat(table("users")).isEqualTo(after);
        assertThat(number("select count(*) from users where name = 'Ann' and email = 'a@x'"))
                .isOne();
    }

    @Test
    void typeChange_toALongerText_isSafe_toAShorterOneNamesTheMisfits() throws Exception {
        create(users());
        execute("insert into users (name, email) values ('Ann', 'a@x'), ('Bartholomew', 'b@x')");
        PhysicalColumn name = table("users").column("name").orElseThrow();
        PhysicalColumn longer = column(Table.named("users").column("name", ColumnType.string(300)));
        PhysicalColumn shorter = column(Table.named("users").column("name", ColumnType.string(5)));
        assertThat(dialect.typeChange(name, longer).misfits()).isNull();
        assertThat(number("select count(*) from users where "
                        + dialect.typeChange(name, shorter).misfits()))
                .isOne();
    }

    private PhysicalColumn column(Table.Builder table) throws SQLException {
        return normalised(table.build()).tables().get(0).columns().get(0);
    }

    @Test
    void begin_withoutCommit_leavesTheConnectionAsItWas_andUndoesWhereTheEngineCan() throws Exception {
        Change change = new Change.CreateTable(dialect.physical(users()));
        try (DdlTransaction transaction = dialect.begin(connection, List.of(change))) {
            for (String sql : dialect.ddl(change, false).statements()) {
                execute(sql);
            }
            assertThat(transaction).isNotNull();
        }
        assertThat(connection.getAutoCommit()).isTrue();
        assertThat(read().table("users").isPresent()).isEqualTo(!dialect.transactional());
    }

    @Test
    void lock_isHeldByOne_untilItIsClosed() throws Exception {
        Optional<SchemaLock> first = dialect.tryLock(dataSource);
        assertThat(first).isPresent();
        assertThat(dialect.tryLock(dataSource)).isEmpty();
        assertThat(first.get().held()).isTrue();
        // Who has it can work on another connection.
        create(users());
        first.get().close();
        first.get().close();
        Optional<SchemaLock> second = dialect.tryLock(dataSource);
        assertThat(second).isPresent();
        second.get().close();
    }

    @Test
    void limits_areTaken_andALockTimeoutIsKnown() throws Exception {
        try (Limits limits = dialect.limits(connection, Duration.ofMillis(200), PATIENCE)) {
            assertThat(limits).isNotNull();
            assertThat(dialect.lockTimedOut(new SQLException("no", "XX000", 0))).isFalse();
            create(users());
        }
    }

    @Test
    void limits_areTakenBack_soThatAPoolGetsItsConnectionAsItWas() throws Exception {
        String before = settingsNow();
        try (Limits limits = dialect.limits(connection, Duration.ofSeconds(7), PATIENCE)) {
            assertThat(limits).isNotNull();
            assertThat(settingsNow()).isNotEqualTo(before);
        }
        assertThat(settingsNow()).isEqualTo(before);
    }

    private String settingsNow() throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(settings())) {
            rows.next();
            return String.valueOf(rows.getString(1));
        }
    }

    @Test
    void missingRights_areNoneForTheOwner() throws Exception {
        create(users());
        assertThat(dialect.missingRights(connection, List.of("users"))).isEmpty();
    }

    @Test
    void identity_isRead() throws Exception {
        create(Table.named("tickets")
                .column("id", ColumnType.of(Kind.BIG_INTEGER), c -> c.primary().identity(Column.Identity.BY_DEFAULT))
                .column("note", ColumnType.string(10))
                .build());
        execute("insert into tickets (note) values ('a')");
        assertThat(table("tickets").column("id").orElseThrow().identity()).isNotNull();
    }

    @Test
    void read_takesAFixedNumberOfQueries() throws Exception {
        create(users());
        Intercepted few = new Intercepted(connection, sql -> sql);
        dialect.read(few.connection(), name -> false);
        for (int i = 0; i < 5; i++) {
            execute("create table t" + i + " (a integer primary key, b integer unique, check (b > 0))");
        }
        create(posts(), lines());
        Intercepted many = new Intercepted(connection, sql -> sql);
        dialect.read(many.connection(), name -> false);
        assertThat(many.statements()).isNotEmpty().hasSameSizeAs(few.statements());
    }

    @Test
    void odacM15_indexColumnOrder_isSeen() throws Exception {
        PhysicalTable read = create(Table.named("pairs")
                        .column("a", ColumnType.of(Kind.INTEGER))
                        .column("b", ColumnType.of(Kind.INTEGER))
                        .index(Index.on("a", "b"))
                        .index(Index.on("b", "a"))
                        .build())
                .tables()
                .get(0);
        assertThat(read.indexes())
                .extracting(PhysicalIndex::columns)
                .containsExactlyInAnyOrder(List.of("a", "b"), List.of("b", "a"));
        assertThat(read.indexes().get(0).sameAs(read.indexes().get(1))).isFalse();
    }

    @Test
    void names_ofAnyCharacters_areKept() throws Exception {
        String odd = "it's a \"b\"; `c` [d] (e), é-select --x";
        String quoted = dialect.dialect().quote(odd);
        Table parent = Table.named(odd)
                .column(odd, ColumnType.of(Kind.INTEGER), ColumnBuilder::primary)
                .column("Order", ColumnType.of(Kind.INTEGER), c -> c.notNull().defaultValue(1))
                .column(odd + "2", ColumnType.of(Kind.INTEGER), c -> c.generated(quoted + " + 1"))
                .index(Index.on("Order", odd + " desc"))
                .check("check " + odd, quoted + " > 0")
                .build();
        Table child = Table.named("child of " + odd)
                .column(odd, ColumnType.of(Kind.INTEGER), c -> c.references(odd, odd))
                .build();
        PhysicalSchema made = create(parent, child);
        assertThat(normalised(parent, child).tables()).isEqualTo(made.tables());
        for (Table declared : List.of(parent, child)) {
            assertThat(dialect.byRules(dialect.physical(declared)))
                    .isEqualTo(dialect.byRules(made.table(declared.name()).orElseThrow()));
        }
        assertThat(made.table("child of " + odd)
                        .orElseThrow()
                        .foreignKeys()
                        .get(0)
                        .table())
                .isEqualTo(odd);
        make(new Change.RenameColumn(odd, "Order", odd + "3"), new Change.RenameTable(odd, odd + "4"));
        assertThat(table(odd + "4").column(odd + "3")).isPresent();
        assertThat(table("child of " + odd).foreignKeys().get(0).table()).isEqualTo(odd + "4");
    }
}
