package dev.weir.db.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** H2's catalog: five queries a table. */
final class H2Catalog {
    private static final String COLUMNS = """
            SELECT COLUMN_NAME, DATA_TYPE, IS_NULLABLE, COLUMN_DEFAULT, IS_IDENTITY, IDENTITY_GENERATION, IS_GENERATED,
              CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE, DATETIME_PRECISION, COLLATION_NAME
            FROM INFORMATION_SCHEMA.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ? ORDER BY ORDINAL_POSITION""";

    /** By the key's index: KEY_COLUMN_USAGE goes on telling a column's old name after a rename. */
    private static final String PRIMARY_KEY = """
            SELECT i.COLUMN_NAME
            FROM INFORMATION_SCHEMA.TABLE_CONSTRAINTS c
            JOIN INFORMATION_SCHEMA.INDEX_COLUMNS i
              ON i.INDEX_SCHEMA = c.INDEX_SCHEMA AND i.INDEX_NAME = c.INDEX_NAME
            WHERE c.TABLE_SCHEMA = ? AND c.TABLE_NAME = ? AND c.CONSTRAINT_TYPE = 'PRIMARY KEY'
            ORDER BY i.ORDINAL_POSITION""";

    private static final String UNIQUE_INDEXES = """
            SELECT i.INDEX_NAME, c.COLUMN_NAME
            FROM INFORMATION_SCHEMA.INDEXES i
            JOIN INFORMATION_SCHEMA.INDEX_COLUMNS c
              ON c.INDEX_SCHEMA = i.INDEX_SCHEMA AND c.INDEX_NAME = i.INDEX_NAME
            WHERE i.TABLE_SCHEMA = ? AND i.TABLE_NAME = ? AND i.INDEX_TYPE_NAME = 'UNIQUE INDEX' AND c.IS_UNIQUE
            ORDER BY i.INDEX_NAME, c.ORDINAL_POSITION""";

    private static final String REFERENCES = """
            SELECT DISTINCT u.TABLE_NAME
            FROM INFORMATION_SCHEMA.REFERENTIAL_CONSTRAINTS r
            JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS c
              ON c.CONSTRAINT_SCHEMA = r.CONSTRAINT_SCHEMA AND c.CONSTRAINT_NAME = r.CONSTRAINT_NAME
            JOIN INFORMATION_SCHEMA.TABLE_CONSTRAINTS u
              ON u.CONSTRAINT_SCHEMA = r.UNIQUE_CONSTRAINT_SCHEMA AND u.CONSTRAINT_NAME = r.UNIQUE_CONSTRAINT_NAME
            WHERE c.TABLE_SCHEMA = ? AND c.TABLE_NAME = ? AND u.TABLE_SCHEMA = c.TABLE_SCHEMA ORDER BY 1""";

    private H2Catalog() {}

    private record Place(String schema, String name, boolean view) {}

