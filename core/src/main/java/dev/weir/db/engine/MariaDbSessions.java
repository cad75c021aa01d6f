package dev.weir.db.engine;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The time zones of sessions, in which MariaDB takes and gives a TIMESTAMP. A session is asked once, at its first
 * TIMESTAMP; whoever changes its zone afterwards by hand is not noticed.
 *
 * <p>In a zone with summer time one hour of the year comes twice, and which of the two is meant cannot be told: such a time
 * is refused. A server's own zone has a name only the server knows; unless it is UTC, TIMESTAMP is refused in it.
 *
 * <p><b>Concurrency:</b> one lock around the map; the session is asked outside it. A connection is used by one thread at a
 * time, so nobody else asks for the same one meanwhile.
 */
final class MariaDbSessions {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<Connection, ZoneId> zones = new WeakHashMap<>();

    LocalDateTime toLocal(Connection connection, Instant instant) throws SQLException {
        ZoneId zone = zone(connection);
        LocalDateTime local = LocalDateTime.ofInstant(instant, zone);
        requireSingle(zone, local);
        return local;
    }

    Instant toInstant(Connection connection, LocalDateTime local) throws SQLException {
        ZoneId zone = zone(connection);
        requireSingle(zone, local);
        return local.atZone(zone).toInstant();
    }

    void changed(Connection connection, ZoneId zone) throws SQLException {
        Connection session = session(connection);
        lock.lock();
        try {
            zones.put(session, zone);
        } finally {
            lock.unlock();
        }
    }

    void forget(Connection connection) throws SQLException {
        Connection session = session(connection);
        lock.lock();
        try {
            zones.remove(session);
        } finally {
            lock.unlock();
        }
    }

    private ZoneId zone(Connection connection) throws SQLException {
        Connection session = session(connection);
        lock.lock();
        try {
            ZoneId zone = zones.get(session);
            if (zone != null) {
                return zone;
            }
        } finally {
            lock.unlock();
        }
        ZoneId zone = ask(connection);
        changed(connection, zone);
        return zone;
    }

    private static void requireSingle(ZoneId zone, LocalDateTime local) throws SQLException {
        if (zone.getRules().getValidOffsets(local).size() != 1) {
            throw new SQLException(
                    "A TIMESTAMP must be told apart in the session's time zone, where this hour comes twice: time_zone="
                            + zone + "; set the session's time_zone to '+00:00'",
                    "22008");
        }
    }

    private static ZoneId ask(Connection connection) throws SQLException {
        String zone;
        String system;
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT @@SESSION.time_zone, @@GLOBAL.system_time_zone")) {
            rows.next();
            zone = rows.getString(1);
            system = rows.getString(2);
        }
        if (zone.equals("SYSTEM")) {
            if (system.equals("UTC") || system.equals("GMT") || system.equals("Etc/UTC")) {
                return ZoneOffset.UTC;
            }
        } else {
            try {
                return ZoneId.of(zone);
            } catch (DateTimeException e) {
                throw unknown(zone, system, e);
            }
        }
        throw unknown(zone, system, null);
    }

    private static SQLException unknown(String zone, String system, @Nullable Exception cause) {
        return new SQLException(
                "A TIMESTAMP needs a session whose time zone is an offset, a region or UTC: time_zone=" + zone
                        + ", system_time_zone=" + system + "; set the session's time_zone to '+00:00'",
                "HY000",
                cause);
    }

    /** The driver's own connection, which outlives what a pool wraps around it. */
    private static Connection session(Connection connection) throws SQLException {
        return connection.isWrapperFor(Connection.class) ? connection.unwrap(Connection.class) : connection;
    }
}
