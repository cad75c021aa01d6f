package dev.weir.testkit;

import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

@RequiresServer(Server.POSTGRES)
class BadRowsOnPostgresTest extends BadRowCases {
    private final TestDatabase database = Servers.postgres().newDatabase();

    @Override
    DataSource database() {
        return database.dataSource();
    }

    @Test
    void counterOfAColumnThatIsTextNow_isRefusedAlone() {
        assertOnlyGoodIsRefusedAfter("alter table good alter n type text using n::text");
    }

    @Test
    void counterOfAColumnThatIsGeneratedNow_isRefusedAlone() {
        assertOnlyGoodIsRefusedAfter(
                "alter table good drop column n", "alter table good add n bigint generated always as (id + 1) stored");
    }

    @AfterEach
    void drop() throws SQLException {
        close();
        database.drop();
    }
}
