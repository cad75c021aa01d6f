package dev.weir.schema.engine;

import dev.weir.schema.physical.PhysicalCheck;
import dev.weir.schema.physical.PhysicalColumn;
import dev.weir.schema.physical.PhysicalForeignKey;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalTable;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A form of tables to compare them in where MariaDB can't be asked to spell them itself. */
final class MariaDbRules {
    private static final Set<String> INTEGERS = Set.of("tinyint", "smallint", "mediumint", "int", "bigint");
    private static final Set<String> NUMBERS =
            Set.of("tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year");

    private MariaDbRules() {}

    static PhysicalTable apply(PhysicalTable table) {
        return new PhysicalTable(
                table.name(),
                table.columns().stream().map(MariaDbRules::column).toList(),
                table.primaryKey(),
                table.indexes().stream()
                        .map(MariaDbRules::index)
                        .sorted(Comparator.comparing(PhysicalIndex::name))
                        .toList(),
                table.foreignKeys().stream()
                        .sorted(Comparator.comparing(PhysicalForeignKey::name))
                        .toList(),
                table.checks().stream()
                        .map(check -> new PhysicalCheck(
                                check.name(), MariaDbExpression.canonical(check.condition()), check.valid()))
                        .sorted(Comparator.comparing(PhysicalCheck::name))
                        .toList(),
                table.comment(),
                table.options().toLowerCase(Locale.ROOT),
                table.attached());
    }

    private static PhysicalColumn column(PhysicalColumn column) {
        String type = type(column.type());
        return new PhysicalColumn(
                column.name(),
                type,
                column.nullable(),
                column.defaultSql() == null ? null : defaultSql(MariaDbType.of(type), column.defaultSql()),
                column.generated() == null ? null : MariaDbExpression.canonical(column.generated()),
                column.stored(),
                column.identity(),
                column.collation() == null ? null : column.collation().toLowerCase(Locale.ROOT),
                column.comment());
    }

    /** A method of its own the engine takes for the default one, but for long texts, where it chooses it by itself. */
    private static PhysicalIndex index(PhysicalIndex index) {
        return new PhysicalIndex(
                index.name(),
                index.parts(),
                index.unique(),
                "hash".equals(index.method()) ? null : index.method(),
                index.where(),
                index.constraint(),
                index.valid());
    }

    static String type(String spelled) {
        MariaDbType type = MariaDbType.of(spelled);
        String name = switch (type.name()) {
            case "integer", "int4" -> "int";
            case "int2" -> "smallint";
            case "int8" -> "bigint";
            case "bool", "boolean" -> "tinyint";
            case "dec", "numeric", "fixed" -> "decimal";
            case "real" -> "double";
            case "character" ->
                type.core().toLowerCase(Locale.ROOT).startsWith("character varying") ? "varchar" : "char";
            default -> type.name();
        };
        boolean truth = type.name().startsWith("bool");
        List<String> arguments =
                type.arguments().stream().map(MariaDbRules::argument).toList();
        if (INTEGERS.contains(name)) {
            arguments = truth || name.equals("tinyint") && arguments.equals(List.of("1")) ? List.of("1") : List.of();
        } else if (name.equals("decimal") && arguments.size() < 2) {
            arguments = List.of(arguments.isEmpty() ? "10" : arguments.get(0), "0");
        } else if (name.equals("char") && arguments.isEmpty()) {
            arguments = List.of("1");
        } else if (arguments.equals(List.of("0")) || name.equals("year")) {
            arguments = List.of();
        }
        boolean zerofill = type.core().toLowerCase(Locale.ROOT).endsWith("zerofill");
        String core = name
                + (arguments.isEmpty() ? "" : arguments.stream().collect(Collectors.joining(",", "(", ")")))
                + (type.unsigned() || zerofill ? " unsigned" : "")
                + (zerofill ? " zerofill" : "");
        return MariaDbType.spelled(
                core, type.invisible(), type.check() == null ? null : MariaDbExpression.canonical(type.check()));
    }

    private static String argument(String argument) {
        return MariaDbText.isLiteral(argument)
                ? MariaDbText.literal(MariaDbText.unquoted(argument))
                : argument.toLowerCase(Locale.ROOT);
    }

    private static String defaultSql(MariaDbType type, String spelled) {
        String lower = spelled.toLowerCase(Locale.ROOT);
        int onUpdate = lower.endsWith("'") ? -1 : lower.lastIndexOf("on update ");
        String standard = MariaDbExpression.canonical(onUpdate < 0 ? spelled : spelled.substring(0, onUpdate));
        String value = value(type, standard);
        return (value + (onUpdate < 0 ? "" : " on update")).strip();
    }

    private static String value(MariaDbType type, String standard) {
        boolean literal = MariaDbText.isLiteral(standard);
        String text = MariaDbText.unquoted(standard).replaceFirst("^- ", "-");
        BigDecimal number = number(text);
        if (number != null && NUMBERS.contains(type.name())) {
            return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
        }
        if (number != null && !literal) {
            return MariaDbText.literal(text);
        }
        return literal ? MariaDbText.literal(moment(type, text)) : standard;
    }

    private static @Nullable BigDecimal number(String text) {
        try {
            return new BigDecimal(text);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Without what a date or a time of day has of zeros at its end. */
    private static String trimmed(String text) {
        return text.contains(".") ? text.replaceFirst("\\.?0+$", "") : text;
    }

    private static String moment(MariaDbType type, String text) {
        return switch (type.name()) {
            case "datetime", "timestamp" -> {
                String trimmed = trimmed(text);
                yield trimmed.endsWith(" 00:00:00") ? trimmed.substring(0, trimmed.indexOf(' ')) : trimmed;
            }
            case "time" -> trimmed(text);
            case "uuid" -> text.toLowerCase(Locale.ROOT);
            default -> text;
        };
    }
}
