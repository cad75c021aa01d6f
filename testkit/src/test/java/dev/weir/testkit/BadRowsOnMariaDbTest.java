package dev.weir.testkit;

import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;

@RequiresServer(Server.MARIADB)
class BadRowsOnMariaDbTest extends BadRowCases {
    private final TestDatabase database = Servers.mariadb().newDatabase();

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
