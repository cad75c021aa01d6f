package dev.weir.schema;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

class SnapshotOnSqliteTest extends SnapshotCases {
    @TempDir
    Path database;

    @Override
    DataSource open() {
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + database.resolve("test.db") + "?foreign_keys=on&busy_timeout=5000");
        return source;
    }

    @Override
    void drop() throws Exception {
        Files.deleteIfExists(database.resolve("test.db"));
    }

    @Override
    List<String> byHand() {
        return List.of(
                "create table parent (id integer primary key, code text collate nocase unique)",
                "create table pairs (y int, x int, primary key (y, x)) without rowid",
                """
                create table "Every Thing" (
                  id integer primary key autoincrement,
                  bare,
                  word text not null default 'it''s',
                  number numeric(10, 2) default -1.5,
                  moment timestamp default current_timestamp,
                  made text default (lower('A' || 'b')),
                  twice int as (number * 2),
                  kept int generated always as (number * 3) stored,
                  author int references parent (id) on delete set null deferrable initially deferred,
                  x int,
                  y int,
                  foreign key (y, x) references pairs (y, x) on update cascade,
                  check (number < 100),
                  constraint short check (length(word) < 20))""",
                "create unique index partial on \"Every Thing\" (lower(word) desc, x) where x > 5",
                "create index collated on \"Every Thing\" (word collate nocase, x desc)",
                "create table exact (id int primary key, word text) strict");
    }
}
