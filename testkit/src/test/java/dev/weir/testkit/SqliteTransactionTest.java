package dev.weir.testkit;

import dev.weir.db.engine.ValueKind;
import java.nio.file.Path;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;

class SqliteTransactionTest extends TransactionContract {
    @TempDir
    Path directory;

    @Override
    protected DataSource open(int connections) {
        return Engines.sqlite(directory, connections);
    }

    @Override
    protected void close(DataSource opened) {
        Engines.close(opened);
    }

    @Override
    protected String type(ValueKind kind) {
        return Engines.sqliteType(kind);
    }

    @Override
    protected String identity() {
        return "id integer primary key";
    }

    @Override
    protected String endlessQuery() {
        return Engines.ENDLESS_RECURSION;
    }
}
