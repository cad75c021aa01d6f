package dev.weir.schema.engine;

import dev.weir.schema.diff.Change;
import dev.weir.schema.engine.Ddl.Effort;
import dev.weir.schema.physical.PhysicalColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The statements that make one column another. A column becomes one that is computed, or computed in another way, by taking
 * its place: it moves to the end of the table, and what stands on it is made anew from what the catalog says of it.
 */
final class PostgresColumnChange {
    /** Where the number that an old sequence would give next is kept until the new one is there. */
    private static final String NEXT_NUMBER = "weir.next_number";

    private final PostgresDdl ddl;
    private final String table;
    private final String name;
    private final PhysicalColumn to;
    private final List<String> statements = new ArrayList<>();
    private PhysicalColumn from;
    private Effort effort = Effort.MOMENT;

    PostgresColumnChange(PostgresDdl ddl, Change.AlterColumn change) {
        this.ddl = ddl;
        this.table = change.table();
        this.name = change.to().name();
        this.from = change.from();
        this.to = change.to();
    }

    Ddl ddl() {
        boolean replaced = expression();
        if (!replaced) {
            plain();
        }
        boolean commentOnly = statements.isEmpty();
        String comment = replaced ? null : from.comment();
        if (!Objects.equals(comment, to.comment())) {
            statements.add(PostgresDdl.comment("COLUMN " + quotedTable() + "." + column(), to.comment()));
        }
        return new Ddl(
                statements,
                true,
                commentOnly ? PostgresDdl.SHARE_UPDATE_EXCLUSIVE : PostgresDdl.ACCESS_EXCLUSIVE,
                effort);
    }

    /** What concerns the expression that the column is computed from; tells whether the column was made anew. */
    private boolean expression() {
        String before = from.generated();
        String after = to.generated();
        boolean sameKind = from.stored() == to.stored() && !retyped();
        if (after == null) {
            if (before != null && from.stored()) {
                alter("ALTER COLUMN " + column() + " DROP EXPRESSION");
            } else if (before != null) {
                statements.add(PostgresReplacement.keepingValues(ddl, table, from));
                effort = Effort.REWRITE;
            }
            from = before == null ? from : ordinary(from);
            return false;
        } else if (after.equals(before) && sameKind) {
            return false;
        } else if (before != null && sameKind && to.stored()) {
            alter("ALTER COLUMN " + column() + " SET EXPRESSION AS (" + after + ")");
            effort = Effort.REWRITE;
            return false;
        }
        statements.add(PostgresReplacement.of(ddl, table, to));
        effort = Effort.REWRITE;
        return true;
    }

    private static PhysicalColumn ordinary(PhysicalColumn computed) {
        boolean virtual = !computed.stored();
        return new PhysicalColumn(
                computed.name(),
                computed.type(),
                virtual || computed.nullable(),
                null,
                null,
                true,
                null,
                computed.collation(),
                virtual ? null : computed.comment());
    }

    private boolean retyped() {
        return !from.type().equals(to.type()) || !Objects.equals(from.collation(), to.collation());
    }

    private void plain() {
        String before = from.identity();
        String after = to.identity();
        boolean sameNumbers = Objects.equals(before, after);
        boolean newSequence = PostgresDdl.SERIAL.equals(before) || PostgresDdl.SERIAL.equals(after);
        if (!sameNumbers && before != null && after != null && newSequence) {
            statements.add(
                    perform("PERFORM set_config('" + NEXT_NUMBER + "', nextval(" + sequence() + ")::text, true)"));
        }
        if (!sameNumbers && PostgresDdl.SERIAL.equals(before)) {
            alter("ALTER COLUMN " + column() + " DROP DEFAULT");
            statements.add(perform("EXECUTE 'DROP SEQUENCE ' || " + sequence()));
        } else if (!sameNumbers && before != null && (after == null || after.equals(PostgresDdl.SERIAL))) {
            alter("ALTER COLUMN " + column() + " DROP IDENTITY");
        }
        typeNullAndDefault();
        if (sameNumbers) {
            if (PostgresDdl.SERIAL.equals(after) && !from.type().equals(to.type())) {
                statements.add(perform("EXECUTE 'ALTER SEQUENCE ' || " + sequence() + " || ' AS " + to.type() + "'"));
            }
        } else if (after != null) {
            number(before, after);
        }
    }

    private void number(@Nullable String before, String after) {
        if (before != null && !before.equals(PostgresDdl.SERIAL) && !after.equals(PostgresDdl.SERIAL)) {
            alter("ALTER COLUMN " + column() + " SET GENERATED " + after);
            return;
        }
        if (after.equals(PostgresDdl.SERIAL)) {
            String sequence = ddl.quote(Names.check(table, name, "seq"));
            statements.add(
                    "CREATE SEQUENCE " + sequence + " AS " + to.type() + " OWNED BY " + quotedTable() + "." + column());
            alter("ALTER COLUMN " + column() + " SET DEFAULT nextval(" + PostgresDdl.literal(sequence) + "::regclass)");
        } else {
            alter("ALTER COLUMN " + column() + " ADD GENERATED " + after + " AS IDENTITY");
        }
        // The numbers go on after those that are there, and after those that were ever given.
        String given = before == null ? "" : "nullif(current_setting('" + NEXT_NUMBER + "', true), '')::bigint, ";
        statements.add(perform("PERFORM setval(" + sequence() + ", greatest(1, " + given + "(SELECT max(" + column()
                + ") + 1 FROM " + quotedTable() + ")), false)"));
        raise(Effort.SCAN);
    }

    private void typeNullAndDefault() {
        List<String> actions = new ArrayList<>();
        String alter = "ALTER COLUMN " + column() + " ";
        String before = from.defaultSql();
        String after = to.defaultSql();
        boolean retyped = retyped();
        if (before != null && (after == null || retyped)) {
            actions.add(alter + "DROP DEFAULT");
        }
        if (retyped) {
            String using = PostgresTypeChange.using(column(), from, to);
            actions.add(alter + "TYPE " + to.type() + ddl.collation(to) + (using == null ? "" : " USING " + using));
            raise(PostgresEffort.ofType(from, to));
        }
        if (from.nullable() != to.nullable()) {
            actions.add(alter + (to.nullable() ? "DROP NOT NULL" : "SET NOT NULL"));
            raise(to.nullable() ? Effort.MOMENT : Effort.SCAN);
        }
        if (after != null && (retyped || !after.equals(before))) {
            actions.add(alter + "SET DEFAULT " + PostgresDdl.expression(after));
        }
        if (!actions.isEmpty()) {
            alter(String.join(", ", actions));
        }
    }

    private void raise(Effort more) {
        if (more.compareTo(effort) > 0) {
            effort = more;
        }
    }

    private void alter(String actions) {
        statements.add("ALTER TABLE " + quotedTable() + " " + actions);
    }

    /** A query as a statement that answers nothing. */
    private static String perform(String statement) {
        return PostgresReplacement.block("BEGIN " + statement + "; END");
    }

    private String sequence() {
        return "pg_get_serial_sequence(" + PostgresDdl.literal(quotedTable()) + ", " + PostgresDdl.literal(name) + ")";
    }

    private String quotedTable() {
        return ddl.quote(table);
    }

    private String column() {
        return ddl.quote(name);
    }
}
