package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.Database;
import dev.weir.db.DatabaseBuilder;
import dev.weir.db.engine.ValueKind;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * An empty database on some engine with the tables that the database's contracts use, a pool of its connections, and a
 * recorder of what is sent through it.
 */
public abstract class DatabaseFixture {
    private static final int CONNECTIONS = 8;
    private static final long PATIENCE_SECONDS = 60;

    protected DataSource pool;
    protected RecordingDataSource recorder;
    protected Database db;

    /** A pool of connections to a database that is empty at the start of each test. */
    protected abstract DataSource open(int connections) throws Exception;

    /** Closes the pool and drops the database. */
    protected abstract void close(DataSource opened) throws Exception;

    /** The engine's type for values of a kind; decimals have three digits after the point. */
    protected abstract String type(ValueKind kind);

    /** A column {@code id} that is the primary key and that the database numbers from 1. */
    protected abstract String identity();

    /** A query that runs for minutes. */
    protected abstract String endlessQuery();

    @BeforeEach
    final void makeTables() throws Exception {
        pool = open(CONNECTIONS);
        recorder = new RecordingDataSource(pool);
        db = builder().build();
        db.sql("create table posts (" + identity() + ", title varchar(200) not null, author int, views bigint default 0"
                        + " not null, rating decimal(10, 2), created_at " + type(ValueKind.INSTANT) + ")")
                .execute();
        db.sql("create table users (id bigint primary key, name varchar(100) not null)")
                .execute();
        db.sql(
                        "create table tags (post bigint not null, name varchar(50) not null, weight int, primary key (post, name))")
                .execute();
        recorder.clear();
    }

    @AfterEach
    final void closeAll() throws Exception {
        assertThat(recorder.soiled()).isEmpty();
        assertThat(recorder.open()).isZero();
        close(pool);
    }

    /** Settings of another database object over the same pool. */
    protected final DatabaseBuilder builder() {
        return Database.builder(recorder.dataSource());
    }

    protected final String quote(String identifier) {
        return db.dialect().quote(identifier);
    }

    /** What was sent that is no look into the catalog. */
    protected final List<String> sentSince() {
        return recorder.sent().stream()
                .filter(sql -> {
                    String lower = sql.toLowerCase(Locale.ROOT);
                    return lower.startsWith("insert")
                            || lower.startsWith("update")
                            || lower.startsWith("delete")
                            || lower.startsWith("commit")
                            // SQLite's catalog has to try out how a column compares.
                            || (!lower.contains("where 0 union all")
                                    && (lower.contains("posts") || lower.contains("users") || lower.contains("tags")));
                })
                .toList();
    }

    protected static void assertRefused(ThrowingCallable call, String part) {
        assertThatThrownBy(call)
                .isInstanceOf(IllegalArgumentException.class)
                .satisfies(refusal -> assertThat(refusal.getMessage()).containsIgnoringCase(part));
    }

    protected final void assertRefusedUnsent(ThrowingCallable call, String part) {
        recorder.clear();
        assertRefused(call, part);
        assertThat(sentSince()).isEmpty();
    }

    protected static Map<String, @Nullable Object> row(@Nullable Object... namesAndValues) {
        Map<String, @Nullable Object> row = new HashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return row;
    }

    /** Waits for a latch, and fails rather than for ever. */
    protected static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }
}
