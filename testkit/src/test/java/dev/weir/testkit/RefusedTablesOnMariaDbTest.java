package dev.weir.testkit;

import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;

@RequiresServer(Server.MARIADB)
class RefusedTablesOnMariaDbTest extends RefusedTableCases {
    private final TestDatabase database = Servers.mariadb().newDatabase();

    @Override
    DataSource database() {
        return database.dataSource();
    }

    @Override
    List<String> inexactKeys() {
        return List.of(
                "varchar(20) character set utf8mb4 collate utf8mb4_general_ci",
                "varchar(20) character set utf8mb4 collate utf8mb4_bin",
                "varchar(20)",
                "char(20) character set utf8mb4 collate utf8mb4_nopad_bin",
                "enum('a', 'A') character set utf8mb4 collate utf8mb4_nopad_bin",
                "double");
    }

    @Override
    String exactText() {
        return "varchar(20) character set utf8mb4 collate utf8mb4_nopad_bin";
    }

    @Override
    List<String> withoutTransactions() {
        return List.of("engine=MyISAM", "engine=Aria", "engine=Aria transactional=1", "engine=MEMORY");
    }

    @AfterEach
    void drop() throws SQLException {
        database.drop();
    }
}
