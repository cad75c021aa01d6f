package dev.weir.schema;

import java.sql.Connection;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

class MigrationOnH2Test extends OvertakenMigrationCases {
    private final JdbcDataSource source = new JdbcDataSource();

    @Override
    DataSource open() {
        source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1");
        return source;
    }

    @Override
    void drop() throws Exception {
        try (Connection last = source.getConnection();
                Statement statement = last.createStatement()) {
            statement.execute("SHUTDOWN");
        }
    }
}
