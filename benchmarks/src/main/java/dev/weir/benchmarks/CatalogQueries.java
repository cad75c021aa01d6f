package dev.weir.benchmarks;

import dev.weir.db.engine.Dialect;
import dev.weir.schema.engine.SchemaDialect;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The queries by which a schema is read, without anything that is made of their rows: recorded once, and then sent as they
 * were. Used by one thread.
 */
final class CatalogQueries {
    private final List<Recorded> queries = new ArrayList<>();

    private record Recorded(String sql, List<Object> values) {}

    /** Records what is sent when a schema is read. */
    static CatalogQueries record(Connection connection) throws SQLException {
        CatalogQueries recorded = new CatalogQueries();
        SchemaDialect.of(Dialect.of(connection)).read(recorded.recording(connection), table -> false);
        return recorded;
    }

    /**
     * Sends them in one transaction and reads each value.
     *
     * @return how many rows came back
     */
    long run(Connection connection) throws SQLException {
        long count = 0;
        connection.setAutoCommit(false);
        for (Recorded query : queries) {
            try (PreparedStatement statement = connection.prepareStatement(query.sql())) {
                for (int i = 0; i < query.values().size(); i++) {
                    statement.setObject(i + 1, query.values().get(i));
                }
                try (ResultSet rows = statement.executeQuery()) {
                    int columns = rows.getMetaData().getColumnCount();
                    while (rows.next()) {
                        for (int i = 1; i <= columns; i++) {
                            rows.getString(i);
                        }
                        count++;
                    }
                }
            }
        }
        connection.rollback();
        connection.setAutoCommit(true);
        return count;
    }

    int count() {
        return queries.size();
    }

    private Connection recording(Connection connection) {
        return proxy(Connection.class, (self, method, arguments) -> {
            Object result = call(connection, method, arguments);
            if (result instanceof PreparedStatement statement) {
                Recorded query = new Recorded((String) arguments[0], new ArrayList<>());
                queries.add(query);
                return recording(statement, query);
            }
            return result;
        });
    }

    private static PreparedStatement recording(PreparedStatement statement, Recorded query) {
        return proxy(PreparedStatement.class, (self, method, arguments) -> {
            if (method.getName().startsWith("set") && arguments.length == 2) {
                query.values().add(arguments[1]);
            }
            return call(statement, method, arguments);
        });
    }

    private static @Nullable Object call(Object target, Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getTargetException();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
