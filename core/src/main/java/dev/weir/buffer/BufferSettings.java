package dev.weir.buffer;

import dev.weir.db.Durability;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** Settings of a {@link WriteBuffer}. Immutable. Durations are positive and at most 36500 days. */
public final class BufferSettings {
    /** What can be counted in nanoseconds, with room for sums; it stands for never. */
    static final Duration LONGEST = Duration.ofDays(36_500);

    private final Durability durability;
    private final Duration journalInterval;
    private final Duration journalStall;
    private final Duration flushInterval;
    private final long flushRows;
    private final Duration baseMaxAge;
    private final long maxRows;
    private final long maxBytes;
    private final long maxJournalBytes;
    private final LimitPolicy atLimit;
    private final Duration blockTimeout;
    private final Duration keepFlushed;
    private final long keepFlushedBytes;
    private final Duration connectTimeout;
    private final Duration closeTimeout;
    private final boolean startDegraded;
    private final boolean writeToUnknownDatabase;
    private final Map<String, TableSettings> tables;

    private BufferSettings(Builder builder) {
        this.durability = builder.durability;
        this.journalInterval = builder.journalInterval;
        this.journalStall = builder.journalStall;
        this.flushInterval = builder.flushInterval;
        this.flushRows = builder.flushRows;
        this.baseMaxAge = builder.baseMaxAge;
        this.maxRows = builder.maxRows;
        this.maxBytes = builder.maxBytes;
        this.maxJournalBytes = builder.maxJournalBytes;
        this.atLimit = builder.atLimit;
        this.blockTimeout = builder.blockTimeout;
        this.keepFlushed = builder.keepFlushed;
        this.keepFlushedBytes = builder.keepFlushedBytes;
        this.connectTimeout = builder.connectTimeout;
        this.closeTimeout = builder.closeTimeout;
        this.startDegraded = builder.startDegraded;
        this.writeToUnknownDatabase = builder.writeToUnknownDatabase;
        this.tables = Map.copyOf(builder.tables);
    }

    /** The defaults. */
    public static BufferSettings defaults() {
        return builder().build();
    }

    /** A builder that starts from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** The durability of operations that do not name one; {@link Durability#ACCEPTED} by default. */
    public Durability durability() {
        return durability;
    }

    /** How long at most an accepted operation waits for the journal; 10 ms by default. */
    public Duration journalInterval() {
        return journalInterval;
    }

    /** After how long without a completed journal write every operation follows the limit policy; 1 s by default. */
    public Duration journalStall() {
        return journalStall;
    }

    /** How long at most a change waits for its flush while all is well; 1 s by default. */
    public Duration flushInterval() {
        return flushInterval;
    }

    /** How many pending rows start a flush before its time, and how many one transaction holds at most, cut at epoch borders; 100,000 by default. */
    public long flushRows() {
        return flushRows;
    }

    /** How old a total may be in what other processes wrote; 1 s by default. */
    public Duration baseMaxAge() {
        return baseMaxAge;
    }

    /** How many rows may be pending; 1,000,000 by default. */
    public long maxRows() {
        return maxRows;
    }

    /** How many bytes of memory pending changes may take, estimated; a quarter of the heap by default. */
    public long maxBytes() {
        return maxBytes;
    }

    /** How large the journal may grow on disk; 8 GiB by default. */
    public long maxJournalBytes() {
        return maxJournalBytes;
    }

    /** What an operation does that would pass a limit; {@link LimitPolicy#BLOCK} by default. */
    public LimitPolicy atLimit() {
        return atLimit;
    }

    /** How long an operation waits for room at most, one at {@code FLUSHED} for the database, and a flush for the journal; 5 s by default. */
    public Duration blockTimeout() {
        return blockTimeout;
    }

    /** How long flushed epochs are kept, so that a database that falls back is replayed; 10 min by default. */
    public Duration keepFlushed() {
        return keepFlushed;
    }

    /** How many bytes of flushed epochs are kept at most; 256 MiB by default. */
    public long keepFlushedBytes() {
        return keepFlushedBytes;
    }

    /** How long opening waits for the database; 10 s by default. */
    public Duration connectTimeout() {
        return connectTimeout;
    }

    /** How long {@link WriteBuffer#close()} flushes at most; 30 s by default. */
    public Duration closeTimeout() {
        return closeTimeout;
    }

    /** Whether to open although the database is away; false by default. */
    public boolean startDegraded() {
        return startDegraded;
    }

    /** Whether to write what a journal keeps to a database that knows none of its writers; false by default. */
    public boolean writeToUnknownDatabase() {
        return writeToUnknownDatabase;
    }

    TableSettings table(String table) {
        TableSettings exact = tables.get(table);
        if (exact != null) {
            return exact;
        }
        List<String> close =
                tables.keySet().stream().filter(table::equalsIgnoreCase).toList();
        if (close.size() > 1) {
            throw new IllegalArgumentException("A table has one set of settings: table=" + table + ", settings for "
                    + close + ". Spell its name as the catalog does.");
        }
        return close.isEmpty() ? TableSettings.defaults() : tables.getOrDefault(close.get(0), TableSettings.defaults());
    }

    /** The tables that have settings of their own. */
    public Map<String, TableSettings> tables() {
        return tables;
    }

