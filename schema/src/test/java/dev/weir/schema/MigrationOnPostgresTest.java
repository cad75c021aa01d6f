package dev.weir.schema;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.db.Database;
import dev.weir.schema.model.ColumnBuilder;
import dev.weir.schema.model.ColumnType;
import dev.weir.schema.model.Schema;
import dev.weir.schema.model.Table;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

@RequiresServer(Server.POSTGRES)
class MigrationOnPostgresTest extends OvertakenMigrationCases {
    private TestDatabase database;

    @Override
    DataSource open() {
        database = Servers.postgres().newDatabase();
        return database.dataSource();
    }

    @Override
    void drop() throws Exception {
        database.drop();
    }

    @Test
    void serial_thatBecomesIdentity_givesNoNumberTwice() {
        execute("create table t (id serial primary key, x text)");
        execute("insert into t (x) values ('a'), ('b'), ('c')");
        execute("delete from t where id = 3");
        Table wanted = Table.named("t")
                .column("id", ColumnType.of(ColumnType.Kind.INCREMENTS), ColumnBuilder::primary)
                .column("x", ColumnType.of(ColumnType.Kind.TEXT))
                .build();
        apply(wanted);
        execute("insert into t (x) values ('d')");
        assertThat(number("select max(id) as n from t")).isGreaterThan(3);
    }

    /** A newer server may spell a declaration in other words: what the old one said of it is no help then. */
    @Test
    void normalForm_isAskedForAnew_afterTheServerWasUpgraded() {
        apply(users().build());
        List<String> scratches = new CopyOnWriteArrayList<>();
        Schema declared = Schema.of(users().build());
        SchemaMigration.of(Database.builder(server("18", scratches)).build(), declared)
                .build()
                .apply(NOTHING_ALLOWED);
        scratches.clear();
        Database same = Database.builder(server("18", scratches)).build();
        assertThat(SchemaMigration.of(same, declared).build().plan().isEmpty()).isTrue();
        assertThat(scratches).isEmpty();
        Database newer = Database.builder(server("19", scratches)).build();
        assertThat(SchemaMigration.of(newer, declared).build().plan().isEmpty()).isTrue();
        assertThat(scratches).isNotEmpty();
    }

    /** The same server under another version, which notes the scratch places that are made. */
    private DataSource server(String version, List<String> scratches) {
        return proxy(
                DataSource.class,
                database.dataSource(),
                (method, result, arguments) ->
                        result instanceof Connection connection ? connection(connection, version, scratches) : result);
    }

    private static Connection connection(Connection connection, String version, List<String> scratches) {
        return proxy(Connection.class, connection, (method, result, arguments) -> {
            if (result instanceof DatabaseMetaData data) {
                return proxy(
                        DatabaseMetaData.class,
                        data,
                        (asked, answer, given) -> asked.equals("getDatabaseProductVersion") ? version : answer);
            }
            if (result instanceof Statement statement && method.equals("createStatement")) {
                return proxy(Statement.class, statement, (asked, answer, given) -> {
                    if (given.length > 0 && String.valueOf(given[0]).startsWith("CREATE SCHEMA")) {
                        scratches.add(asked);
                    }
                    return answer;
                });
            }
            return result;
        });
    }

    private interface Seen {
        Object answer(String method, Object result, Object[] arguments);
    }

    private static <T> T proxy(Class<T> type, T target, Seen seen) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    Object[] given = arguments == null ? new Object[0] : arguments;
                    try {
                        return seen.answer(method.getName(), method.invoke(target, given), given);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }

    @Test
    void noSchemaInUse_isSaidAtOnce() {
        execute("do $$ begin execute format('alter database %I set search_path = nosuch', current_database()); end $$");
        assertThatThrownBy(() -> migration(Schema.of()).apply(NOTHING_ALLOWED))
                .hasMessageContaining("There must be a schema in use");
    }
}
