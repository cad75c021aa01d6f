package dev.weir.buffer;

import dev.weir.db.Durability;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Settings of one buffered table; what is not set follows the buffer's. Immutable; each method answers a changed copy. */
public final class TableSettings {
    private static final TableSettings DEFAULTS =
            new TableSettings(null, null, null, null, null, MissingRow.DEAD_LETTER, null);

    private final @Nullable List<String> key;
    private final @Nullable Durability durability;
    private final @Nullable Duration flushInterval;
    private final @Nullable Long maxRows;
    private final @Nullable LimitPolicy atLimit;
    private final MissingRow missingRow;
    private final @Nullable Map<String, @Nullable Object> orInsert;

    private TableSettings(
            @Nullable List<String> key,
            @Nullable Durability durability,
            @Nullable Duration flushInterval,
            @Nullable Long maxRows,
            @Nullable LimitPolicy atLimit,
            MissingRow missingRow,
            @Nullable Map<String, @Nullable Object> orInsert) {
        this.key = key;
        this.durability = durability;
        this.flushInterval = flushInterval;
        this.maxRows = maxRows;
        this.atLimit = atLimit;
        this.missingRow = missingRow;
        this.orInsert = orInsert;
    }

    /** The defaults. */
    public static TableSettings defaults() {
        return DEFAULTS;
    }

    /** Names rows by this unique key instead of the primary key. */
    public TableSettings key(String... columns) {
        if (columns.length == 0) {
            throw new IllegalArgumentException(
                    "A key has at least one column: columns=[]. Name the unique key's columns.");
        }
        return new TableSettings(List.of(columns), durability, flushInterval, maxRows, atLimit, missingRow, orInsert);
    }

    /** The durability of operations that do not name one. */
    public TableSettings durability(Durability level) {
        return new TableSettings(
                key, Objects.requireNonNull(level, "level"), flushInterval, maxRows, atLimit, missingRow, orInsert);
    }

    /** How long at most a change of this table waits for its flush. */
    public TableSettings flushInterval(Duration interval) {
        return new TableSettings(
                key,
                durability,
                BufferSettings.setting("flushInterval", interval),
                maxRows,
                atLimit,
                missingRow,
                orInsert);
    }

    /** How many rows of this table may be pending. */
    public TableSettings maxRows(long rows) {
        return new TableSettings(
                key,
                durability,
                flushInterval,
                BufferSettings.atLeastOne("maxRows", rows),
                atLimit,
                missingRow,
                orInsert);
    }

    /** What an operation does that would pass a limit. */
    public TableSettings atLimit(LimitPolicy policy) {
        return new TableSettings(
                key,
                durability,
                flushInterval,
                maxRows,
                Objects.requireNonNull(policy, "policy"),
                missingRow,
                orInsert);
    }

    /** What becomes of a change whose row does not exist; {@link MissingRow#DEAD_LETTER} by default. */
    public TableSettings missingRow(MissingRow policy) {
        return new TableSettings(
                key, durability, flushInterval, maxRows, atLimit, Objects.requireNonNull(policy, "policy"), null);
    }

    /** A change whose row does not exist inserts it with {@code defaults} and then applies. */
    public TableSettings orInsert(Map<String, ? extends @Nullable Object> defaults) {
        return new TableSettings(
                key,
                durability,
                flushInterval,
                maxRows,
                atLimit,
                missingRow,
                Collections.unmodifiableMap(new LinkedHashMap<>(defaults)));
    }

    @Nullable List<String> key() {
        return key;
    }

    @Nullable Durability durability() {
        return durability;
    }

    @Nullable Duration flushInterval() {
        return flushInterval;
    }

    @Nullable Long maxRows() {
        return maxRows;
    }

    @Nullable LimitPolicy atLimit() {
        return atLimit;
    }

    MissingRow missingRow() {
        return missingRow;
    }

    @Nullable Map<String, @Nullable Object> orInsert() {
        return orInsert;
    }
}
