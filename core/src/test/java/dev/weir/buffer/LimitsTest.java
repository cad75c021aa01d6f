package dev.weir.buffer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class LimitsTest {
    private final BufferedTable table = table();

    @Test
    void roomy_endsBeforeALimitDoes_andComesBack() {
        Limits limits = limits(80_000);
        limits.take(table, 69_999, 0);
        assertThat(limits.roomy()).isTrue();
        limits.take(table, 1, 0);
        assertThat(limits.roomy()).isFalse();
        limits.release(table, 1, 0);
        assertThat(limits.roomy()).isTrue();
        limits.take(table, 0, BufferSettings.defaults().maxBytes());
        assertThat(limits.roomy()).isFalse();
    }

    /** With a limit that a few callers at once could pass, each is counted before it enters. */
    @Test
    void smallLimit_isNeverRoomy() {
        assertThat(limits(1_001).roomy()).isTrue();
        assertThat(limits(1_000).roomy()).isFalse();
        assertThat(limits(1).roomy()).isFalse();
    }

    @Test
    void barrierAndClose_endRoom() {
        Limits limits = limits(80_000);
        limits.barrier("journalStall");
        assertThat(limits.roomy()).isFalse();
        limits.barrier(null);
        assertThat(limits.roomy()).isTrue();
        limits.close();
        assertThat(limits.roomy()).isFalse();
    }

    private static Limits limits(long maxRows) {
        return new Limits(BufferSettings.builder().maxRows(maxRows).build(), 1 << 20, () -> {});
    }

    private static BufferedTable table() {
        ColumnInfo id = new ColumnInfo("id", "bigint", ValueKind.INTEGER, false, false, false, null, 63, null, true);
        TableInfo info = new TableInfo("", "rows", List.of(id), List.of("id"), List.of(), List.of(), true, false);
        return new BufferedTable(info, "rows", TableSettings.defaults(), null, null);
    }
}
