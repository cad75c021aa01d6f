package dev.weir.testkit;

import dev.weir.db.engine.ValueKind;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;

class WriteBehindHolesOnH2Test extends WriteBehindHoles {
    @Override
    DataSource database() {
        JdbcDataSource dataSource = new JdbcDataSource();
        dataSource.setUrl("jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=20000");
        dataSource.setUser("sa");
        return dataSource;
    }

    @Override
    String type(ValueKind kind) {
        return kind == ValueKind.BYTES ? "varbinary(10000)" : Engines.h2Type(kind);
    }

    @Test
    void odacW39_flush_locksRowsInTheOrderOfTheirKeys() throws Exception {
        assertFlushLocksInTheOrderOfKeys(
                "select count(*) as n from information_schema.sessions where blocker_id is not null");
    }
}
