package dev.weir.db.engine;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** PostgreSQL's catalog: four queries a table. */
final class PostgresCatalog {
    private static final String RELATIONS =
            " FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace"
                    + " WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND ";

    /** The base type of a domain takes its place, with the domain's length, NOT NULL and default. */
    private static final String COLUMNS = """
            WITH RECURSIVE base(num, type, modifier, not_null, has_default) AS (
              SELECT attnum, atttypid, atttypmod, attnotnull, atthasdef OR attidentity <> ''
              FROM pg_catalog.pg_attribute WHERE attrelid = ? AND attnum > 0 AND NOT attisdropped
              UNION ALL
              SELECT b.num, t.typbasetype, CASE b.modifier WHEN -1 THEN t.typtypmod ELSE b.modifier END,
                b.not_null OR t.typnotnull, b.has_default OR t.typdefault IS NOT NULL
              FROM base b JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype = 'd')
            SELECT a.attname, t.typname, b.modifier, b.not_null, b.has_default,
              a.attgenerated <> '' OR a.attidentity = 'a', coalesce(l.collisdeterministic, true)
            FROM base b
            JOIN pg_catalog.pg_attribute a ON a.attrelid = ? AND a.attnum = b.num
            JOIN pg_catalog.pg_type t ON t.oid = b.type AND t.typtype <> 'd'
            LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation
            ORDER BY a.attnum""";

    private static final String KEYS = """
            SELECT i.indexrelid, i.indisprimary, a.attname
            FROM pg_catalog.pg_index i
            CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(num, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.num
            WHERE i.indrelid = ? AND i.indisunique AND i.indisvalid AND i.indimmediate
              AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
            ORDER BY i.indexrelid, k.place""";

    private static final String REFERENCES = """
            SELECT DISTINCT r.relname
            FROM pg_catalog.pg_constraint k
            JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
            JOIN pg_catalog.pg_class r ON r.oid = k.confrelid AND r.relnamespace = c.relnamespace
            WHERE k.conrelid = ? AND k.contype = 'f' ORDER BY 1""";

    private PostgresCatalog() {}

    private record Place(long oid, String schema, String name, boolean view) {}

    static List<String> tableNames(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT c.relname" + RELATIONS + "n.nspname = current_schema() ORDER BY 1")) {
            return CatalogQueries.strings(statement);
        }
    }

    static Optional<TableInfo> describe(Connection connection, String name) throws SQLException {
        Place place = CatalogQueries.find(name, (schema, table) -> find(connection, schema, table));
        if (place == null) {
            return Optional.empty();
        }
        List<ColumnInfo> columns = columns(connection, place);
        List<String> primary = new ArrayList<>();
        List<List<String>> unique = keys(connection, place, primary);
        return Optional.of(new TableInfo(
                place.schema(),
                place.name(),
                columns,
                primary,
                unique,
                references(connection, place),
                true,
                place.view()));
    }

    private static @Nullable Place find(Connection connection, @Nullable String schema, String name)
            throws SQLException {
        String where = schema == null
                ? "n.nspname = ANY (pg_catalog.current_schemas(false)) AND lower(c.relname) = lower(?) ORDER BY"
                        + " (c.relname = ?) DESC, array_position(pg_catalog.current_schemas(false), n.nspname)"
                : "lower(c.relname) = lower(?) AND lower(n.nspname) = lower(?) ORDER BY"
                        + " (c.relname = ? AND n.nspname = ?) DESC";
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT c.oid, n.nspname, c.relname, c.relkind IN ('v', 'm')" + RELATIONS + where)) {
            int index = 1;
            for (int i = 0; i < 2; i++) {
                statement.setString(index++, name);
                if (schema != null) {
                    statement.setString(index++, schema);
                }
            }
            try (ResultSet rows = statement.executeQuery()) {
                if (!rows.next()) {
                    return null;
                }
                Place place = new Place(rows.getLong(1), rows.getString(2), rows.getString(3), rows.getBoolean(4));
                boolean exact = place.name().equals(name)
                        && (schema == null || place.schema().equals(schema));
                if (exact || !rows.next()) {
                    return place;
                }
                // Several differ by case alone; in the first schema of the search path one may still stand alone.
                boolean sameSchema = rows.getString(2).equals(place.schema());
                return schema == null && !sameSchema ? place : null;
            }
        }
    }

    private static List<ColumnInfo> columns(Connection connection, Place place) throws SQLException {
        List<ColumnInfo> columns = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(COLUMNS)) {
            statement.setLong(1, place.oid());
            statement.setLong(2, place.oid());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    String type = rows.getString(2);
                    ValueKind kind = kind(type);
                    int modifier = rows.getInt(3);
                    boolean generated = rows.getBoolean(6);
                    columns.add(new ColumnInfo(
                            rows.getString(1),
                            type,
                            kind,
                            !rows.getBoolean(4),
                            rows.getBoolean(5) || generated,
                            generated,
                            kind == ValueKind.TEXT && modifier >= 4 ? modifier - 4 : null,
                            precision(type, modifier),
                            scale(type, modifier),
                            rows.getBoolean(7)
                                    && kind != ValueKind.DOUBLE
                                    && kind != ValueKind.OTHER
                                    && (kind != ValueKind.TEXT || type.equals("text") || type.equals("varchar"))));
                }
            }
        }
        return columns;
    }

    private static List<List<String>> keys(Connection connection, Place place, List<String> primary)
            throws SQLException {
        Map<Long, List<String>> unique = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(KEYS)) {
            statement.setLong(1, place.oid());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    (rows.getBoolean(2) ? primary : unique.computeIfAbsent(rows.getLong(1), index -> new ArrayList<>()))
                            .add(rows.getString(3));
                }
            }
        }
        return List.copyOf(unique.values());
    }

    private static List<String> references(Connection connection, Place place) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(REFERENCES)) {
            statement.setLong(1, place.oid());
            return CatalogQueries.strings(statement);
        }
    }

    static ValueKind kind(String type) {
        return switch (type) {
            case "int2", "int4", "int8" -> ValueKind.INTEGER;
            case "numeric" -> ValueKind.DECIMAL;
            case "float4", "float8" -> ValueKind.DOUBLE;
            case "bool" -> ValueKind.BOOLEAN;
            case "text", "varchar", "bpchar", "citext", "json", "jsonb" -> ValueKind.TEXT;
            case "bytea" -> ValueKind.BYTES;
            case "uuid" -> ValueKind.UUID;
            case "date" -> ValueKind.DATE;
            case "time" -> ValueKind.TIME;
            case "timestamp" -> ValueKind.TIMESTAMP;
            case "timestamptz" -> ValueKind.INSTANT;
            default -> ValueKind.OTHER;
        };
    }

    private static @Nullable Integer precision(String type, int modifier) {
        return switch (type) {
            case "int2" -> 16;
            case "int4" -> 32;
            case "int8" -> 64;
            case "numeric" -> modifier < 4 ? null : Integer.valueOf((modifier - 4) >> 16 & 0xFFFF);
            default -> null;
        };
    }

    /** A numeric's scale is kept in 11 bits with sign. */
    private static @Nullable Integer scale(String type, int modifier) {
        return switch (type) {
            case "numeric" -> modifier < 4 ? null : Integer.valueOf(((modifier - 4) << 21) >> 21);
            case "time", "timestamp", "timestamptz" -> modifier < 0 ? 6 : modifier;
            default -> null;
        };
    }
}
