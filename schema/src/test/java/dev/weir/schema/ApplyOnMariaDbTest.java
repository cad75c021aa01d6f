package dev.weir.schema;

import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import javax.sql.DataSource;

@RequiresServer(Server.MARIADB)
class ApplyOnMariaDbTest extends ApplyCases {
    private TestDatabase database;

    @Override
    DataSource open() {
        database = Servers.mariadb().newDatabase();
        return database.dataSource();
    }

    @Override
    void drop() throws Exception {
        database.drop();
    }
}
