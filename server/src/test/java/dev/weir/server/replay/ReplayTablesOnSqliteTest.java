package dev.weir.server.replay;

class ReplayTablesOnSqliteTest extends ReplayTablesCases {
    @Override
    Words words() {
        return new Words("text", "text", "text", "timestamp", "text collate nocase");
    }

    @Override
    String url() {
        return "jdbc:sqlite:" + directory.resolve("target.db");
    }
}
