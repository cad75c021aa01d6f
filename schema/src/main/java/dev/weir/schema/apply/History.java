package dev.weir.schema.apply;

import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.Dialect.OwnColumn;
import dev.weir.db.engine.ValueKind;
import dev.weir.schema.diff.Change;
import dev.weir.schema.physical.PhysicalTable;
import dev.weir.schema.plan.Step;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.annotation.JsonDeserialize;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.NamedType;

/**
 * What was done to a database's schema, in its own table {@code weir_schema_history}; and which data steps were, in
 * {@code weir_schema_data}. Each call works on a connection of the caller, inside its transaction if it has one. Immutable.
 */
public final class History {
    /** Runs of apply, baseline and rollback. */
    public static final String RUNS = "weir_schema_history";

    /** Data steps. */
    public static final String DATA = "weir_schema_data";

    /** How far a run came. */
    public enum State {
        /** It was begun; if nobody works on it any more, it was cut off. */
        RUNNING,
        /** It was carried out. */
        DONE,
        /** It was taken back. */
        ROLLED_BACK
    }

    /**
     * A run.
     *
     * @param kind {@code apply}, {@code baseline} or {@code rollback}
     * @param declaration the hash of what was declared; empty for a rollback
     */
    public record Run(long id, String kind, State state, String declaration, Body body) {}

    /**
     * What a run did.
     *
     * @param steps those that were carried out, in order; the last may be one that was only begun
     * @param before the tables that it changes, as they were when it began
     * @param tables the declared tables as they were afterwards
     * @param normal the declaration in the engine's words
     */
    public record Body(
            List<Done> steps, List<PhysicalTable> before, List<PhysicalTable> tables, List<PhysicalTable> normal) {
        /** A body of a run that has done nothing yet. */
        static final Body EMPTY = new Body(List.of(), List.of(), List.of(), List.of());

        /** A copy whose lists can't change. */
        public Body {
            before = List.copyOf(before);
            steps = List.copyOf(steps);
            tables = List.copyOf(tables);
            normal = List.copyOf(normal);
        }
    }

    /**
     * A step that was carried out.
     *
     * @param change what it changed; null for data steps and seeds
     */
    public record Done(
            String id,
            List<String> reverse,
            boolean lossy,
            @Nullable Change change) {
        /** A copy whose list can't change. */
        public Done {
            reverse = List.copyOf(reverse);
        }

        static Done of(Step step) {
            return new Done(step.id(), step.reverse(), step.lossy(), step.change());
        }
    }

    /**
     * A data step that was begun.
     *
     * @param position where its last batch ended; null before the first
     */
    public record DataRecord(
            String key, String hash, boolean done, @Nullable String position) {}

    @com.fasterxml.jackson.annotation.JsonTypeInfo(
            use = com.fasterxml.jackson.annotation.JsonTypeInfo.Id.NAME,
            property = "kind")
    @JsonDeserialize
    private interface Tagged {}

    private static final JsonMapper JSON = JsonMapper.builder()
            .addMixIn(Change.class, Tagged.class)
            .registerSubtypes(Stream.of(Change.class.getPermittedSubclasses())
                    .map(type -> new NamedType(type, type.getSimpleName()))
                    .toArray(NamedType[]::new))
            .build();

    private final Dialect dialect;

    /** For an engine. */
    public History(Dialect dialect) {
        this.dialect = dialect;
    }

    /** The statements that make the tables, each harmless when its table is there. */
    public List<String> ddl() {
        return List.of(
                dialect.createOwnTable(
                        RUNS,
                        List.of(
                                new OwnColumn("id", ValueKind.INTEGER, 0),
                                new OwnColumn("kind", ValueKind.TEXT, 20),
                                new OwnColumn("state", ValueKind.TEXT, 20),
                                new OwnColumn("at", ValueKind.TEXT, 40),
                                new OwnColumn("declaration", ValueKind.TEXT, 64),
                                new OwnColumn("body", ValueKind.TEXT, 0)),
                        List.of("id")),
                dialect.createOwnTable(
                        DATA,
                        List.of(
                                new OwnColumn("step", ValueKind.TEXT, 200),
                                new OwnColumn("hash", ValueKind.TEXT, 64),
                                new OwnColumn("state", ValueKind.TEXT, 20),
                                new OwnColumn("at", ValueKind.TEXT, 40),
                                new OwnColumn("position", ValueKind.TEXT, 0, true)),
                        List.of("step")));
    }

    /** Whether the tables are there. */
    public boolean exists(Connection connection) throws SQLException {
        Set<String> tables = Set.copyOf(dialect.tableNames(connection));
        return tables.contains(RUNS) && tables.contains(DATA);
    }

    /** Makes the tables if they are missing, each by itself. */
    public void make(Connection connection) throws SQLException {
        if (!exists(connection)) {
            try (Statement statement = connection.createStatement()) {
                for (String sql : ddl()) {
                    statement.execute(sql);
                }
            }
        }
    }

