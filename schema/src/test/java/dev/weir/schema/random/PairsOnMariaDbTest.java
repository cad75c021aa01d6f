package dev.weir.schema.random;

import dev.weir.db.Database;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

@RequiresServer(Server.MARIADB)
class PairsOnMariaDbTest extends PairCases {
    private final List<TestDatabase> databases = new ArrayList<>();

    @BeforeEach
    void make() {
        databases.add(Servers.mariadb().newDatabase());
        databases.add(Servers.mariadb().newDatabase());
    }

    @AfterEach
    void drop() throws Exception {
        for (TestDatabase database : databases) {
            database.drop();
        }
    }

    @Override
    int pairs() {
        return Integer.getInteger("schema.pairs", 50);
    }

    @Override
    SchemaDraw.Engine engine() {
        return new SchemaDraw.Engine(false, false);
    }

    @Override
    DataSource empty(int which) throws Exception {
        TestDatabase database = databases.get(which);
        DataSource source = database.dataSource();
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("drop database " + database.name());
            statement.execute("create database " + database.name());
        }
        return source;
    }

    @Override
    List<String> dump(Database database) throws SQLException {
        List<String> lines = new ArrayList<>();
        for (List<String> table : rows(
                database,
                "select table_name from information_schema.tables where table_schema = database()"
                        + " and table_name not like 'weir%'")) {
            String name = table.get(0);
            String sql =
                    rows(database, "show create table `" + name + "`").get(0).get(1);
            for (String line : sql.split("\n")) {
                lines.add(name + ": "
                        + line.strip()
                                .replaceAll(",$", "")
                                .replaceAll("^(UNIQUE )?KEY `[^`]+`", "$1KEY")
                                .replaceAll("^CONSTRAINT `[^`]+`", "CONSTRAINT")
                                .replaceAll(" AUTO_INCREMENT=\\d+", ""));
            }
        }
        return sorted(lines);
    }
}
