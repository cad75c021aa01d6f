package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.schema.apply.SchemaException;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.Table;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class MigrationOnSqliteTest extends MigrationCases {
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
    void nameInAnotherCase_isRefused_notDroppedAndAdded() {
        execute("create table t (Id bigint not null primary key, Title varchar(20))");
        Table other = Table.named("t")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .column("title", ColumnType.string(20))
                .build();
        assertThatThrownBy(() -> migration(other).plan())
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("column=Id, declared=id");
        execute("create table Posts (id bigint not null primary key)");
        Table posts = Table.named("posts")
                .column("id", ColumnType.of(ColumnType.Kind.BIG_INTEGER), ColumnBuilder::primary)
                .build();
        assertThatThrownBy(() -> migration(posts).plan())
                .isInstanceOf(SchemaException.class)
                .hasMessageContaining("table=Posts, declared=posts");
    }
}
