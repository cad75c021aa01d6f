package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.weir.db.CommitScope;
import dev.weir.db.CommitUnknownException;
import dev.weir.db.Database;
import dev.weir.db.Isolation;
import dev.weir.db.Row;
import dev.weir.db.SqlException;
import dev.weir.db.Table;
import dev.weir.db.TableBuffer;
import dev.weir.db.Transaction;
import dev.weir.db.TransactionHook;
import dev.weir.db.TransactionOptions;
import dev.weir.db.UniqueViolationException;
import dev.weir.error.Failure;
import dev.weir.testkit.RecordingDataSource.CommitFailure;
import dev.weir.time.ManualClock;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransactionRollbackException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What transactions of a {@link Database} and their hooks must do on every engine. */
public abstract class TransactionContract extends DatabaseFixture {
    private static final TransactionOptions DEFAULT = TransactionOptions.DEFAULT;

    /** Writes down what it hears, as {@code moment database tables}. */
    private static final class Witness implements TransactionHook {
        final List<String> heard = new ArrayList<>();
        final List<CommitScope> scopes = new ArrayList<>();

        private void hear(String moment, CommitScope scope) {
            String tables = scope.allTables() ? "*" : new TreeSet<>(scope.tables()).toString();
            heard.add(moment + " " + tables.toLowerCase(Locale.ROOT));
            scopes.add(scope);
        }

        @Override
        public void beforeCommit(CommitScope scope) {
            hear("before", scope);
        }

        @Override
        public void afterCommit(CommitScope scope) {
            hear("committed", scope);
        }

        @Override
        public void afterRollback(CommitScope scope) {
            hear("rolledBack", scope);
        }

        @Override
        public void afterUnknown(CommitScope scope) {
            hear("unknown", scope);
        }
    }

    /** Keeps a list that follows the transaction. */
    private static final class Ledger implements Transaction.Listener {
        final List<String> entries = new ArrayList<>();
        final List<String> heard = new ArrayList<>();

        @Override
        public void beforeCommit() {
            heard.add("before");
        }

        @Override
        public void afterCommit() {
            heard.add("committed");
        }

        @Override
        public void afterRollback() {
            heard.add("rolledBack");
        }

        @Override
        public void afterUnknown() {
            heard.add("unknown");
        }

        @Override
        public Object mark() {
            return entries.size();
        }

        @Override
        public void rollbackTo(@Nullable Object mark) {
            int size = mark == null ? 0 : (Integer) mark;
            entries.subList(size, entries.size()).clear();
        }
    }

    private static Map<String, Object> user(long id) {
        return Map.of("id", id, "name", "user" + id);
    }

    private Table users() {
        return db.table("users");
    }

    // ---- committing and rolling back

    @Test
    void block_commitsAtItsEnd_andItsWorkIsOneTransaction() {
        String title = db.transactionResult(tx -> {
            tx.table("users").insert(user(1));
            tx.sql("insert into users(id, name) values (?, ?)", 2, "b").execute();
            assertThat(tx.table("users").count()).isEqualTo(2);
            assertThat(tx.database()).isSameAs(db);
            return "done";
        });
        assertThat(title).isEqualTo("done");
        assertThat(users().count()).isEqualTo(2);
        assertThat(recorder.sent()).containsOnlyOnce("COMMIT");
    }

    @Test
    void block_thatThrows_rollsBack_andThrowsTheSame() {
        RuntimeException planted = new IllegalArgumentException("planted");
        assertThat(catchThrowable(() -> db.transaction(tx -> {
                    tx.table("users").insert(user(1));
                    throw planted;
                })))
                .isSameAs(planted);
        assertThat(users().count()).isZero();
        Error error = new AssertionError("planted");
        assertThat(catchThrowable(() -> db.transaction(tx -> {
                    tx.table("users").insert(user(1));
                    throw error;
                })))
                .isSameAs(error);
        assertThat(users().count()).isZero();
    }

