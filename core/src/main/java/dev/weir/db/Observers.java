package dev.weir.db;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who hears of one transaction, its own listeners and the hooks of its database, and what they are told: the tables written.
 * Used within calls of its transaction only.
 */
final class Observers {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final String database;
    private final TransactionHook hooks;
    private final Map<Class<?>, Transaction.Listener> listeners = new LinkedHashMap<>();
    private final Set<String> written = new LinkedHashSet<>();
    private boolean writtenAny;
    private boolean closed;
    /** Made once: hooks take it for a key. */
    private @Nullable Scope scope;

    Observers(String database, TransactionHook hooks) {
        this.database = database;
        this.hooks = hooks;
    }

    void wrote(Written tables) {
        written.addAll(tables.tables());
        writtenAny |= tables.all();
    }

    <L extends Transaction.Listener> L listener(Class<L> type, Supplier<L> make) {
        Transaction.Listener known = listeners.get(type);
        if (known != null) {
            return type.cast(known);
        }
        if (closed) {
            throw new IllegalStateException("The transaction is about to commit and takes no new listener: listener="
                    + type.getName() + ". Register it in the block.");
        }
        L made = Objects.requireNonNull(make.get(), "listener");
        listeners.put(type, made);
        return made;
    }

    // ---- savepoints

    /** What each listener wants to be given back if the savepoint that is being set is rolled back. */
    IdentityHashMap<Transaction.Listener, @Nullable Object> marks() {
        IdentityHashMap<Transaction.Listener, @Nullable Object> marks = new IdentityHashMap<>();
        for (Transaction.Listener listener : listeners.values()) {
            marks.put(listener, listener.mark());
        }
        return marks;
    }

    void rollbackTo(IdentityHashMap<Transaction.Listener, @Nullable Object> marks) {
        for (Transaction.Listener listener : listeners.values()) {
            listener.rollbackTo(marks.get(listener));
        }
    }

    // ---- the end

    /** The listeners' last chance to write. */
    void listenersBeforeCommit() {
        closed = true;
        for (Transaction.Listener listener : listeners.values()) {
            listener.beforeCommit();
        }
    }

    void hooksBeforeCommit() {
        if (scope().wrote()) {
            hooks.beforeCommit(scope());
        }
    }

    void afterCommit() {
        tell(hooks::afterCommit, Transaction.Listener::afterCommit);
    }

    void afterRollback() {
        tell(hooks::afterRollback, Transaction.Listener::afterRollback);
    }

    void afterUnknown() {
        tell(hooks::afterUnknown, Transaction.Listener::afterUnknown);
    }

    private void tell(Consumer<CommitScope> hook, Consumer<Transaction.Listener> each) {
        if (scope().wrote()) {
            hook.accept(scope());
        }
        for (Transaction.Listener listener : new ArrayList<>(listeners.values())) {
            try {
                each.accept(listener);
            } catch (RuntimeException e) {
                LOG.warn(
                        "A transaction listener failed and is passed over: database={}, listener={}",
                        database,
                        listener.getClass().getName(),
                        e);
            }
        }
    }

    private Scope scope() {
        Scope made = scope;
        if (made == null) {
            made = new Scope(database, writtenAny ? Set.of() : Set.copyOf(written), writtenAny);
            scope = made;
        }
        return made;
    }

    /** Equal only to itself. */
    private static final class Scope implements CommitScope {
        private final String database;
        private final Set<String> tables;
        private final boolean allTables;

        Scope(String database, Set<String> tables, boolean allTables) {
            this.database = database;
            this.tables = tables;
            this.allTables = allTables;
        }

        boolean wrote() {
            return allTables || !tables.isEmpty();
        }

        @Override
        public String database() {
            return database;
        }

        @Override
        public Set<String> tables() {
            return tables;
        }

        @Override
        public boolean allTables() {
            return allTables;
        }
    }
}
