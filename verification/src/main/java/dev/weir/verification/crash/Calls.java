package dev.weir.verification.crash;

import dev.weir.buffer.BreakableBuffer;
import dev.weir.buffer.BreakableBuffer.JournalRule;
import dev.weir.buffer.BufferSettings;
import dev.weir.buffer.WriteBuffer;
import dev.weir.db.CommitUnknownException;
import dev.weir.db.Database;
import dev.weir.db.Durability;
import dev.weir.db.TableBuffer;
import dev.weir.error.WeirException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Operations numbered one after the other, of five kinds in turn. Each prints its number: {@code t N} before any operation
 * below N may be tried, {@code a I NANOS} when operation I was acknowledged, {@code h NANOS} every few milliseconds, so that
 * the parent knows when the process died.
 *
 * <p>Threads take every so-many-th number, so that each row of {@code item} belongs to one thread, in order.
 */
final class Calls {
    static final int TALLIES = 50;
    static final int ITEMS = 20;

    /** What an operation does. */
    enum Kind {
        /** Adds one to a counter that many share. */
        COUNT,
        /** Adds one to a row of its own, which it makes. */
        ONCE,
        /** Sets a row that earlier operations set too. */
        SET,
        /** A group: inserts a row, and adds one to a counter that has as many as there are such rows. */
        GROUP,
        /** A transaction: inserts a row directly, and adds one to a buffered row of the same number. */
        HANDOVER
    }

    static final List<String> TABLES = List.of(
            "create table tally (id bigint primary key, n bigint not null, grouped bigint not null)",
            "create table once (id bigint primary key, n bigint not null)",
            "create table item (id bigint primary key, value bigint not null)",
            "create table event (id bigint primary key, tally bigint not null)",
            "create table direct (id bigint primary key)",
            "create table handed (id bigint primary key, n bigint not null)");

    private static final int STEP = 64;
    private final WriteBuffer buffer;
    private final Database database;
    private final Durability durability;
    private final long from;
    private final int most;
    private final Semaphore window;

    Calls(DataSource dataSource, Path data, Durability durability, JournalRule rule, long from, int window) {
        this.durability = durability;
        this.from = from;
        this.most = window;
        this.window = new Semaphore(window);
        BufferSettings settings =
                BufferSettings.builder().flushInterval(Duration.ofMillis(100)).build();
        WriteBuffer[] opened = new WriteBuffer[1];
        this.database = Database.builder(dataSource)
                .writeBehind(db -> opened[0] = BreakableBuffer.open(db, data.resolve("journal"), settings, rule))
                .build();
        this.buffer = Objects.requireNonNull(opened[0]);
        // Looking a table up takes a connection; callers in transactions hold all that the pool has.
        List.of("tally", "once", "item", "event", "handed").forEach(buffer::table);
    }

    /** The kind of an operation, when so many threads share the numbers. */
    static Kind kind(long operation) {
        return Kind.values()[(int) (operation / ITEMS % Kind.values().length)];
    }

    /** Does so many operations and closes the buffer in order. */
    void run(long operations, int threads, double rate) {
        System.out.println(Victim.READY);
        Thread heart = new Thread(this::beat, "heart");
        heart.setDaemon(true);
        heart.start();
        List<Thread> callers = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < threads; i++) {
            int first = i;
            Thread caller = new Thread(
                    () -> {
                        try {
                            call(first, threads, operations, start, rate);
                        } catch (RuntimeException | Error e) {
                            failed(e);
                        }
                    },
                    "caller-" + i);
            callers.add(caller);
            caller.start();
        }
        for (Thread caller : callers) {
            join(caller);
        }
        window.acquireUninterruptibly(most);
        buffer.flush();
        if (buffer.stats().deadLetters() > 0) {
            System.err.println("dead letters: " + buffer.stats().deadLetters());
        }
        buffer.close();
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts the victim.", e);
        }
    }

    private void beat() {
        while (true) {
            System.out.println("h " + System.nanoTime());
            LockSupport.parkNanos(2_000_000);
        }
    }

    private void call(int first, int threads, long operations, long start, double rate) {
        long announced = 0;
        for (long i = first; i < operations; i += threads) {
            long operation = from + i;
            if (operation >= announced) {
                announced = operation + STEP;
                System.out.println("t " + announced);
            }
            long due = start + (long) (i / rate * 1e9);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            window.acquireUninterruptibly();
            if (kind(operation) == Kind.HANDOVER) {
                if (handOver(operation)) {
                    acknowledged(operation, null);
                } else {
                    window.release();
                }
            } else {
                long called = operation;
                if (durability == Durability.ACCEPTED) {
                    change(called);
                    acknowledged(called, null);
                } else {
                    change(called).whenComplete((nothing, problem) -> acknowledged(called, problem));
                }
            }
        }
    }

    private void acknowledged(long operation, @Nullable Throwable problem) {
        window.release();
        if (problem == null) {
            System.out.println("a " + operation + " " + System.nanoTime());
        } else {
            failed(problem);
        }
    }

    private static void failed(Throwable problem) {
        problem.printStackTrace();
        Runtime.getRuntime().halt(1);
    }

    private CompletionStage<Void> change(long operation) {
        long tally = operation % TALLIES;
        return switch (kind(operation)) {
            case COUNT -> table("tally").where(tally).addAsync("n", 1);
            case ONCE ->
                table("once").where(operation).orInsert(Map.of("n", 0L)).addAsync("n", 1);
            case SET -> table("item").where(operation % ITEMS).updateAsync(Map.of("value", operation));
            case GROUP ->
                buffer.atomicallyAsync(durability, group -> {
                    group.table("event").insert(Map.of("id", operation, "tally", tally));
                    group.table("tally").where(tally).add("grouped", 1);
                });
            case HANDOVER -> throw new IllegalArgumentException("A hand-over is a transaction: " + operation);
        };
    }

    /** False if the database went away under the transaction, so that nobody was told that it is in. */
    private boolean handOver(long operation) {
        try {
            database.transaction(tx -> {
                tx.table("direct").insert(Map.of("id", operation));
                tx.table("handed")
                        .buffer()
                        .where(operation)
                        .orInsert(Map.of("n", 0L))
                        .add("n", 1);
            });
            return true;
        } catch (CommitUnknownException e) {
            return false;
        } catch (WeirException e) {
            if (!e.retryable()) {
                throw e;
            }
            return false;
        }
    }

    private TableBuffer table(String name) {
        return buffer.table(name).durability(durability);
    }
}
