package dev.weir.schema.engine;

import dev.weir.schema.engine.Ddl.Effort;
import dev.weir.schema.physical.PhysicalColumn;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much of a table PostgreSQL has to read or write for a change of its columns. */
final class PostgresEffort {
    /** A literal with or without a cast, a number, a word, a call without arguments. */
    static final Pattern SIMPLE = Pattern.compile(
            "'(?:[^']|'')*'(?:::[\\w .\"]+(?:\\([\\d, ]+\\))?[\\w ]*(?:\\[\\])?)?|-?[\\d.]+|\\w+|[\\w.]+\\(\\)");

    private static final Pattern CALL = Pattern.compile("(::\\s*(?:[\\w.\"]+\\s+)*)?([\\w.\"]+)\\s*\\(");

    /** Functions that give one value to all rows of a statement. An unknown one may give each row its own. */
    private static final Set<String> STABLE = Set.of(
            "now",
            "transaction_timestamp",
            "statement_timestamp",
            "current_timestamp",
            "current_time",
            "localtimestamp",
            "localtime",
            "timezone",
            "date_trunc",
            "to_char",
            "to_date",
            "to_timestamp",
            "current_setting",
            "current_schema",
            "current_database",
            "lower",
            "upper",
            "concat",
            "coalesce",
            "nullif",
            "greatest",
            "least",
            "round",
            "jsonb_build_object",
            "jsonb_build_array",
            "json_build_object",
            "json_build_array",
            "numeric",
            "varchar",
            "char",
            "cast");

    private PostgresEffort() {}

    /** A default that may differ from row to row has to be written into each; one that does not is kept beside them. */
    static Effort ofNew(PhysicalColumn column) {
        if (column.generated() != null) {
            return column.stored() ? Effort.REWRITE : Effort.MOMENT;
        }
        boolean each = column.identity() != null || (column.defaultSql() != null && isVolatile(column.defaultSql()));
        return each ? Effort.REWRITE : Effort.MOMENT;
    }

    private static boolean isVolatile(String expression) {
        String outsideQuotes = expression.replaceAll("'(?:[^']|'')*'", "''");
        Matcher calls = CALL.matcher(outsideQuotes);
        while (calls.find()) {
            if (calls.group(1) == null && !STABLE.contains(calls.group(2).toLowerCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }

    /** Of a change from one type or collation to another. */
    static Effort ofType(PhysicalColumn from, PhysicalColumn to) {
        PostgresType before = PostgresType.of(from.type());
        PostgresType after = PostgresType.of(to.type());
        if (!keepsBytes(before, after)) {
            return Effort.REWRITE;
        }
        // The indexes on the column are built anew.
        return Objects.equals(from.collation(), to.collation()) ? Effort.MOMENT : Effort.SCAN;
    }

    private static boolean keepsBytes(PostgresType before, PostgresType after) {
        boolean unbounded = after.first() == PostgresType.NONE;
        boolean wider = unbounded || (before.first() != PostgresType.NONE && after.first() >= before.first());
        if (before.equals(after)) {
            return true;
        } else if (before.base().equals("numeric") && after.base().equals("numeric")) {
            return unbounded || (wider && after.second() == before.second());
        } else if (before.base().equals(after.base())) {
            return wider
                    && (after.base().equals("character varying")
                            || after.base().equals("bit varying")
                            || after.base().startsWith("time"));
        }
        return unbounded && isVariable(before) && isVariable(after);
    }

    private static boolean isVariable(PostgresType type) {
        return type.base().equals("text") || type.base().equals("character varying");
    }
}
