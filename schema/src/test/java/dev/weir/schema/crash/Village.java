package dev.weir.schema.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Database;
import dev.weir.schema.SchemaMigration;
import dev.weir.schema.apply.ApplyListener;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.DataStep;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Seed;
import dev.weir.schema.model.Table;
import dev.weir.schema.plan.Step;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A schema as it was, with rows, and as it is to be: the way between them has each kind of step. */
final class Village {
    /** Three batches. */
    static final int ROWS = 30;

    /** The steps that lose something. */
    static final List<String> ALLOWED = List.of(
            "drop_table:gone", "drop_column:tag.note", "drop_index:tag.tag_word", "drop_constraint:tag.tag_word");

    private static final ColumnType LONG = ColumnType.of(ColumnType.Kind.BIG_INTEGER);

    private Village() {}

    private static Table.Builder table(String name) {
        return Table.named(name).column("id", LONG, ColumnBuilder::primary);
    }

    private static Table.Builder person(int length) {
        return table("person")
                .column("name", ColumnType.string(length), ColumnBuilder::notNull)
                .column("score", LONG, c -> c.notNull().defaultValue(0));
    }

    private static Schema before() {
        return Schema.of(
                person(50).build(),
                table("post").column("author", LONG).build(),
                table("tag")
                        .column("word", ColumnType.string(50))
                        .column("note", ColumnType.string(50))
                        .index(Index.on("word").named("tag_word"))
                        .build(),
                table("gone").column("word", ColumnType.string(50)).build());
    }

    static Schema after() {
        Seed teams = new Seed(
                List.of("id"), false, List.of(Map.of("id", 1, "title", "Blue"), Map.of("id", 2, "title", "Red")));
        return Schema.of(
                List.of(
                        person(80).check("score_not_negative", "score >= 0").build(),
                        table("post")
                                .column("author", LONG, c -> c.references("person", "id"))
                                .build(),
                        table("tag")
                                .column("word", ColumnType.string(50))
                                .column("weight", LONG)
                                .index(Index.on("word", "id").named("tag_word_id"))
                                .build(),
                        table("team")
                                .column("title", ColumnType.string(50), ColumnBuilder::notNull)
                                .seed(teams)
                                .build(),
                        Table.named("gone").dropped().build()),
                List.of(DataStep.sql(
                        "raise",
                        DataStep.When.BEFORE_CONTRACT,
                        "-- batch: person.id 10\nupdate person set score = score + 1 where id > :from and id <= :to",
                        null)));
    }

    static SchemaMigration migration(Database database, ApplyListener listener) {
        return SchemaMigration.of(database, after()).listener(listener).build();
    }

    /** Makes the schema as it was and fills it. */
    static void found(Database database) {
        SchemaMigration.of(database, before()).build().apply(List.of());
        database.sql("insert into person (id, name) values " + rows("(%1$d, 'n%1$d')"))
                .execute();
        database.sql("insert into post (id, author) values " + rows("(%1$d, %1$d)"))
                .execute();
        database.sql("insert into tag (id, word, note) values " + rows("(%1$d, 'w%1$d', 'x')"))
                .execute();
        database.sql("insert into gone (id, word) values " + rows("(%1$d, 'w')"))
                .execute();
    }

    private static String rows(String row) {
        return IntStream.rangeClosed(1, ROWS).mapToObj(row::formatted).collect(Collectors.joining(", "));
    }

    /** Everything is as it is to be, and each row is there and was touched once. */
    static void check(Database database) {
        database.catalog().refresh();
        SchemaMigration migration = migration(database, ApplyListener.SILENT);
        assertThat(migration.plan().steps()).extracting(Step::id).isEmpty();
        assertThat(migration.status().steps()).extracting(Step::id).isEmpty();
        assertThat(number(database, "select count(*) as n from person where score = 1 and name = concat('n', id)"))
                .as("people whom the data step met once")
                .isEqualTo(ROWS);
        for (String table : List.of("person", "post", "tag")) {
            assertThat(number(database, "select count(*) as n from " + table))
                    .as(table)
                    .isEqualTo(ROWS);
        }
        assertThat(number(database, "select sum(author) as n from post")).isEqualTo(ROWS * (ROWS + 1) / 2);
        assertThat(number(database, "select count(distinct word) as n from tag"))
                .isEqualTo(ROWS);
        assertThat(number(database, "select count(*) as n from team")).isEqualTo(2);
    }

    static long number(Database database, String sql) {
        return database.sql(sql).first().orElseThrow().getLong("n");
    }
}
