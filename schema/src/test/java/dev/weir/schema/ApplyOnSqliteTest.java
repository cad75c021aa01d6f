package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.Table;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class ApplyOnSqliteTest extends ApplyCases {
    @TempDir
    Path directory;

    @Override
    DataSource open() {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + directory.resolve("test.db") + "?foreign_keys=on&busy_timeout=5000");
        return source;
    }

    @Override
    void drop() {}

    @Test
    void trigger_followsRenames_andIsKeptByARebuild() {
        execute(
                "create table p (id integer not null primary key, a integer, b integer)",
                "create trigger tr after update of a on p begin update p set b = new.a + 1 where id = new.id; end",
                "insert into p values (1, 1, 1)");
        Table q = Table.named("q")
                .renamedFrom("p")
                .column("id", ColumnType.of(ColumnType.Kind.INTEGER), ColumnBuilder::primary)
                .column("aa", ColumnType.of(ColumnType.Kind.INTEGER), column -> column.renamedFrom("a"))
                .column("b", ColumnType.of(ColumnType.Kind.BIG_INTEGER), column -> column.defaultValue(4))
                .build();
        apply(q);
        assertSettled(q);
        execute("update q set aa = 7");
        assertThat(number("select b as n from q")).isEqualTo(8);
    }
}
