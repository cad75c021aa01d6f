package dev.weir.schema.engine;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the user of a session may do with the database in use, roles included, as SHOW GRANTS tells. Where a grant isn't
 * understood nothing is taken to be missing.
 */
final class MariaDbRights {
    private static final Pattern GRANT = Pattern.compile(
            "GRANT (.+?) ON (?:TABLE )?(\\*|`(?:[^`]|``)*`)\\.(\\*|`(?:[^`]|``)*`) TO .*", Pattern.DOTALL);
    private static final Pattern ELSEWHERE =
            Pattern.compile("GRANT .+? ON (?:PROCEDURE|FUNCTION|PACKAGE|PACKAGE BODY) .*", Pattern.DOTALL);
    private static final Pattern OF_COLUMNS = Pattern.compile("\\([^)]*\\)");
    private static final Pattern PROXY = Pattern.compile("GRANT PROXY ON .*", Pattern.DOTALL);
    private static final Pattern ROLE = Pattern.compile("GRANT [`'\"].*");

    /** ALTER TABLE wants the first three of these, a count of what is in the way the last. */
    private static final List<String> TO_CHANGE = List.of("ALTER", "CREATE", "INSERT", "SELECT");

    private final String database;
    private final List<Grant> grants;
    private final boolean understood;

    private MariaDbRights(String database, List<Grant> grants, boolean understood) {
        this.database = database;
        this.grants = grants;
        this.understood = understood;
    }

    /** Rights on all tables of databases, or on one; of names in their quotes, or {@code *}. */
    private record Grant(Set<String> rights, String database, String table) {
        boolean has(String right) {
            return rights.contains("ALL PRIVILEGES") || rights.contains("ALL") || rights.contains(right);
        }

        boolean covers(String name) {
            if (database.equals("*")) {
                return true;
            }
            String plain = plain(database);
            // Only a grant on a whole database takes its name for a pattern.
            return table.equals("*") ? like(plain).matcher(name).matches() : plain.equalsIgnoreCase(name);
        }
    }

    static MariaDbRights read(Connection connection) throws SQLException {
        String database = MariaDbScratch.string(connection, "SELECT DATABASE()");
        List<Grant> grants = new ArrayList<>();
        boolean understood = true;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW GRANTS")) {
            while (rows.next()) {
                String line = rows.getString(1);
                Matcher grant = GRANT.matcher(line);
                if (grant.matches()) {
                    grants.add(new Grant(rights(grant.group(1)), grant.group(2), grant.group(3)));
                } else if (line.startsWith("GRANT ")
                        && !ELSEWHERE.matcher(line).matches()
                        && !PROXY.matcher(line).matches()
                        && !ROLE.matcher(line).matches()) {
                    understood = false;
                }
            }
        }
        return new MariaDbRights(database, grants, understood);
    }

    private static Set<String> rights(String list) {
        return Stream.of(OF_COLUMNS.matcher(list).replaceAll("").split(","))
                .map(right -> right.strip().toUpperCase(Locale.ROOT))
                .collect(Collectors.toSet());
    }

    private static String plain(String quoted) {
        return quoted.substring(1, quoted.length() - 1).replace("``", "`");
    }

    private static Pattern like(String pattern) {
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            if (c == '%') {
                regex.append(".*");
            } else if (c == '_') {
                regex.append('.');
            } else {
                boolean escaped = c == '\\' && i + 1 < pattern.length();
                regex.append(Pattern.quote(String.valueOf(escaped ? pattern.charAt(++i) : c)));
            }
        }
        return Pattern.compile(regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    }

    List<String> missingToLock() {
        boolean granted = !understood
                || grants.stream()
                        .anyMatch(grant ->
                                grant.table().equals("*") && grant.covers(database) && grant.has("LOCK TABLES"));
        return granted ? List.of() : List.of("LOCK TABLES on database " + database);
    }

    List<String> missing(Collection<String> tables) {
        if (!understood) {
            return List.of();
        }
        List<String> missing = new ArrayList<>();
        List<Grant> here =
                grants.stream().filter(grant -> grant.covers(database)).toList();
        // One that may make a table by name may well be all that is wanted.
        if (here.stream().noneMatch(grant -> grant.has("CREATE"))) {
            missing.add("CREATE on database " + database);
        }
        for (String table : tables) {
            for (String right : TO_CHANGE) {
                boolean granted = here.stream()
                        .anyMatch(grant -> grant.has(right)
                                && (grant.table().equals("*")
                                        || plain(grant.table()).equalsIgnoreCase(table)));
                if (!granted) {
                    missing.add(right + " on table " + table);
                }
            }
        }
        return missing;
    }
}
