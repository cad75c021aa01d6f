package dev.weir.db;

import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.ColumnValues;
import dev.weir.db.engine.ValueKind;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A chain on a table. */
final class TableQuery implements Table {
    private final Runner runner;
    private final TableSteps steps;

    private TableQuery(Runner runner, TableSteps steps) {
        this.runner = runner;
        this.steps = steps;
    }

    static TableQuery of(Runner runner, String table) {
        Objects.requireNonNull(table, "name");
        if (table.isBlank()) {
            throw new IllegalArgumentException("A table's name must not be blank: name=" + table + ". Give one.");
        }
        return new TableQuery(runner, TableSteps.of(table));
    }

    private Table with(TableSteps changed) {
        return new TableQuery(runner, changed);
    }

    @Override
    public String name() {
        return steps.table();
    }

    // ---- steps

    @Override
    public Table where(String column, Object value) {
        return where(Condition.eq(column, value));
    }

    @Override
    public Table where(String column, String operator, Object value) {
        return where(Condition.compare(column, operator, value));
    }

    @Override
    public Table where(Condition condition) {
        return with(steps.where(Objects.requireNonNull(condition, "condition")));
    }

    @Override
    public Table whereIn(String column, Collection<?> values) {
        return where(Condition.in(column, values));
    }

    @Override
    public Table whereNull(String column) {
        return where(Condition.isNull(column));
    }

    @Override
    public Table whereNotNull(String column) {
        return where(Condition.isNotNull(column));
    }

    @Override
    public Table like(String column, String pattern) {
        return where(Condition.like(column, pattern));
    }

    @Override
    public Table all() {
        return with(steps.everyRow());
    }

    @Override
    public Table select(String... columns) {
        if (columns.length == 0) {
            throw new IllegalArgumentException(
                    "select needs a column: table=" + name() + ". Leave the call out to get all of them.");
        }
        return with(steps.select(List.of(columns)));
    }

    @Override
    public Table join(String table, String column, String otherColumn) {
        return joined(false, table, column, otherColumn);
    }

    @Override
    public Table leftJoin(String table, String column, String otherColumn) {
        return joined(true, table, column, otherColumn);
    }

    private Table joined(boolean left, String table, String column, String otherColumn) {
        return with(steps.join(new TableSteps.Join(
                left,
                Objects.requireNonNull(table, "table"),
                Objects.requireNonNull(column, "column"),
                Objects.requireNonNull(otherColumn, "otherColumn"))));
    }

    @Override
    public Table orderBy(String column) {
        return with(steps.order(new TableSteps.Order(Objects.requireNonNull(column, "column"), false)));
    }

    @Override
    public Table orderByDescending(String column) {
        return with(steps.order(new TableSteps.Order(Objects.requireNonNull(column, "column"), true)));
    }

    @Override
    public Table limit(long rows) {
        return with(steps.limit(notNegative("limit", rows)));
    }

    @Override
    public Table offset(long rows) {
        return with(steps.offset(notNegative("offset", rows)));
    }

    private static long notNegative(String name, long rows) {
        if (rows < 0) {
            throw new IllegalArgumentException(
                    name + " must not be negative: " + name + "=" + rows + ". Give 0 or more rows.");
        }
        return rows;
    }

    // ---- reading

    @Override
    public <T extends Record> Results<T> as(Class<T> type) {
        return new RecordResults<>(this, RecordReader.of(type));
    }

    @Override
    public Optional<Row> first() {
        Long limit = steps.limit();
        Command query = made(sql -> sql.select(limit == null ? 1L : Math.min(1L, limit)));
        List<Row> rows = runner.read(session -> session.query(query));
        return rows.isEmpty() ? Optional.empty() : Optional.of(rows.get(0));
    }

    @Override
    public List<Row> list() {
        Command query = made(sql -> sql.select(steps.limit()));
        return runner.read(session -> session.query(query));
    }

