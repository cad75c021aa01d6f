package dev.weir.db;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a chain has gathered. Immutable. */
record TableSteps(
        String table,
        List<Condition> conditions,
        boolean all,
        List<String> columns,
        List<Join> joins,
        List<Order> orders,
        @Nullable Long limit,
        @Nullable Long offset) {

    record Join(boolean left, String table, String column, String otherColumn) {}

    record Order(String column, boolean descending) {}

    static TableSteps of(String table) {
        return new TableSteps(table, List.of(), false, List.of(), List.of(), List.of(), null, null);
    }

    TableSteps where(Condition condition) {
        return new TableSteps(table, with(conditions, condition), all, columns, joins, orders, limit, offset);
    }

    TableSteps everyRow() {
        return new TableSteps(table, conditions, true, columns, joins, orders, limit, offset);
    }

    TableSteps select(List<String> names) {
        return new TableSteps(table, conditions, all, names, joins, orders, limit, offset);
    }

    TableSteps join(Join join) {
        return new TableSteps(table, conditions, all, columns, with(joins, join), orders, limit, offset);
    }

    TableSteps order(Order order) {
        return new TableSteps(table, conditions, all, columns, joins, with(orders, order), limit, offset);
    }

    TableSteps limit(long rows) {
        return new TableSteps(table, conditions, all, columns, joins, orders, rows, offset);
    }

    TableSteps offset(long rows) {
        return new TableSteps(table, conditions, all, columns, joins, orders, limit, rows);
    }

    boolean bare() {
        return equals(of(table));
    }

    private static <E> List<E> with(List<E> list, E element) {
        List<E> more = new ArrayList<>(list.size() + 1);
        more.addAll(list);
        more.add(element);
        return List.copyOf(more);
    }
}
