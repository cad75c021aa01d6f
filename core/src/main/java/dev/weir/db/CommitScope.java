package dev.weir.db;

import java.util.Set;

/**
 * One transaction, as its hooks see it. The same object goes to each hook of one transaction, so that it can serve as a
 * key.
 */
public interface CommitScope {
    /** The database's name, {@code default} if it has none. */
    String database();

    /** The tables written, as the catalog spells them. Empty when {@link #allTables()}. */
    Set<String> tables();

    /** Whether it may have written any table: plain SQL whose tables nobody named. */
    boolean allTables();
}
