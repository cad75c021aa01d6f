package dev.weir.testkit;

import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcConnectionPool;
import org.junit.jupiter.api.AfterEach;

class RefusedTablesOnH2Test extends RefusedTableCases {
    private final JdbcConnectionPool pool =
            JdbcConnectionPool.create("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "");

    @Override
    DataSource database() {
        return pool;
    }

    @Override
    List<String> inexactKeys() {
        return List.of("varchar_ignorecase(20)", "char(20)", "double precision");
    }

    @Override
    String exactText() {
        return "varchar(20)";
    }

    @AfterEach
    void drop() {
        pool.dispose();
    }
}
