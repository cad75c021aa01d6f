package dev.weir.schema.random;

import dev.weir.db.Database;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

class PairsOnH2Test extends PairCases {
    private final List<JdbcDataSource> open = new ArrayList<>();

    @Override
    SchemaDraw.Engine engine() {
        return new SchemaDraw.Engine(false, false);
    }

    @Override
    DataSource empty(int which) throws Exception {
        if (which == 0) {
            for (JdbcDataSource old : open) {
                try (Connection last = old.getConnection();
                        Statement statement = last.createStatement()) {
                    statement.execute("SHUTDOWN");
                }
            }
            open.clear();
        }
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:" + UUID.randomUUID() + ";DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1");
        open.add(source);
        return source;
    }

    @Override
    List<String> dump(Database database) throws SQLException {
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows(database, "SCRIPT NODATA NOPASSWORDS NOSETTINGS")) {
            String statement = row.get(0);
            if (statement.contains("weir_") || statement.startsWith("CREATE USER") || statement.startsWith("--")) {
                continue;
            }
            String unnamed = statement
                    .replaceAll("CONSTRAINT \"public\"\\.\"[^\"]+\"", "CONSTRAINT")
                    .replaceAll("INDEX \"public\"\\.\"[^\"]+\"", "INDEX");
            for (String line : unnamed.split("\n")) {
                lines.add(line.strip().replaceAll(",$", ""));
            }
        }
        return sorted(lines);
    }
}
