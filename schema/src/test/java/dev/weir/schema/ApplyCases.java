package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.Database;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.schema.plan.Plan;
import dev.weir.schema.plan.Step;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/** What plans must name and applies must keep in ordinary use, on one engine. Each test has an empty database of its own. */
@Timeout(120)
abstract class ApplyCases {
    static final List<String> NOTHING_ALLOWED = List.of();

    Database db;

    /** An empty database. */
    abstract DataSource open() throws Exception;

    abstract void drop() throws Exception;

    @BeforeEach
    final void connect() throws Exception {
        db = Database.builder(open()).build();
    }

    @AfterEach
    final void disconnect() throws Exception {
        drop();
    }

    final SchemaMigration migration(Table... tables) {
        return SchemaMigration.of(db, Schema.of(tables)).build();
    }

    final void apply(Table... tables) {
        migration(tables).apply(NOTHING_ALLOWED);
    }

    final void execute(String... statements) {
        for (String sql : statements) {
            db.sql(sql).execute();
        }
        db.catalog().refresh();
    }

    final long number(String sql) {
        return db.sql(sql).first().orElseThrow().getLong("n");
    }

    static List<String> consents(Plan plan) {
        return plan.hazards().stream().map(hazard -> hazard.consent()).toList();
    }

    final void assertSettled(Table... tables) {
        assertThat(migration(tables).plan().steps()).extracting(Step::sql).isEmpty();
    }
}
