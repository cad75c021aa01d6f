package dev.weir.db;

import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All hooks of a database as one. */
final class Hooks implements TransactionHook {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    private final List<TransactionHook> hooks;

    Hooks(List<TransactionHook> hooks) {
        this.hooks = hooks;
    }

    @Override
    public void beforeCommit(CommitScope scope) {
        for (TransactionHook hook : hooks) {
            hook.beforeCommit(scope);
        }
    }

    @Override
    public void afterCommit(CommitScope scope) {
        each(scope, "afterCommit", hook -> hook.afterCommit(scope));
    }

    @Override
    public void afterRollback(CommitScope scope) {
        each(scope, "afterRollback", hook -> hook.afterRollback(scope));
    }

    @Override
    public void afterUnknown(CommitScope scope) {
        each(scope, "afterUnknown", hook -> hook.afterUnknown(scope));
    }

    private void each(CommitScope scope, String moment, Consumer<TransactionHook> tell) {
        for (TransactionHook hook : hooks) {
            try {
                tell.accept(hook);
            } catch (RuntimeException e) {
                LOG.warn(
                        "A transaction hook failed and is passed over: database={}, moment={}, hook={}",
                        scope.database(),
                        moment,
                        hook.getClass().getName(),
                        e);
            }
        }
    }
}