    static Duration positive(String name, Duration value) {
        Objects.requireNonNull(value, name);
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException("A duration must be positive: " + name + "=" + value + ".");
        }
        return value;
    }

    static Duration setting(String name, Duration value) {
        if (positive(name, value).compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "A duration is at most 36500 days: " + name + "=" + value + ". Give those where you mean never.");
        }
        return value;
    }

    static long atLeastOne(String name, long value) {
        if (value < 1) {
            throw new IllegalArgumentException("A limit must be at least 1: " + name + "=" + value + ".");
        }
        return value;
    }

    /** Checks each value when it is set. Not thread-safe. */
    public static final class Builder {
        private Durability durability = Durability.ACCEPTED;
        private Duration journalInterval = Duration.ofMillis(10);
        private Duration journalStall = Duration.ofSeconds(1);
        private Duration flushInterval = Duration.ofSeconds(1);
        private long flushRows = 100_000;
        private Duration baseMaxAge = Duration.ofSeconds(1);
        private long maxRows = 1_000_000;
        private long maxBytes = Math.max(1, Runtime.getRuntime().maxMemory() / 4);
        private long maxJournalBytes = 8L << 30;
        private LimitPolicy atLimit = LimitPolicy.BLOCK;
        private Duration blockTimeout = Duration.ofSeconds(5);
        private Duration keepFlushed = Duration.ofMinutes(10);
        private long keepFlushedBytes = 256L << 20;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration closeTimeout = Duration.ofSeconds(30);
        private boolean startDegraded = false;
        private boolean writeToUnknownDatabase = false;
        private final Map<String, TableSettings> tables = new TreeMap<>();

        private Builder() {}

        /** The durability of operations that do not name one; {@link Durability#ACCEPTED} by default. */
        public Builder durability(Durability value) {
            this.durability = Objects.requireNonNull(value, "durability");
            return this;
        }

        /** How long at most an accepted operation waits for the journal; 10 ms by default. */
        public Builder journalInterval(Duration value) {
            this.journalInterval = setting("journalInterval", value);
            return this;
        }

        /** After how long without a completed journal write every operation follows the limit policy; 1 s by default. */
        public Builder journalStall(Duration value) {
            this.journalStall = setting("journalStall", value);
            return this;
        }

        /** How long at most a change waits for its flush while all is well; 1 s by default. */
        public Builder flushInterval(Duration value) {
            this.flushInterval = setting("flushInterval", value);
            return this;
        }

        /** How many pending rows start a flush before its time, and how many one transaction holds at most, cut at epoch borders; 100,000 by default. */
        public Builder flushRows(long value) {
            this.flushRows = atLeastOne("flushRows", value);
            return this;
        }

        /** How old a total may be in what other processes wrote; 1 s by default. */
        public Builder baseMaxAge(Duration value) {
            this.baseMaxAge = setting("baseMaxAge", value);
            return this;
        }

        /** How many rows may be pending; 1,000,000 by default. */
        public Builder maxRows(long value) {
            this.maxRows = atLeastOne("maxRows", value);
            return this;
        }

        /** How many bytes of memory pending changes may take, estimated; a quarter of the heap by default. */
        public Builder maxBytes(long value) {
            this.maxBytes = atLeastOne("maxBytes", value);
            return this;
        }

        /** How large the journal may grow on disk; 8 GiB by default. */
        public Builder maxJournalBytes(long value) {
            this.maxJournalBytes = atLeastOne("maxJournalBytes", value);
            return this;
        }

        /** What an operation does that would pass a limit; {@link LimitPolicy#BLOCK} by default. */
        public Builder atLimit(LimitPolicy value) {
            this.atLimit = Objects.requireNonNull(value, "atLimit");
            return this;
        }

        /** How long an operation waits for room at most, one at {@code FLUSHED} for the database, and a flush for the journal; 5 s by default. */
        public Builder blockTimeout(Duration value) {
            this.blockTimeout = setting("blockTimeout", value);
            return this;
        }

        /** How long flushed epochs are kept, so that a database that falls back is replayed; 10 min by default. */
        public Builder keepFlushed(Duration value) {
            this.keepFlushed = setting("keepFlushed", value);
            return this;
        }

        /** How many bytes of flushed epochs are kept at most; 256 MiB by default. */
        public Builder keepFlushedBytes(long value) {
            this.keepFlushedBytes = atLeastOne("keepFlushedBytes", value);
            return this;
        }

        /** How long opening waits for the database; 10 s by default. */
        public Builder connectTimeout(Duration value) {
            this.connectTimeout = setting("connectTimeout", value);
            return this;
        }

        /** How long {@link WriteBuffer#close()} flushes at most; 30 s by default. */
        public Builder closeTimeout(Duration value) {
            this.closeTimeout = setting("closeTimeout", value);
            return this;
        }

        /** Whether to open although the database is away; false by default. */
        public Builder startDegraded(boolean value) {
            this.startDegraded = value;
            return this;
        }

        /**
         * Whether to write what a journal keeps to a database that knows none of its writers; false by default, and meant for
         * one start. Such a database is another one, or has lost {@code weir_ledger}: if it has what was flushed, that is
         * applied twice.
         */
        public Builder writeToUnknownDatabase(boolean value) {
            this.writeToUnknownDatabase = value;
            return this;
        }

        /** Settings of one table, named as the catalog spells it. */
        public Builder table(String table, TableSettings settings) {
            tables.put(Objects.requireNonNull(table, "table"), Objects.requireNonNull(settings, "settings"));
            return this;
        }

        /** The settings. */
        public BufferSettings build() {
            return new BufferSettings(this);
        }
    }
}
