package dev.weir.schema.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.diff.Change;
import dev.weir.schema.model.Table;
import dev.weir.schema.physical.PhysicalIndex;
import dev.weir.schema.physical.PhysicalSchema;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An empty database on MariaDB for each test. */
abstract class MariaDbPlace {
    TestDatabase database;
    Connection connection;
    SchemaDialect dialect;

    @BeforeEach
    final void connect() throws Exception {
        database = Servers.mariadb().newDatabase();
        connection = database.connect();
        dialect = SchemaDialect.of(Dialect.of(connection));
    }

    @AfterEach
    final void disconnect() throws Exception {
        connection.close();
        database.drop();
    }

    final void execute(String... statements) throws SQLException {
        for (String sql : statements) {
            execute(connection, sql);
        }
    }

    static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new SQLException(e.getMessage() + " in: " + sql, e.getSQLState(), e.getErrorCode(), e);
        }
    }

    final String string(String query) throws SQLException {
        return string(connection, query, 1);
    }

    static String string(Connection connection, String query, int column) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            assertThat(rows.next()).as(query).isTrue();
            return rows.getString(column);
        }
    }

    final List<String> strings(String query) throws SQLException {
        List<String> strings = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            while (rows.next()) {
                strings.add(rows.getString(1));
            }
        }
        return strings;
    }

    /** What the server itself says of a table. */
    static String dump(Connection connection, String table) throws SQLException {
        return string(connection, "SHOW CREATE TABLE `" + table + "`", 2).replaceAll(" AUTO_INCREMENT=\\d+", "");
    }

    final void make(Change... changes) throws SQLException {
        for (Change change : changes) {
            try (DdlTransaction transaction = dialect.begin(connection, List.of(change))) {
                for (String sql : dialect.ddl(change, true).statements()) {
                    execute(sql);
                }
                transaction.commit();
            }
        }
    }

    final void create(Table... tables) throws SQLException {
        SchemaDialectContract.create(
                dialect, connection, Stream.of(tables).map(dialect::physical).toList());
    }

    final PhysicalSchema read() throws SQLException {
        return dialect.read(connection, name -> false);
    }

    final PhysicalTable table(String name) throws SQLException {
        return read().table(name).orElseThrow();
    }

    final PhysicalIndex index(String table, String name) throws SQLException {
        return table(table).indexes().stream()
                .filter(index -> index.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    final Change.AlterColumn alter(String table, String column, Table wanted) throws SQLException {
        return new Change.AlterColumn(
                table,
                table(table).column(column).orElseThrow(),
                dialect.physical(wanted).column(column).orElseThrow());
    }
}
