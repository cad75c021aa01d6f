package dev.weir.db;

import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.ColumnValues;
import dev.weir.db.engine.Dialect;
import dev.weir.db.engine.TableInfo;
import dev.weir.db.engine.ValueKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes the SQL of one chain: looks its names up, quotes them, and gathers the values in the order of their parameters. Used
 * by one thread, for one statement.
 */
final class TableSql {
    private final Runner runner;
    private final Dialect dialect;
    private final TableSteps steps;
    /** The tables by the names that columns are qualified with. */
    private final List<Source> sources = new ArrayList<>();

    private final StringBuilder sql = new StringBuilder(128);
    private final List<Command.Parameter> parameters = new ArrayList<>();

    private record Source(String given, TableInfo table) {}

    private record Place(Source source, ColumnInfo column) {}

    TableSql(Runner runner, TableSteps steps) {
        this.runner = runner;
        this.dialect = runner.dialect();
        this.steps = steps;
        sources.add(new Source(steps.table(), runner.lookUp(steps.table())));
        for (TableSteps.Join join : steps.joins()) {
            sources.add(new Source(join.table(), runner.lookUp(join.table())));
        }
    }

    TableInfo table() {
        return sources.get(0).table();
    }

    /** Whether one of its tables has been changed since the catalog saw it. */
    boolean outdated(IllegalArgumentException refusal) {
        boolean outdated = false;
        for (Source source : sources) {
            outdated |= !runner.fresh(source.table(), refusal).equals(source.table());
        }
        return outdated;
    }

    // ---- statements

    Command select(@Nullable Long limit) {
        List<Place> places = selected();
        sql.append("SELECT ");
        for (int i = 0; i < places.size(); i++) {
            sql.append(i == 0 ? "" : ", ");
            column(places.get(i));
        }
        from();
        where();
        orderBy();
        String limited = dialect.limit(sql.toString(), limit, steps.offset());
        return Command.query(
                limited, parameters, places.stream().map(Place::column).toList(), header(places));
    }

    Command count() {
        sql.append("SELECT COUNT(*)");
        from();
        where();
        return Command.update(sql.toString(), parameters);
    }

    Command exists() {
        sql.append("SELECT 1");
        from();
        where();
        return Command.update(dialect.limit(sql.toString(), 1L, steps.offset()), parameters);
    }

    Command update(Map<ColumnInfo, @Nullable Object> values) {
        sql.append("UPDATE ").append(dialect.quote(table())).append(" SET ");
        boolean first = true;
        for (Map.Entry<ColumnInfo, @Nullable Object> entry : values.entrySet()) {
            sql.append(first ? "" : ", ")
                    .append(dialect.quote(entry.getKey().name()))
                    .append(" = ?");
            parameters.add(new Command.Parameter(entry.getKey(), entry.getValue()));
            first = false;
        }
        where();
        return Command.update(sql.toString(), parameters);
    }

    Command increment(ColumnInfo column, Object delta) {
        String name = dialect.quote(column.name());
        sql.append("UPDATE ")
                .append(dialect.quote(table()))
                .append(" SET ")
                .append(name)
                .append(" = ")
                .append(dialect.increment(column, name));
        parameters.add(new Command.Parameter(column, delta));
        where();
        return Command.update(sql.toString(), parameters);
    }

    Command delete() {
        sql.append("DELETE FROM ").append(dialect.quote(table()));
        where();
        return Command.update(sql.toString(), parameters);
    }

    // ---- their parts

    private void from() {
        sql.append(" FROM ").append(dialect.quote(table()));
        for (int i = 0; i < steps.joins().size(); i++) {
            TableSteps.Join join = steps.joins().get(i);
            sql.append(join.left() ? " LEFT JOIN " : " JOIN ")
                    .append(dialect.quote(sources.get(i + 1).table()))
                    .append(" ON ");
            column(place(join.column()));
            sql.append(" = ");
            column(place(join.otherColumn()));
        }
    }

    private void where() {
        for (int i = 0; i < steps.conditions().size(); i++) {
            sql.append(i == 0 ? " WHERE " : " AND ");
            condition(steps.conditions().get(i));
        }
    }

    private void orderBy() {
        for (int i = 0; i < steps.orders().size(); i++) {
            sql.append(i == 0 ? " ORDER BY " : ", ");
            Place place = place(steps.orders().get(i).column());
            sql.append(dialect.ordered(place.column(), reference(place)));
            sql.append(steps.orders().get(i).descending() ? " DESC" : "");
        }
    }

