package dev.weir.schema.engine;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.model.Column;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.DefaultValue;
import dev.weir.schema.model.ForeignKey;
import dev.weir.schema.model.Index;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalKey;
import dev.weir.schema.physical.PhysicalTable;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What PostgreSQL makes of a declared table. A value list and {@code unsigned} become checks; {@code unique} becomes a unique
 * index, which can be built while others write. The raw types {@code serial}, {@code bigserial} and {@code smallserial} are
 * taken as what they stand for.
 */
final class PostgresDeclared {
    private static final Pattern CONSTRAINT_PART = Pattern.compile("(?:^|\\s)(?:WITH\\s+\\S|WITHOUT\\s+OVERLAPS$)");

    private final Dialect dialect;

    PostgresDeclared(Dialect dialect) {
        this.dialect = dialect;
    }

    PhysicalTable physical(Table table) {
        List<PhysicalCheck> checks = new ArrayList<>();
        table.checks().forEach((name, condition) -> checks.add(new PhysicalCheck(name, condition, true)));
        for (Column column : table.columns()) {
            typeCheck(table, column, checks);
        }
        checks.sort(Comparator.comparing(PhysicalCheck::name));
        return new PhysicalTable(
                table.name(),
                table.columns().stream().map(column -> column(table, column)).toList(),
                table.primaryKey().isEmpty()
                        ? null
                        : new PhysicalKey(Names.primaryKey(table.name()), table.primaryKey()),
                table.indexes().stream()
                        .map(index -> index(table, index))
                        .sorted(Comparator.comparing(PhysicalIndex::name))
                        .toList(),
                table.foreignKeys().stream()
                        .map(key -> foreignKey(table, key))
                        .sorted(Comparator.comparing(PhysicalForeignKey::name))
                        .toList(),
                checks,
                table.comment(),
                table.options(),
                List.of());
    }

    private void typeCheck(Table table, Column column, List<PhysicalCheck> checks) {
        String name = dialect.quote(column.name());
        if (column.type().kind() == ColumnType.Kind.ENUM) {
            String values =
                    column.type().values().stream().map(PostgresDeclared::text).collect(Collectors.joining(", "));
            checks.add(new PhysicalCheck(
                    Names.check(table.name(), column.name(), "values"), name + " IN (" + values + ")", true));
        } else if (column.type().unsigned()) {
            checks.add(new PhysicalCheck(Names.check(table.name(), column.name(), "unsigned"), name + " >= 0", true));
        }
    }

    private static PhysicalColumn column(Table table, Column column) {
        String serial = column.type().kind() == ColumnType.Kind.RAW
                ? PostgresType.serial(Objects.requireNonNull(column.type().raw()))
                : null;
        return new PhysicalColumn(
                column.name(),
                serial != null ? serial : type(column.type()),
                serial == null
                        && column.nullable()
                        && column.identity() == null
                        && !table.primaryKey().contains(column.name()),
                column.defaultValue() == null ? null : literal(column.type().kind(), column.defaultValue()),
                column.generated(),
                column.stored(),
                serial != null ? PostgresDdl.SERIAL : identity(column.identity()),
                column.collation(),
                column.comment());
    }

    private static @Nullable String identity(Column.@Nullable Identity identity) {
        if (identity == null) {
            return null;
        }
        return identity == Column.Identity.ALWAYS ? "ALWAYS" : "BY DEFAULT";
    }

    private static String type(ColumnType type) {
        return switch (type.kind()) {
            case INCREMENTS, INTEGER -> "integer";
            case BIG_INCREMENTS, BIG_INTEGER -> "bigint";
            case SMALL_INTEGER -> "smallint";
            case FLOAT -> type.precision() != null && type.precision() <= 24 ? "real" : "double precision";
            case DECIMAL ->
                "numeric(" + Objects.requireNonNullElse(type.precision(), 10) + ","
                        + Objects.requireNonNullElse(type.scale(), 2) + ")";
            case STRING -> "character varying(" + Objects.requireNonNullElse(type.length(), 255) + ")";
            case NANOID -> "character varying(" + Objects.requireNonNullElse(type.length(), 21) + ")";
            case ENUM -> "character varying";
            case TEXT -> "text";
            case BOOLEAN -> "boolean";
            case DATE -> "date";
            case DATETIME -> "timestamp" + seconds(type) + " without time zone";
            case TIMESTAMP -> "timestamp" + seconds(type) + " with time zone";
            case TIME -> "time" + seconds(type) + " without time zone";
            case BINARY -> "bytea";
            case JSON -> "json";
            case JSONB -> "jsonb";
            case UUID -> "uuid";
            case RAW -> Objects.requireNonNull(type.raw());
        };
    }

    private static String seconds(ColumnType type) {
        return type.scale() == null ? "" : "(" + type.scale() + ")";
    }

    private static @Nullable String literal(ColumnType.Kind kind, DefaultValue value) {
        if (value.sql() != null) {
            return value.sql().strip().equalsIgnoreCase("null") ? null : value.sql();
        }
        Object given = Objects.requireNonNull(value.value());
        return switch (kind) {
            case INCREMENTS, BIG_INCREMENTS, SMALL_INTEGER, INTEGER, BIG_INTEGER, FLOAT, DECIMAL, RAW -> plain(given);
            case BOOLEAN -> given instanceof Number number ? String.valueOf(number.doubleValue() != 0) : plain(given);
            default -> text(given instanceof Number ? unquoted(given) : given.toString());
        };
    }

    private static String plain(Object value) {
        if (value instanceof Boolean) {
            return value.toString();
        }
        return value instanceof Number && isFinite(value) ? unquoted(value) : text(value.toString());
    }

    private static boolean isFinite(Object number) {
        double value = ((Number) number).doubleValue();
        boolean binary = number instanceof Double || number instanceof Float;
        return !binary || !(Double.isNaN(value) || Double.isInfinite(value));
    }

    private static String unquoted(Object number) {
        return isFinite(number) ? new BigDecimal(number.toString()).toPlainString() : number.toString();
    }

    private static String text(String value) {
        return "'" + value.replace("'", "''") + "'";
    }

    private static PhysicalIndex index(Table table, Index index) {
        String method = index.method() == null || index.method().strip().equalsIgnoreCase("btree")
                ? null
                : index.method().strip();
        return new PhysicalIndex(
                index.name() == null ? Names.index(table.name(), index) : index.name(),
                index.parts().stream()
                        .map(part -> new PhysicalIndex.Part(
                                part.text(), part.expression(), part.descending(), part.options()))
                        .toList(),
                index.unique(),
                method,
                index.where(),
                constraint(index),
                true);
    }

    private static PhysicalForeignKey foreignKey(Table table, ForeignKey key) {
        return new PhysicalForeignKey(
                key.name() == null ? Names.foreignKey(table.name(), key.columns()) : key.name(),
                key.columns(),
                key.table(),
                key.targets(),
                key.onDelete().sql(),
                key.onUpdate().sql(),
                true);
    }

    /** What only a constraint can be: one that excludes, or is checked later. */
    private static boolean constraint(Index index) {
        return index.parts().stream()
                        .anyMatch(
                                part -> CONSTRAINT_PART.matcher(part.options()).find())
                || (index.method() != null && index.method().contains("DEFERRABLE"));
    }
}
