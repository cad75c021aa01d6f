package dev.weir.db;

import dev.weir.db.engine.ColumnValues;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A statement of plain SQL with what is bound to it. */
final class SqlStatement implements Sql {
    private final Runner runner;
    private final SqlText text;
    private final List<@Nullable Object> positional;
    private final Map<String, @Nullable Object> named;
    private final List<String> written;

    private SqlStatement(
            Runner runner,
            SqlText text,
            List<@Nullable Object> positional,
            Map<String, @Nullable Object> named,
            List<String> written) {
        this.runner = runner;
        this.text = text;
        this.positional = positional;
        this.named = named;
        this.written = written;
    }

    static SqlStatement of(Runner runner, String text, @Nullable Object... positional) {
        Objects.requireNonNull(positional, "positional");
        SqlText parsed = SqlText.of(runner.dialect(), text);
        List<@Nullable Object> values = new ArrayList<>(positional.length);
        Collections.addAll(values, positional);
        return new SqlStatement(runner, parsed, values, Map.of(), List.of());
    }

    @Override
    public Sql bind(String name, @Nullable Object value) {
        Objects.requireNonNull(name, "name");
        Map<String, @Nullable Object> more = new LinkedHashMap<>(named);
        if (!text.names().contains(name)) {
            throw new IllegalArgumentException("The statement has no such parameter: parameter=" + name + ", sql="
                    + text.redacted() + ". Write it as :" + name + " there.");
        }
        more.put(name, value);
        return new SqlStatement(runner, text, positional, more, written);
    }

    @Override
    public Sql bind(Map<String, ? extends @Nullable Object> values) {
        Sql bound = this;
        for (Map.Entry<String, ? extends @Nullable Object> entry : values.entrySet()) {
            bound = bound.bind(entry.getKey(), entry.getValue());
        }
        return bound;
    }

    @Override
    public Sql writes(String... tables) {
        List<String> more = new ArrayList<>(written);
        Collections.addAll(more, tables);
        if (more.isEmpty()) {
            throw new IllegalArgumentException("writes needs a table: sql=" + text.redacted()
                    + ". Leave the call out if any table may be written.");
        }
        return new SqlStatement(runner, text, positional, named, List.copyOf(more));
    }

    @Override
    public <T extends Record> Results<T> as(Class<T> type) {
        return new RecordResults<>(this, RecordReader.of(type));
    }

    @Override
    public Optional<Row> first() {
        boolean writes = writes();
        List<Row> rows = run(session -> session.query(command(), writes ? 0 : 1));
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.get(0));
    }

    @Override
    public List<Row> list() {
        return run(session -> session.query(command()));
    }

    @Override
    public Stream<Row> stream() {
        // What writes has to be committed whole, whoever stops reading half-way.
        return writes() ? list().stream() : runner.stream(command());
    }

    @Override
    public long execute() {
        return run(session -> session.update(command()));
    }

    private boolean writes() {
        return text.mayWrite() || !written.isEmpty();
    }

    private <T> T run(Function<Session, T> work) {
        command();
        if (!writes()) {
            return runner.read(work);
        }
        Written tables = written.isEmpty()
                ? Written.ANY
                : Written.of(written.stream().map(runner::lookUp).toList());
        try {
            return text.commits()
                    ? runner.committing(tables, work)
                    : text.standsAlone() ? runner.alone(tables, work) : runner.write(tables, work);
        } finally {
            if (text.defines()) {
                runner.catalogChanged();
            }
        }
    }

    private Command command() {
        List<SqlText.Parameter> places = text.parameters();
        List<@Nullable Object> values = named.isEmpty() && text.names().isEmpty() ? positional : namedValues();
        if (places.size() != values.size()) {
            throw new IllegalArgumentException("Each parameter needs its value: parameters=" + places.size()
                    + ", values=" + values.size() + ", sql=" + text.redacted() + ". Give as many as there are.");
        }
        int[] widths = new int[places.size()];
        List<Command.Parameter> bound = new ArrayList<>(widths.length);
        for (int i = 0; i < widths.length; i++) {
            Object value = values.get(i);
            if (value instanceof Collection<?> elements) {
                if (elements.isEmpty()) {
                    throw new IllegalArgumentException(
                            "A list for IN must not be empty: parameter=" + shown(places.get(i), i) + ", sql="
                                    + text.redacted() + ". Leave the query out: it finds nothing.");
                }
                widths[i] = elements.size();
                for (Object element : elements) {
                    bound.add(parameter(places.get(i), i, element));
                }
            } else {
                widths[i] = 1;
                bound.add(parameter(places.get(i), i, value));
            }
        }
        return new Command(text.expanded(widths), bound, text::redacted, null, null);
    }

    private Command.Parameter parameter(SqlText.Parameter place, int index, @Nullable Object value) {
        if (value instanceof String string && ColumnValues.halfPair(string) >= 0) {
            throw new IllegalArgumentException("Text must be Unicode: parameter=" + shown(place, index) + ", sql="
                    + text.redacted() + ", a String of " + string.length() + " with half a surrogate pair at "
                    + ColumnValues.halfPair(string) + ". Mend or replace that character.");
        }
        return new Command.Parameter(null, value);
    }

    private static String shown(SqlText.Parameter place, int index) {
        String name = place.name();
        return name == null ? "number " + (index + 1) : name;
    }

    private List<@Nullable Object> namedValues() {
        if (!positional.isEmpty()) {
            throw new IllegalArgumentException(
                    "The statement's parameters have names: sql=" + text.redacted() + ". Give their values by bind.");
        }
        List<@Nullable Object> values = new ArrayList<>();
        for (SqlText.Parameter place : text.parameters()) {
            String name = Objects.requireNonNull(place.name());
            if (!named.containsKey(name)) {
                throw new IllegalArgumentException("Each parameter needs its value: parameter=" + name + ", sql="
                        + text.redacted() + ". Give it by bind.");
            }
            values.add(named.get(name));
        }
        return values;
    }
}
