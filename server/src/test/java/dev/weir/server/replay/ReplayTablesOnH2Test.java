package dev.weir.server.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.schema.physical.PhysicalTable;
import dev.weir.server.CommandFailed;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayTablesOnH2Test extends ReplayTablesCases {
    private String settings = "";

    @Override
    Words words() {
        return new Words("varchar(1024)", "varchar(72)", "varchar", "timestamp", "varchar_ignorecase(1024)");
    }

    /** Without the setting, a kill loses what H2 has committed in the half second before. */
    @Override
    String url() {
        return "jdbc:h2:" + directory.resolve("target" + settings.replaceAll("[^A-Z]", "")) + ";WRITE_DELAY=0"
                + settings;
    }

    @Override
    List<String> additions() {
        return List.of(
                "create index hit_at on hit(at)",
                "comment on column page.hits is 'how often'",
                "comment on table page is 'pages'",
                "alter table hit alter column status set default 0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                ";DATABASE_TO_UPPER=FALSE",
                ";DATABASE_TO_LOWER=TRUE",
                ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE",
                ";MODE=MariaDB;CASE_INSENSITIVE_IDENTIFIERS=TRUE;DATABASE_TO_UPPER=FALSE"
            })
    void otherWaysToKeepNames_takeOverAndMake(String others) {
        target.close();
        settings = others;
        connect();
        makeEarlierTables();
        List<PhysicalTable> before = described();
        assertThat(replay(false).problem()).isNull();
        assertThat(described()).isEqualTo(before);
        for (PhysicalTable table : before) {
            execute("drop table " + table.name());
        }
        assertThat(replay(true).problem()).isNull();
        assertThat(described())
                .extracting(PhysicalTable::columns)
                .isEqualTo(before.stream().map(PhysicalTable::columns).toList());
        AccessLogFile.check(target, LINES, 1);
    }

    @Test
    void databaseThatComparesLoosely_isRefused() {
        execute("set collation english strength primary");
        assertThatThrownBy(() -> replay(false))
                .isInstanceOf(CommandFailed.class)
                .hasMessageContaining("does not compare byte for byte");
    }
}
