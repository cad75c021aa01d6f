package dev.weir.schema.random;

import dev.weir.db.Database;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

@RequiresServer(Server.POSTGRES)
class PairsOnPostgresTest extends PairCases {
    private final List<TestDatabase> databases = new ArrayList<>();

    @BeforeEach
    void make() {
        databases.add(Servers.postgres().newDatabase());
        databases.add(Servers.postgres().newDatabase());
    }

    @AfterEach
    void drop() throws Exception {
        for (TestDatabase database : databases) {
            database.drop();
        }
    }

    @Override
    SchemaDraw.Engine engine() {
        return new SchemaDraw.Engine(true, true);
    }

    @Override
    DataSource empty(int which) throws Exception {
        DataSource source = databases.get(which).dataSource();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop schema public cascade; create schema public");
        }
        return source;
    }

    @Override
    List<String> dump(Database database) throws SQLException {
        List<String> lines = new ArrayList<>();
        add(
                lines,
                database,
                "select c.relname || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' '"
                        + " || coalesce(pg_get_expr(d.adbin, d.adrelid), '-') || ' ' || a.attidentity::text || a.attgenerated::text || ' '"
                        + " || coalesce(col_description(c.oid, a.attnum), '-') as line from pg_attribute a"
                        + " join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum ="
                        + " a.attnum where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and a.attnum > 0"
                        + " and not a.attisdropped and c.relname not like 'weir%'");
        add(
                lines,
                database,
                "select c.relname || ' ' || n.contype::text || ' ' || n.convalidated || ' ' || pg_get_constraintdef(n.oid) as line"
                        + " from pg_constraint n join pg_class c on c.oid = n.conrelid where n.connamespace ="
                        + " 'public'::regnamespace and n.contype <> 'n' and c.relname not like 'weir%'");
        add(
                lines,
                database,
                "select regexp_replace(pg_get_indexdef(i.indexrelid), ' INDEX \\S+ ON', ' INDEX ON') || ' ' || i.indisvalid as"
                        + " line from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace ="
                        + " 'public'::regnamespace and c.relname not like 'weir%'");
        add(
                lines,
                database,
                "select relname || ' ' || coalesce(obj_description(oid), '-') as line from pg_class where relnamespace ="
                        + " 'public'::regnamespace and relkind = 'r' and relname not like 'weir%'");
        return sorted(lines);
    }

    private static void add(List<String> lines, Database database, String sql) throws SQLException {
        rows(database, sql).forEach(row -> lines.add(row.get(0)));
    }
}
