package dev.weir.db;

/** What a {@link Database} needs of the buffer that stands behind {@code table(…).buffer()}. */
public interface WriteBehind {
    /** The buffer of a table. */
    TableBuffer table(String table);

    /** The buffer of a table whose operations travel with {@code transaction}. */
    TableBuffer table(String table, Transaction transaction);
}
