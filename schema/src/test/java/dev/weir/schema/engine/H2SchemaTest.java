package dev.weir.schema.engine;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

class H2SchemaTest extends SchemaDialectContract {
    private final JdbcDataSource source = new JdbcDataSource();

    @Override
    DataSource open() {
        source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1");
        return source;
    }

    @Override
    String settings() {
        return "select concat_ws(' ', lock_timeout(), (select setting_value from information_schema.settings"
                + " where setting_name = 'QUERY_TIMEOUT'))";
    }

    @Override
    void drop() throws SQLException {
        try (Connection last = source.getConnection();
                Statement statement = last.createStatement()) {
            statement.execute("SHUTDOWN");
        }
    }
}
