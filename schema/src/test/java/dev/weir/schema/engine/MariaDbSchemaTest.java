package dev.weir.schema.engine;

import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import javax.sql.DataSource;

@RequiresServer(Server.MARIADB)
class MariaDbSchemaTest extends SchemaDialectContract {
    private TestDatabase database;

    @Override
    DataSource open() {
        database = Servers.mariadb().newDatabase();
        return database.dataSource();
    }

    @Override
    String settings() {
        return "select concat_ws(' ', @@sql_mode, @@foreign_key_checks, @@check_constraint_checks, @@time_zone,"
                + " @@lock_wait_timeout, @@innodb_lock_wait_timeout, @@max_statement_time,"
                + " @@explicit_defaults_for_timestamp)";
    }

    @Override
    void drop() throws Exception {
        database.drop();
    }
}
