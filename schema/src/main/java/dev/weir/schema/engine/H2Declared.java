package dev.weir.schema.engine;

import dev.weir.schema.engine.SqlExpression.Scope;
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
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Declared tables in H2's words. Names in expressions that are the table's columns are put in quotes, because the engine makes
 * capitals of a name without them.
 */
final class H2Declared {
    private static final int SINGLE_PRECISION = 24;
    private static final int NANOID = 21;
    private static final int STRING = 255;
    private static final int PRECISION = 10;
    private static final int SCALE = 2;
    private static final int MICROSECONDS = 6;

    private H2Declared() {}

    static PhysicalTable physical(Table table) {
        Scope scope = new Scope(
                table.name(), table.columns().stream().map(Column::name).toList());
        List<PhysicalColumn> columns = new ArrayList<>();
        List<PhysicalCheck> checks = new ArrayList<>();
        for (Column column : table.columns()) {
            columns.add(column(table, column, scope));
            implied(table.name(), column, checks);
        }
        table.checks()
                .forEach((name, condition) ->
                        checks.add(new PhysicalCheck(name, SqlExpression.quoted(condition, scope), true)));
        return H2Schema.sorted(new PhysicalTable(
                table.name(),
                columns,
                table.primaryKey().isEmpty()
                        ? null
                        : new PhysicalKey(Names.primaryKey(table.name()), table.primaryKey()),
                table.indexes().stream()
                        .map(index -> index(table.name(), index))
                        .toList(),
                table.foreignKeys().stream()
                        .map(key -> foreignKey(table.name(), key))
                        .toList(),
                checks,
                table.comment(),
                "",
                List.of()));
    }

    private static PhysicalColumn column(Table table, Column column, Scope scope) {
        String generated = column.generated();
        if (generated != null && !column.stored()) {
            throw new IllegalArgumentException("H2 computes a generated column when its row is written: table="
                    + table.name() + ", column=" + column.name() + ", stored=false; leave that it is virtual out");
        }
        if (column.collation() != null) {
            throw new IllegalArgumentException("H2 has one collation for the whole database: table=" + table.name()
                    + ", column=" + column.name() + ", collation=" + column.collation()
                    + "; leave it out, or take the type VARCHAR_IGNORECASE");
        }
        Column.Identity identity = column.identity();
        return new PhysicalColumn(
                column.name(),
                type(column.type()),
                column.nullable() && identity == null && !table.primaryKey().contains(column.name()),
                generated == null && identity == null ? defaultSql(column.defaultValue(), scope) : null,
                generated == null ? null : SqlExpression.quoted(generated, scope),
                generated != null,
                identity == null ? null : identity == Column.Identity.ALWAYS ? "ALWAYS" : "BY DEFAULT",
                null,
                column.comment());
    }

    private static @Nullable String defaultSql(@Nullable DefaultValue value, Scope scope) {
        if (value == null) {
            return null;
        }
        return value.sql() == null
                ? literal(Objects.requireNonNull(value.value()))
                : SqlExpression.quoted(value.sql(), scope);
    }

    private static String literal(Object value) {
        if (value instanceof Boolean truth) {
            return truth ? "TRUE" : "FALSE";
        } else if (value instanceof Double || value instanceof Float) {
            double number = ((Number) value).doubleValue();
            if (Double.isNaN(number) || Double.isInfinite(number)) {
                throw new IllegalArgumentException("A default must be a finite number: default=" + value);
            }
            return new BigDecimal(value.toString()).toPlainString();
        } else if (value instanceof BigDecimal decimal) {
            return decimal.toPlainString();
        }
        return value instanceof Number ? value.toString() : string(value.toString());
    }

    static String string(String text) {
        return "'" + text.replace("'", "''") + "'";
    }