    /** All runs, the newest first. */
    public List<Run> runs(Connection connection) throws SQLException {
        return exists(connection) ? runs(connection, select("") + newestFirst()) : List.of();
    }

    private String select(String condition) {
        return "SELECT " + names("id", "kind", "state", "declaration", "body") + " FROM " + dialect.quote(RUNS)
                + condition;
    }

    private String newestFirst() {
        return " ORDER BY " + dialect.quote("id") + " DESC";
    }

    private static List<Run> runs(Connection connection, String sql) throws SQLException {
        List<Run> runs = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(sql);
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                runs.add(new Run(
                        rows.getLong(1),
                        rows.getString(2),
                        State.valueOf(rows.getString(3)),
                        rows.getString(4),
                        JSON.readValue(rows.getString(5), Body.class)));
            }
        }
        return runs;
    }

    /** The newest run that was carried out and not taken back: what the database was made to be. */
    public Optional<Run> last(Connection connection) throws SQLException {
        if (!exists(connection)) {
            return Optional.empty();
        }
        String done = " WHERE " + dialect.quote("state") + " = '" + State.DONE + "'";
        return runs(connection, dialect.limit(select(done) + newestFirst(), 1L, null)).stream()
                .findFirst();
    }

    /** Writes the beginning of a run down, and answers its id. */
    public long begin(Connection connection, String kind, String declaration) throws SQLException {
        long id = 1;
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT max(" + dialect.quote("id") + ") FROM " + dialect.quote(RUNS));
                ResultSet rows = select.executeQuery()) {
            if (rows.next()) {
                id = rows.getLong(1) + 1;
            }
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + dialect.quote(RUNS) + " ("
                + names("id", "kind", "state", "at", "declaration", "body") + ") VALUES (?, ?, ?, ?, ?, ?)")) {
            insert.setLong(1, id);
            insert.setString(2, kind);
            insert.setString(3, State.RUNNING.name());
            insert.setString(4, Instant.now().toString());
            insert.setString(5, declaration);
            insert.setString(6, JSON.writeValueAsString(Body.EMPTY));
            insert.executeUpdate();
        }
        return id;
    }

    /** Writes down how far a run came. */
    public void update(Connection connection, long id, State state, Body body) throws SQLException {
        try (PreparedStatement update =
                connection.prepareStatement("UPDATE " + dialect.quote(RUNS) + " SET " + dialect.quote("state")
                        + " = ?, " + dialect.quote("body") + " = ? WHERE " + dialect.quote("id") + " = ?")) {
            update.setString(1, state.name());
            update.setString(2, JSON.writeValueAsString(body));
            update.setLong(3, id);
            update.executeUpdate();
        }
    }

    /** The data steps that were begun or done. */
    public List<DataRecord> dataSteps(Connection connection) throws SQLException {
        if (!exists(connection)) {
            return List.of();
        }
        List<DataRecord> records = new ArrayList<>();
        try (PreparedStatement select = connection.prepareStatement(
                        "SELECT " + names("step", "hash", "state", "position") + " FROM " + dialect.quote(DATA));
                ResultSet rows = select.executeQuery()) {
            while (rows.next()) {
                records.add(new DataRecord(
                        rows.getString(1),
                        rows.getString(2),
                        State.valueOf(rows.getString(3)) == State.DONE,
                        rows.getString(4)));
            }
        }
        return records;
    }

    /** Writes a data step's state down, whether there was one or not. */
    public void record(Connection connection, DataRecord step) throws SQLException {
        String set = Stream.of("hash", "state", "at", "position")
                .map(name -> dialect.quote(name) + " = ?")
                .collect(Collectors.joining(", "));
        try (PreparedStatement update = connection.prepareStatement(
                "UPDATE " + dialect.quote(DATA) + " SET " + set + " WHERE " + dialect.quote("step") + " = ?")) {
            bind(update, step);
            if (update.executeUpdate() > 0) {
                return;
            }
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + dialect.quote(DATA) + " ("
                + names("hash", "state", "at", "position", "step") + ") VALUES (?, ?, ?, ?, ?)")) {
            bind(insert, step);
            insert.executeUpdate();
        }
    }

    /** Forgets a data step, so that it is to be done again. */
    public void forget(Connection connection, String key) throws SQLException {
        try (PreparedStatement delete = connection.prepareStatement(
                "DELETE FROM " + dialect.quote(DATA) + " WHERE " + dialect.quote("step") + " = ?")) {
            delete.setString(1, key);
            delete.executeUpdate();
        }
    }

    private static void bind(PreparedStatement statement, DataRecord step) throws SQLException {
        statement.setString(1, step.hash());
        statement.setString(2, (step.done() ? State.DONE : State.RUNNING).name());
        statement.setString(3, Instant.now().toString());
        statement.setString(4, step.position());
        statement.setString(5, step.key());
    }

    private String names(String... names) {
        return Stream.of(names).map(dialect::quote).collect(Collectors.joining(", "));
    }
}
