package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.Database;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.InvalidSchemaException;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Script;
import dev.weir.schema.model.Table;
import dev.weir.schema.plan.Step;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What schemas in the engine's own SQL must do, and must not, on one engine. Each test has an empty database of its own. */
@Timeout(120)
abstract class ScriptCases {
    Database db;

    /** An empty database. */
    abstract DataSource open() throws Exception;

    abstract void drop() throws Exception;

    /** Scripts that would change something if they were executed as they stand. */
    abstract List<String> harmful();

    @BeforeEach
    final void connect() throws Exception {
        db = Database.builder(open()).build();
    }

    @AfterEach
    final void disconnect() throws Exception {
        drop();
    }

    static Schema script(String sql) {
        return new Schema(List.of(), List.of(new Script("all.sql", sql)), List.of());
    }

    final SchemaMigration migration(Schema schema) {
        return SchemaMigration.of(db, schema).build();
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

    final void assertSettled(Schema schema) {
        assertThat(migration(schema).plan().steps()).extracting(Step::sql).isEmpty();
    }

    @Test
    void plan_executesNothingOfAScript_butWhatDeclaresTables() {
        execute("create table victim (id int primary key)", "insert into victim values (1), (2)");
        for (String sql : harmful()) {
            assertThatThrownBy(() -> migration(script(sql)).plan())
                    .as(sql)
                    .isInstanceOf(InvalidSchemaException.class)
                    .hasMessageContaining("all.sql:");
            assertThat(number("select count(*) as n from victim")).as(sql).isEqualTo(2);
        }
        assertThat(migration(Schema.of()).read().tables())
                .extracting(table -> table.name().toLowerCase(java.util.Locale.ROOT))
                .containsExactly("victim");
    }

    @Test
    void partOfADeclaration_isNoStatementOfItsOwn() {
        execute("create table victim (id int primary key)", "insert into victim values (1), (2)");
        Table table = Table.named("t")
                .column("id", ColumnType.of(ColumnType.Kind.INTEGER), ColumnBuilder::primary)
                .column(
                        "a",
                        ColumnType.of(ColumnType.Kind.INTEGER),
                        c -> c.defaultSql("1); drop table victim; create table x (a int"))
                .build();
        assertThatThrownBy(() -> migration(Schema.of(table)).plan())
                .isInstanceOf(InvalidSchemaException.class)
                .hasMessageContaining("table=t");
        assertThat(number("select count(*) as n from victim")).isEqualTo(2);
    }

    @Test
    void schemaInSql_isAppliedAndSettled() {
        Schema schema = script("""
                create table parent (id int primary key, name varchar(20) not null);
                create table child (id int primary key, pid int, constraint own foreign key (pid) references parent (id));
                create unique index names on parent (name);
                """);
        migration(schema).apply(List.of());
        assertSettled(schema);
        execute("insert into parent (id, name) values (1, 'a')", "insert into child (id, pid) values (1, 1)");
        assertThat(number("select count(*) as n from child")).isEqualTo(1);
    }
}