    /** The engine's own JSON and enumerations are no texts to its driver, so that they would come back as something else. */
    private static String type(ColumnType type) {
        return switch (type.kind()) {
            case INCREMENTS, INTEGER -> "INTEGER";
            case BIG_INCREMENTS, BIG_INTEGER -> "BIGINT";
            case SMALL_INTEGER -> "SMALLINT";
            case FLOAT ->
                type.precision() != null && type.precision() <= SINGLE_PRECISION ? "REAL" : "DOUBLE PRECISION";
            case DECIMAL ->
                H2Types.canonical("NUMERIC(" + Objects.requireNonNullElse(type.precision(), PRECISION) + ", "
                        + Objects.requireNonNullElse(type.scale(), SCALE) + ")");
            case STRING -> varying(type.length(), STRING);
            case NANOID -> varying(type.length(), NANOID);
            case ENUM ->
                varying(
                        null,
                        Math.max(
                                STRING,
                                type.values().stream()
                                        .mapToInt(String::length)
                                        .max()
                                        .orElse(0)));
            case TEXT, JSON, JSONB -> "CHARACTER LARGE OBJECT";
            case BOOLEAN -> "BOOLEAN";
            case DATE -> "DATE";
            case DATETIME -> "TIMESTAMP(" + Objects.requireNonNullElse(type.scale(), MICROSECONDS) + ")";
            case TIMESTAMP ->
                "TIMESTAMP(" + Objects.requireNonNullElse(type.scale(), MICROSECONDS) + ") WITH TIME ZONE";
            case TIME -> "TIME(" + Objects.requireNonNullElse(type.scale(), MICROSECONDS) + ")";
            case BINARY -> type.length() == null ? "BINARY LARGE OBJECT" : "BINARY VARYING(" + type.length() + ")";
            case UUID -> "UUID";
            case RAW -> Objects.requireNonNull(type.raw());
        };
    }

    private static String varying(@Nullable Integer length, int usual) {
        return "CHARACTER VARYING(" + Objects.requireNonNullElse(length, usual) + ")";
    }

    private static void implied(String table, Column column, List<PhysicalCheck> checks) {
        String name = SqlExpression.quote(column.name());
        ColumnType type = column.type();
        if (type.unsigned()) {
            checks.add(new PhysicalCheck(Names.check(table, column.name(), "unsigned"), name + " >= 0", true));
        }
        if (type.kind() == ColumnType.Kind.ENUM) {
            String values = type.values().stream().map(H2Declared::string).collect(Collectors.joining(", "));
            checks.add(
                    new PhysicalCheck(Names.check(table, column.name(), "values"), name + " IN(" + values + ")", true));
        }
    }

    private static PhysicalForeignKey foreignKey(String table, ForeignKey key) {
        return new PhysicalForeignKey(
                key.name() == null ? Names.foreignKey(table, key.columns()) : key.name(),
                key.columns(),
                key.table(),
                key.targets(),
                key.onDelete().sql(),
                key.onUpdate().sql(),
                true);
    }

    /** A unique index is a constraint, because the engine's foreign keys refer to nothing less. */
    private static PhysicalIndex index(String table, Index index) {
        String name = index.name() == null ? Names.index(table, index) : index.name();
        if (index.where() != null) {
            throw new IllegalArgumentException("H2 has no index over some of the rows: table=" + table + ", index="
                    + name + ", where=" + index.where() + "; leave the condition out, or take another engine");
        }
        for (Index.Part part : index.parts()) {
            if (part.expression()) {
                throw new IllegalArgumentException(
                        "H2 has no index on an expression: table=" + table + ", index=" + name + ", expression="
                                + part.text() + "; make a generated column of it, and an index on that");
            }
        }
        String method = index.method() == null ? null : index.method().toLowerCase(Locale.ROOT);
        if (method != null && !method.equals("btree") && !method.equals("hash") && !method.equals("spatial")) {
            throw new IllegalArgumentException(
                    "H2 has indexes of the methods btree, hash and spatial: table=" + table + ", index=" + name
                            + ", method=" + index.method() + "; take one of these, or leave the method out");
        }
        boolean plain = (method == null || method.equals("btree"))
                && index.parts().stream().noneMatch(Index.Part::descending);
        return new PhysicalIndex(
                name,
                index.parts().stream()
                        .map(part -> new PhysicalIndex.Part(part.text(), false, part.descending(), ""))
                        .toList(),
                index.unique(),
                method == null || method.equals("btree") ? null : method,
                null,
                index.unique() && plain,
                true);
    }
}
