package dev.weir.schema.crash;

import dev.weir.schema.apply.ApplyListener;
import dev.weir.schema.plan.Step;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import javax.sql.DataSource;

/**
 * Stops the process at a moment of the first step of a kind. The moments of a step are counted from 1: after each statement
 * that is no query, before a commit, and after a batch. Used by one thread.
 */
final class Halt implements ApplyListener {
    private final String kind;
    private int left;
    private boolean inside;
    private boolean seen;

    Halt(String kind, int moment) {
        this.kind = kind;
        this.left = moment;
    }

    @Override
    public void begins(Step step) {
        inside = !seen && step.id().startsWith(kind + ":");
        seen |= inside;
    }

    @Override
    public void batch(Step step, long batches) {
        moment();
    }

    private void moment() {
        if (inside && --left == 0) {
            System.out.println(Applicant.AT);
            try {
                // The parent kills this process now; if it is gone instead, so is this.
                while (System.in.read() >= 0) {
                    continue;
                }
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            Runtime.getRuntime().halt(3);
        }
    }

    /** Connections to a database whose moments are watched. */
    DataSource watched(String url) {
        return proxy(DataSource.class, (self, method, arguments) -> {
            if (method.getName().equals("getConnection")) {
                return watched(DriverManager.getConnection(url));
            }
            throw new UnsupportedOperationException(method.getName());
        });
    }

    private Connection watched(Connection connection) {
        return proxy(Connection.class, (self, method, arguments) -> {
            if (method.getName().equals("commit")) {
                moment();
            }
            Object result = call(connection, method, arguments);
            return result instanceof Statement statement
                    ? watched(statement, method.getReturnType().asSubclass(Statement.class))
                    : result;
        });
    }

    private <S extends Statement> S watched(Statement statement, Class<S> type) {
        return proxy(type, (self, method, arguments) -> {
            Object result = call(statement, method, arguments);
            if (method.getName().startsWith("execute") && !method.getName().equals("executeQuery")) {
                moment();
            }
            return result;
        });
    }

    private static Object call(Object target, java.lang.reflect.Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private static <T> T proxy(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }
}
