package dev.weir.schema.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Database;
import dev.weir.schema.SchemaMigration;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.DataStep;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.schema.plan.Hazard;
import dev.weir.schema.plan.Plan;
import java.sql.PreparedStatement;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class SchemaSnippetsTest {
    private final DataSource dataSource = RecipesOnH2Test.inMemory();

    @Test
    void declaringInJava() {
        // tag::schema-java
        Table posts = Table.named("posts")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("title", ColumnType.string(200), ColumnBuilder::notNull)
                .index(Index.on("title"))
                .build();
        Database db = Database.builder(dataSource).build();
        SchemaMigration migration = SchemaMigration.of(db, Schema.of(posts)).build();
        Plan plan = migration.plan(); // only reads
        List<Hazard> hazards = plan.hazards(); // what wants consent: here nothing
        migration.apply(List.of()); // such as List.of("drop_column:posts.note")
        // end::schema-java
        assertThat(hazards).isEmpty();
        assertThat(migration.plan().isEmpty()).isTrue();
        assertThat(db.table("posts").count()).isZero();
    }

    @Test
    void dataStepInJava() {
        Database db = Database.builder(dataSource).build();
        Table.Builder ids =
                Table.named("users").column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary);
        SchemaMigration.of(db, Schema.of(ids.build())).build().apply(List.of());
        db.table("users").insert(Map.of("id", 1L));
        db.table("users").insert(Map.of("id", 1_001L));
        Table users = ids.column("city", ColumnType.string(50), ColumnBuilder::notNull)
                .build();
        // tag::schema-data-step
        DataStep cities = DataStep.code("fill_cities", DataStep.When.BEFORE_CONTRACT, "1", batch -> {
            long from = batch.position() == null ? 0 : Long.parseLong(batch.position());
            try (PreparedStatement update =
                    batch.connection().prepareStatement("update users set city = 'Bern' where id > ? and id <= ?")) {
                update.setLong(1, from);
                update.setLong(2, from + 1_000);
                return update.executeUpdate() == 0 ? null : String.valueOf(from + 1_000); // null: all is done
            }
        });
        Schema schema = Schema.of(List.of(users), List.of(cities));
        // end::schema-data-step
        SchemaMigration migration = SchemaMigration.of(db, schema).build();
        assertThat(migration.plan().hazards()).isEmpty();
        migration.apply(List.of());
        assertThat(db.table("users").where("city", "Bern").count()).isEqualTo(2);
    }
}
