package dev.weir.schema.engine;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.sql.DataSource;

/** A database in memory that spells things as another one does, because it has its settings. */
final class H2Scratch implements Scratch {
    /** Those that change what a declaration becomes in the catalog, and can stand in an address. */
    private static final List<String> IN_ADDRESS = List.of(
            "MODE",
            "DATABASE_TO_UPPER",
            "DATABASE_TO_LOWER",
            "CASE_INSENSITIVE_IDENTIFIERS",
            "DEFAULT_NULL_ORDERING",
            "NON_KEYWORDS");

    private final Connection connection;

    private H2Scratch(Connection connection) {
        this.connection = connection;
    }

    static H2Scratch open(DataSource dataSource) throws SQLException {
        // Their own names follow DATABASE_TO_LOWER.
        Map<String, String> settings = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        List<String> statements = new ArrayList<>();
        try (Connection live = dataSource.getConnection();
                Statement statement = live.createStatement()) {
            try (ResultSet rows =
                    statement.executeQuery("SELECT SETTING_NAME, SETTING_VALUE FROM INFORMATION_SCHEMA.SETTINGS")) {
                while (rows.next()) {
                    settings.put(rows.getString(1), rows.getString(2));
                }
            }
            own(statement, settings, statements);
        }
        StringBuilder address = new StringBuilder("jdbc:h2:mem:weir_scratch_").append(UUID.randomUUID());
        for (String name : IN_ADDRESS) {
            String value = settings.get(name);
            if (value != null && value.matches("[A-Za-z0-9_, ]+")) {
                address.append(';').append(name).append('=').append(value);
            }
        }
        Connection connection = DriverManager.getConnection(address.toString());
        boolean made = false;
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
            made = true;
            return new H2Scratch(connection);
        } finally {
            if (!made) {
                connection.close();
            }
        }
    }

    /** Statements for the schema in use, and for the domains, constants and sequences that tables speak of. */
    private static void own(Statement statement, Map<String, String> settings, List<String> statements)
            throws SQLException {
        String schema;
        boolean helpers;
        try (ResultSet rows = statement.executeQuery("""
                SELECT CURRENT_SCHEMA,
                  EXISTS (SELECT 1 FROM INFORMATION_SCHEMA.DOMAINS WHERE DOMAIN_SCHEMA = CURRENT_SCHEMA)
                  OR EXISTS (SELECT 1 FROM INFORMATION_SCHEMA.CONSTANTS WHERE CONSTANT_SCHEMA = CURRENT_SCHEMA)
                  OR EXISTS (SELECT 1 FROM INFORMATION_SCHEMA.SEQUENCES WHERE SEQUENCE_SCHEMA = CURRENT_SCHEMA),
                  EXISTS (SELECT 1 FROM INFORMATION_SCHEMA.USERS WHERE USER_NAME = CURRENT_USER AND IS_ADMIN)""")) {
            rows.next();
            schema = SqlExpression.quote(rows.getString(1));
            // Only an administrator may ask for the script.
            helpers = rows.getBoolean(2) && rows.getBoolean(3);
        }
        String collation = settings.get("COLLATION");
        if (collation != null && collation.matches("[A-Za-z0-9_ ]+")) {
            statements.add("SET COLLATION " + collation);
        }
        if ("1".equals(settings.get("IGNORECASE"))) {
            statements.add("SET IGNORECASE TRUE");
        }
        statements.add("CREATE SCHEMA IF NOT EXISTS " + schema);
        statements.add("SET SCHEMA " + schema);
        if (!helpers) {
            return;
        }
        try (ResultSet rows = statement.executeQuery("SCRIPT NODATA NOSETTINGS SCHEMA " + schema)) {
            while (rows.next()) {
                String line = rows.getString(1);
                if (line.startsWith("CREATE DOMAIN ")
                        || line.startsWith("ALTER DOMAIN ")
                        || line.startsWith("CREATE CONSTANT ")
                        || line.startsWith("CREATE SEQUENCE ")) {
                    statements.add(line);
                }
            }
        }
    }

    @Override
    public Connection connection() {
        return connection;
    }

    /** The database is gone with its last connection. */
    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
