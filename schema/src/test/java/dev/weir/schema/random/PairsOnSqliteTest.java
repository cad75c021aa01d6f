package dev.weir.schema.random;

import dev.weir.db.Database;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class PairsOnSqliteTest extends PairCases {
    @TempDir
    Path directory;

    private int made;

    @Override
    SchemaDraw.Engine engine() {
        return new SchemaDraw.Engine(true, true);
    }

    @Override
    DataSource empty(int which) throws Exception {
        Files.deleteIfExists(directory.resolve("d" + (made - 2) + ".db"));
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + directory.resolve("d" + made++ + ".db")
                + "?foreign_keys=on&busy_timeout=5000&synchronous=off");
        return source;
    }

    @Override
    List<String> dump(Database database) throws SQLException {
        List<String> lines = new ArrayList<>();
        for (List<String> table : rows(
                database,
                "select name, sql from sqlite_schema where type = 'table' and name not like 'sqlite%' and name not like 'weir%'")) {
            String name = table.get(0);
            add(
                    lines,
                    database,
                    name,
                    "select name, type, \"notnull\", dflt_value, pk, hidden from pragma_table_xinfo(?)");
            add(
                    lines,
                    database,
                    name,
                    "select \"table\", \"from\", \"to\", on_update, on_delete from pragma_foreign_key_list(?)");
            for (List<String> index :
                    rows(database, "select name, \"unique\", partial from pragma_index_list(?)", name)) {
                List<List<String>> parts = rows(
                        database,
                        "select name, \"desc\", coll from pragma_index_xinfo(?) where key order by seqno",
                        index.get(0));
                String where =
                        rows(database, "select coalesce(sql, '') from sqlite_schema where name = ?", index.get(0))
                                .stream()
                                .map(row -> row.get(0))
                                .findFirst()
                                .orElse("");
                int at = where.toUpperCase(Locale.ROOT).indexOf(" WHERE ");
                lines.add(name + " index " + index.get(1) + index.get(2) + parts
                        + (at < 0 ? "" : where.substring(at).replaceAll("\\s+", " ")));
            }
            for (String part : table.get(1).split("(?i)(?=\\bCHECK\\b)")) {
                if (part.toUpperCase(Locale.ROOT).startsWith("CHECK")) {
                    lines.add(name + " "
                            + part.substring(0, part.indexOf(')') + 1).replaceAll("[\\s\"]+", ""));
                }
            }
        }
        return sorted(lines);
    }

    private static void add(List<String> lines, Database database, String name, String sql) throws SQLException {
        rows(database, sql, name).forEach(row -> lines.add(name + " " + row));
    }
}
