package dev.weir.schema.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.ColumnType.Kind;
import dev.weir.schema.model.DefaultValue;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.ReferentialAction;
import dev.weir.schema.model.Seed;
import dev.weir.schema.model.Table;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TableWriterTest {
    private static final long SEED =
            Long.getLong("model.seed", ThreadLocalRandom.current().nextLong(1_000_000_000L));
    private static final int ROUNDS = 2_000;

    /** Texts that YAML, or some reader of it, may take for something else. */
    private static final List<String> TEXTS = List.of(
            "a",
            "B c",
            "no",
            "Null",
            "~",
            "",
            " ",
            "true",
            "0x1F",
            "007",
            "1e5",
            ".nan",
            "2026-01-01",
            "- x",
            "? y",
            "a: b",
            "a #b",
            "# c",
            "[x]",
            "{y}",
            "*a",
            "&b",
            "!t",
            "%d",
            "@e",
            "`f`",
            "'",
            "\"",
            "\\",
            "a,b",
            "|",
            ">",
            "x\ny",
            "\t",
            "\r",
            "é ü 漢",
            "\uD83D\uDE00",
            "\u0085",
            "\u2028",
            "\uFEFF",
            "\u0001",
            "(lower(a)) desc",
            "a desc",
            "a)b(c",
            "status = 'live'",
            "price >= 0",
            "=",
            "<<",
            "---",
            "...",
            "x ",
            " x",
            "a.b",
            "y:");

    @TempDir
    Path directory;

    private final Random random = new Random(SEED);

    private Table read(String yaml) throws IOException {
        Path file = Files.writeString(directory.resolve("t.yaml"), yaml);
        FileProblems problems = new FileProblems();
        FileProblems.Of of = problems.of("t.yaml");
        String text = FileText.read(file, of);
        YamlNode root = text == null ? null : YamlReader.read(text, of);
        TableReader.Read read = root == null ? null : TableReader.read("t", root, of);
        assertThat(problems.sorted(List.of())).as(yaml).isEmpty();
        assertThat(read).isNotNull();
        return read.table();
    }

    @Test
    void randomTables_areReadAsTheyWereWritten() throws IOException {
        for (int round = 0; round < ROUNDS; round++) {
            Table table = table();
            String yaml = TableWriter.write(table, List.of("a remark"));
            assertThat(read(yaml))
                    .as("model.seed=%d round=%d\n%s", SEED, round, yaml)
                    .isEqualTo(table);
        }
    }

    @Test
    void tablesWithoutColumns_areReadAsTheyWereWritten() throws IOException {
        Table dropped = Table.named("t").dropped().build();
        assertThat(read(TableWriter.write(dropped, List.of()))).isEqualTo(dropped);
    }

    @Test
    void write_isReadable() {
        Table table = Table.named("t")
                .column("id", ColumnType.of(Kind.BIG_INCREMENTS))
                .column(
                        "title",
                        ColumnType.raw("character varying(20)"),
                        c -> c.notNull().defaultSql("'x'::text"))
                .column("at", ColumnType.raw("timestamp"))
                .index(Index.on("title desc").withUnique())
                .foreignKey(new ForeignKey(
                        "fk",
                        List.of("id"),
                        "u",
                        List.of("id"),
                        ReferentialAction.SET_NULL,
                        ReferentialAction.NO_ACTION))
                .check("c", "id > 0")
                .build();
        assertThat(TableWriter.write(table, List.of())).isEqualTo("""
                        columns:
                          id: {type: bigIncrements}
                          title: {type: character varying(20), nullable: false, default: {sql: "'x'::text"}}
                          at: {type: {raw: timestamp}}
                        foreignKeys:
                          - {columns: [id], references: {table: u, columns: [id]}, onDelete: set null, name: fk}
                        indexes:
                          - {columns: [title desc], unique: true}
                        checks:
                          c: "id > 0"
                        """);
    }

    private <T> T one(List<T> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String text() {
        return random.nextInt(3) == 0 ? one(TEXTS) + one(TEXTS) : one(TEXTS);
    }

    private @Nullable String maybe() {
        return random.nextInt(4) == 0 ? text() : null;
    }

    private boolean rarely() {
        return random.nextInt(4) == 0;
    }

    private Table table() {
        Map<String, Column> columns = new LinkedHashMap<>();
        int count = 1 + random.nextInt(5);
        while (columns.size() < count) {
            String name = text();
            columns.put(name, column(name));
        }
        List<String> names = List.copyOf(columns.keySet());
        List<String> key = new ArrayList<>();
        columns.values().stream()
                .filter(column -> column.type().increments())
                .map(Column::name)
                .limit(1)
                .forEach(key::add);
        columns.values().removeIf(column -> column.type().increments() && !key.contains(column.name()));
        if (key.isEmpty()) {
            key.addAll(names.subList(0, random.nextInt(Math.min(3, names.size() + 1))));
        }
        Map<String, String> checks = new LinkedHashMap<>();
        List<Index> indexes = new ArrayList<>();
        List<ForeignKey> foreignKeys = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            checks.put(text(), text());
            Index index = index();
            if (!indexes.contains(index)) {
                indexes.add(index);
            }
            foreignKeys.add(new ForeignKey(
                    maybe(),
                    List.of(text(), text()),
                    text(),
                    List.of(text(), text()),
                    one(List.of(ReferentialAction.values())),
                    one(List.of(ReferentialAction.values()))));
        }
        return new Table(
                "t",
                List.copyOf(columns.values()),
                key,
                foreignKeys,
                indexes,
                checks,
                maybe(),
                maybe(),
                false,
                rarely() ? Optional.of(seed(columns.values())) : Optional.empty(),
                rarely() ? text() : "");
    }

    private Column column(String name) {
        ColumnType type = type();
        boolean increments = type.increments();
        boolean generated = !increments && rarely();
        return new Column(
                name,
                type,
                !rarely() && !increments,
                !increments && rarely() ? defaultValue(type) : null,
                generated ? text() : null,
                !generated || rarely(),
                increments ? Column.Identity.BY_DEFAULT : rarely() ? one(List.of(Column.Identity.values())) : null,
                maybe(),
                maybe(),
                maybe());
    }

    private ColumnType type() {
        Kind kind = one(List.of(Kind.values()));
        String raw = kind == Kind.RAW
                ? one(List.of("timestamp", "TEXT", "varchar(20)", "numeric(10,2)", "", "timestamps", "no"))
                : kind == Kind.TEXT && rarely() ? "longtext" : null;
        return new ColumnType(
                kind,
                rarely() ? random.nextInt(300) : null,
                rarely() ? random.nextInt(300) : null,
                rarely() ? random.nextInt(300) : null,
                rarely(),
                kind == Kind.ENUM ? List.of(text(), text()) : List.of(),
                raw);
    }

    private @Nullable DefaultValue defaultValue(ColumnType type) {
        if (random.nextBoolean()) {
            return DefaultValue.sql(text());
        }
        Object value = value(type);
        return value == null || value instanceof Map ? null : DefaultValue.of(value);
    }

    private @Nullable Object value(ColumnType type) {
        if (random.nextInt(5) == 0) {
            return null;
        }
        return switch (type.kind()) {
            case BOOLEAN -> random.nextBoolean();
            case FLOAT -> random.nextDouble() * random.nextInt(1_000) + 0.5;
            case DECIMAL -> BigDecimal.valueOf(random.nextInt(), 1 + random.nextInt(5));
            case INCREMENTS, BIG_INCREMENTS, SMALL_INTEGER, INTEGER, BIG_INTEGER -> random.nextLong();
            case JSON, JSONB -> {
                Map<String, Object> map = new LinkedHashMap<>();
                map.put(text(), Arrays.asList(1L, null, text(), false, new BigDecimal("1.50")));
                yield map;
            }
            default -> text();
        };
    }

    private Index index() {
        List<Index.Part> parts = new ArrayList<>();
        for (int i = 1 + random.nextInt(2); i > 0; i--) {
            parts.add(new Index.Part(text(), random.nextBoolean(), random.nextBoolean(), rarely() ? "ops" : ""));
        }
        return new Index(maybe(), parts, random.nextBoolean(), maybe(), maybe());
    }

    private Seed seed(Iterable<Column> columns) {
        List<Map<String, @Nullable Object>> rows = new ArrayList<>();
        List<String> key = new ArrayList<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            columns.forEach(column -> row.put(column.name(), value(column.type())));
            rows.add(row);
            key.add(text());
        }
        return new Seed(key, random.nextBoolean(), rows);
    }
}
