package dev.weir.testkit;

import dev.weir.db.engine.ValueKind;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

@RequiresServer(Server.MARIADB)
class WriteBehindHolesOnMariaDbTest extends WriteBehindHoles {
    private static TestDatabase database;

    @BeforeAll
    static void make() {
        database = Servers.mariadb().newDatabase();
    }

    @AfterAll
    static void drop() throws SQLException {
        database.drop();
    }

    @Override
    DataSource database() throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(DROP);
        }
        return database.dataSource();
    }

    @Override
    String type(ValueKind kind) {
        return Engines.mariaDbType(kind);
    }

    @Override
    String text() {
        return "varchar(20) character set utf8mb4 collate utf8mb4_nopad_bin";
    }

    @Test
    void odacW39_flush_locksRowsInTheOrderOfTheirKeys() throws Exception {
        assertFlushLocksInTheOrderOfKeys(
                "select count(*) n from information_schema.innodb_trx where trx_state = 'LOCK WAIT'");
    }

    @Test
    void valueBehindALock_isNotWaitedFor() throws Exception {
        assertValueBehindALockIsNotWaitedFor("lock tables posts write", "unlock tables");
    }
}