    static List<String> tableNames(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT TABLE_NAME FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_SCHEMA = CURRENT_SCHEMA ORDER BY 1")) {
            return CatalogQueries.strings(statement);
        }
    }

    static Optional<TableInfo> describe(Connection connection, String name) throws SQLException {
        Place place = CatalogQueries.find(name, (schema, table) -> find(connection, schema, table));
        if (place == null) {
            return Optional.empty();
        }
        return Optional.of(new TableInfo(
                place.schema(),
                place.name(),
                columns(connection, place),
                strings(connection, place, PRIMARY_KEY),
                uniqueKeys(connection, place),
                strings(connection, place, REFERENCES),
                true,
                place.view()));
    }

    private static @Nullable Place find(Connection connection, @Nullable String schema, String name)
            throws SQLException {
        List<Place> places = new ArrayList<>();
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE = 'VIEW'"
                        + " FROM INFORMATION_SCHEMA.TABLES WHERE UPPER(TABLE_NAME) = UPPER(?) AND "
                        + (schema == null ? "TABLE_SCHEMA = CURRENT_SCHEMA" : "UPPER(TABLE_SCHEMA) = UPPER(?)"))) {
            statement.setString(1, name);
            if (schema != null) {
                statement.setString(2, schema);
            }
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    places.add(new Place(rows.getString(1), rows.getString(2), rows.getBoolean(3)));
                }
            }
        }
        for (Place place : places) {
            if (place.name().equals(name) && (schema == null || place.schema().equals(schema) || places.size() == 1)) {
                return place;
            }
        }
        return places.size() == 1 ? places.get(0) : null;
    }

    private static List<ColumnInfo> columns(Connection connection, Place place) throws SQLException {
        List<ColumnInfo> columns = new ArrayList<>();
        try (PreparedStatement statement = statement(connection, place, COLUMNS);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                columns.add(column(rows));
            }
        }
        return columns;
    }

    private static ColumnInfo column(ResultSet rows) throws SQLException {
        // A database that writes names in lower case writes the types' so, too.
        String type = rows.getString(2).toUpperCase(Locale.ROOT);
        ValueKind kind = kind(type);
        boolean generated = "ALWAYS".equals(rows.getString(6)) || "ALWAYS".equals(rows.getString(7));
        long length = rows.getLong(8);
        String collation = rows.getString(12);
        Integer precision = switch (kind) {
            case INTEGER -> bits(type);
            case DECIMAL -> type.equals("NUMERIC") ? Integer.valueOf(rows.getInt(9)) : null;
            default -> null;
        };
        Integer scale = switch (kind) {
            case DECIMAL -> type.equals("NUMERIC") ? Integer.valueOf(rows.getInt(10)) : null;
            case TIME, TIMESTAMP, INSTANT -> rows.getInt(11);
            default -> null;
        };
        boolean binary = switch (kind) {
            case TEXT ->
                !type.equals("CHARACTER")
                        && !type.equals("VARCHAR_IGNORECASE")
                        && (collation == null || collation.equals("OFF"));
            case BYTES -> !type.equals("BINARY");
            case DOUBLE, OTHER -> false;
            default -> true;
        };
        return new ColumnInfo(
                rows.getString(1),
                type,
                kind,
                rows.getString(3).equals("YES"),
                rows.getString(4) != null || rows.getString(5).equals("YES") || generated,
                generated,
                CatalogQueries.length(kind, length),
                precision,
                scale,
                binary);
    }

    private static List<List<String>> uniqueKeys(Connection connection, Place place) throws SQLException {
        Map<String, List<String>> keys = new LinkedHashMap<>();
        try (PreparedStatement statement = statement(connection, place, UNIQUE_INDEXES);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                keys.computeIfAbsent(rows.getString(1), index -> new ArrayList<>())
                        .add(rows.getString(2));
            }
        }
        return keys.values().stream().distinct().toList();
    }

    private static PreparedStatement statement(Connection connection, Place place, String sql) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        statement.setString(1, place.schema());
        statement.setString(2, place.name());
        return statement;
    }

    private static List<String> strings(Connection connection, Place place, String sql) throws SQLException {
        try (PreparedStatement statement = statement(connection, place, sql)) {
            return CatalogQueries.strings(statement);
        }
    }

    private static ValueKind kind(String type) {
        return switch (type) {
            case "TINYINT", "SMALLINT", "INTEGER", "BIGINT" -> ValueKind.INTEGER;
            case "NUMERIC", "DECFLOAT" -> ValueKind.DECIMAL;
            case "REAL", "DOUBLE PRECISION" -> ValueKind.DOUBLE;
            case "BOOLEAN" -> ValueKind.BOOLEAN;
            case "CHARACTER", "CHARACTER VARYING", "VARCHAR_IGNORECASE", "CHARACTER LARGE OBJECT" -> ValueKind.TEXT;
            case "BINARY", "BINARY VARYING", "BINARY LARGE OBJECT" -> ValueKind.BYTES;
            case "UUID" -> ValueKind.UUID;
            case "DATE" -> ValueKind.DATE;
            case "TIME" -> ValueKind.TIME;
            case "TIMESTAMP" -> ValueKind.TIMESTAMP;
            case "TIMESTAMP WITH TIME ZONE" -> ValueKind.INSTANT;
            default -> ValueKind.OTHER;
        };
    }

    private static int bits(String type) {
        return switch (type) {
            case "TINYINT" -> 8;
            case "SMALLINT" -> 16;
            case "INTEGER" -> 32;
            default -> 64;
        };
    }
}
