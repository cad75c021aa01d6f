package dev.weir.db.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * MariaDB's and MySQL's catalog: four queries a table. A comparison there ignores case, so each name is compared a second
 * time byte for byte; the first one keeps the server from opening every table.
 */
final class MariaDbCatalog {
    private static final String THIS_TABLE =
            " WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? AND BINARY TABLE_NAME = CAST(? AS BINARY)";

    private MariaDbCatalog() {}

    private record Place(String schema, String name, boolean view, boolean transactional) {}

    static List<String> tableNames(Connection connection) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT TABLE_NAME FROM information_schema.TABLES"
                        + " WHERE TABLE_SCHEMA = DATABASE() ORDER BY TABLE_NAME")) {
            return CatalogQueries.strings(statement);
        }
    }

    static Optional<TableInfo> describe(Connection connection, String name) throws SQLException {
        Place place = CatalogQueries.find(name, (schema, table) -> find(connection, schema, table));
        if (place == null) {
            return Optional.empty();
        }
        List<String> primary = new ArrayList<>();
        List<List<String>> unique = keys(connection, place, primary);
        return Optional.of(new TableInfo(
                place.schema(),
                place.name(),
                columns(connection, place),
                primary,
                unique,
                references(connection, place),
                place.transactional(),
                place.view()));
    }

    private static @Nullable Place find(Connection connection, @Nullable String schema, String name)
            throws SQLException {
        List<Place> places = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT t.TABLE_SCHEMA, t.TABLE_NAME, t.TABLE_TYPE LIKE '%VIEW', COALESCE(e.TRANSACTIONS, 'YES')"
                        + " FROM information_schema.TABLES t"
                        + " LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE"
                        + " WHERE t.TABLE_SCHEMA = COALESCE(?, DATABASE()) AND LOWER(t.TABLE_NAME) = LOWER(?)")) {
            statement.setString(1, schema);
            statement.setString(2, name);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    places.add(new Place(
                            rows.getString(1),
                            rows.getString(2),
                            rows.getBoolean(3),
                            rows.getString(4).equals("YES")));
                }
            }
        }
        for (Place place : places) {
            if (place.name().equals(name)) {
                return place;
            }
        }
        return places.size() == 1 ? places.get(0) : null;
    }

    private static PreparedStatement thisTable(Connection connection, Place place, String select, String rest)
            throws SQLException {
        PreparedStatement statement = connection.prepareStatement(select + THIS_TABLE + rest);
        statement.setString(1, place.schema());
        statement.setString(2, place.name());
        statement.setString(3, place.name());
        return statement;
    }

    private static List<ColumnInfo> columns(Connection connection, Place place) throws SQLException {
        List<ColumnInfo> columns = new ArrayList<>();
        try (PreparedStatement statement = thisTable(
                        connection,
                        place,
                        "SELECT COLUMN_NAME, DATA_TYPE, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, EXTRA, COLLATION_NAME,"
                                + " CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION"
                                + " FROM information_schema.COLUMNS",
                        " ORDER BY ORDINAL_POSITION");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                columns.add(column(rows));
            }
        }
        return columns;
    }

    private static ColumnInfo column(ResultSet rows) throws SQLException {
        String type = rows.getString(2).toLowerCase(Locale.ROOT);
        String declared = rows.getString(3).toLowerCase(Locale.ROOT);
        String standard = rows.getString(5);
        String extra = rows.getString(6).toUpperCase(Locale.ROOT);
        String collation = rows.getString(7);
        ValueKind kind = kind(type, declared);
        boolean generated = extra.contains("VIRTUAL GENERATED")
                || extra.contains("STORED GENERATED")
                || extra.contains("PERSISTENT");
        long length = rows.getLong(8);
        Integer precision = switch (kind) {
            case INTEGER -> bits(type) + (declared.contains("unsigned") ? 1 : 0);
            case DECIMAL -> rows.getInt(9);
            default -> null;
        };
        Integer scale = switch (kind) {
            case DECIMAL -> rows.getInt(10);
            case TIME, TIMESTAMP, INSTANT -> rows.getInt(11);
            default -> null;
        };
        return new ColumnInfo(
                rows.getString(1),
                declared,
                kind,
                rows.getString(4).equals("YES"),
                (standard != null && !standard.equals("NULL")) || extra.contains("AUTO_INCREMENT") || generated,
                generated,
                CatalogQueries.length(kind, length),
                precision,
                scale,
                binary(kind, type, collation));
    }

    /** A CHAR loses its trailing spaces whatever its collation. */
    private static boolean binary(ValueKind kind, String type, @Nullable String collation) {
        return switch (kind) {
            case TEXT ->
                !type.equals("char")
                        && !type.equals("enum")
                        && !type.equals("set")
                        && collation != null
                        && (collation.endsWith("_nopad_bin") || collation.equals("utf8mb4_0900_bin"));
            case DOUBLE, OTHER -> false;
            default -> true;
        };
    }

    private static List<List<String>> keys(Connection connection, Place place, List<String> primary)
            throws SQLException {
        Map<String, List<String>> unique = new LinkedHashMap<>();
        Set<String> partial = new HashSet<>();
        try (PreparedStatement statement = thisTable(
                        connection,
                        place,
                        "SELECT INDEX_NAME, COLUMN_NAME, SUB_PART FROM information_schema.STATISTICS",
                        " AND NON_UNIQUE = 0 ORDER BY INDEX_NAME, SEQ_IN_INDEX");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                String index = rows.getString(1);
                String column = rows.getString(2);
                if (column == null || rows.getObject(3) != null) {
                    partial.add(index);
                } else if (index.equals("PRIMARY")) {
                    primary.add(column);
                } else {
                    unique.computeIfAbsent(index, ignored -> new ArrayList<>()).add(column);
                }
            }
        }
        unique.keySet().removeAll(partial);
        if (partial.contains("PRIMARY")) {
            primary.clear();
        }
        return List.copyOf(unique.values());
    }

    private static List<String> references(Connection connection, Place place) throws SQLException {
        try (PreparedStatement statement = thisTable(
                connection,
                place,
                "SELECT DISTINCT REFERENCED_TABLE_NAME FROM information_schema.KEY_COLUMN_USAGE",
                " AND REFERENCED_TABLE_SCHEMA = TABLE_SCHEMA ORDER BY REFERENCED_TABLE_NAME")) {
            return CatalogQueries.strings(statement);
        }
    }

    private static ValueKind kind(String type, String declared) {
        if (declared.equals("tinyint(1)") || declared.equals("bit(1)")) {
            return ValueKind.BOOLEAN;
        }
        return switch (type) {
            case "tinyint", "smallint", "mediumint", "int", "bigint", "year" -> ValueKind.INTEGER;
            case "decimal" -> ValueKind.DECIMAL;
            case "float", "double" -> ValueKind.DOUBLE;
            case "char", "varchar", "tinytext", "text", "mediumtext", "longtext", "enum", "set", "json" ->
                ValueKind.TEXT;
            case "binary", "varbinary", "tinyblob", "blob", "mediumblob", "longblob" -> ValueKind.BYTES;
            case "uuid" -> ValueKind.UUID;
            case "date" -> ValueKind.DATE;
            case "time" -> ValueKind.TIME;
            case "datetime" -> ValueKind.TIMESTAMP;
            case "timestamp" -> ValueKind.INSTANT;
            default -> ValueKind.OTHER;
        };
    }

    private static int bits(String type) {
        return switch (type) {
            case "tinyint" -> 8;
            case "smallint", "year" -> 16;
            case "mediumint" -> 24;
            case "int" -> 32;
            default -> 64;
        };
    }
}
