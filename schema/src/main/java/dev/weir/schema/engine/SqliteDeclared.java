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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Declared tables in SQLite's words. */
final class SqliteDeclared {
    private static final int SINGLE_PRECISION = 24;
    private static final int NANOID = 21;
    private static final int STRING = 255;
    private static final int PRECISION = 10;
    private static final int SCALE = 2;

    private SqliteDeclared() {}

    static PhysicalTable physical(Table table) {
        List<PhysicalColumn> columns = new ArrayList<>();
        List<PhysicalCheck> checks = new ArrayList<>();
        for (Column column : table.columns()) {
            columns.add(column(table, column));
            implied(table.name(), column, checks);
        }
        table.checks().forEach((name, condition) -> checks.add(new PhysicalCheck(name, condition, true)));
        return SqliteSchema.sorted(normal(new PhysicalTable(
                table.name(),
                columns,
                table.primaryKey().isEmpty() ? null : new PhysicalKey(null, table.primaryKey()),
                table.indexes().stream()
                        .map(index -> index(table.name(), index))
                        .toList(),
                table.foreignKeys().stream()
                        .map(key -> foreignKey(table.name(), key))
                        .toList(),
                checks,
                null,
                table.options(),
                List.of())));
    }

    private static PhysicalColumn column(Table table, Column column) {
        boolean numbered = column.identity() != null;
        if (numbered && !table.primaryKey().equals(List.of(column.name()))) {
            throw new IllegalArgumentException("SQLite numbers rows by a primary key of one column alone: table="
                    + table.name() + ", column=" + column.name() + ", primaryKey=" + table.primaryKey()
                    + "; make the column the primary key, or take its identity away");
        }
        return new PhysicalColumn(
                column.name(),
                numbered ? "integer" : type(column.type()),
                column.nullable() && !table.primaryKey().contains(column.name()),
                column.generated() == null && !numbered ? defaultSql(column.defaultValue()) : null,
                column.generated(),
                column.generated() != null && column.stored(),
                numbered ? SqliteSchema.AUTOINCREMENT : null,
                column.collation(),
                null);
    }

    private static @Nullable String defaultSql(@Nullable DefaultValue value) {
        if (value == null) {
            return null;
        }
        return value.value() == null ? value.sql() : SqliteText.literal(value.value());
    }

    /** The declared type, which decides how the values are read; the engine itself would store anything anywhere. */
    private static String type(ColumnType type) {
        return switch (type.kind()) {
            case INCREMENTS, BIG_INCREMENTS, INTEGER -> "integer";
            case SMALL_INTEGER -> "smallint";
            case BIG_INTEGER -> "bigint";
            case FLOAT -> type.precision() != null && type.precision() <= SINGLE_PRECISION ? "real" : "double";
            case DECIMAL ->
                "decimal(" + Objects.requireNonNullElse(type.precision(), PRECISION) + ", "
                        + Objects.requireNonNullElse(type.scale(), SCALE) + ")";
            case STRING -> "varchar(" + Objects.requireNonNullElse(type.length(), STRING) + ")";
            case NANOID -> "varchar(" + Objects.requireNonNullElse(type.length(), NANOID) + ")";
            case ENUM ->
                "varchar("
                        + type.values().stream()
                                .mapToInt(String::length)
                                .filter(length -> length > STRING)
                                .max()
                                .orElse(STRING)
                        + ")";
            case TEXT -> "text";
            case BOOLEAN -> "boolean";
            case DATE -> "date";
            case DATETIME -> sized("datetime", type.scale());
            case TIMESTAMP -> sized("timestamp", type.scale());
            case TIME -> sized("time", type.scale());
            case BINARY -> sized("blob", type.length());
            // With the affinity of text: as JSON alone, a document that is a number would be stored as one.
            case JSON -> "json text";
            case JSONB -> "jsonb text";
            case UUID -> "uuid";
            case RAW -> Objects.requireNonNull(type.raw());
        };
    }

    private static String sized(String type, @Nullable Integer size) {
        return size == null ? type : type + "(" + size + ")";
    }

    /** What the engine has no type for. */
    private static void implied(String table, Column column, List<PhysicalCheck> checks) {
        String name = SqlExpression.quote(column.name());
        ColumnType type = column.type();
        if (type.unsigned()) {
            checks.add(new PhysicalCheck(Names.check(table, column.name(), "unsigned"), name + " >= 0", true));
        }
        if (type.kind() == ColumnType.Kind.ENUM) {
            String values = type.values().stream().map(SqliteText::string).collect(Collectors.joining(", "));
            checks.add(new PhysicalCheck(
                    Names.check(table, column.name(), "values"), name + " IN (" + values + ")", true));
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

    private static PhysicalIndex index(String table, Index index) {
        String name = index.name() == null ? Names.index(table, index) : index.name();
        if (index.method() != null && !index.method().toLowerCase(Locale.ROOT).equals("btree")) {
            throw new IllegalArgumentException("SQLite has one kind of index, btree: table=" + table + ", index=" + name
                    + ", method=" + index.method() + "; leave the method out");
        }
        return new PhysicalIndex(
                name,
                index.parts().stream()
                        .map(part -> new PhysicalIndex.Part(
                                part.text(), part.expression(), part.descending(), part.options()))
                        .toList(),
                index.unique(),
                null,
                index.where(),
                false,
                true);
    }

    /** One spelling of what the engine keeps as it was typed. */
    static PhysicalTable normal(PhysicalTable table) {
        Scope scope = new Scope(
                table.name(), table.columns().stream().map(PhysicalColumn::name).toList());
        PhysicalKey key = table.primaryKey();
        return new PhysicalTable(
                table.name(),
                table.columns().stream().map(column -> normal(column, scope)).toList(),
                key == null
                        ? null
                        : new PhysicalKey(
                                key.name(),
                                key.columns().stream().map(scope::column).toList()),
                table.indexes().stream().map(index -> normal(index, scope)).toList(),
                table.foreignKeys().stream().map(k -> normal(k, scope)).toList(),
                table.checks().stream()
                        .map(check -> new PhysicalCheck(
                                check.name(), SqlExpression.of(check.condition(), scope), check.valid()))
                        .toList(),
                table.comment(),
                table.options(),
                table.attached());
    }

    private static PhysicalColumn normal(PhysicalColumn column, Scope scope) {
        String collation = SqliteText.collation(column.collation());
        return new PhysicalColumn(
                column.name(),
                SqliteText.type(column.type()),
                column.nullable(),
                SqliteText.defaultValue(column.defaultSql()),
                column.generated() == null ? null : SqlExpression.of(column.generated(), scope),
                column.stored(),
                column.identity(),
                collation.equals("BINARY") ? null : collation,
                column.comment());
    }

    private static PhysicalIndex normal(PhysicalIndex index, Scope scope) {
        return new PhysicalIndex(
                index.name(),
                index.parts().stream()
                        .map(part -> new PhysicalIndex.Part(
                                part.expression() ? SqlExpression.of(part.text(), scope) : scope.column(part.text()),
                                part.expression(),
                                part.descending(),
                                part.options()))
                        .toList(),
                index.unique(),
                index.method(),
                index.where() == null ? null : SqlExpression.of(index.where(), scope),
                index.constraint(),
                index.valid());
    }

    private static PhysicalForeignKey normal(PhysicalForeignKey key, Scope scope) {
        return new PhysicalForeignKey(
                key.name(),
                key.columns().stream().map(scope::column).toList(),
                key.table(),
                key.targets(),
                key.onDelete(),
                key.onUpdate(),
                key.valid());
    }
}
