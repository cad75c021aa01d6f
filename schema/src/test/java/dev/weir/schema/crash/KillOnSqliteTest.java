package dev.weir.schema.crash;

import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

class KillOnSqliteTest extends KillCases {
    @Override
    String open(Path directory) {
        return "jdbc:sqlite:" + directory.resolve(UUID.randomUUID() + ".db")
                + "?foreign_keys=on&busy_timeout=5000&synchronous=off";
    }

    @Override
    void drop() {}

    @Override
    List<Moments> moments() {
        return List.of(
                Moments.of("create_table", 1),
                Moments.of("add_column", 1),
                Moments.of("add_index", 1),
                Moments.of("drop_index", 1),
                Moments.of("drop_column", 1),
                Moments.of("drop_table", 1),
                Moments.of("seed", 1),
                Moments.of("rebuild_table", 1, 3, 5),
                Moments.of("data", 1, 5, 6));
    }
}
