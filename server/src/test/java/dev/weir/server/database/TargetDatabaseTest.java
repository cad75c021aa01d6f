package dev.weir.server.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TargetDatabaseTest {
    @TempDir
    Path directory;

    private void refused(String url) throws SQLException {
        try (TargetDatabase target = TargetDatabase.open(url);
                Connection connection = target.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table if not exists t(v varchar(3))");
            assertThatThrownBy(() -> statement.execute("insert into t values('confidential')"))
                    .isInstanceOf(SQLException.class);
        }
    }

    @Test
    void refusedValue_ofH2_isInNoFile() throws Exception {
        refused("jdbc:h2:" + directory.resolve("target"));

        try (Stream<Path> files = Files.list(directory)) {
            List<Path> written = files.toList();
            assertThat(written).isNotEmpty();
            for (Path file : written) {
                assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                        .as(file.toString())
                        .doesNotContain("confidential");
            }
        }
    }

    @Test
    void h2_forAUserWhoMayNotSetIt_opensAllTheSame() throws Exception {
        String url = "jdbc:h2:" + directory.resolve("target");
        try (TargetDatabase target = TargetDatabase.open(url);
                Connection connection = target.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create user u password 'p'");
        }

        try (TargetDatabase target = TargetDatabase.open(url + ";USER=u;PASSWORD=p");
                Connection connection = target.dataSource().getConnection()) {
            assertThat(connection.isValid(5)).isTrue();
        }
        refused(url + ";TRACE_LEVEL_FILE=0");
    }
}
