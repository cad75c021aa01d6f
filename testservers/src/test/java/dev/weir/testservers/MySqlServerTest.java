package dev.weir.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class MySqlServerTest {
    @Test
    @RequiresServer(Server.MYSQL)
    void newDatabase_isThere() throws SQLException {
        try (TestDatabase database = Servers.mysql().newDatabase();
                Connection connection = database.connect()) {
            assertThat(connection.getCatalog()).isEqualTo(database.name());
        }
    }

    @Test
    @RequiresServer(Server.MARIADB)
    void address_isUnderstood_andItsDatabasesAreDropped() throws SQLException {
        TestDatabase given = Servers.mariadb().newDatabase();
        String address = given.jdbcUrlWithPassword().replace("jdbc:mariadb:", "jdbc:mysql:");
        TestDatabase database = new MySqlServer(address).newDatabase();
        try (Connection connection = database.connect()) {
            assertThat(connection.getCatalog()).isEqualTo(database.name());
        }
        database.drop();
        assertThatThrownBy(database::connect).isInstanceOf(SQLException.class);
        given.drop();
    }

    @Test
    void address_thatIsNone_isRefused() {
        assertThatThrownBy(() -> new MySqlServer("mysql.example")).isInstanceOf(SQLException.class);
    }
}
