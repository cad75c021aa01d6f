package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.TableBuffer;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Bad calls are refused where they are made, with a message that names the cure, and leave nothing behind. */
class BadCallTest {
    @TempDir
    Path directory;

    private BufferRig rig;

    @BeforeEach
    void open() {
        rig = new BufferRig(directory)
                .sql(
                        "create table posts(id integer primary key, title text not null default '', views bigint,"
                                + " price decimal(6, 2), ratio double, twice bigint generated always as (views * 2) stored)",
                        "create table both(a bigint not null, b text not null, n bigint, primary key(a, b))",
                        "create table nocase(name text collate nocase primary key not null, n bigint)",
                        "create table padded(name text collate rtrim primary key not null, n bigint)",
                        "create table keyless(n bigint, m bigint unique)",
                        "create view seen as select * from posts");
        rig.settings.table("keyless", TableSettings.defaults().key("n"));
        rig.open();
    }

    @AfterEach
    void close() {
        assertThat(rig.buffer().stats().operations()).as("operations").isZero();
        rig.assertNothingPending();
        rig.close();
    }

    private TableBuffer posts() {
        return rig.table("posts");
    }

    private static void refused(ThrowingCallable call, String... parts) {
        assertThatThrownBy(call).isInstanceOf(IllegalArgumentException.class).satisfies(e -> {
            for (String part : parts) {
                assertThat(e.getMessage()).containsIgnoringCase(part);
            }
        });
    }

    @Test
    void tables() {
        refused(() -> rig.table("nope"), "nope");
        refused(() -> rig.table("seen"), "view", "seen");
        refused(() -> rig.table("nocase"), "byte for byte", "name");
        refused(() -> rig.table("padded"), "byte for byte", "name");
        refused(() -> rig.table("keyless"), "unique", "keyless");
        assertThatThrownBy(() -> rig.table(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("table");
    }

    @Test
    void keys() {
        refused(() -> posts().where("one"), "id");
        refused(() -> posts().where(1.5), "id");
        refused(() -> posts().where(new BigDecimal("9223372036854775808")), "id");
        refused(() -> posts().where(Map.of("id", 1, "views", 2)), "key");
        refused(() -> posts().where(Map.of("views", 2)), "key");
        refused(() -> posts().where(Map.of("nope", 2)), "nope");
        refused(() -> rig.table("both").where(1), "[a, b]");
        refused(() -> rig.table("both").where(Map.of("a", 1)), "[a, b]");
        refused(() -> rig.table("both").where(Map.of("a", 1, "b", "x", "n", 1)), "[a, b]");
        refused(() -> rig.table("both").where(Map.of("a", "x", "b", "x")), "a");
        Map<String, Object> hole = new HashMap<>(Map.of("a", 1));
        hole.put("b", null);
        refused(() -> rig.table("both").where(hole), "b");
        assertThatThrownBy(() -> posts().where(null))
                .isInstanceOf(NullPointerException.class)
                .hasMessageContaining("key");
    }

    @Test
    void columns() {
        refused(() -> posts().where(1).add("nope", 1), "nope");
        refused(() -> posts().counter("nope"), "nope");
        refused(() -> posts().where(1).update(Map.of("nope", 1)), "nope");
        refused(() -> posts().where(1).get("nope"), "nope");
        refused(() -> posts().where(1).update(Map.of("id", 2)), "key", "id");
        refused(() -> posts().where(1).add("id", 2), "key", "id");
        refused(() -> posts().where(1).max("id", 2), "key", "id");
        refused(() -> posts().where(1).update(Map.of("twice", 2)), "twice");
        refused(() -> posts().where(1).add("twice", 2), "twice");
        refused(() -> posts().insert(Map.of("id", 1, "twice", 2)), "twice");
        refused(() -> posts().where(1).orInsert(Map.of("id", 2)), "id");
        refused(() -> posts().where(1).update(Map.of()), "at least one");
        refused(() -> posts().insert(Map.of()), "at least one");
    }

    @Test
    void values() {
        refused(() -> posts().where(1).add("title", 1), "title");
        refused(() -> posts().where(1).add("ratio", 1), "ratio", "exact");
        refused(() -> posts().counter("ratio"), "ratio", "exact");
        refused(() -> posts().where(1).max("title", "x"), "title");
        refused(() -> posts().where(1).add("price", 10_000), "price");
        refused(() -> posts().where(1).update(Map.of("price", new BigDecimal("1.234"))), "price");
        refused(() -> posts().where(1).update(Map.of("price", "cheap")), "price");
        refused(() -> posts().where(1).update(Map.of("views", "5x")), "views");
        refused(() -> posts().where(1).update(Map.of("views", 1.5)), "views");
        refused(() -> posts().where(1).max("views", 1.5), "views");
        Map<String, Object> nothing = new HashMap<>();
        nothing.put("title", null);
        refused(() -> posts().where(1).update(nothing), "title");
        assertThatThrownBy(() -> posts().where(1).max("views", null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> posts().where(1).min("views", null)).isInstanceOf(NullPointerException.class);
    }

    @Test
    void counters() {
        refused(() -> posts().counter("views").add("one", 1), "id");
        refused(() -> rig.table("both").counter("n").add(1, 1), "[a, b]");
        refused(() -> posts().counter("price").add(1, 1_000_000), "price");
    }

    @Test
    void groups_areTakenWholeOrNotAtAll() {
        refused(
                () -> rig.buffer().atomically(group -> {
                    group.table("posts").where(1).add("views", 1);
                    group.table("posts").where(2).add("nope", 1);
                }),
                "nope");
        assertThatThrownBy(() -> rig.buffer().atomically(group -> {
                    var first = group.table("posts").where(1);
                    group.table("posts").where(2).add("views", 1);
                    first.add("views", 1);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("where");
        refused(() -> rig.buffer().atomically(g -> g.table("posts").where(1).update(Map.of())), "at least one");
        assertThatThrownBy(() -> rig.buffer().atomically(null)).isInstanceOf(NullPointerException.class);
        rig.buffer().atomically(group -> assertThat(group).isNotNull());
    }

    @Test
    void groupThatHasEnded_takesNothingMore() {
        List<ThrowingCallable> late = new ArrayList<>();
        rig.buffer().atomically(group -> {
            BufferGroup.GroupTable table = group.table("posts");
            BufferGroup.GroupRow row = table.where(1);
            late.add(() -> group.table("posts").where(1).add("views", 100));
            late.add(() -> table.where(1).add("views", 100));
            late.add(() -> table.insert(Map.of("id", 1)));
            late.add(() -> row.add("views", 100));
            late.add(() -> row.update(Map.of("views", 100)));
            late.add(row::delete);
        });
        List<ThrowingCallable> broken = new ArrayList<>();
        assertThatThrownBy(() -> rig.buffer().atomically(group -> {
                    broken.add(() -> group.table("posts").where(1).add("views", 100));
                    throw new UnsupportedOperationException();
                }))
                .isInstanceOf(UnsupportedOperationException.class);
        late.addAll(broken);

        assertThat(late)
                .allSatisfy(call -> assertThatThrownBy(call)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("inside the block"));
    }
}
