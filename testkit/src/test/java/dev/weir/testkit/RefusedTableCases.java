package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.Weir;
import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.TableSettings;
import dev.weir.db.Database;
import dev.weir.db.TableBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Tables and keys that write-behind could not serve exactly are refused at the call, with the cure; nothing is kept. */
@Timeout(120)
abstract class RefusedTableCases {
    @TempDir
    Path directory;

    abstract DataSource database() throws Exception;

    /** Column types whose values may be equal without having the same bytes, after what makes them. */
    abstract List<String> inexactKeys();

    /** Statements that must come before. */
    List<String> preparations() {
        return List.of();
    }

    /** A type of text that compares byte for byte. */
    abstract String exactText();

    /** Endings of CREATE TABLE that make a table without transactions. */
    List<String> withoutTransactions() {
        return List.of();
    }

    private Weir open(DataSource dataSource, TableSettings settings) {
        return Weir.builder()
                .database(dataSource)
                .journal(directory.resolve("journal"))
                .buffer(BufferSettings.builder()
                        .flushInterval(Duration.ofHours(1))
                        .table("pair", settings)
                        .build())
                .build();
    }

    private static void assertRefused(Weir weir, String table, String... parts) {
        assertThatThrownBy(
                        () -> weir.database().table(table).buffer().where("a").add("n", 1))
                .as(table)
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(parts));
        assertThatThrownBy(() -> weir.database().table(table).buffer().insert(Map.of("name", "a")))
                .as(table)
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(weir.buffer().stats().operations()).isZero();
    }

    @Test
    void keysThatDoNotCompareByteForByte_areRefused_andSuchValuesAreNot() throws Exception {
        DataSource dataSource = database();
        Database direct = Database.builder(dataSource).build();
        preparations().forEach(sql -> direct.sql(sql).execute());
        List<String> types = inexactKeys();
        for (int i = 0; i < types.size(); i++) {
            direct.sql("create table inexact" + i + "(name " + types.get(i) + " not null primary key, n bigint)")
                    .execute();
        }
        direct.sql("create table pair(id bigint not null primary key, name " + types.get(0)
                        + " not null, n bigint, constraint one unique (id, name))")
                .execute();
        direct.sql("create table exact(name " + exactText() + " not null primary key, label " + types.get(0)
                        + ", n bigint)")
                .execute();
        try (Weir weir = open(dataSource, TableSettings.defaults().key("id", "name"))) {
            for (int i = 0; i < types.size(); i++) {
                assertRefused(weir, "inexact" + i, "compare", "table=", "column=");
            }
            assertThatThrownBy(() -> weir.database()
                            .table("pair")
                            .buffer()
                            .where(Map.of("id", 1, "name", "a"))
                            .add("n", 1))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("byte for byte");
            TableBuffer exact = weir.database().table("exact").buffer();
            exact.insert(Map.of("name", "a", "label", "x", "n", 0));
            exact.insert(Map.of("name", "A", "label", "X", "n", 0));
            exact.insert(Map.of("name", "a ", "label", "x", "n", 0));
            exact.where("A").add("n", 2);
            weir.buffer().flush();
            assertThat(exact.where("A").get("n")).isEqualTo(Optional.of(2L));
            assertThat(direct.table("exact").count()).isEqualTo(3);
        }
    }

    @Test
    void tablesWithoutTransactions_areRefused() throws Exception {
        DataSource dataSource = database();
        Database direct = Database.builder(dataSource).build();
        List<String> endings = withoutTransactions();
        for (int i = 0; i < endings.size(); i++) {
            direct.sql("create table plain" + i + "(name " + exactText() + " not null primary key, n bigint) "
                            + endings.get(i))
                    .execute();
        }
        try (Weir weir = open(dataSource, TableSettings.defaults())) {
            for (int i = 0; i < endings.size(); i++) {
                assertRefused(weir, "plain" + i, "needs transactions", "table=plain" + i, "InnoDB");
            }
        }
    }
}
