package dev.weir.testkit;

import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;

@RequiresServer(Server.POSTGRES)
class RefusedTablesOnPostgresTest extends RefusedTableCases {
    private final TestDatabase database = Servers.postgres().newDatabase();

    @Override
    DataSource database() {
        return database.dataSource();
    }

    @Override
    List<String> preparations() {
        return List.of(
                "create extension citext",
                "create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)",
                "create domain label as text collate loose");
    }

    @Override
    List<String> inexactKeys() {
        return List.of("citext", "text collate loose", "label", "char(20)", "double precision");
    }

    @Override
    String exactText() {
        return "text";
    }

    @AfterEach
    void drop() throws SQLException {
        database.drop();
    }
}
