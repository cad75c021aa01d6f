package dev.weir.server.replay;

import dev.weir.db.Database;
import dev.weir.db.Row;
import dev.weir.db.SqlException;
import dev.weir.db.UniqueViolationException;
import dev.weir.db.engine.Dialect.OwnColumn;
import dev.weir.db.engine.ValueKind;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The table of positions. {@code bytes}, {@code line_count}, {@code start_hash}, {@code open_line}, {@code finished} and
 * {@code pass} are written through the buffer, in the group of each line, so that they land with it; the other columns say
 * who may do that, and are written directly, by a compare-and-set on {@code claim}.
 */
final class Positions {
    /** The table's name. */
    static final String TABLE = "weir_replay";

    static final String KEY = "file";

    private static final int KEY_CHARACTERS = 512;
    private static final String DATABASE = "database";

    private final Database database;

    Positions(Database database) {
        this.database = database;
    }

    /** Makes the table when it is missing. */
    void ensure() {
        String create = database.dialect()
                .createOwnTable(
                        TABLE,
                        List.of(
                                text(KEY, KEY_CHARACTERS),
                                number("bytes"),
                                number("line_count"),
                                text("start_hash", 64),
                                number("open_line"),
                                number("finished"),
                                number("pass"),
                                text("host", 0),
                                text("data", 0),
                                number("active"),
                                text("claim", 64)),
                        List.of(KEY));
        try {
            database.sql(create).execute();
        } catch (SqlException collision) {
            // PostgreSQL lets two who make one table at once collide, though each says IF NOT EXISTS: now it is there.
            database.sql(create).execute();
        }
    }

    private static OwnColumn text(String name, int length) {
        return new OwnColumn(name, ValueKind.TEXT, length);
    }

    private static OwnColumn number(String name) {
        return new OwnColumn(name, ValueKind.INTEGER, 0);
    }

    /** The key of a file by its absolute path; a very long one ends with its hash. */
    static String key(String absolutePath) {
        String key = "file:" + absolutePath;
        return key.codePointCount(0, key.length()) <= KEY_CHARACTERS ? key : shortened(key);
    }

    /** The key of the log of rejected lines in a data directory: its row says how long the log is. */
    static String rejectedKey(String absoluteData) {
        String key = "rejected:" + absoluteData;
        return key.codePointCount(0, key.length()) <= KEY_CHARACTERS ? key : shortened(key);
    }

    private static String shortened(String key) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return key.substring(0, key.offsetByCodePoints(0, 400)) + "#"
                    + HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("Every Java has SHA-256", e);
        }
    }

    /** An id of this database, drawn when it is first asked for. */
    String databaseId(String fresh) {
        if (find(DATABASE).isEmpty()) {
            insert(DATABASE, new Position(0, 0, "", false, true, 0, "", "", false, fresh));
        }
        return find(DATABASE).map(Position::claim).orElse(fresh);
    }

    /** What is known of a key. */
    Optional<Position> find(String key) {
        return database.table(TABLE).where(KEY, key).first().map(Positions::position);
    }

    private static Position position(Row row) {
        return new Position(
                row.getLong("bytes"),
                row.getLong("line_count"),
                row.getString("start_hash"),
                row.getLong("open_line") != 0,
                row.getLong("finished") != 0,
                row.getLong("pass"),
                row.getString("host"),
                row.getString("data"),
                row.getLong("active") != 0,
                row.getString("claim"));
    }

    /** Makes a row; false if there is one already. */
    boolean insert(String key, Position position) {
        Map<String, Object> row = new HashMap<>();
        row.put(KEY, key);
        row.put("bytes", position.bytes());
        row.put("line_count", position.lines());
        row.put("start_hash", position.startHash());
        row.put("open_line", position.openLine() ? 1L : 0L);
        row.put("finished", position.finished() ? 1L : 0L);
        row.put("pass", position.pass());
        row.put("host", position.host());
        row.put("data", position.data());
        row.put("active", position.active() ? 1L : 0L);
        row.put("claim", position.claim());
        try {
            database.table(TABLE).insert(row);
            return true;
        } catch (UniqueViolationException there) {
            return false;
        }
    }

    /** Takes a row over from whoever left {@code seen} in it; false if somebody else was faster. */
    boolean claim(String key, String seen, String host, String data, String claim) {
        return database.table(TABLE)
                        .where(KEY, key)
                        .where("claim", seen)
                        .update(Map.of("host", host, "data", data, "active", 1L, "claim", claim))
                == 1;
    }

    /** Says that nothing of a claim is pending any more. */
    void release(String key, String claim) {
        database.table(TABLE).where(KEY, key).where("claim", claim).update(Map.of("active", 0L));
    }

    /** Says how long a log is, directly: only while nothing is pending. */
    void setBytes(String key, long bytes) {
        database.table(TABLE).where(KEY, key).update(Map.of("bytes", bytes));
    }
}
