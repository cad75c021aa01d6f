package dev.weir.server.replay;

import dev.weir.buffer.BufferGroup;
import dev.weir.buffer.BufferGroup.GroupRow;
import dev.weir.db.UuidV7;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Turns lines into the operations of one atomic group each, the position that covers them included. */
final class LineGroups {
    private LineGroups() {}

    /** What an accepted line means. */
    static void line(BufferGroup group, AccessLine line) {
        Instant at = line.at();
        String path = line.path();
        String address = line.address();
        group.table("page")
                .where(path)
                .orInsert(Map.of("hits", 0L, "bytes", 0L, "last_seen", at))
                .add("hits", 1)
                .add("bytes", line.bytes())
                .update(Map.of("last_seen", at));
        group.table("visitor")
                .where(address)
                .orInsert(Map.of("hits", 0L, "last_path", path, "last_seen", at))
                .add("hits", 1)
                .update(Map.of("last_path", path, "last_seen", at));
        Map<String, @Nullable Object> hit = new HashMap<>(16);
        hit.put("id", UuidV7.next().toString());
        hit.put("at", at);
        hit.put("address", address);
        hit.put("method", line.method());
        hit.put("target", line.target());
        hit.put("status", (long) line.status());
        hit.put("bytes", line.hasBytes() ? (Long) line.bytes() : null);
        hit.put("referrer", line.referrer());
        hit.put("agent", line.agent());
        group.table("hit").insert(hit);
    }

    /** How long the log of rejected lines is with this group's line. */
    static void rejected(BufferGroup group, String key, long length) {
        group.table(Positions.TABLE).where(key).update(Map.of("bytes", length));
    }

    /** Where a file stands with this group's line. Columns that stay as they are, are left out. */
    static final class Progress {
        private final String key;
        private boolean complete = true;
        private boolean openLine;
        private long pass;

        /** The next group writes every column. */
        Progress(String key, Position position) {
            this.key = key;
            this.pass = position.pass();
        }

        /** The file is begun once more. */
        void pass(long value) {
            pass = value;
            complete = true;
        }

        void put(BufferGroup group, LineSource source, long lines, boolean finished) {
            GroupRow row = group.table(Positions.TABLE)
                    .where(key)
                    .update(Map.of("bytes", source.bytes(), "line_count", lines));
            if (complete || finished || source.openLine() != openLine) {
                row.update(
                        Map.of("finished", finished ? 1L : 0L, "open_line", source.openLine() ? 1L : 0L, "pass", pass));
            }
            if (complete || !source.startHashComplete()) {
                row.update(Map.of("start_hash", source.startHash()));
            }
        }

        /** The group was accepted. */
        void accepted(LineSource source) {
            openLine = source.openLine();
            complete = !source.startHashComplete();
        }
    }
}
