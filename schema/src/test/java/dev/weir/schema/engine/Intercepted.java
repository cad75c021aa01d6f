package dev.weir.schema.engine;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** A connection that notes every statement, and sends what a rule makes of it instead. */
final class Intercepted {
    private final List<String> statements = new ArrayList<>();
    private final UnaryOperator<String> rule;
    private final Connection connection;

    Intercepted(Connection connection, UnaryOperator<String> rule) {
        this.rule = rule;
        this.connection = wrap(Connection.class, connection);
    }

    Connection connection() {
        return connection;
    }

    List<String> statements() {
        return statements;
    }

    private <T> T wrap(Class<T> type, Object target) {
        return type.cast(Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (proxy, method, arguments) -> call(target, method, arguments)));
    }

    private Object call(Object target, Method method, Object[] arguments) throws Throwable {
        Object[] sent = arguments;
        if (arguments != null && arguments.length > 0 && arguments[0] instanceof String sql && sends(method)) {
            sent = arguments.clone();
            sent[0] = rule.apply(sql);
            statements.add((String) sent[0]);
        }
        try {
            Object answer = method.invoke(target, sent);
            if (answer instanceof PreparedStatement prepared) {
                return wrap(PreparedStatement.class, prepared);
            }
            return answer instanceof Statement statement && target instanceof Connection
                    ? wrap(Statement.class, statement)
                    : answer;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static boolean sends(Method method) {
        return method.getName().startsWith("execute") || method.getName().equals("prepareStatement");
    }
}
