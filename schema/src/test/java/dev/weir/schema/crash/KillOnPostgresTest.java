package dev.weir.schema.crash;

import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.nio.file.Path;
import java.util.List;

@RequiresServer(Server.POSTGRES)
class KillOnPostgresTest extends KillCases {
    private TestDatabase server;

    @Override
    String open(Path directory) {
        server = Servers.postgres().newDatabase();
        return server.jdbcUrlWithPassword();
    }

    @Override
    void drop() throws Exception {
        server.drop();
    }

    @Override
    List<Moments> moments() {
        return List.of(
                Moments.of("create_table", 1),
                Moments.of("add_column", 1),
                Moments.of("alter_column", 1),
                Moments.of("add_index", 1),
                Moments.of("drop_index", 1),
                Moments.of("add_foreign_key", 1),
                Moments.of("validate_foreign_key", 1),
                Moments.of("add_check", 1),
                Moments.of("validate_check", 1),
                Moments.of("drop_column", 1),
                Moments.of("drop_table", 1),
                Moments.of("seed", 1),
                Moments.of("data", 1, 5, 6));
    }
}
