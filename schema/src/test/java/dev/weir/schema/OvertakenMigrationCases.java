package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.schema.apply.HazardException;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.schema.plan.Step;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The same where others write while a plan is carried out: everywhere but on SQLite, whose one writer it is. */
abstract class OvertakenMigrationCases extends MigrationCases {
    /** What another session commits between the plan and its step; run when the step begins, before it is made. */
    private SchemaMigration overtaken(Schema schema, String sql) {
        return SchemaMigration.of(db, schema)
                .listener(new dev.weir.schema.apply.ApplyListener() {
                    private boolean came;

                    @Override
                    public void begins(Step step) {
                        if (!came && !step.guards().isEmpty()) {
                            came = true;
                            execute(sql);
                        }
                    }
                })
                .build();
    }

    @Test
    void narrowing_overtakenByAValue_losesNothing() {
        apply(Table.named("t")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("a", ColumnType.decimal(10, 4))
                .build());
        db.table("t").insert(Map.of("id", 1L, "a", new java.math.BigDecimal("1.5")));
        Schema narrow = Schema.of(Table.named("t")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("a", ColumnType.decimal(10, 2))
                .build());
        assertThatThrownBy(() -> overtaken(narrow, "insert into t (id, a) values (9, 1.2345)")
                        .apply(NOTHING_ALLOWED))
                .isInstanceOf(HazardException.class)
                .hasMessageContaining("narrow_type:t.a (1)");
        assertThat(db.table("t").where("id", 9).first().orElseThrow().getDecimal("a"))
                .isEqualByComparingTo("1.2345");
        db.table("t").where("id", 9).delete();
        migration(narrow).apply(NOTHING_ALLOWED);
        assertSettled(narrow);
    }

    @Test
    void rollback_overtakenByValues_losesNothing() {
        apply(users().build());
        Table more = users().column("b", ColumnType.of(ColumnType.Kind.INTEGER)).build();
        insertUsers("Ann");
        apply(more);
        assertThatThrownBy(() ->
                        overtaken(Schema.of(more), "update users set b = 42").rollback(NOTHING_ALLOWED))
                .isInstanceOf(HazardException.class)
                .hasMessageContaining("drop_column:users.b (1)");
        assertThat(number("select b as n from users")).isEqualTo(42);
        migration(more).rollback(List.of("drop_column:users.b"));

        Table notes = Table.named("notes")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .build();
        apply(users().build(), notes);
        assertThatThrownBy(() -> overtaken(Schema.of(users().build(), notes), "insert into notes (id) values (7)")
                        .rollback(NOTHING_ALLOWED))
                .isInstanceOf(HazardException.class)
                .hasMessageContaining("drop_table:notes (1)");
        assertThat(db.table("notes").count()).isOne();
        db.table("notes").all().delete();
        migration(users().build(), notes).rollback(NOTHING_ALLOWED);
        assertThat(tables()).doesNotContain("notes");
    }
}
