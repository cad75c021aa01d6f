package dev.weir.schema;

import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.util.List;
import javax.sql.DataSource;

@RequiresServer(Server.MARIADB)
class SnapshotOnMariaDbTest extends SnapshotCases {
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
    List<String> byHand() {
        return List.of(
                "create table parent (id int unsigned auto_increment primary key, code varchar(20)"
                        + " character set utf8mb4 collate utf8mb4_bin unique comment 'a \"code\"') comment 'all: of #1'",
                "create table pairs (y int, x int, primary key (y, x))",
                """
                create table `Every Thing` (
                  id bigint auto_increment primary key,
                  word varchar(30) not null default 'it''s',
                  fixed char(3),
                  number decimal(10, 2) default -1.5,
                  moment timestamp(6) not null default current_timestamp(6) on update current_timestamp(6),
                  clock datetime default current_timestamp,
                  made varchar(20) default (concat('a', 'b')),
                  kind enum('a', 'b,c', 'it''s') default 'a',
                  some set('a', 'b'),
                  bits bit(3) default b'101',
                  year year,
                  small tinyint unsigned default 3,
                  exact double default 1e3,
                  doc json,
                  body mediumtext,
                  bytes varbinary(16),
                  twice int as (number * 2),
                  kept int as (number * 3) stored,
                  author int unsigned,
                  x int,
                  y int,
                  foreign key (author) references parent (id) on delete set null,
                  constraint pair foreign key (y, x) references pairs (y, x) on update cascade,
                  check (number < 100),
                  constraint short check (char_length(word) < 20),
                  key prefixed (body(20), x desc),
                  fulltext key whole (body),
                  unique key once (word, x))""",
                "create table old_style (id int primary key, name varchar(20)) engine=InnoDB"
                        + " default charset=latin1 row_format=dynamic");
    }
}
