package dev.weir.testkit;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.weir.db.engine.ValueKind;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** The engines as the database's contracts want them: pools and the names of types. */
final class Engines {
    static final String ENDLESS_RECURSION =
            "with recursive n(i) as (select 1 union all select i + 1 from n where i < 100000000000) select count(*) from n";

    private static final int PATIENCE_MILLIS = 60_000;

    private Engines() {}

    static HikariDataSource pool(String jdbcUrl, @Nullable String user, @Nullable String password, int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(jdbcUrl);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(0);
        config.setConnectionTimeout(PATIENCE_MILLIS);
        return new HikariDataSource(config);
    }

    static void close(DataSource pool) {
        ((HikariDataSource) pool).close();
    }

    static DataSource sqlite(Path directory, int connections) {
        return pool(
                "jdbc:sqlite:" + directory.resolve("test.db") + "?journal_mode=WAL&busy_timeout=60000",
                null,
                null,
                connections);
    }

    static String sqliteType(ValueKind kind) {
        return switch (kind) {
            case INTEGER -> "bigint";
            case DECIMAL -> "decimal(12, 3)";
            case DOUBLE -> "double";
            case BOOLEAN -> "boolean";
            case TEXT -> "varchar(300)";
            case BYTES -> "blob";
            case DATE -> "date";
            case INSTANT -> "timestamp";
            default -> throw new AssertionError(kind);
        };
    }

    static String postgresType(ValueKind kind) {
        return switch (kind) {
            case INTEGER -> "bigint";
            case DECIMAL -> "numeric(12, 3)";
            case DOUBLE -> "double precision";
            case BOOLEAN -> "boolean";
            case TEXT -> "varchar(300)";
            case BYTES -> "bytea";
            case DATE -> "date";
            case INSTANT -> "timestamptz";
            default -> throw new AssertionError(kind);
        };
    }

    static String mariaDbType(ValueKind kind) {
        return switch (kind) {
            case INTEGER -> "bigint";
            case DECIMAL -> "decimal(12, 3)";
            case DOUBLE -> "double";
            case BOOLEAN -> "boolean";
            case TEXT -> "varchar(300) character set utf8mb4";
            case BYTES -> "blob";
            case DATE -> "date";
            case INSTANT -> "timestamp(6) null";
            default -> throw new AssertionError(kind);
        };
    }

    static String h2Type(ValueKind kind) {
        return switch (kind) {
            case INTEGER -> "bigint";
            case DECIMAL -> "decimal(12, 3)";
            case DOUBLE -> "double precision";
            case BOOLEAN -> "boolean";
            case TEXT -> "varchar(300)";
            case BYTES -> "varbinary(1000)";
            case DATE -> "date";
            case INSTANT -> "timestamp(6) with time zone";
            default -> throw new AssertionError(kind);
        };
    }
}
