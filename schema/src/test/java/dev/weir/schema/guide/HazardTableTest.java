package dev.weir.schema.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Database;
import dev.weir.schema.SchemaMigration;
import dev.weir.schema.file.SchemaFiles;
import dev.weir.schema.plan.Hazard;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The guide's table of hazards is complete, and a plan names each of its examples. */
final class HazardTableTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)` \\| `(\\w+:[\\w.]+)` \\|");

    private static final String USERS = "columns: {id: {type: bigint, primary: true}}\n";

    private static final String BEFORE = """
            tables:
              old_posts: {columns: {id: {type: bigint, primary: true}}}
              hits: {columns: {id: {type: bigint, primary: true}, page: {type: string}}}
              posts:
                columns:
                  id: {type: bigint, primary: true}
                  author: {type: bigint}
                  title: {type: string, length: 200}
                  slug: {type: string, length: 50}
                  note: {type: text}
                  heading: {type: string, length: 80}
                  topic: {type: string, length: 30}
                  price: {type: integer}
                indexes: [{columns: [title], name: by_title}]
                checks: {price_positive: "price > 0"}
            """;

    private static final String AFTER = """
            tables:
              old_posts: {dropped: true}
              hits:
                columns:
                  id: {type: bigint, primary: true}
                  page: {type: string}
                  country: {type: string, length: 2}
                indexes: [{columns: [page]}]
              posts:
                columns:
                  id: {type: bigint, primary: true}
                  author: {type: bigint}
                  title: {type: string, length: 5}
                  slug: {type: string, length: 50, nullable: false}
                  headline: {type: string, length: 80}
                  topic: {type: string, length: 30}
                  price: {type: integer}
                indexes: [{columns: [topic], unique: true, name: one_topic}]
                foreignKeys: [{columns: [author], references: {table: users, columns: [id]}, name: posts_author}]
                checks: {price_small: "price < 100"}
            """;

    @TempDir
    Path directory;

    private final Database db = Database.builder(RecipesOnH2Test.inMemory()).build();

    private SchemaMigration migration(String tables) throws IOException {
        Files.writeString(directory.resolve("users.yaml"), USERS);
        Files.writeString(directory.resolve("tables.yaml"), tables);
        return SchemaMigration.of(db, SchemaFiles.read(directory)).build();
    }

    @Test
    void tableOfTheGuide_isTheListOfHazards_andEachExampleIsNamedByAPlan() throws IOException {
        List<MatchResult> rows = ROW.matcher(GuideFiles.page()).results().toList();
        assertThat(rows)
                .extracting(row -> row.group(1))
                .containsExactlyElementsOf(
                        Stream.of(Hazard.Kind.values()).map(Hazard.Kind::id).toList());

        migration(BEFORE).apply(List.of());
        db.sql("insert into old_posts values (1)").execute();
        db.sql("insert into hits select \"X\", 'home' from system_range(1, 10001)")
                .execute();
        db.sql("insert into posts values (1, 7, 'Long title', null, 'kept', 'Heading', 'news', 200)")
                .execute();
        db.sql("insert into posts values (2, null, 'Short', 'a', null, null, 'news', 5)")
                .execute();

        assertThat(migration(AFTER).plan().hazards())
                .extracting(Hazard::consent)
                .containsAll(rows.stream().map(row -> row.group(2)).toList());
    }
}
