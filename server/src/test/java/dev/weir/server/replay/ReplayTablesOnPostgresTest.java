package dev.weir.server.replay;

import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;

@Tag("servers")
@RequiresServer(Server.POSTGRES)
class ReplayTablesOnPostgresTest extends ReplayTablesCases {
    private @Nullable TestDatabase server;

    @Override
    Words words() {
        return new Words("text", "text", "text", "timestamp", "text collate loose");
    }

    @Override
    String url() {
        if (server == null) {
            server = Servers.postgres().newDatabase();
        }
        return server.jdbcUrlWithPassword();
    }

    @Override
    void beforeLooseKey() {
        execute("create collation loose (provider = icu, locale = 'und-u-ks-level2', deterministic = false)");
    }

    @Override
    List<String> additions() {
        return List.of(
                "create index hit_at on hit(at)",
                "comment on column page.hits is 'how often'",
                "comment on column page.last_seen is 'when'",
                "comment on table page is 'pages'",
                "alter table hit alter column status set default 0",
                "alter table hit add constraint status_is_known check (status > 0)");
    }

    @AfterEach
    void drop() throws SQLException {
        target.close();
        if (server != null) {
            server.drop();
        }
    }
}
