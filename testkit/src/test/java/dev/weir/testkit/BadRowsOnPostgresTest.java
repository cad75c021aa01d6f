package dev.weir.testkit;

import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;

@RequiresServer(Server.POSTGRES)
class BadRowsOnPostgresTest extends BadRowCases {
    private final TestDatabase database = Servers.postgres().newDatabase();

    @Override
    DataSource database() {
        return database.dataSource();
    }

    @AfterEach
    void drop() throws SQLException {
        close();
        database.drop();
    }
}
