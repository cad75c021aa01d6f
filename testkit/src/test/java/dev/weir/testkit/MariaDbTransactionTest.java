package dev.weir.testkit;

import dev.weir.db.engine.ValueKind;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import javax.sql.DataSource;
import org.junit.jupiter.api.Tag;

@Tag("servers")
class MariaDbTransactionTest extends TransactionContract {
    private TestDatabase database;

    @Override
    protected DataSource open(int connections) throws Exception {
        database = Servers.mariadb().newDatabase();
        return Engines.pool(database.jdbcUrl(), database.user(), database.password(), connections);
    }

    @Override
    protected void close(DataSource opened) throws Exception {
        Engines.close(opened);
        database.drop();
    }

    @Override
    protected String type(ValueKind kind) {
        return Engines.mariaDbType(kind);
    }

    @Override
    protected String identity() {
        return "id bigint auto_increment primary key";
    }

    @Override
    protected String endlessQuery() {
        return "select count(*) from seq_1_to_100000000 a, seq_1_to_100000 b";
    }

    /** MariaDB commits before and after each change of the schema. */
    @Override
    protected boolean schemaChangesRollBack() {
        return false;
    }
}
