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

@RequiresServer(Server.POSTGRES)
class WriteBehindHolesOnPostgresTest extends WriteBehindHoles {
    private static TestDatabase database;

    @BeforeAll
    static void make() {
        database = Servers.postgres().newDatabase();
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
        return Engines.postgresType(kind);
    }

    @Test
    void odacW39_flush_locksRowsInTheOrderOfTheirKeys() throws Exception {
        assertFlushLocksInTheOrderOfKeys(
                "select count(*) n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()");
    }

    @Test
    void valueBehindALock_isNotWaitedFor() throws Exception {
        assertValueBehindALockIsNotWaitedFor("lock table posts in access exclusive mode", "rollback");
    }
}
