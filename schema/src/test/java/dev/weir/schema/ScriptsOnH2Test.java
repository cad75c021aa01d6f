package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.file.SchemaFiles;
import dev.weir.schema.file.Snapshot;
import dev.weir.schema.model.Schema;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ScriptsOnH2Test extends ScriptCases {
    @TempDir
    Path files;

    private final JdbcDataSource source = new JdbcDataSource();

    @Override
    DataSource open() {
        source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1");
        return source;
    }

    @Override
    void drop() throws Exception {
        try (Connection last = source.getConnection();
                Statement statement = last.createStatement()) {
            statement.execute("SHUTDOWN");
        }
    }

    @Override
    List<String> harmful() {
        return List.of(
                "create alias rt as 'String x() { return null; }'",
                "script to 'leak.sql'",
                "create table t (a int) as select 1",
                "drop all objects",
                "create schema other; create table other.t (a int)");
    }

    @Test
    void namesThatTheEngineMakesUp_areNotTakenOver() throws Exception {
        Schema schema = script("""
                create table parent (id bigint primary key, name varchar(20), amount decimal(10,2), check (amount >= 0),
                  check (amount < 10));
                create table child (id bigint primary key, pid bigint references parent(id) on delete cascade,
                  other bigint, foreign key (other) references parent(id), foreign key (other) references parent(id)
                  on delete cascade, unique (pid, id));
                create index ci on child(pid desc);
                create index on child(id, pid);
                """);
        migration(schema).apply(List.of());
        assertSettled(schema);
        for (PhysicalTable table : migration(Schema.of()).read().tables()) {
            assertThat(names(table)).as(table.name()).noneMatch(name -> name.startsWith("CONSTRAINT"));
        }
        // A snapshot carries made-up names into another database.
        execute("create table third (id int primary key, pid bigint references parent(id), check (id > 0))");
        PhysicalSchema all = migration(Schema.of()).read();
        Snapshot.write(all, files, true);
        Schema snapshot = SchemaFiles.read(files);
        assertSettled(snapshot);
        drop();
        connect();
        migration(snapshot).apply(List.of());
        assertSettled(snapshot);
    }

    private static List<String> names(PhysicalTable table) {
        return Stream.of(
                        table.indexes().stream().map(PhysicalIndex::name),
                        table.foreignKeys().stream().map(PhysicalForeignKey::name),
                        table.checks().stream().map(PhysicalCheck::name))
                .flatMap(name -> name)
                .toList();
    }
}
