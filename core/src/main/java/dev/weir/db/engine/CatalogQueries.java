package dev.weir.db.engine;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the engines' catalogs share: which table a name means, and what is asked of all in the same way. */
final class CatalogQueries {
    private CatalogQueries() {}

    /** Where a catalog finds a table, {@code P} being what it keeps of the place. */
    interface Finder<P> {
        /** The table of that name, in the schema in use if none is given; null if there is none. */
        @Nullable P find(@Nullable String schema, String name) throws SQLException;
    }

    /** A name is a table's in the schema in use, dots included; else it may be {@code schema.table}. */
    static <P> @Nullable P find(String name, Finder<P> finder) throws SQLException {
        P place = finder.find(null, name);
        int dot = name.indexOf('.');
        return place == null && dot > 0 ? finder.find(name.substring(0, dot), name.substring(dot + 1)) : place;
    }

    /** The first column of an answer. */
    static List<String> strings(PreparedStatement statement) throws SQLException {
        List<String> strings = new ArrayList<>();
        try (ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        }
        return strings;
    }

    /** The longest text or bytes that a column takes; null if it is of another kind or the engine has no bound. */
    static @Nullable Integer length(ValueKind kind, long declared) {
        return (kind == ValueKind.TEXT || kind == ValueKind.BYTES) && declared > 0 && declared <= Integer.MAX_VALUE
                ? Integer.valueOf((int) declared)
                : null;
    }
}
