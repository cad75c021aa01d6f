package dev.weir.schema.engine;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.diff.Change;
import dev.weir.schema.model.Table;
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
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** An empty database on a PostgreSQL server for each test. */
abstract class OnPostgres {
    TestDatabase database;
    DataSource dataSource;
    Connection connection;
    SchemaDialect dialect;

    @BeforeEach
    final void connect() throws SQLException {
        database = Servers.postgres().newDatabase();
        dataSource = database.dataSource();
        connection = dataSource.getConnection();
        dialect = SchemaDialect.of(Dialect.of(connection));
    }

    @AfterEach
    final void disconnect() throws SQLException {
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

    final String text(String query) throws SQLException {
        return text(connection, query);
    }

    static String text(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return String.valueOf(rows.getString(1));
        } catch (SQLException e) {
            throw new SQLException(e.getMessage() + " in: " + query, e.getSQLState(), e.getErrorCode(), e);
        }
    }

    final PhysicalSchema read() throws SQLException {
        return dialect.read(connection, name -> false);
    }

    final PhysicalTable table(String name) throws SQLException {
        return read().table(name).orElseThrow();
    }

    final Ddl make(Change change) throws SQLException {
        Ddl ddl = dialect.ddl(change, false);
        for (String sql : ddl.statements()) {
            execute(sql);
        }
        return ddl;
    }

    /** Tables as they are read once they were made from what was read. */
    final List<PhysicalTable> remade(List<PhysicalTable> tables) throws SQLException {
        try (Scratch scratch = dialect.scratch(dataSource).orElseThrow()) {
            return made(scratch.connection(), tables);
        }
    }

    private List<PhysicalTable> made(Connection place, List<PhysicalTable> tables) throws SQLException {
        SchemaDialectContract.create(dialect, place, tables);
        return dialect.read(place, name -> false).tables();
    }

    final PhysicalTable normal(Table table) throws SQLException {
        return normal(List.of(table)).get(0);
    }

    /** Declared tables as the server spells them. */
    final List<PhysicalTable> normal(List<Table> tables) throws SQLException {
        return remade(new ArrayList<>(tables.stream().map(dialect::physical).toList()));
    }
}
