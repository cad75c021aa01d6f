package dev.weir.schema.engine;

import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import javax.sql.DataSource;

@RequiresServer(Server.POSTGRES)
class PostgresSchemaTest extends SchemaDialectContract {
    private TestDatabase database;

    @Override
    DataSource open() {
        database = Servers.postgres().newDatabase();
        return database.dataSource();
    }

    @Override
    String settings() {
        return "select concat_ws(' ', current_setting('lock_timeout'), current_setting('statement_timeout'),"
                + " current_setting('client_connection_check_interval', true))";
    }

    @Override
    void drop() throws Exception {
        database.drop();
    }
}
