package dev.weir.db;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What differs between engines, one file an engine: quoting, the catalog, values, generated keys, bulk statements, errors.
 * Stateless and thread-safe.
 */
public interface Dialect {
    /** The engine's name: {@code sqlite}, {@code h2}, {@code postgresql}, {@code mariadb}, {@code mysql}. */
    String name();

    /** An identifier in the engine's quotes, whatever characters it has. */
    String quote(String identifier);

    /** What an error means. Never guesses {@link Failure#DATA}: unknown errors are {@link Failure#OTHER}. */
    Failure classify(SQLException error);

    /** Binds a value of the column in its canonical Java type. */
    void bind(PreparedStatement statement, int index, ColumnInfo column, @Nullable Object value) throws SQLException;

    /** Reads a value of the column in its canonical Java type. */
    @Nullable Object read(ResultSet rows, int index, ColumnInfo column) throws SQLException;

    /** Bulk statements in the engine's best form. */
    Bulk bulk();

    /**
     * Readies a connection for a flush: strict checking of what is written, so that the engine never clamps, truncates or
     * rounds silently. Called once after the connection was taken, outside a transaction; {@link #release} takes it back.
     */
    void prepareForFlush(Connection connection) throws SQLException;

    /** Takes back what {@link #prepareForFlush} set. */
    void release(Connection connection) throws SQLException;

    /**
     * CREATE TABLE statements for Weir's own tables, each harmless when the table is there.
     *
     * @param columns columns in Weir's small vocabulary; see {@link OwnColumn}
     */
    String createOwnTable(String table, List<OwnColumn> columns, List<String> primaryKey);

    /**
     * A column of one of Weir's own tables; not null.
     *
     * @param name its name
     * @param kind {@link ValueKind#INTEGER} for 64 bits, {@link ValueKind#TEXT}, {@link ValueKind#BYTES} or
     *     {@link ValueKind#INSTANT}
     * @param length for text: the longest, compared byte for byte; 0 for unbounded text that is never compared
     */
    record OwnColumn(String name, ValueKind kind, int length) {}
}
