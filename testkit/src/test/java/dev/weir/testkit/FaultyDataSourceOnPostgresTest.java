package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.testkit.FaultyDataSource.Point;
import dev.weir.testservers.RequiresServer;
import dev.weir.testservers.Server;
import dev.weir.testservers.Servers;
import dev.weir.testservers.TestDatabase;
import java.io.IOException;
import java.io.StringReader;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

@RequiresServer(Server.POSTGRES)
class FaultyDataSourceOnPostgresTest extends FaultyDataSourceCases {
    private final TestDatabase database = Servers.postgres().newDatabase();

    @Override
    DataSource target() {
        return database.dataSource();
    }

    @AfterEach
    void drop() throws SQLException {
        database.drop();
    }

    @Test
    void copy_throughTheDriversConnection_isFaultedAtCommit() throws SQLException {
        faulty.on(Point.BEFORE_COMMIT).breakConnection();
        try (Connection connection = begin()) {
            assertThat(copy(connection)).isEqualTo(2);
            assertBroken(connection::commit);
            assertThatThrownBy(() -> copy(connection)).isInstanceOf(SQLException.class);
        }
        assertThat(rows()).isZero();

        faulty.on(Point.AFTER_COMMIT).breakConnection();
        try (Connection connection = begin()) {
            copy(connection);
            assertBroken(connection::commit);
        }
        assertThat(rows()).isEqualTo(2);
    }

    private static long copy(Connection connection) throws SQLException {
        try {
            return connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn("COPY t FROM STDIN", new StringReader("1\n2\n"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
