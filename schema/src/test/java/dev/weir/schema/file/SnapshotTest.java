package dev.weir.schema.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.DefaultValue;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.ReferentialAction;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SnapshotTest {
    @TempDir
    Path directory;

    private static PhysicalColumn column(String name, String type) {
        return new PhysicalColumn(name, type, true, null, null, false, null, null, null);
    }

    private static PhysicalTable table(String name) {
        return new PhysicalTable(
                name,
                List.of(column("id", "integer")),
                new PhysicalKey("pk", List.of("id")),
                List.of(),
                List.of(),
                List.of(),
                null,
                "",
                List.of());
    }

    private static PhysicalSchema schema(PhysicalTable... tables) {
        return new PhysicalSchema("public", List.of(tables), List.of(new PhysicalSchema.Other("view", "v")));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static PhysicalTable everything() {
        return new PhysicalTable(
                "posts",
                List.of(
                        new PhysicalColumn("id", "bigint", false, null, null, false, "ALWAYS", null, null),
                        new PhysicalColumn("n", "integer", false, null, null, false, "AUTO_INCREMENT", null, null),
                        new PhysicalColumn(
                                "title",
                                "character varying(200)",
                                false,
                                "'it''s'::character varying",
                                null,
                                false,
                                null,
                                "C",
                                "say: \"hi\""),
                        new PhysicalColumn("at", "timestamp", true, null, null, false, null, null, null),
                        new PhysicalColumn("kept", "text", true, null, "lower(title)", true, null, null, null),
                        new PhysicalColumn("seen", "text", true, null, "upper(title)", false, null, null, null)),
                new PhysicalKey("posts_pkey", List.of("id", "n")),
                List.of(
                        new PhysicalIndex(
                                "posts_i",
                                List.of(
                                        new PhysicalIndex.Part("title", false, true, "text_pattern_ops"),
                                        new PhysicalIndex.Part("lower(title)", true, false, "")),
                                true,
                                "gin",
                                "(n > 0)",
                                false,
                                true),
                        new PhysicalIndex(
                                "sqlite_autoindex_posts_1",
                                List.of(new PhysicalIndex.Part("title", false, false, "")),
                                true,
                                null,
                                null,
                                true,
                                false)),
                List.of(
                        new PhysicalForeignKey(
                                "fk", List.of("n"), "other.users", List.of("id"), "SET NULL", "CASCADE", true),
                        new PhysicalForeignKey(
                                "", List.of("id"), "posts", List.of("n"), "NO ACTION", "NO ACTION", false),
                        new PhysicalForeignKey(
                                "", List.of("id"), "posts", List.of("id"), "NO ACTION", "NO ACTION", true)),
                List.of(
                        new PhysicalCheck("", "n > 0", true),
                        new PhysicalCheck("check_2", "n > 1", true),
                        new PhysicalCheck("", "n > 2", true),
                        new PhysicalCheck("FK", "n > 3", true)),
                "all of it",
                "STRICT",
                List.of("create trigger ..."));
    }

    @Test
    void write_saysEverythingOfATable_andIsReadBack() throws IOException {
        List<Path> files = Snapshot.write(schema(everything()), directory.resolve("new"), false);
        assertThat(files).containsExactly(directory.resolve("new/posts.yaml"));
        ReferentialAction none = ReferentialAction.NO_ACTION;
        Table expected = new Table(
                "posts",
                List.of(
                        column("id", "bigint", false, null, null, true, Column.Identity.ALWAYS, null, null),
                        column("n", "integer", false, null, null, true, Column.Identity.BY_DEFAULT, null, null),
                        column(
                                "title",
                                "character varying(200)",
                                false,
                                "'it''s'::character varying",
                                null,
                                true,
                                null,
                                "say: \"hi\"",
                                "C"),
                        column("at", "timestamp", true, null, null, true, null, null, null),
                        column("kept", "text", true, null, "lower(title)", true, null, null, null),
                        column("seen", "text", true, null, "upper(title)", false, null, null, null)),
                List.of("id", "n"),
                List.of(
                        new ForeignKey(
                                "fk",
                                List.of("n"),
                                "other.users",
                                List.of("id"),
                                ReferentialAction.SET_NULL,
                                ReferentialAction.CASCADE),
                        new ForeignKey(null, List.of("id"), "posts", List.of("n"), none, none),
                        new ForeignKey("fkey_1", List.of("id"), "posts", List.of("id"), none, none)),
                List.of(
                        new Index(
                                "posts_i",
                                List.of(
                                        new Index.Part("title", false, true, "text_pattern_ops"),
                                        new Index.Part("lower(title)", true, false)),
                                true,
                                "(n > 0)",
                                "gin"),
                        new Index(null, List.of(new Index.Part("title", false, false)), true, null, null)),
                Map.of("check_1", "n > 0", "check_2", "n > 1", "check_3", "n > 2", "check_4", "n > 3"),
                "all of it",
                null,
                false,
                Optional.empty(),
                "STRICT");
        assertThat(Snapshot.declared(everything())).isEqualTo(expected);
        String text = Files.readString(files.get(0));
        assertThat(text).startsWith("""
                        # The database has indexes whose build failed, declared here as if they were good: sqlite_autoindex_posts_1
                        # The database has foreign keys that were not validated, declared here as if they were good: ""
                        comment: all of it
                        """);
        FileProblems.Of problems = new FileProblems().of("posts.yaml");
        TableReader.Read read = TableReader.read("posts", YamlReader.read(text, problems), problems);
        assertThat(problems.count()).isZero();
        assertThat(read.table()).isEqualTo(expected);
    }

    private static Column column(
            String name,
            String type,
            boolean nullable,
            String sql,
            String generated,
            boolean stored,
            Column.Identity identity,
            String comment,
            String collation) {
        return new Column(
                name,
                ColumnType.raw(type),
                nullable,
                sql == null ? null : DefaultValue.sql(sql),
                generated,
                stored,
                identity,
                null,
                comment,
                collation);
    }

    @Test
    void serials_areDeclaredAsSuch() {
        PhysicalTable table = table("t")
                .withColumns(List.of(
                        new PhysicalColumn("a", "bigint", false, null, null, true, "SERIAL", null, null),
                        new PhysicalColumn("b", "smallint", false, null, null, true, "SERIAL", null, null)));
        assertThat(Snapshot.declared(table).columns())
                .extracting(Column::type)
                .containsExactly(ColumnType.raw("bigserial"), ColumnType.raw("smallserial"));
        assertThat(Snapshot.declared(table).columns()).allMatch(column -> column.identity() == null);
    }

    @Test
    void write_ofAWholeSchema_isReadBack() throws IOException {
        Snapshot.write(schema(table("a"), table("b")), directory, false);
        assertThat(SchemaFiles.read(directory).tables())
                .containsExactly(Snapshot.declared(table("a")), Snapshot.declared(table("b")));
    }

    @Test
    void write_refusesFilesThatAreThere_namesThemAll_andWritesNothing() throws IOException {
        Files.writeString(directory.resolve("a.yaml"), "mine");
        Files.writeString(directory.resolve("b.yml"), "mine");
        PhysicalSchema schema = schema(table("a"), table("b"), table("c"));
        assertThatThrownBy(() -> Snapshot.write(schema, directory, false))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("A snapshot overwrites no file unless it is forced: files=["
                        + directory.resolve("a.yaml") + ", " + directory.resolve("b.yml")
                        + "]; force it, or name another directory");
        assertThat(names()).containsExactly("a.yaml", "b.yml");
        assertThat(Files.readString(directory.resolve("a.yaml"))).isEqualTo("mine");

        Snapshot.write(schema, directory, true);
        assertThat(names()).containsExactly("a.yaml", "b.yml", "c.yaml");
        assertThat(SchemaFiles.read(directory).tables()).hasSize(3);
    }

    @Test
    void write_throughALink_replacesTheLink_notWhatItPointsTo() throws IOException {
        Path outside = Files.writeString(directory.resolve("outside"), "mine");
        Path home = Files.createDirectory(directory.resolve("schema"));
        Files.createSymbolicLink(home.resolve("a.yaml"), outside);
        assertThatThrownBy(() -> Snapshot.write(schema(table("a")), home, false))
                .isInstanceOf(IllegalStateException.class);
        Snapshot.write(schema(table("a")), home, true);
        assertThat(Files.readString(outside)).isEqualTo("mine");
        assertThat(home.resolve("a.yaml")).isRegularFile().isNotEqualTo(outside);
    }

    @Test
    void write_givesOddNamesAFileInTheDirectory_andKeepsTheName() throws IOException {
        String longName = "x".repeat(63);
        PhysicalSchema schema = schema(
                table("../evil"),
                table("..evil"),
                table("a/b"),
                table("a_b"),
                table("a:b"),
                table("nul"),
                table(longName));
        List<Path> files = Snapshot.write(schema, directory, false);
        assertThat(files)
                .extracting(file -> directory.relativize(file).toString())
                .containsExactly(
                        "_.._evil.yaml",
                        "_..evil.yaml",
                        "a_b.yaml",
                        "a_b-2.yaml",
                        "a_b-3.yaml",
                        "_nul.yaml",
                        longName + ".yaml");
        assertThat(SchemaFiles.read(directory).tables())
                .extracting(Table::name)
                .containsExactlyInAnyOrder("../evil", "..evil", "a/b", "a_b", "a:b", "nul", longName);
    }

    @Test
    void namesThatDifferByCaseOnly_haveFilesOfTheirOwn() throws IOException {
        Snapshot.write(schema(table("Users"), table("users")), directory, false);
        assertThat(names()).containsExactly("Users.yaml", "users-2.yaml");
    }

    @Test
    void aPathOutOfTheDirectory_isRefused() {
        for (String stem : List.of("../x", "/x", "sub/x")) {
            assertThatThrownBy(() -> Snapshot.inside(directory, stem))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("file=" + stem + ".yaml");
        }
    }

    @Test
    void write_leavesNoDraftBehind_whenAFileCanNotBeReplaced() throws IOException {
        Files.createDirectories(directory.resolve("a.yaml/full"));
        assertThatThrownBy(() -> Snapshot.write(schema(table("a")), directory, true))
                .isInstanceOf(IOException.class);
        assertThat(names()).containsExactly("a.yaml");
    }
}
