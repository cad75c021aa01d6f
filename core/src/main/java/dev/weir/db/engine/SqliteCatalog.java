package dev.weir.db.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** SQLite's catalog: five queries a table. */
final class SqliteCatalog {
    private SqliteCatalog() {}

    /** Where a table was found; {@code schema} is never empty here. */
    private record Place(String schema, String name, boolean view, boolean withoutRowid) {}

    private record RawColumn(
            String name, String type, boolean notNull, boolean defaulted, int keyPosition, int hidden) {}

    static List<String> tableNames(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT name FROM pragma_table_list WHERE schema IN ('main', 'temp')"
                        + " AND type IN ('table', 'view', 'virtual') AND name NOT LIKE 'sqlite~_%' ESCAPE '~'"
                        + " ORDER BY name")) {
            return CatalogQueries.strings(statement);
        }
    }

    static Optional<TableInfo> describe(SqliteDialect dialect, Connection connection, String name) throws SQLException {
        Place place = find(connection, null, name);
        String schema = "";
        int dot = name.indexOf('.');
        if (place == null && dot > 0) {
            place = find(connection, name.substring(0, dot), name.substring(dot + 1));
            schema = place == null || place.equals(find(connection, null, place.name())) ? "" : place.schema();
        }
        return place == null ? Optional.empty() : Optional.of(describe(dialect, connection, place, schema));
    }

    /** Names differ in SQLite by more than ASCII case; an unqualified one means temporary tables first. */
    private static @Nullable Place find(Connection connection, @Nullable String schema, String name)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT schema, name, type, wr FROM pragma_table_list WHERE name = ?1 COLLATE NOCASE"
                        + (schema == null ? "" : " AND schema = ?2 COLLATE NOCASE")
                        + " ORDER BY CASE schema WHEN 'temp' THEN 0 WHEN 'main' THEN 1 ELSE 2 END")) {
            statement.setString(1, name);
            if (schema != null) {
                statement.setString(2, schema);
            }
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next()
                        ? new Place(
                                rows.getString(1),
                                rows.getString(2),
                                rows.getString(3).equals("view"),
                                rows.getBoolean(4))
                        : null;
            }
        }
    }

    private static TableInfo describe(SqliteDialect dialect, Connection connection, Place place, String schema)
            throws SQLException {
        List<RawColumn> raw = columns(connection, place);
        Map<Integer, String> primary = new TreeMap<>();
        for (RawColumn column : raw) {
            if (column.keyPosition() > 0) {
                primary.put(column.keyPosition(), column.name());
            }
        }
        Set<String> otherwise = new HashSet<>();
        List<List<String>> unique = place.view() ? List.of() : uniqueKeys(connection, place, otherwise);
        boolean[] binary = binary(dialect, connection, place, raw);
        List<ColumnInfo> columns = new ArrayList<>();
        for (int i = 0; i < raw.size(); i++) {
            RawColumn column = raw.get(i);
            boolean rowid = primary.size() == 1
                    && column.keyPosition() == 1
                    && !place.withoutRowid()
                    && column.type().equalsIgnoreCase("INTEGER");
            columns.add(column(column, rowid, binary[i] && !otherwise.contains(column.name())));
        }
        return new TableInfo(
                schema,
                place.name(),
                columns,
                List.copyOf(primary.values()),
                unique,
                references(connection, place),
                true,
                place.view());
    }

    private static List<RawColumn> columns(Connection connection, Place place) throws SQLException {
        List<RawColumn> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk, hidden FROM pragma_table_xinfo(?, ?)"
                        + " WHERE hidden <> 1 ORDER BY cid")) {
            statement.setString(1, place.name());
            statement.setString(2, place.schema());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String type = rows.getString(2);
                    columns.add(new RawColumn(
                            rows.getString(1),
                            type == null ? "" : type,
                            rows.getBoolean(3),
                            rows.getBoolean(4),
                            rows.getInt(5),
                            rows.getInt(6)));
                }
            }
        }
        return columns;
    }

    /** Fills {@code otherwise} with the columns that some index of a key compares in another way than byte for byte. */
    private static List<List<String>> uniqueKeys(Connection connection, Place place, Set<String> otherwise)
            throws SQLException {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        Set<String> skipped = new HashSet<>();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT i.name, i.origin = 'pk', c.cid, c.name, c.coll"
                        + " FROM pragma_index_list(?1, ?2) i, pragma_index_xinfo(i.name, ?2) c"
                        + " WHERE i.\"unique\" AND NOT i.partial AND c.key ORDER BY i.seq, c.seqno")) {
            statement.setString(1, place.name());
            statement.setString(2, place.schema());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String index = rows.getString(1);
                    String column = rows.getString(4);
                    if (rows.getBoolean(2) || rows.getInt(3) < 0 || column == null) {
                        skipped.add(index);
                    } else {
                        keys.computeIfAbsent(index, ignored -> new ArrayList<>())
                                .add(column);
                    }
                    if (column != null && !"BINARY".equals(rows.getString(5))) {
                        otherwise.add(column);
                    }
                }
            }
        }
        keys.keySet().removeAll(skipped);
        return List.copyOf(keys.values());
    }

    private static List<String> references(Connection connection, Place place) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT DISTINCT \"table\" FROM pragma_foreign_key_list(?, ?)")) {
            statement.setString(1, place.name());
            statement.setString(2, place.schema());
            return CatalogQueries.strings(statement);
        }
    }

    /** A row may break a key of any table: by a cascade or a trigger also one that no statement names. */
    static long brokenKeys(Connection connection) throws SQLException {
        long broken = 0;
        try (PreparedStatement tables =
                        connection.prepareStatement("SELECT DISTINCT t.name, t.schema FROM pragma_table_list t,"
                                + " pragma_foreign_key_list(t.name, t.schema) ORDER BY t.schema, t.name");
                ResultSet rows = tables.executeQuery()) {
            while (rows.next()) {
                broken += brokenKeys(connection, rows.getString(1), rows.getString(2));
            }
        }
        return broken;
    }

    private static long brokenKeys(Connection connection, String table, String schema) throws SQLException {
        try (PreparedStatement check =
                connection.prepareStatement("SELECT count(*) FROM pragma_foreign_key_check(?, ?)")) {
            check.setString(1, table);
            check.setString(2, schema);
            try (ResultSet rows = check.executeQuery()) {
                return rows.next() ? rows.getLong(1) : 0;
            }
        } catch (SQLException e) {
            if (String.valueOf(e.getMessage()).contains("foreign key mismatch")) {
                // Declared so that the engine can't check it; a statement that meets it fails by itself.
                return 0;
            }
            throw e;
        }
    }

    /**
     * Asks the engine to compare texts as each column would: no pragma tells the collation of a column. The union gives the
     * text the column's collation without reading the table.
     */
    private static boolean[] binary(SqliteDialect dialect, Connection connection, Place place, List<RawColumn> columns)
            throws SQLException {
        boolean[] binary = new boolean[columns.size()];
        Arrays.fill(binary, true);
        if (place.view()) {
            return binary;
        }
        List<Integer> texts = new ArrayList<>();
        for (int i = 0; i < binary.length; i++) {
            if (kind(columns.get(i).type()) == ValueKind.TEXT
                    || kind(columns.get(i).type()) == ValueKind.OTHER) {
                texts.add(i);
            }
        }
        // A compound of too many terms is refused by the engine, so there is one column a term of the list instead.
        for (int from = 0; from < texts.size(); from += 500) {
            List<Integer> some = texts.subList(from, Math.min(texts.size(), from + 500));
            String names = some.stream()
                    .map(i -> dialect.quote(columns.get(i).name()) + " AS c" + i)
                    .collect(Collectors.joining(", "));
            String texts1 = some.stream().map(i -> "'a'").collect(Collectors.joining(", "));
            String tests = some.stream().map(i -> "c" + i + " IN ('A', 'a ')").collect(Collectors.joining(", "));
            try (PreparedStatement statement = connection.prepareStatement("SELECT " + tests + " FROM (SELECT " + names
                            + " FROM " + dialect.quote(place.schema()) + "." + dialect.quote(place.name())
                            + " WHERE 0 UNION ALL SELECT " + texts1 + ")");
                    ResultSet rows = statement.executeQuery()) {
                rows.next();
                for (int i = 0; i < some.size(); i++) {
                    binary[some.get(i)] = !rows.getBoolean(i + 1);
                }
            }
        }
        return binary;
    }

    private static ColumnInfo column(RawColumn raw, boolean rowid, boolean binary) {
        ValueKind kind = kind(raw.type());
        int[] sizes = sizes(raw.type());
        boolean generated = raw.hidden() >= 2;
        Integer precision = switch (kind) {
            case INTEGER -> Integer.valueOf(64);
            case DECIMAL -> sizes.length > 0 ? Integer.valueOf(sizes[0]) : null;
            default -> null;
        };
        Integer scale = switch (kind) {
            case DECIMAL -> sizes.length > 1 ? Integer.valueOf(sizes[1]) : sizes.length == 1 ? 0 : null;
            case TIME, INSTANT -> Integer.valueOf(9);
            default -> null;
        };
        return new ColumnInfo(
                raw.name(),
                raw.type(),
                kind,
                !raw.notNull() && !rowid,
                raw.defaulted() || generated || rowid,
                generated,
                null,
                precision,
                scale,
                kind != ValueKind.DOUBLE && binary);
    }

    /** The kind of a declared type, along the engine's own rules of affinity where these decide. */
    static ValueKind kind(String declared) {
        String type =
                declared.toUpperCase(Locale.ROOT).replaceAll("\\(.*\\)", "").trim();
        if (type.startsWith("TIMESTAMP") || type.startsWith("DATETIME")) {
            return ValueKind.INSTANT;
        } else if (type.equals("DATE")) {
            return ValueKind.DATE;
        } else if (type.equals("TIME")) {
            return ValueKind.TIME;
        } else if (type.equals("UUID")) {
            return ValueKind.UUID;
        } else if (type.equals("BOOLEAN") || type.equals("BOOL")) {
            return ValueKind.BOOLEAN;
        } else if (type.contains("POINT") || type.contains("INTERVAL")) {
            return ValueKind.OTHER;
        } else if (type.contains("INT")) {
            return ValueKind.INTEGER;
        } else if (type.contains("CHAR") || type.contains("CLOB") || type.contains("TEXT")) {
            return ValueKind.TEXT;
        } else if (type.contains("BLOB") || type.contains("BINARY")) {
            return ValueKind.BYTES;
        } else if (type.contains("REAL") || type.contains("FLOA") || type.contains("DOUB")) {
            return ValueKind.DOUBLE;
        } else if (type.startsWith("DECIMAL") || type.startsWith("NUMERIC")) {
            return ValueKind.DECIMAL;
        }
        return ValueKind.OTHER;
    }

    private static int[] sizes(String declared) {
        int open = declared.indexOf('(');
        int close = declared.indexOf(')', open + 1);
        if (open < 0 || close < 0) {
            return new int[0];
        }
        try {
            return Arrays.stream(declared.substring(open + 1, close).split(","))
                    .mapToInt(size -> Integer.parseInt(size.trim()))
                    .toArray();
        } catch (NumberFormatException e) {
            return new int[0];
        }
    }
}
