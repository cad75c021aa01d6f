package dev.weir.db;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a transaction runs. Each method gives a changed copy; immutable.
 *
 * <pre>{@code
 * db.transaction(TransactionOptions.DEFAULT.isolation(Isolation.SERIALIZABLE).retries(5), tx -> …);
 * }</pre>
 */
public final class TransactionOptions {
    /** The connection's isolation, reading and writing, no timeout but those of the database, no retry. */
    public static final TransactionOptions DEFAULT = new TransactionOptions(null, false, null, 0);

    private static final int MOST_RETRIES = 100;

    private final @Nullable Isolation isolation;
    private final boolean readOnly;
    private final @Nullable Duration timeout;
    private final int retries;

    private TransactionOptions(
            @Nullable Isolation isolation, boolean readOnly, @Nullable Duration timeout, int retries) {
        this.isolation = isolation;
        this.readOnly = readOnly;
        this.timeout = timeout;
        this.retries = retries;
    }

    /** At this isolation. */
    public TransactionOptions isolation(Isolation level) {
        return new TransactionOptions(Objects.requireNonNull(level, "level"), readOnly, timeout, retries);
    }

    /** Reads only: whatever may write is refused before it is sent. */
    public TransactionOptions readOnly() {
        return new TransactionOptions(isolation, true, timeout, retries);
    }

    /**
     * Limits the time from the block's start to COMMIT, for each run of it. No statement starts or runs past it, to the
     * second; the block's own work is not interrupted.
     */
    public TransactionOptions timeout(Duration limit) {
        return new TransactionOptions(isolation, readOnly, positive("timeout", limit), retries);
    }

    /**
     * Runs the block anew, in a new transaction and after a short random pause, when the engine gave it up because of another
     * transaction: a serialization failure or a deadlock. At most this many times after the first. Nothing else is retried,
     * least of all a COMMIT whose outcome is unknown.
     *
     * @param times 0 to 100
     */
    public TransactionOptions retries(int times) {
        if (times < 0 || times > MOST_RETRIES) {
            throw new IllegalArgumentException(
                    "retries must be 0 to " + MOST_RETRIES + ": retries=" + times + ". Give a number in that range.");
        }
        return new TransactionOptions(isolation, readOnly, timeout, times);
    }

    @Nullable Isolation isolationOrNull() {
        return isolation;
    }

    boolean isReadOnly() {
        return readOnly;
    }

    @Nullable Duration timeoutOrNull() {
        return timeout;
    }

    int retryCount() {
        return retries;
    }

    static Duration positive(String name, Duration value) {
        Objects.requireNonNull(value, name);
        if (value.isZero() || value.isNegative()) {
            throw new IllegalArgumentException(
                    name + " must be positive: " + name + "=" + value + ". Give a duration above zero.");
        }
        return value;
    }
}
