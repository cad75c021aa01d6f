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

@RequiresServer(Server.MARIADB)
class WriteBehindOnMariaDbTest extends WriteBehindCases {
    private final List<TestDatabase> databases = new ArrayList<>();

    @Override
    DataSource database() {
        TestDatabase made = Servers.mariadb().newDatabase();
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
    String text() {
        return "varchar(20) character set utf8mb4 collate utf8mb4_nopad_bin";
    }

    @Override
    int runs() {
        return 6;
    }
}
