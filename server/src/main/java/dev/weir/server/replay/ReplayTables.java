package dev.weir.server.replay;

import dev.weir.db.Database;
import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import dev.weir.server.CommandFailed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The tables that access logs go to. Keys compare byte for byte on every engine. */
final class ReplayTables {
    /** What stands in for a type; each engine has its own word. */
    private enum Type {
        /** A path or an address. */
        KEY,
        ID,
        TEXT,
        BIGINT,
        INT,
        TIMESTAMP
    }

    private record Column(Type type, boolean nullable) {}

    private static final Map<String, Map<String, Column>> TABLES = tables();

    private ReplayTables() {}

    private static Map<String, Map<String, Column>> tables() {
        Column key = new Column(Type.KEY, false);
        Column text = new Column(Type.TEXT, false);
        Column bigint = new Column(Type.BIGINT, false);
        Column timestamp = new Column(Type.TIMESTAMP, false);

        Map<String, Column> page = new LinkedHashMap<>();
        page.put("path", key);
        page.put("hits", bigint);
        page.put("bytes", bigint);
        page.put("last_seen", timestamp);

        Map<String, Column> visitor = new LinkedHashMap<>();
        visitor.put("address", key);
        visitor.put("hits", bigint);
        visitor.put("last_path", text);
        visitor.put("last_seen", timestamp);

        Map<String, Column> hit = new LinkedHashMap<>();
        hit.put("id", new Column(Type.ID, false));
        hit.put("at", timestamp);
        hit.put("address", text);
        hit.put("method", text);
        hit.put("target", text);
        hit.put("status", new Column(Type.INT, false));
        hit.put("bytes", new Column(Type.BIGINT, true));
        hit.put("referrer", new Column(Type.TEXT, true));
        hit.put("agent", new Column(Type.TEXT, true));

        Map<String, Map<String, Column>> tables = new LinkedHashMap<>();
        tables.put("page", page);
        tables.put("visitor", visitor);
        tables.put("hit", hit);
        return tables;
    }

    /**
     * Makes the tables that are missing.
     *
     * @throws CommandFailed if one of that name is there and has other columns
     */
    static void ensure(Database database) {
        String engine = database.dialect().name();
        TABLES.forEach((table, columns) -> {
            database.sql(create(engine, table, columns)).execute();
            check(database.catalog().table(table), columns);
        });
    }

    private static String create(String engine, String table, Map<String, Column> columns) {
        List<String> lines = new ArrayList<>();
        columns.forEach((name, column) -> {
            String primary = lines.isEmpty() ? " primary key" : "";
            lines.add(name + " " + type(engine, column.type) + (column.nullable ? "" : " not null") + primary);
        });
        return "create table if not exists " + table + "(" + String.join(", ", lines) + ")";
    }

    private static String type(String engine, Type type) {
        return switch (type) {
            case BIGINT -> "bigint";
            case INT -> "int";
            // MariaDB's TIMESTAMP ends in 2038 and reads by the session's time zone.
            case TIMESTAMP -> isMariaDb(engine) ? "datetime" : "timestamp";
            // A target of 64 KiB may triple when its bytes are replaced.
            case TEXT ->
                switch (engine) {
                    case "mariadb", "mysql" -> "mediumtext" + bytewise(engine);
                    case "h2" -> "varchar";
                    default -> "text";
                };
            case KEY -> key(engine, AccessLine.MAX_KEY_CHARACTERS);
            case ID -> key(engine, 36);
        };
    }

    /** MariaDB needs a bound on what it indexes, H2 does not index its TEXT. */
    private static String key(String engine, int length) {
        return switch (engine) {
            case "mariadb", "mysql" -> "varchar(" + length + ")" + bytewise(engine);
            // H2 counts UTF-16 units: a character may be two.
            case "h2" -> "varchar(" + 2 * length + ")";
            default -> "text";
        };
    }

    private static String bytewise(String engine) {
        return " character set utf8mb4 collate " + (engine.equals("mysql") ? "utf8mb4_0900_bin" : "utf8mb4_nopad_bin");
    }

    private static boolean isMariaDb(String engine) {
        return engine.equals("mariadb") || engine.equals("mysql");
    }

    private static void check(TableInfo table, Map<String, Column> expected) {
        List<String> problems = new ArrayList<>();
        expected.forEach((name, column) -> table.column(name)
                .ifPresentOrElse(
                        found -> {
                            if (!fits(found, column)) {
                                problems.add(name + " is " + found.typeName() + (found.nullable() ? "" : " not null"));
                            }
                        },
                        () -> problems.add(name + " is missing")));
        for (ColumnInfo found : table.columns()) {
            if (!expected.containsKey(found.name().toLowerCase(Locale.ROOT))) {
                problems.add(found.name() + " is not one of its columns");
            }
        }
        String key = expected.keySet().iterator().next();
        if (table.primaryKey().size() != 1 || !table.primaryKey().get(0).equalsIgnoreCase(key)) {
            problems.add("its primary key is not " + key);
        } else if (!table.column(key).map(ColumnInfo::binaryComparison).orElse(true)) {
            problems.add(key + " does not compare byte for byte");
        }
        if (!problems.isEmpty()) {
            throw new CommandFailed("a table of replay must have just the columns that replay gives it: table="
                    + table.name() + ", " + String.join(", ", problems)
                    + "; rename that table, or give another database with --db");
        }
    }

    private static boolean fits(ColumnInfo found, Column expected) {
        boolean kind = switch (expected.type) {
            case KEY, ID, TEXT -> found.kind() == ValueKind.TEXT;
            case BIGINT, INT -> found.kind() == ValueKind.INTEGER;
            case TIMESTAMP -> found.kind() == ValueKind.TIMESTAMP || found.kind() == ValueKind.INSTANT;
        };
        // A primary key of SQLite may be declared without NOT NULL.
        boolean isKey = expected.type == Type.KEY || expected.type == Type.ID;
        return kind && (found.nullable() == expected.nullable || isKey);
    }
}