    @Override
    public Stream<Row> stream() {
        return runner.stream(made(sql -> sql.select(steps.limit())));
    }

    @Override
    public long count() {
        refuse(steps.limit() != null || steps.offset() != null, "count", "a limit or an offset");
        Command query = made(TableSql::count);
        return runner.read(session -> session.number(query));
    }

    @Override
    public boolean exists() {
        Long limit = steps.limit();
        if (limit != null && limit == 0) {
            return false;
        }
        Command query = made(TableSql::exists);
        return runner.read(session -> session.number(query)) == 1;
    }

    // ---- writing

    @Override
    public Row insert(Map<String, ? extends @Nullable Object> row) {
        return insertAll(List.of(row)).get(0);
    }

    @Override
    public Row insert(Record row) {
        Objects.requireNonNull(row, "row");
        return insert(RecordReader.columns(row, runner.lookUp(name())));
    }

    @Override
    public List<Row> insertAll(List<? extends Map<String, ? extends @Nullable Object>> rows) {
        refuse(!steps.bare(), "insert", "conditions or other steps");
        return new TableInsert(runner, name()).insert(rows);
    }

    @Override
    public void upsert(Map<String, ? extends @Nullable Object> row, String... key) {
        refuse(!steps.bare(), "upsert", "conditions or other steps");
        new TableInsert(runner, name()).upsert(row, List.of(key));
    }

    @Override
    public long update(Map<String, ? extends @Nullable Object> columns) {
        requireRows("update");
        Map<ColumnInfo, @Nullable Object> values = new TableInsert(runner, name()).resolved(columns);
        return changed(sql -> sql.update(values));
    }

    @Override
    public long increment(String column, long delta) {
        requireRows("increment");
        return changed(sql -> {
            ColumnInfo found = runner.lookUp(sql.table(), column);
            if (found.kind() != ValueKind.INTEGER
                    && found.kind() != ValueKind.DECIMAL
                    && found.kind() != ValueKind.DOUBLE) {
                throw new IllegalArgumentException("increment is for columns of numbers: column=" + column + ", type="
                        + found.typeName() + ". Use update.");
            }
            return sql.increment(found, ColumnValues.comparable(found, delta));
        });
    }

    @Override
    public long delete() {
        requireRows("delete");
        return changed(TableSql::delete);
    }

    private long changed(Function<TableSql, Command> statement) {
        Command command = made(statement);
        return runner.write(Written.of(runner.lookUp(name())), session -> session.update(command));
    }

    /** Before anything is refused the tables are looked at once more: somebody else may have changed them. */
    private Command made(Function<TableSql, Command> statement) {
        TableSql sql = new TableSql(runner, steps);
        try {
            return statement.apply(sql);
        } catch (IllegalArgumentException refusal) {
            if (!sql.outdated(refusal)) {
                throw refusal;
            }
            return statement.apply(new TableSql(runner, steps));
        }
    }

    private void requireRows(String call) {
        if (steps.conditions().isEmpty() && !steps.all()) {
            throw new IllegalStateException(call + " needs a condition: table=" + name()
                    + ". Add one by where, or all() if every row is meant.");
        }
        refuse(!steps.conditions().isEmpty() && steps.all(), call, "both conditions and all()");
        refuse(
                !steps.joins().isEmpty()
                        || !steps.orders().isEmpty()
                        || !steps.columns().isEmpty()
                        || steps.limit() != null
                        || steps.offset() != null,
                call,
                "a join, select, order, limit or offset");
    }

    private void refuse(boolean refused, String call, String steps) {
        if (refused) {
            throw new IllegalStateException(
                    call + " can't be combined with " + steps + ": table=" + name() + ". Leave one of them out.");
        }
    }

    @Override
    public TableBuffer buffer() {
        refuse(!steps.bare(), "buffer", "conditions or other steps");
        return runner.buffer(name());
    }
}