    @Test
    void rollbackOnly_rollsBackWithoutException() {
        db.transaction(tx -> {
            tx.table("users").insert(user(1));
            tx.rollbackOnly();
        });
        assertThat(users().count()).isZero();
    }

    @Test
    void failedStatement_thatTheBlockCatches_isNeverASilentRollback() {
        users().insert(user(1));
        Throwable thrown = catchThrowable(() -> db.transaction(tx -> {
            tx.table("users").insert(user(2));
            assertThatThrownBy(() -> tx.table("users").insert(user(1))).isInstanceOf(UniqueViolationException.class);
        }));
        // PostgreSQL gives the transaction up; the others go on. Either way all of the rest is in, or nothing.
        assertThat(users().count()).isEqualTo(thrown == null ? 2 : 1);
    }

    @Test
    void tina4T60_standaloneWrites_neitherCommitNorJoinAnOpenTransaction() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch seen = new CountDownLatch(1);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            Future<?> transaction = other.submit(() -> db.transaction(tx -> {
                // A read first: SQLite's one writer must not shut the other one out.
                assertThat(tx.table("posts").count()).isZero();
                begun.countDown();
                await(seen);
                tx.rollbackOnly();
            }));
            await(begun);
            users().insert(user(2));
            assertThat(users().count()).isEqualTo(1);
            seen.countDown();
            transaction.get();
        } finally {
            seen.countDown();
            other.shutdown();
        }
        assertThat(users().list()).extracting(row -> row.getLong("id")).containsExactly(2L);
    }

    @Test
    void tina4T60_uncommittedRows_areNotSeenByOthers() {
        db.transaction(tx -> {
            tx.table("users").insert(user(1));
            assertThat(users().count()).isZero();
        });
        assertThat(users().count()).isEqualTo(1);
    }

    @Test
    void tina4T61_transactionsSideBySide_haveConnectionsOfTheirOwn() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            List<Future<?>> running = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                boolean commits = i == 0;
                int id = i + 1;
                running.add(threads.submit(() -> db.transaction(tx -> {
                    both.countDown();
                    await(both);
                    tx.table("users").insert(user(id));
                    if (!commits) {
                        tx.rollbackOnly();
                    }
                })));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } finally {
            threads.shutdown();
        }
        assertThat(recorder.mostOpen()).isEqualTo(2);
        assertThat(users().list()).extracting(row -> row.getLong("id")).containsExactly(1L);
    }

    @Test
    void lookIntoTheCatalog_doesNotFixWhatTheTransactionSees() {
        Database fresh = builder().build();
        fresh.transaction(DEFAULT.isolation(Isolation.REPEATABLE_READ), tx -> {
            assertRefused(() -> tx.table("users").insert(Map.of("nothing", 1)), "column=nothing");
            users().insert(user(1));
            assertThat(tx.table("users").count()).isEqualTo(1);
            tx.table("users").insert(user(2));
        });
        assertThat(users().count()).isEqualTo(2);
    }

    @Test
    void tina4T63_transactionThatCannotBegin_leavesNothingBehind() {
        recorder.failNext("setAutoCommit");
        assertThatThrownBy(() -> db.transaction(tx -> tx.table("users").insert(user(1))))
                .isInstanceOf(SqlException.class);
        assertThat(recorder.open()).isZero();
        users().insert(user(2));
        assertThat(users().list()).extracting(row -> row.getLong("id")).containsExactly(2L);
    }

    @Test
    void tina4T64_connectionComesBackClean_howeverTheBlockEnds() {
        TransactionOptions odd = DEFAULT.isolation(Isolation.SERIALIZABLE);
        assertThatThrownBy(() -> db.transaction(odd, tx -> {
                    tx.table("users").insert(user(1));
                    throw new IllegalArgumentException("planted");
                }))
                .hasMessage("planted");
        db.transaction(
                DEFAULT.readOnly(), tx -> assertThat(tx.table("users").count()).isZero());
        db.transaction(odd.readOnly(), Transaction::rollbackOnly);
        db.transaction(odd, tx -> tx.table("users").insert(user(2)));
        recorder.failNextCommit(CommitFailure.REFUSED);
        assertThatThrownBy(() -> db.transaction(odd, tx -> tx.table("users").insert(user(3))))
                .isInstanceOf(SqlException.class);
        assertThat(recorder.open()).isZero();
        assertThat(recorder.soiled()).isEmpty();
        for (int i = 10; i < 30; i++) {
            users().insert(user(i));
        }
        assertThat(users().count()).isEqualTo(21);
    }

    // ---- COMMIT

    @Test
    void commit_thatIsRefused_isThrown_andRolledBack() {
        Witness witness = new Witness();
        Database hooked = builder().addHook(witness).build();
        recorder.failNextCommit(CommitFailure.REFUSED);
        SqlException thrown = catchThrowableOfType(
                SqlException.class, () -> hooked.table("users").insert(user(1)));
        assertThat(thrown).isNotInstanceOf(CommitUnknownException.class);
        assertThat(thrown.sqlState()).isEqualTo("23503");
        assertThat(witness.heard).containsExactly("before [users]", "rolledBack [users]");
        assertThat(witness.scopes.get(1)).isSameAs(witness.scopes.get(0));
        assertThat(users().count()).isZero();
    }

    @Test
    void statementThatTheEngineCommits_isRefusedInside_andHeardOfBeforeItRuns() {
        Witness witness = new Witness();
        Database hooked = builder().addHook(witness).build();
        if (!schemaChangesRollBack()) {
            assertThatThrownBy(() -> hooked.transaction(tx -> {
                        tx.table("users").insert(user(1));
                        tx.sql("truncate table posts").execute();
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("outside");
            assertThat(users().count()).isZero();
            assertThat(witness.heard).containsExactly("rolledBack [users]");
            witness.heard.clear();
        }
        hooked.sql("create table users2 (id bigint primary key)")
                .writes("users")
                .execute();
        assertThat(witness.heard).containsExactly("before [users]", "committed [users]");
        witness.heard.clear();
        assertThatThrownBy(() -> hooked.sql("create table users2 (id bigint primary key)")
                        .execute())
                .isInstanceOf(SqlException.class);
        // Half of a statement that is no transaction may be there.
        assertThat(witness.heard)
                .isEqualTo(schemaChangesRollBack() ? List.of("rolledBack *") : List.of("before *", "unknown *"));
    }

    @Test
    void commit_thatIsNotAnswered_isUnknown_whateverTheDatabaseDid() {
        Witness witness = new Witness();
        Database hooked = builder().addHook(witness).build();
        AtomicReference<Ledger> ledger = new AtomicReference<>();
        recorder.failNextCommit(CommitFailure.LOST_BEFORE);
        CommitUnknownException lost = catchThrowableOfType(
                CommitUnknownException.class,
                () -> hooked.transaction(DEFAULT.retries(5), tx -> {
                    ledger.set(tx.listener(Ledger.class, Ledger::new));
                    tx.table("users").insert(user(1));
                }));
        assertThat(lost.failure()).isEqualTo(Failure.CONNECTION);
        assertThat(lost.retryable()).isFalse();
        recorder.failNextCommit(CommitFailure.LOST_AFTER);
        assertThatThrownBy(() -> hooked.table("users").insert(user(2))).isInstanceOf(CommitUnknownException.class);
        assertThat(witness.heard)
                .containsExactly("before [users]", "unknown [users]", "before [users]", "unknown [users]");
        assertThat(ledger.get().heard).containsExactly("before", "unknown");
        assertThat(users().list()).extracting(row -> row.getLong("id")).containsExactly(2L);
    }

    // ---- hooks

    @Test
    void hooks_hearOfTheTablesWritten_andTheSameScopeThroughout() {
        Witness witness = new Witness();
        Database hooked = builder().name("main").addHook(witness).build();
        hooked.table("users").insert(user(1));
        assertThat(witness.scopes.get(0)).isSameAs(witness.scopes.get(1));
        assertThat(witness.scopes.get(0).database()).isEqualTo("main");
        hooked.transaction(tx -> {
            tx.table("USERS").where("id", 1).update(Map.of("name", "b"));
            tx.sql("delete from posts").writes("Posts").execute();
        });
        hooked.table("users").upsert(Map.of("id", 1, "name", "c"));
        hooked.sql("update users set name = 'd'").execute();
        hooked.transaction(tx -> {
            tx.table("users").all().delete();
            tx.rollbackOnly();
        });
        assertThat(witness.heard)
                .containsExactly(
                        "before [users]",
                        "committed [users]",
                        "before [posts, users]",
                        "committed [posts, users]",
                        "before [users]",
                        "committed [users]",
                        "before *",
                        "committed *",
                        "rolledBack [users]");
    }

    @Test
    void hooks_hearNothingOfReading() {
        Witness witness = new Witness();
        Database hooked = builder().addHook(witness).build();
        hooked.table("users").list();
        hooked.sql("select * from users where name = 'insert' -- delete").list();
        hooked.sql("with n as (select 1 as one) select one from n").first();
        hooked.transaction(tx -> tx.table("users").count());
        hooked.transaction(tx -> tx.sql("select 1 from users where id = ?", 1).list());
        assertThat(witness.heard).isEmpty();
    }

    @Test
    void hooks_hearOfWritesThroughTheConnection_whenTold() throws Exception {
        Witness witness = new Witness();
        Database hooked = builder().addHook(witness).build();
        hooked.transaction(tx -> {
            try (var statement = tx.connection().createStatement()) {
                statement.executeUpdate("insert into users(id, name) values (1, 'a')");
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
            tx.writes("users");
        });
        hooked.transaction(tx -> tx.writes());
        assertThat(witness.heard).containsExactly("before [users]", "committed [users]", "before *", "committed *");
        assertThat(users().count()).isEqualTo(1);
    }

    @Test
    void hook_thatThrowsBeforeCommit_rollsBack() {
        Witness witness = new Witness();
        RuntimeException planted = new IllegalArgumentException("planted");
        TransactionHook refusing = new TransactionHook() {
            @Override
            public void beforeCommit(CommitScope scope) {
                throw planted;
            }
        };
        Database hooked = builder().addHook(witness).addHook(refusing).build();
        assertThat(catchThrowable(() -> hooked.table("users").insert(user(1)))).isSameAs(planted);
        assertThat(witness.heard).containsExactly("before [users]", "rolledBack [users]");
        assertThat(witness.scopes.get(1)).isSameAs(witness.scopes.get(0));
        assertThat(users().count()).isZero();
    }

    @Test
    void hook_thatThrowsAfterCommit_breaksNothing_andTheOthersHear() {
        Witness witness = new Witness();
        TransactionHook broken = new TransactionHook() {
            @Override
            public void afterCommit(CommitScope scope) {
                throw new IllegalArgumentException("planted");
            }
        };
        Database hooked = builder().addHook(broken).addHook(witness).build();
        hooked.table("users").insert(user(1));
        assertThat(witness.heard).containsExactly("before [users]", "committed [users]");
        assertThat(users().count()).isEqualTo(1);
    }

    @Test
    void hooks_canBeToldByWhoeverRunsATransactionOfItsOwn() {
        Witness one = new Witness();
        Witness two = new Witness();
        Database hooked = builder().addHook(one).addHook(two).build();
        CommitScope scope = new CommitScope() {
            @Override
            public String database() {
                return "default";
            }

            @Override
            public Set<String> tables() {
                return Set.of("users");
            }

            @Override
            public boolean allTables() {
                return false;
            }
        };
        hooked.hooks().beforeCommit(scope);
        hooked.hooks().afterUnknown(scope);
        assertThat(one.heard).isEqualTo(two.heard).containsExactly("before [users]", "unknown [users]");
    }

    // ---- listeners, for the buffer

    @Test
    void listener_isMadeOnce_hearsTheEnd_andWritesBeforeCommit() {
        Witness witness = new Witness();
        Database hooked = builder().addHook(witness).build();
        AtomicReference<Ledger> ledger = new AtomicReference<>();
        hooked.transaction(tx -> {
            ledger.set(tx.listener(Ledger.class, Ledger::new));
            assertThat(tx.listener(Ledger.class, Ledger::new)).isSameAs(ledger.get());
        });
        assertThat(ledger.get().heard).containsExactly("before", "committed");
        class Writing implements Transaction.Listener {
            private final Transaction tx;

            Writing(Transaction tx) {
                this.tx = tx;
            }

            @Override
            public void beforeCommit() {
                tx.table("users").insert(user(1));
            }
        }
        hooked.transaction(tx -> tx.listener(Writing.class, () -> new Writing(tx)));
        assertThat(users().count()).isEqualTo(1);
        assertThat(witness.heard).containsExactly("before [users]", "committed [users]");
    }

    @Test
    void listener_hearsOfRollback() {
        AtomicReference<Ledger> ledger = new AtomicReference<>();
        db.transaction(tx -> {
            ledger.set(tx.listener(Ledger.class, Ledger::new));
            tx.rollbackOnly();
        });
        assertThat(ledger.get().heard).containsExactly("rolledBack");
    }

    @Test
    void listener_isTakenBackToTheSavepoint() {
        db.transaction(tx -> {
            Ledger ledger = tx.listener(Ledger.class, Ledger::new);
            ledger.entries.add("one");
            assertThatThrownBy(() -> tx.savepoint(() -> {
                        ledger.entries.add("two");
                        throw new IllegalArgumentException("planted");
                    }))
                    .hasMessage("planted");
            assertThat(ledger.entries).containsExactly("one");
            tx.savepoint(() -> {
                ledger.entries.add("three");
            });
            assertThat(ledger.entries).containsExactly("one", "three");
        });
    }

    @Test
    void buffer_insideATransaction_isAskedForWithIt() {
        AtomicReference<@Nullable Transaction> asked = new AtomicReference<>();
        TableBuffer buffer = (TableBuffer) Proxy.newProxyInstance(
                TableBuffer.class.getClassLoader(), new Class<?>[] {TableBuffer.class}, (proxy, method, arguments) -> {
                    throw new AssertionError(method.getName());
                });
        Database buffered = builder()
                .writeBehind(database -> new Database.WriteBehind() {
                    @Override
                    public TableBuffer table(String table) {
                        assertThat(table).isEqualTo("users");
                        return buffer;
                    }

                    @Override
                    public TableBuffer table(String table, Transaction transaction) {
                        asked.set(transaction);
                        return buffer;
                    }
                })
                .build();
        assertThat(buffered.table("users").buffer()).isSameAs(buffer);
        buffered.transaction(tx -> {
            assertThat(tx.table("users").buffer()).isSameAs(buffer);
            assertThat(asked.get()).isSameAs(tx);
        });
        assertThatThrownBy(() -> users().buffer())
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("write-behind");
        assertThatThrownBy(() -> buffered.table("users").where("id", 1).buffer())
                .isInstanceOf(IllegalStateException.class);
    }

    // ---- savepoints

    @Test
    void savepoint_rollsBackItsOwnWorkOnly() {
        users().insert(user(9));
        db.transaction(tx -> {
            tx.table("users").insert(user(1));
            assertThatThrownBy(() -> tx.savepoint(() -> {
                        tx.table("users").insert(user(2));
                        tx.table("users").insert(user(9));
                    }))
                    .isInstanceOf(UniqueViolationException.class);
            long id = tx.savepoint(() -> {
                tx.table("users").insert(user(3));
                assertThatThrownBy(() -> tx.savepoint(() -> {
                            tx.table("users").insert(user(4));
                            throw new IllegalArgumentException("planted");
                        }))
                        .hasMessage("planted");
                return 3L;
            });
            assertThat(id).isEqualTo(3);
        });
        assertThat(users().orderBy("id").list())
                .extracting(row -> row.getLong("id"))
                .containsExactly(1L, 3L, 9L);
    }

    // ---- options

    @Test
    void readOnly_refusesWhatMayWrite_beforeItIsSent() {
        users().insert(user(1));
        recorder.clear();
        db.transaction(DEFAULT.readOnly(), tx -> {
            assertThat(tx.table("users").count()).isEqualTo(1);
            assertThatThrownBy(() -> tx.table("users").insert(user(2)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("read-only");
            assertThatThrownBy(() -> tx.table("users").all().delete()).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> tx.sql("delete from users").execute()).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> tx.writes("users")).isInstanceOf(IllegalStateException.class);
        });
        assertThat(sentSince()).noneMatch(sql -> sql.toLowerCase(Locale.ROOT).contains("delete"));
        assertThat(users().count()).isEqualTo(1);
    }

    @Test
    void isolation_isThatOfTheOptions_orStricter_andGivenBack() {
        for (Isolation wanted : Isolation.values()) {
            int level = db.transactionResult(DEFAULT.isolation(wanted), tx -> {
                try {
                    return tx.connection().getTransactionIsolation();
                } catch (SQLException e) {
                    throw new AssertionError(e);
                }
            });
            int least = switch (wanted) {
                case READ_COMMITTED -> Connection.TRANSACTION_READ_COMMITTED;
                case REPEATABLE_READ -> Connection.TRANSACTION_REPEATABLE_READ;
                case SERIALIZABLE -> Connection.TRANSACTION_SERIALIZABLE;
            };
            assertThat(level).as("%s", wanted).isGreaterThanOrEqualTo(least);
        }
    }

    @Test
    void timeout_sendsNothingMore_andDoesNotCommit() {
        ManualClock clock = new ManualClock(Instant.EPOCH);
        Database timed = builder().clock(clock).build();
        SqlException thrown = catchThrowableOfType(
                SqlException.class,
                () -> timed.transaction(DEFAULT.timeout(Duration.ofSeconds(5)), tx -> {
                    tx.table("users").insert(user(1));
                    clock.advance(Duration.ofSeconds(6));
                    assertThatThrownBy(() -> tx.table("users").insert(user(2))).hasMessageContaining("timeout");
                }));
        assertThat(thrown).hasMessageContaining("timeout");
        assertThat(thrown.retryable()).isTrue();
        assertThat(users().count()).isZero();
    }

    @Test
    void retries_runTheBlockAnew_untilTwoThatReadAndWriteOneRowAgree() throws Exception {
        users().insert(Map.of("id", 1, "name", "0"));
        int threads = 4;
        int rounds = 5;
        AtomicInteger runs = new AtomicInteger();
        ExecutorService workers = Executors.newFixedThreadPool(threads);
        try {
            CountDownLatch start = new CountDownLatch(1);
            List<Future<?>> futures = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                futures.add(workers.submit(() -> {
                    await(start);
                    for (int round = 0; round < rounds; round++) {
                        db.transaction(DEFAULT.isolation(Isolation.SERIALIZABLE).retries(100), tx -> {
                            runs.incrementAndGet();
                            Table row = tx.table("users").where("id", 1);
                            int count =
                                    Integer.parseInt(row.first().orElseThrow().getString("name"));
                            row.update(Map.of("name", String.valueOf(count + 1)));
                        });
                    }
                }));
            }
            start.countDown();
            for (Future<?> future : futures) {
                future.get();
            }
        } finally {
            workers.shutdown();
        }
        assertThat(users().where("id", 1).first().orElseThrow().getString("name"))
                .isEqualTo(String.valueOf(threads * rounds));
        assertThat(runs.get()).isGreaterThanOrEqualTo(threads * rounds);
    }

    @Test
    void retries_areForConflictsOnly_andAreCounted() {
        AtomicInteger runs = new AtomicInteger();
        SqlException conflict = new SqlException(
                "planted",
                Failure.TRANSIENT,
                "40001",
                0,
                new SQLTransactionRollbackException("planted", "40001"),
                true);
        assertThatThrownBy(() -> db.transaction(DEFAULT.retries(3), tx -> {
                    runs.incrementAndGet();
                    throw conflict;
                }))
                .isSameAs(conflict);
        assertThat(runs.getAndSet(0)).isEqualTo(4);
        assertThatThrownBy(() -> db.transaction(DEFAULT.retries(3), tx -> {
                    runs.incrementAndGet();
                    throw new IllegalArgumentException("planted");
                }))
                .hasMessage("planted");
        assertThat(runs.getAndSet(0)).isEqualTo(1);
        assertThatThrownBy(() -> db.transaction(tx -> {
                    runs.incrementAndGet();
                    throw conflict;
                }))
                .isSameAs(conflict);
        assertThat(runs.get()).isEqualTo(1);
    }

    // ---- bad moments

    @Test
    void afterItsEnd_nothingOfATransactionWorks() {
        AtomicReference<Transaction> kept = new AtomicReference<>();
        AtomicReference<Table> table = new AtomicReference<>();
        AtomicReference<Stream<Row>> stream = new AtomicReference<>();
        users().insert(user(1));
        db.transaction(tx -> {
            kept.set(tx);
            table.set(tx.table("users"));
            stream.set(tx.table("users").stream());
        });
        recorder.clear();
        assertThatThrownBy(() -> table.get().list()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> table.get().insert(user(2))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> kept.get().table("users")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> kept.get().sql("select 1")).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> kept.get().connection()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> kept.get().savepoint(() -> {})).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> kept.get().rollbackOnly()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> stream.get().toList()).isInstanceOf(IllegalStateException.class);
        assertThat(recorder.sent()).isEmpty();
    }

    @Test
    void secondThread_insideACall_isRefused() throws Exception {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch refused = new CountDownLatch(1);
        ExecutorService other = Executors.newSingleThreadExecutor();
        try {
            db.transaction(tx -> {
                Future<?> first = other.submit(() -> tx.listener(Ledger.class, () -> {
                    inside.countDown();
                    await(refused);
                    return new Ledger();
                }));
                await(inside);
                assertThatThrownBy(() -> tx.table("users").count())
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("thread");
                refused.countDown();
                try {
                    first.get();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
                assertThat(tx.table("users").count()).isZero();
            });
        } finally {
            refused.countDown();
            other.shutdown();
        }
    }

    @Test
    void tablesMadeInside_areKnownInside_andForgottenWhenRolledBack() {
        if (!schemaChangesRollBack()) {
            assertThatThrownBy(() -> db.transaction(tx -> tx.sql("create table users2 (id bigint primary key)")
                            .execute()))
                    .isInstanceOf(IllegalStateException.class);
            return;
        }
        db.transaction(tx -> {
            tx.sql("create table users2 (id bigint primary key)").execute();
            tx.table("users2").insert(Map.of("id", 1));
            assertThat(tx.table("users2").count()).isEqualTo(1);
            tx.rollbackOnly();
        });
        assertRefused(() -> db.table("users2").count(), "table=users2");
    }

    /** Whether a rollback takes back what changed the schema. */
    protected boolean schemaChangesRollBack() {
        return true;
    }
}
