package dev.weir.server.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weir.schema.physical.PhysicalTable;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("servers")
@RequiresServer(Server.MARIADB)
class ReplayTablesOnMariaDbTest extends ReplayTablesCases {
    private static final String BYTEWISE = " character set utf8mb4 collate utf8mb4_nopad_bin";

    private @Nullable TestDatabase server;

    @Override
    Words words() {
        return new Words(
                "varchar(512)" + BYTEWISE,
                "varchar(36)" + BYTEWISE,
                "mediumtext" + BYTEWISE,
                "datetime",
                "varchar(512) character set utf8mb4 collate utf8mb4_bin");
    }

    @Override
    String url() {
        if (server == null) {
            server = Servers.mariadb().newDatabase();
        }
        return server.jdbcUrlWithPassword();
    }

    @Override
    List<String> additions() {
        return List.of(
                "create index hit_at on hit(at)",
                "alter table page modify hits bigint not null default 0 comment 'how often'",
                "alter table page comment 'pages'");
    }

    /** The catalog does not tell a collation that the database has anyway. */
    @ParameterizedTest
    @ValueSource(strings = {"utf8mb4_nopad_bin", "latin1_swedish_ci", "utf8mb4_bin"})
    void databaseOfAnyCollation_takesOverAndMakes(String collation) {
        execute("alter database collate " + collation);
        makeEarlierTables();
        List<PhysicalTable> before = described();
        assertThat(replay(false).problem()).isNull();
        assertThat(described()).isEqualTo(before);
        execute("drop table page", "drop table visitor", "drop table hit");
        assertThat(replay(true).problem()).isNull();
        assertThat(described())
                .extracting(PhysicalTable::columns)
                .isEqualTo(before.stream().map(PhysicalTable::columns).toList());
        AccessLogFile.check(target, LINES, 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"utf8mb4_nopad_bin", "latin1_swedish_ci"})
    void databaseWhoseCollationChangedSince_takesOver(String collation) {
        makeEarlierTables();
        execute("alter database collate " + collation);
        List<PhysicalTable> before = described();
        assertThat(replay(false).problem()).isNull();
        assertThat(described()).isEqualTo(before);
        AccessLogFile.check(target, LINES, 1);
    }

    @AfterEach
    void drop() throws SQLException {
        target.close();
        if (server != null) {
            server.drop();
        }
    }
}
