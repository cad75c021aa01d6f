package dev.weir.schema;

import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.util.List;
import javax.sql.DataSource;

@RequiresServer(Server.POSTGRES)
class ScriptsOnPostgresTest extends ScriptCases {
    private TestDatabase database;

    @Override
    DataSource open() {
        database = Servers.postgres().newDatabase();
        return database.dataSource();
    }

    @Override
    void drop() throws Exception {
        database.drop();
    }

    @Override
    List<String> harmful() {
        return List.of(
                "create table ok (id int primary key); drop table if exists victim; commit;",
                "commit; create table leak (id int)",
                "create table public.ok (id int)",
                "create index i on victim (id)",
                "alter table victim add b int",
                "lock table victim",
                "create table t (a int); create trigger g after insert on t execute function f()");
    }
}
