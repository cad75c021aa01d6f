package dev.weir.testkit;

import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;

@RequiresServer(Server.POSTGRES)
class WriteBehindOnPostgresTest extends WriteBehindCases {
    private final List<TestDatabase> databases = new ArrayList<>();

    @Override
    DataSource database() {
        TestDatabase made = Servers.postgres().newDatabase();
        databases.add(made);
        return made.dataSource();
    }

    @AfterEach
    void drop() throws SQLException {
        for (TestDatabase made : databases) {
            made.drop();
        }
    }

    @Override
    int runs() {
        return 6;
    }
}
