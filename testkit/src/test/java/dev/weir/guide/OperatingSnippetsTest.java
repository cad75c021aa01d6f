package dev.weir.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Weir;
import dev.weir.buffer.BufferAdmin;
import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.JournalException;
import dev.weir.db.Database;
import dev.weir.db.Durability;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OperatingSnippetsTest {
    @TempDir
    Path directory;

    @Test
    void admin() {
        try (TestDatabase sqlite = new TestDatabase(directory)) {
            sqlite.run("create table posts(id integer primary key, views bigint)");
            sqlite.run("insert into posts(id, views) values (1, 0)");
            DataSource dataSource = sqlite.dataSource();
            Path journal = directory.resolve("journal");
            try (Weir weir =
                    Weir.builder().database(dataSource).journal(journal).build()) {
                weir.database()
                        .table("posts")
                        .buffer()
                        .durability(Durability.FLUSHED)
                        .where(1)
                        .add("views", 1);
                // tag::operating-admin
                Database db = Database.builder(dataSource).build();
                BufferAdmin admin = new BufferAdmin(db);
                BufferAdmin.Status status = admin.status(journal.resolve("default"));
                List<String> tables = BufferAdmin.ddl(db.dialect());
                // end::operating-admin
                assertThat(status.owned()).isTrue();
                assertThat(status.writers())
                        .singleElement()
                        .satisfies(writer -> assertThat(writer.pendingEpochs()).isZero());
                assertThat(tables).hasSize(3);
            }
            BufferAdmin admin = new BufferAdmin(Database.builder(dataSource).build());
            // tag::operating-adopt
            long epochs = admin.adopt(journal.resolve("default"));
            // end::operating-adopt
            assertThat(epochs).isZero();
            assertThat(sqlite.row("select views from posts")).isEqualTo(Map.of("views", 1L));
        }
    }

    @Test
    void unknownDatabase() {
        try (TestDatabase sqlite = new TestDatabase(directory)) {
            sqlite.run("create table posts(id integer primary key, views bigint)");
            sqlite.run("insert into posts(id, views) values (1, 0)");
            DataSource dataSource = sqlite.dataSource();
            Path journal = directory.resolve("journal");
            try (Weir weir =
                    Weir.builder().database(dataSource).journal(journal).build()) {
                weir.database().table("posts").buffer().where(1).add("views", 1);
            }
            sqlite.run("drop table weir_ledger");
            sqlite.run("update posts set views = 0");
            assertThatThrownBy(() ->
                            Weir.builder().database(dataSource).journal(journal).build())
                    .isInstanceOf(JournalException.class)
                    .hasMessageStartingWith("A journal's epochs are written to the database that they belong to");
            // tag::operating-unknown
            BufferSettings once =
                    BufferSettings.builder().writeToUnknownDatabase(true).build();
            // end::operating-unknown
            Weir.builder()
                    .database(dataSource)
                    .journal(journal)
                    .buffer(once)
                    .build()
                    .close();
            assertThat(sqlite.row("select views from posts")).isEqualTo(Map.of("views", 1L));
        }
    }
}