    private void condition(Condition condition) {
        if (condition instanceof ConditionNode.Comparison comparison) {
            Place place = place(comparison.column());
            ConditionNode.Operator operator = comparison.operator();
            boolean ordering = operator != ConditionNode.Operator.EQUAL && operator != ConditionNode.Operator.UNEQUAL;
            String left = reference(place);
            sql.append(ordering ? dialect.ordered(place.column(), left) : left)
                    .append(' ')
                    .append(operator.symbol())
                    .append(' ')
                    .append(ordering ? dialect.ordered(place.column(), "?") : "?");
            parameter(place, comparison.value());
        } else if (condition instanceof ConditionNode.Membership membership) {
            membership(membership);
        } else if (condition instanceof ConditionNode.NullTest test) {
            column(place(test.column()));
            sql.append(test.isNull() ? " IS NULL" : " IS NOT NULL");
        } else if (condition instanceof ConditionNode.Pattern pattern) {
            pattern(pattern);
        } else if (condition instanceof ConditionNode.Junction junction) {
            sql.append('(');
            condition(junction.parts().get(0));
            sql.append(junction.conjunction() ? " AND " : " OR ");
            condition(junction.parts().get(1));
            sql.append(')');
        } else if (condition instanceof ConditionNode.Negation negation) {
            sql.append("NOT (");
            condition(negation.negated());
            sql.append(')');
        }
    }

    private void membership(ConditionNode.Membership membership) {
        Place place = place(membership.column());
        if (membership.values().isEmpty()) {
            sql.append("1 = 0");
            return;
        }
        column(place);
        sql.append(" IN (");
        for (int i = 0; i < membership.values().size(); i++) {
            sql.append(i == 0 ? "?" : ", ?");
            parameter(place, membership.values().get(i));
        }
        sql.append(')');
    }

    private void pattern(ConditionNode.Pattern pattern) {
        Place place = place(pattern.column());
        if (place.column().kind() != ValueKind.TEXT) {
            throw new IllegalArgumentException("like is for columns of text: column=" + pattern.column() + ", type="
                    + place.column().typeName() + ". Use a comparison.");
        }
        sql.append(dialect.like(reference(place)));
        parameters.add(new Command.Parameter(null, ColumnValues.comparable(place.column(), pattern.pattern())));
    }

    private void parameter(Place place, Object value) {
        parameters.add(new Command.Parameter(place.column(), ColumnValues.comparable(place.column(), value)));
    }

    private void column(Place place) {
        sql.append(reference(place));
    }

    private String reference(Place place) {
        String name = dialect.quote(place.column().name());
        return sources.size() > 1 ? dialect.quote(place.source().table()) + "." + name : name;
    }

    // ---- names

    private Place place(String name) {
        if (sources.size() == 1) {
            return single(sources.get(0), name);
        }
        int dot = name.lastIndexOf('.');
        if (dot >= 0) {
            String qualifier = name.substring(0, dot);
            for (Source source : sources) {
                if (names(source, qualifier)) {
                    return new Place(source, runner.lookUp(source.table(), name.substring(dot + 1)));
                }
            }
            throw new IllegalArgumentException("A column must be of a table in the chain: column=" + name
                    + ". The tables are " + sources.stream().map(Source::given).toList() + ".");
        }
        List<Place> found = new ArrayList<>();
        for (Source source : sources) {
            source.table().column(name).ifPresent(column -> found.add(new Place(source, column)));
        }
        if (found.size() == 1) {
            return found.get(0);
        }
        if (found.isEmpty()) {
            return new Place(sources.get(0), runner.lookUp(table(), name));
        }
        throw new IllegalArgumentException("Several tables of the chain have this column: column=" + name + ". Write "
                + found.get(0).source().given() + "." + name + " or "
                + found.get(1).source().given() + "." + name + ".");
    }

    private Place single(Source source, String name) {
        int dot = name.lastIndexOf('.');
        boolean qualified = dot >= 0 && source.table().column(name).isEmpty() && names(source, name.substring(0, dot));
        return new Place(source, runner.lookUp(source.table(), qualified ? name.substring(dot + 1) : name));
    }

    private static boolean names(Source source, String qualifier) {
        return source.given().equalsIgnoreCase(qualifier)
                || source.table().name().equalsIgnoreCase(qualifier);
    }

    // ---- what is selected

    private List<Place> selected() {
        List<Place> places = new ArrayList<>();
        if (!steps.columns().isEmpty()) {
            steps.columns().forEach(name -> places.add(place(name)));
            return places;
        }
        for (Source source : sources) {
            source.table().columns().forEach(column -> places.add(new Place(source, column)));
        }
        return places;
    }

    private RowHeader header(List<Place> places) {
        List<String> labels = new ArrayList<>(places.size());
        if (sources.size() == 1) {
            places.forEach(place -> labels.add(place.column().name()));
            return new RowHeader(labels);
        }
        Map<String, Integer> uses = new HashMap<>();
        places.forEach(place -> uses.merge(place.column().name().toLowerCase(Locale.ROOT), 1, Integer::sum));
        List<String> qualified = new ArrayList<>(places.size());
        for (Place place : places) {
            String name = place.column().name();
            String full = place.source().given() + "." + name;
            qualified.add(full);
            labels.add(uses.getOrDefault(name.toLowerCase(Locale.ROOT), 0) > 1 ? full : name);
        }
        return new RowHeader(labels, qualified);
    }
}
