package dev.weir.schema.engine;

import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalTable;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The form in which a declared table and one from the catalog are compared when the server is not asked: aliases of types
 * are one, and expressions are as {@link PostgresExpression} has them. A change that only adds or removes a cast in an
 * expression is not seen.
 */
final class PostgresRules {
    private static final Pattern ACTION = Pattern.compile("NO ACTION|RESTRICT|CASCADE|SET NULL|SET DEFAULT");

    private PostgresRules() {}

    static PhysicalTable canonical(PhysicalTable table) {
        return new PhysicalTable(
                table.name(),
                table.columns().stream().map(PostgresRules::column).toList(),
                table.primaryKey(),
                table.indexes().stream()
                        .map(PostgresRules::index)
                        .sorted(Comparator.comparing(PhysicalIndex::name))
                        .toList(),
                table.foreignKeys().stream()
                        .sorted(Comparator.comparing(PhysicalForeignKey::name))
                        .toList(),
                table.checks().stream()
                        .map(check -> new PhysicalCheck(
                                check.name(), PostgresExpression.of(check.condition()), check.valid()))
                        .sorted(Comparator.comparing(PhysicalCheck::name))
                        .toList(),
                table.comment(),
                table.options(),
                table.attached());
    }

    /** When a foreign key is checked, and which columns its action concerns, stays as it is: it can't be declared. */
    static PhysicalTable comparable(PhysicalTable table) {
        return table.withForeignKeys(table.foreignKeys().stream()
                .map(key -> new PhysicalForeignKey(
                        key.name(),
                        key.columns(),
                        key.table(),
                        key.targets(),
                        action(key.onDelete()),
                        action(key.onUpdate()),
                        key.valid()))
                .toList());
    }

    private static String action(String sql) {
        Matcher matcher = ACTION.matcher(sql);
        return matcher.lookingAt() ? matcher.group() : sql;
    }

    private static PhysicalColumn column(PhysicalColumn column) {
        PostgresType type = PostgresType.of(column.type());
        return new PhysicalColumn(
                column.name(),
                type.spelling(),
                column.nullable(),
                column.defaultSql() == null ? null : PostgresExpression.ofDefault(column.defaultSql(), type),
                expression(column.generated()),
                column.stored(),
                column.identity(),
                column.collation() == null ? null : column.collation().replace("\"", ""),
                column.comment());
    }

    private static PhysicalIndex index(PhysicalIndex index) {
        List<PhysicalIndex.Part> parts = index.parts().stream()
                .map(part -> new PhysicalIndex.Part(
                        part.expression() ? PostgresExpression.of(part.text()) : part.text(),
                        part.expression(),
                        part.descending(),
                        part.options()))
                .toList();
        String method = index.method() == null
                ? null
                : index.method().toLowerCase(Locale.ROOT).replace("\"", "").replaceAll("\\s+", " ");
        return new PhysicalIndex(
                index.name(),
                parts,
                index.unique(),
                method,
                expression(index.where()),
                index.constraint(),
                index.valid());
    }

    private static @Nullable String expression(@Nullable String sql) {
        return sql == null ? null : PostgresExpression.of(sql);
    }
}
