package dev.weir.schema.engine;

/** The queries of {@link PostgresSchemaCatalog}. Each has one parameter, the schema's oid. */
final class PostgresCatalogQueries {
    private static final String NOT_PART_OF_ANOTHER = """
             AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = '%s'::regclass
               AND e.objid = %s.oid AND e.deptype IN ('e', 'i'))
            """;

    private static final String TABLES = " c.relnamespace = ? AND c.relkind IN ('r', 'p') AND NOT c.relispartition ";

    /** oid, name, kind, comment, partition key. A sequence that a column owns belongs to the column. */
    static final String RELATIONS = """
            SELECT c.oid, c.relname, c.relkind, d.description,
              CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END
            FROM pg_catalog.pg_class c
            LEFT JOIN pg_catalog.pg_description d
              ON d.objoid = c.oid AND d.classoid = 'pg_class'::regclass AND d.objsubid = 0
            WHERE c.relnamespace = ? AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT c.relispartition
              AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend e
                WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND (e.deptype = 'e'
                  OR c.relkind = 'S' AND e.deptype IN ('a', 'i') AND e.refclassid = 'pg_class'::regclass
                    AND e.refobjsubid > 0))""";

    /** Table, name, type, not null, expression, generated, identity, collation, comment, serial. */
    static final String COLUMNS = """
            SELECT c.oid, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, x.expression,
              a.attgenerated, a.attidentity,
              CASE WHEN pg_collation_is_visible(l.oid) THEN l.collname
                ELSE l.collnamespace::regnamespace::text || '.' || quote_ident(l.collname) END,
              s.description,
              x.expression LIKE 'nextval(%' AND EXISTS (SELECT FROM pg_catalog.pg_depend q
                WHERE q.refclassid = 'pg_class'::regclass AND q.refobjid = c.oid AND q.refobjsubid = a.attnum
                  AND q.classid = 'pg_class'::regclass AND q.deptype = 'a'
                  AND x.expression = format('nextval(%L::regclass)', q.objid::regclass::text))
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
            LEFT JOIN LATERAL (SELECT pg_get_expr(d.adbin, d.adrelid) FROM pg_catalog.pg_attrdef d
              WHERE a.atthasdef AND d.adrelid = c.oid AND d.adnum = a.attnum) AS x(expression) ON true
            LEFT JOIN pg_catalog.pg_collation l ON l.oid = a.attcollation AND l.oid <>
              (SELECT t.typcollation FROM pg_catalog.pg_type t WHERE t.oid = a.atttypid)
            LEFT JOIN pg_catalog.pg_description s
              ON s.objoid = c.oid AND s.classoid = 'pg_class'::regclass AND s.objsubid = a.attnum
            WHERE""" + TABLES + "ORDER BY c.oid, a.attnum";

    /** Each key column, expression and condition of each index but those of primary keys. */
    private static final String INDEXES = """
            SELECT i.indexrelid, i.indrelid, x.relname, m.amname, i.indisunique, i.indisvalid AND i.indislive,
              NULLS_NOT_DISTINCT, pg_get_expr(i.indpred, i.indrelid), k.place <= i.indnkeyatts, a.attname,
              CASE k.num WHEN 0 THEN pg_get_indexdef(i.indexrelid, k.place::int4, false) END,
              o.flags & 1 = 1,
              concat_ws(' ',
                CASE WHEN l.oid IS NULL THEN NULL
                  WHEN pg_collation_is_visible(l.oid) THEN 'COLLATE ' || quote_ident(l.collname)
                  ELSE 'COLLATE ' || l.collnamespace::regnamespace::text || '.' || quote_ident(l.collname) END,
                CASE WHEN p.opcdefault AND y.attoptions IS NULL THEN NULL
                  ELSE CASE WHEN pg_opclass_is_visible(p.oid) THEN '' ELSE p.opcnamespace::regnamespace::text || '.' END
                    || quote_ident(p.opcname)
                    || coalesce('(' || array_to_string(y.attoptions, ', ') || ')', '') END,
                CASE WHEN NOT coalesce(pg_indexam_has_property(m.oid, 'can_order'), false) THEN NULL
                  WHEN o.flags = 1 THEN 'NULLS LAST' WHEN o.flags = 2 THEN 'NULLS FIRST' END,
                CASE WHEN e.contype = 'x' THEN 'WITH ' || CASE WHEN pg_operator_is_visible(h.oid) THEN h.oprname
                    ELSE 'OPERATOR(' || h.oprnamespace::regnamespace::text || '.' || h.oprname || ')' END
                  WHEN e.contype = 'u' AND k.place = i.indnkeyatts THEN 'WITHOUT OVERLAPS' END)
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND NOT i.indisprimary
            JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
            JOIN pg_catalog.pg_am m ON m.oid = x.relam
            CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(num, place)
            CROSS JOIN LATERAL (SELECT CASE WHEN k.place <= i.indnkeyatts THEN i.indoption[k.place - 1] END) AS o(flags)
            LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num AND k.num <> 0
            LEFT JOIN pg_catalog.pg_attribute y ON y.attrelid = x.oid AND y.attnum = k.place AND y.attoptions IS NOT NULL
            LEFT JOIN pg_catalog.pg_opclass p ON p.oid = i.indclass[k.place - 1] AND k.place <= i.indnkeyatts
            LEFT JOIN pg_catalog.pg_collation l ON l.oid = i.indcollation[k.place - 1] AND k.place <= i.indnkeyatts
              AND l.oid <> coalesce(a.attcollation, 'pg_catalog."default"'::regcollation)
            LEFT JOIN pg_catalog.pg_constraint e ON i.indisexclusion AND e.conindid = x.oid AND e.contype IN ('u', 'x')
            LEFT JOIN pg_catalog.pg_operator h ON h.oid = e.conexclop[k.place]
            WHERE""" + TABLES + "ORDER BY i.indexrelid, k.place";

