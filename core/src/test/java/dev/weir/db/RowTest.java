package dev.weir.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RowTest {
    private static final Instant AT = Instant.parse("2000-10-10T20:55:36Z");

    enum State {
        OPEN,
        CLOSED
    }

    record Post(int id, String postTitle, @Nullable Long views, State state, BigDecimal price, byte[] data) {}

    record Strict(int id) {
        Strict {
            if (id < 0) {
                throw new IllegalArgumentException("negative");
            }
        }
    }

    private static Row row(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return Row.of(map);
    }

    @Test
    void names_areExactFirst_thenIgnoreCase() {
        Row row = row("Id", 1L, "ID", 2L, "name", "a");
        assertThat(row.get("ID")).isEqualTo(2L);
        assertThat(row.get("Id")).isEqualTo(1L);
        assertThat(row.getString("NAME")).isEqualTo("a");
        assertThatThrownBy(() -> row.get("id"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Several columns");
        assertThatThrownBy(() -> row.get("other"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("column=other")
                .hasMessageContaining("name");
    }

    @Test
    void typedGetters_refuseNull_andFindDoesNot() {
        Row row = row("a", null, "b", 5L);
        assertThat(row.get("a")).isNull();
        assertThat(row.isNull("a")).isTrue();
        assertThat(row.find("a", Long.class)).isEmpty();
        assertThat(row.find("b", Integer.class)).contains(5);
        assertThatThrownBy(() -> row.getLong("a"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("column=a")
                .hasMessageContaining("find");
    }

    @Test
    void values_changeTheirType_onlyWithoutLoss() {
        Row row = row(
                "big",
                Long.MAX_VALUE,
                "n",
                300L,
                "d",
                new BigDecimal("1.50"),
                "f",
                0.1,
                "t",
                "OPEN",
                "at",
                AT,
                "x",
                true);
        assertThat(row.getInt("n")).isEqualTo(300);
        assertThat(row.getDecimal("n")).isEqualTo(new BigDecimal(300));
        assertThat(row.getDouble("d")).isEqualTo(1.5);
        assertThat(row.find("n", BigInteger.class)).contains(BigInteger.valueOf(300));
        assertThat(row.find("t", State.class)).contains(State.OPEN);
        assertThat(row.getDateTime("at")).isEqualTo(LocalDateTime.parse("2000-10-10T20:55:36"));
        assertThat(row.getBoolean("x")).isTrue();
        for (Class<?> type : List.of(Integer.class, Short.class, Double.class)) {
            assertThatThrownBy(() -> row.find("big", type))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("column=big")
                    .hasMessageNotContaining("922337");
        }
        assertThatThrownBy(() -> row.find("n", Byte.class)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> row.find("d", Long.class)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> row.find("f", Float.class)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> row.getLong("t")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> row.getString("n")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void record_takesColumnsByName_ignoringCaseAndUnderscores() {
        Row row =
                row("ID", 7L, "post_title", "a", "views", null, "state", "CLOSED", "price", 5L, "data", new byte[] {1});
        Post post = row.as(Post.class);
        assertThat(post.id()).isEqualTo(7);
        assertThat(post.postTitle()).isEqualTo("a");
        assertThat(post.views()).isNull();
        assertThat(post.state()).isEqualTo(State.CLOSED);
        assertThat(post.price()).isEqualTo(new BigDecimal(5));
        post.data()[0] = 9;
        assertThat(row.getBytes("data")).containsExactly(1);
    }

    @Test
    void record_thatDoesNotFit_isRefused() {
        assertThatThrownBy(() -> row("other", 1L).as(Strict.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("component=id");
        assertThatThrownBy(() -> row("id", null).as(Strict.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("primitive");
        assertThatThrownBy(() -> row("id", Long.MAX_VALUE).as(Strict.class))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> row("id", -1L).as(Strict.class)).hasMessage("negative");
    }

    @Test
    void rows_areEqualByNamesAndContent() {
        Row one = row("a", 1L, "b", new byte[] {1, 2});
        assertThat(one)
                .isEqualTo(row("a", 1L, "b", new byte[] {1, 2}))
                .hasSameHashCodeAs(row("a", 1L, "b", new byte[] {1, 2}))
                .isNotEqualTo(row("a", 1L, "b", new byte[] {1, 3}))
                .isNotEqualTo(row("b", new byte[] {1, 2}, "a", 1L))
                .isNotEqualTo(row("a", 1L));
    }

    @Test
    void nothingOfARow_canBeChanged() {
        byte[] given = {1};
        Row row = row("a", given);
        given[0] = 2;
        assertThat(row.getBytes("a")).containsExactly(1);
        ((byte[]) row.toMap().get("a"))[0] = 3;
        ((byte[]) row.get("a"))[0] = 3;
        assertThat(row.getBytes("a")).containsExactly(1);
        assertThatThrownBy(() -> row.toMap().clear()).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(() -> row.columns().clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void text_showsNoValues() {
        assertThat(row("name", "secret")).hasToString("Row[name]");
    }
}
