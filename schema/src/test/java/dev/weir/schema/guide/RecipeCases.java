package dev.weir.schema.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.Database;
import dev.weir.schema.SchemaMigration;
import dev.weir.schema.apply.HazardException;
import dev.weir.schema.file.SchemaFiles;
import dev.weir.schema.model.Schema;
import dev.weir.schema.plan.Hazard;
import dev.weir.schema.plan.Step;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The recipes of the guide, on one engine. */
@Timeout(120)
abstract class RecipeCases {
    private static final List<String> NOTHING_ALLOWED = List.of();

    @TempDir
    Path directory;

    private Database db;

    /** An empty database. */
    abstract DataSource open() throws Exception;

    void drop() throws Exception {}

    /** A file of the guide in the engine's words. */
    String spelled(String text) {
        return text;
    }

    @BeforeEach
    final void connect() throws Exception {
        db = Database.builder(open()).build();
    }

    @AfterEach
    final void disconnect() throws Exception {
        drop();
    }

    private SchemaMigration migration(String stage) throws IOException {
        Schema schema = SchemaFiles.read(GuideFiles.write(directory, stage, this::spelled));
        return SchemaMigration.of(db, schema).build();
    }

    /** The same without its data steps. */
    private List<String> hazardsWithoutSteps(String stage) throws IOException {
        Schema schema = SchemaFiles.read(GuideFiles.write(directory, stage, this::spelled));
        return SchemaMigration.of(db, Schema.of(schema.tables(), List.of())).build().plan().hazards().stream()
                .map(Hazard::consent)
                .toList();
    }

    private void assertSettled(String stage) throws IOException {
        assertThat(migration(stage).plan().steps()).isEmpty();
        assertThat(migration(stage).status().steps()).isEmpty();
    }

    private List<String> texts(String table, String column) {
        return db.table(table).orderBy("id").list().stream()
                .map(row -> row.getString(column))
                .toList();
    }

    @Test
    void rename_keepsTheValues_andNamesNoHazard() throws Exception {
        migration("rename/before").apply(NOTHING_ALLOWED);
        db.table("users").insert(Map.of("id", 1L, "name", "Ann"));
        SchemaMigration after = migration("rename/after");
        assertThat(after.plan().hazards()).isEmpty();
        assertThat(after.plan().steps())
                .extracting(Step::id)
                .containsExactly("rename_table:users:people", "rename_column:people.name:full_name");
        after.apply(NOTHING_ALLOWED);
        assertThat(texts("people", "full_name")).containsExactly("Ann");
        assertSettled("rename/after");
    }

    @Test
    void typeChange_withAStepForWhatDoesNotFit() throws Exception {
        migration("type/before").apply(NOTHING_ALLOWED);
        db.table("orders").insert(Map.of("id", 1L, "count", 7, "code", "much too long"));
        db.table("orders").insert(Map.of("id", 2L, "count", 8, "code", "short"));
        assertThat(hazardsWithoutSteps("type/after")).containsExactly("narrow_type:orders.code");
        SchemaMigration after = migration("type/after");
        assertThat(after.plan().hazards()).isEmpty();
        after.apply(NOTHING_ALLOWED);
        assertThat(texts("orders", "code")).containsExactly("much too", "short");
        assertThat(db.table("orders").where("id", 1).first().orElseThrow().getLong("count"))
                .isEqualTo(7);
        assertSettled("type/after");
    }

    @Test
    void notNull_onAFilledTable_inBatches() throws Exception {
        migration("notnull/before").apply(NOTHING_ALLOWED);
        db.table("users").insert(Map.of("id", 1L));
        db.table("users").insert(Map.of("id", 2L, "city", "Bern"));
        assertThat(hazardsWithoutSteps("notnull/after")).containsExactly("not_null_with_nulls:users.city");
        SchemaMigration after = migration("notnull/after");
        assertThat(after.plan().hazards()).isEmpty();
        after.apply(NOTHING_ALLOWED);
        assertThat(texts("users", "city")).containsExactly("unknown", "Bern");
        assertSettled("notnull/after");
        assertThatThrownBy(() ->
                        db.sql("insert into users (id, city) values (3, null)").execute())
                .isInstanceOf(RuntimeException.class);
    }

    @Test
    void split_addsAndCopiesFirst_canBeTakenBack_andRemovesLater() throws Exception {
        migration("split/before").apply(NOTHING_ALLOWED);
        db.table("users").insert(Map.of("id", 1L, "name", "Ann Lee"));
        SchemaMigration after = migration("split/after");
        assertThat(after.plan().hazards()).isEmpty();
        after.apply(NOTHING_ALLOWED);
        assertThat(texts("users", "first")).containsExactly("Ann");
        assertThat(texts("users", "last")).containsExactly("Lee");
        assertSettled("split/after");

        assertThatThrownBy(() -> migration("split/after").rollback(NOTHING_ALLOWED))
                .isInstanceOf(HazardException.class);
        migration("split/after").rollback(List.of("drop_column:users.first", "drop_column:users.last"));
        assertSettled("split/before");
        assertThat(texts("users", "name")).containsExactly("Ann Lee");

        migration("split/after").apply(NOTHING_ALLOWED);
        SchemaMigration last = migration("split/last");
        assertThat(last.plan().hazards()).extracting(Hazard::consent).containsExactly("drop_column:users.name");
        assertThatThrownBy(() -> last.apply(NOTHING_ALLOWED)).isInstanceOf(HazardException.class);
        last.apply(List.of("drop_column:users.name"));
        assertThat(texts("users", "last")).containsExactly("Lee");
        assertSettled("split/last");
    }
}
