package dev.weir.schema;

import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.DataSource;

@RequiresServer(Server.MARIADB)
class ScriptsOnMariaDbTest extends ScriptCases {
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

    @Override
    List<String> harmful() {
        String name = db.sql("select database() as n").first().orElseThrow().getString("n");
        return Stream.of(
                        "DROP TABLE IF EXISTS `%s`.`victim`; CREATE TABLE `victim` (`id` int primary key)",
                        "USE `%s`; DROP TABLE IF EXISTS `victim`",
                        "/*!50000 drop table `%s`.`victim` */",
                        "create table t (a int); rename table t to `%s`.`leak`",
                        "create table `%s`.`leak` (a int)")
                .map(sql -> sql.formatted(name))
                .toList();
    }
}