    /**
     * Table, name, kind, validated, index, columns, condition, then of a foreign key: table, columns, what follows
     * {@code ON DELETE} and {@code ON UPDATE}; that of another constraint which can be deferred stands in the last place.
     * Rows that the server keeps for the partitions of a table which is referred to are left out.
     */
    private static final String CONSTRAINTS = """
            SELECT c.oid, k.conname, k.contype, k.convalidated, k.conindid,
              ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS n(num, place)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = n.num ORDER BY n.place),
              pg_get_expr(k.conbin, k.conrelid),
              CASE WHEN r.relnamespace = c.relnamespace
                OR r.relnamespace::regnamespace::text = quote_ident(current_setting('ORIGINAL', true))
                THEN r.relname::text ELSE (SELECT nspname FROM pg_catalog.pg_namespace WHERE oid = r.relnamespace)
                  || '.' || r.relname END,
              ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS n(num, place)
                JOIN pg_catalog.pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = n.num ORDER BY n.place),
              CASE k.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE'
                WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END || SET_COLUMNS,
              CASE k.contype WHEN 'f' THEN CASE k.confupdtype WHEN 'a' THEN 'NO ACTION' WHEN 'r' THEN 'RESTRICT'
                WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' END ELSE '' END
                || CASE WHEN k.contype = 'f' AND k.confmatchtype = 'f' THEN ' MATCH FULL' ELSE '' END
                || CASE WHEN k.condeferrable THEN ' DEFERRABLE' ELSE '' END
                || CASE WHEN k.condeferred THEN ' INITIALLY DEFERRED' ELSE '' END
            FROM pg_catalog.pg_class c
            JOIN pg_catalog.pg_constraint k ON k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x', 'c', 'f')
              AND (k.contype <> 'f' OR k.conparentid = 0)
            LEFT JOIN pg_catalog.pg_class r ON r.oid = k.confrelid
            WHERE""" + TABLES;

    /** Kind, name, table. */
    static final String OTHERS =
            """
            WITH schema(oid) AS (SELECT ?::oid)
            SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END,
              p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', NULL
            FROM schema s JOIN pg_catalog.pg_proc p ON p.pronamespace = s.oid
            WHERE true""" + NOT_PART_OF_ANOTHER.formatted("pg_proc", "p") + """
            UNION ALL
            SELECT 'type', t.typname, NULL
            FROM schema s JOIN pg_catalog.pg_type t ON t.typnamespace = s.oid
            WHERE (t.typtype IN ('e', 'd', 'r') OR t.typtype = 'c'
                AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind = 'c'))
            """ + NOT_PART_OF_ANOTHER.formatted("pg_type", "t")
                    + """
            UNION ALL
            SELECT 'trigger', c.relname || '.' || g.tgname, c.relname
            FROM schema s JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid AND NOT c.relispartition
            JOIN pg_catalog.pg_trigger g ON g.tgrelid = c.oid AND NOT g.tgisinternal
            WHERE true""" + NOT_PART_OF_ANOTHER.formatted("pg_class", "c") + """
            UNION ALL
            SELECT 'policy', c.relname || '.' || o.polname, c.relname
            FROM schema s JOIN pg_catalog.pg_class c ON c.relnamespace = s.oid
            JOIN pg_catalog.pg_policy o ON o.polrelid = c.oid""";

    private PostgresCatalogQueries() {}

    static String constraints(int version) {
        return CONSTRAINTS
                .replace("ORIGINAL", PostgresScratch.ORIGINAL)
                .replace("SET_COLUMNS", version < 15 ? "''" : """
                        CASE WHEN k.confdelsetcols IS NULL THEN '' ELSE ' (' || (SELECT
                          string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a
                          WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.confdelsetcols)) || ')' END""");
    }

    static String indexes(int version) {
        return INDEXES.replace("NULLS_NOT_DISTINCT", version < 15 ? "false" : "i.indnullsnotdistinct");
    }
}
