package dev.weir.schema.engine;

import dev.weir.schema.physical.PhysicalColumn;

/**
 * A statement that puts another column in the place of one that can't be altered. Indexes and constraints of the table that
 * stand on the column go with it, so they are noted before and made again after.
 */
final class PostgresReplacement {
    private static final String KEPT = """
            DECLARE
              kept text[];
              definition text;
            BEGIN
              SELECT array_agg(d.sql ORDER BY d.place, d.sql) INTO kept FROM pg_catalog.pg_attribute a
              CROSS JOIN LATERAL (
                SELECT 1 AS place, pg_get_indexdef(i.indexrelid) AS sql FROM pg_catalog.pg_index i
                WHERE i.indrelid = a.attrelid
                  AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k WHERE k.conindid = i.indexrelid
                    AND k.conrelid = i.indrelid AND k.contype IN ('p', 'u', 'x'))
                  AND EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = 'pg_class'::regclass
                    AND x.objid = i.indexrelid AND x.refclassid = 'pg_class'::regclass
                    AND x.refobjid = a.attrelid AND x.refobjsubid = a.attnum)
                UNION ALL
                SELECT CASE k.contype WHEN 'f' THEN 3 ELSE 2 END, 'ALTER TABLE ' || k.conrelid::regclass
                  || ' ADD CONSTRAINT ' || quote_ident(k.conname) || ' ' || pg_get_constraintdef(k.oid)
                FROM pg_catalog.pg_constraint k
                WHERE k.conrelid = a.attrelid AND k.contype IN ('p', 'u', 'x', 'c', 'f') AND a.attnum = ANY (k.conkey)
              ) AS d
              WHERE a.attrelid = TABLE::regclass AND a.attname = COLUMN;
            """;

    private static final String MADE_AGAIN = """

              FOREACH definition IN ARRAY coalesce(kept, '{}'::text[]) LOOP
                EXECUTE definition;
              END LOOP;
            END""";

    private PostgresReplacement() {}

    /** The column's values are lost. */
    static String of(PostgresDdl ddl, String table, PhysicalColumn column) {
        String name = ddl.quote(table);
        return around(
                ddl,
                table,
                column,
                "  ALTER TABLE " + name + " DROP COLUMN " + ddl.quote(column.name()) + ", ADD COLUMN "
                        + ddl.definition(column) + ";");
    }

    /** The values of a column that is computed become those of an ordinary one, which takes NULL and has no default. */
    static String keepingValues(PostgresDdl ddl, String table, PhysicalColumn column) {
        String name = ddl.quote(table);
        String old = ddl.quote(column.name());
        String copy = ddl.quote(Names.check(table, column.name(), "copy"));
        return around(
                ddl,
                table,
                column,
                "  ALTER TABLE " + name + " ADD COLUMN " + copy + " " + column.type() + ddl.collation(column) + ";\n"
                        + "  UPDATE " + name + " SET " + copy + " = " + old + ";\n"
                        + "  ALTER TABLE " + name + " DROP COLUMN " + old + ";\n"
                        + "  ALTER TABLE " + name + " RENAME COLUMN " + copy + " TO " + old + ";");
    }

    private static String around(PostgresDdl ddl, String table, PhysicalColumn column, String change) {
        String kept = KEPT.replace("TABLE::", PostgresDdl.literal(ddl.quote(table)) + "::")
                .replace("= COLUMN;", "= " + PostgresDdl.literal(column.name()) + ";");
        return block(kept + change + MADE_AGAIN);
    }

    /** The body as an anonymous block, in quotes that do not stand in it. */
    static String block(String body) {
        String quotes = "$weir$";
        for (int i = 1; body.contains(quotes); i++) {
            quotes = "$weir" + i + "$";
        }
        return "DO " + quotes + " " + body + " " + quotes;
    }
}
