package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Database;
import dev.weir.schema.file.SchemaFiles;
import dev.weir.schema.file.Snapshot;
import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.ReferentialAction;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.schema.plan.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** From the files of a snapshot the plan is empty, on one engine. Each test has an empty database of its own. */
@Timeout(120)
abstract class SnapshotCases {
    @TempDir
    Path directory;

    private Database db;

    /** An empty database. */
    abstract DataSource open() throws Exception;

    abstract void drop() throws Exception;

    /** Statements that make tables with what only this engine has, in its own words. */
    abstract List<String> byHand();

    @BeforeEach
    final void connect() throws Exception {
        db = Database.builder(open()).build();
    }

    @AfterEach
    final void disconnect() throws Exception {
        drop();
    }

    private SchemaMigration migration(Schema schema) {
        return SchemaMigration.of(db, schema).build();
    }

    /** Writes a snapshot, reads it, and returns what is read. */
    private Schema snapshot() throws IOException {
        Path files = directory.resolve("schema");
        Snapshot.write(migration(Schema.of()).read(), files, true);
        try (Stream<Path> written = Files.list(files)) {
            written.forEach(file -> assertThat(file.getFileName().toString()).endsWith(".yaml"));
        }
        return SchemaFiles.read(files);
    }

    private void assertSettled(Schema schema) {
        assertThat(migration(schema).plan().steps()).extracting(Step::sql).isEmpty();
        assertThat(SchemaMigration.of(db, schema)
                        .withoutScratch()
                        .build()
                        .plan()
                        .steps())
                .extracting(Step::sql)
                .isEmpty();
    }

    @Test
    void odacM1_snapshotOfDeclaredTables_hasAnEmptyPlan_keysAndIndexesIncluded() throws Exception {
        Table users = Table.named("users")
                .column("id", ColumnType.of(Kind.BIG_INCREMENTS))
                .column("name", ColumnType.string(100), ColumnBuilder::notNull)
                .column("email", ColumnType.string(200), ColumnBuilder::unique)
                .build();
        Table posts = Table.named("posts")
                .column("id", ColumnType.of(Kind.NANOID), ColumnBuilder::primary)
                .column(
                        "author_id",
                        ColumnType.of(Kind.BIG_INTEGER),
                        c -> c.references("users", "id").onDelete(ReferentialAction.CASCADE))
                .column("title", ColumnType.string(200), c -> c.notNull().defaultValue("it's: \"so\" #1"))
                .column("price", ColumnType.decimal(12, 2), c -> c.defaultValue(0))
                .column(
                        "count",
                        ColumnType.of(Kind.INTEGER).withoutSign(),
                        c -> c.notNull().defaultValue(7))
                .column("status", ColumnType.enumeration("draft", "li've"), c -> c.defaultValue("draft"))
                .column("live", ColumnType.of(Kind.BOOLEAN), c -> c.notNull().defaultValue(true))
                .column("slug", ColumnType.string(200), c -> c.generated("lower(title)"))
                .column("loud", ColumnType.string(200), c -> c.generated("upper(title)"))
                .column("body", ColumnType.of(Kind.TEXT))
                .column("weight", ColumnType.of(Kind.FLOAT), c -> c.defaultValue(1.5))
                .column("light", new ColumnType(Kind.FLOAT, null, 24, null, false, List.of(), null))
                .column("born", ColumnType.of(Kind.DATE))
                .column("at", ColumnType.of(Kind.DATETIME), c -> c.defaultSql("CURRENT_TIMESTAMP"))
                .column("clock", ColumnType.of(Kind.TIME))
                .column("data", ColumnType.of(Kind.BINARY))
                .column("few", ColumnType.of(Kind.BINARY).withLength(16))
                .column("doc", ColumnType.of(Kind.JSON))
                .column("docb", ColumnType.of(Kind.JSONB))
                .column("token", ColumnType.of(Kind.UUID))
                .column("small", ColumnType.of(Kind.SMALL_INTEGER))
                .timestamps()
                .index(Index.on("author_id", "created_at desc"))
                .index(Index.on("slug").withUnique().named("By Slug"))
                .check("price_not_negative", "price >= 0")
                .comment("all of it: #1")
                .build();
        Table lines = Table.named("Odd / name")
                .column("post", ColumnType.of(Kind.NANOID))
                .column("number desc", ColumnType.of(Kind.INTEGER))
                .column("text", ColumnType.string(50))
                .primaryKey("post", "number desc")
                .foreignKey(new ForeignKey(
                        "lines_of_posts",
                        List.of("post"),
                        "posts",
                        List.of("id"),
                        ReferentialAction.CASCADE,
                        ReferentialAction.NO_ACTION))
                .build();
        Table tickets = Table.named("tickets")
                .column("id", ColumnType.of(Kind.INTEGER), c -> c.primary().identity(Column.Identity.ALWAYS))
                .build();
        migration(Schema.of(users, posts, lines, tickets)).apply(List.of());
        Schema schema = snapshot();
        assertThat(schema.tables()).hasSize(4);
        assertSettled(schema);
    }

    @Test
    void snapshotOfTablesMadeByHand_hasAnEmptyPlan() throws Exception {
        byHand().forEach(sql -> db.sql(sql).execute());
        assertSettled(snapshot());
    }

    @Test
    void snapshotAppliedToAnEmptyDatabase_makesTheSameTables() throws Exception {
        byHand().forEach(sql -> db.sql(sql).execute());
        List<PhysicalTable> made = migration(Schema.of()).read().tables();
        Schema schema = snapshot();
        drop();
        connect();
        migration(schema).apply(List.of());
        assertThat(migration(schema).read().tables())
                .extracting(SnapshotCases::compared)
                .isEqualTo(made.stream().map(SnapshotCases::compared).toList());
    }

    /** What two tables are compared by: names of keys and checks are the engine's own affair. */
    private static List<Object> compared(PhysicalTable table) {
        return List.of(
                table.name(),
                table.columns(),
                table.primaryKey() == null ? List.of() : table.primaryKey().columns(),
                table.indexes().stream()
                        .map(index -> List.of(index.parts(), index.unique(), "" + index.method(), "" + index.where()))
                        .sorted((a, b) -> a.toString().compareTo(b.toString()))
                        .toList(),
                table.foreignKeys().stream()
                        .map(key -> List.of(key.columns(), key.table(), key.targets(), key.onDelete(), key.onUpdate()))
                        .sorted((a, b) -> a.toString().compareTo(b.toString()))
                        .toList(),
                table.checks().stream().map(check -> check.condition()).sorted().toList(),
                "" + table.comment(),
                table.options());
    }
}
