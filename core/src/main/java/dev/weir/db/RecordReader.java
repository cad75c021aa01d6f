package dev.weir.db;

import dev.weir.db.engine.ColumnInfo;
import dev.weir.db.engine.TableInfo;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Turns rows into records of one type, and records into columns. Thread-safe. */
final class RecordReader<T extends Record> {
    private static final ClassValue<RecordReader<?>> READERS = new ClassValue<>() {
        @Override
        protected RecordReader<?> computeValue(Class<?> type) {
            return new RecordReader<>(type.asSubclass(Record.class));
        }
    };

    private final Class<T> type;
    private final Constructor<T> constructor;
    private final String[] names;
    private final Class<?>[] types;
    private final Method[] accessors;

    /** The last header and the places of the components in it: rows of one result share their header. */
    private volatile @Nullable Places places;

    private static final class Places {
        final RowHeader header;
        final int[] indexes;

        Places(RowHeader header, int[] indexes) {
            this.header = header;
            this.indexes = indexes;
        }
    }

    private RecordReader(Class<T> type) {
        this.type = type;
        RecordComponent[] components = type.getRecordComponents();
        names = new String[components.length];
        types = new Class<?>[components.length];
        accessors = new Method[components.length];
        Class<?>[] declared = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            names[i] = components[i].getName();
            declared[i] = components[i].getType();
            types[i] = boxed(components[i].getType());
            accessors[i] = components[i].getAccessor();
            accessors[i].setAccessible(true);
        }
        try {
            constructor = type.getDeclaredConstructor(declared);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("A record without its constructor: type=" + type.getName(), e);
        }
        constructor.setAccessible(true);
    }

    static <T extends Record> RecordReader<T> of(Class<T> type) {
        Objects.requireNonNull(type, "type");
        if (!type.isRecord()) {
            throw new IllegalArgumentException(
                    "The type must be a record: type=" + type.getName() + ". Name a record.");
        }
        @SuppressWarnings("unchecked")
        RecordReader<T> reader = (RecordReader<T>) READERS.get(type);
        return reader;
    }

    T read(Row row) {
        int[] indexes = places(row.header());
        @Nullable Object[] arguments = new @Nullable Object[names.length];
        for (int i = 0; i < arguments.length; i++) {
            Object value = row.at(indexes[i]);
            if (value != null) {
                arguments[i] = RowValues.to(types[i], value, names[i]);
            } else if (constructor.getParameterTypes()[i].isPrimitive()) {
                throw new IllegalArgumentException("A primitive component can't hold NULL: component=" + names[i]
                        + ", record=" + type.getName() + ". Use its boxed type.");
            }
        }
        return invoke(arguments);
    }

    private T invoke(@Nullable Object[] arguments) {
        try {
            return constructor.newInstance(arguments);
        } catch (InvocationTargetException e) {
            if (e.getCause() instanceof RuntimeException refused) {
                throw refused;
            }
            throw new IllegalArgumentException(
                    "The record's constructor failed: record=" + type.getName(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("The record can't be made: record=" + type.getName(), e);
        }
    }

    private int[] places(RowHeader header) {
        Places last = places;
        if (last == null || last.header != header) {
            last = new Places(header, find(header));
            places = last;
        }
        return last.indexes;
    }

    private int[] find(RowHeader header) {
        int[] indexes = new int[names.length];
        List<String> labels = header.labels();
        for (int i = 0; i < names.length; i++) {
            int found = labels.indexOf(names[i]);
            for (int j = 0; found < 0 && j < labels.size(); j++) {
                if (folded(labels.get(j)).equals(folded(names[i]))) {
                    found = j;
                }
            }
            if (found < 0) {
                throw new IllegalArgumentException("Each component needs a column of its name: component=" + names[i]
                        + ", record=" + type.getName() + ". The row has " + labels + ".");
            }
            indexes[i] = found;
        }
        return indexes;
    }

    /** The components' values, by the names that {@code table} has for them. */
    static Map<String, @Nullable Object> columns(Record row, TableInfo table) {
        RecordReader<?> reader = of(row.getClass());
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        for (int i = 0; i < reader.names.length; i++) {
            columns.put(reader.columnName(i, table), reader.value(i, row));
        }
        return columns;
    }

    private String columnName(int component, TableInfo table) {
        String name = names[component];
        return table.column(name)
                .or(() -> table.columns().stream()
                        .filter(column -> folded(column.name()).equals(folded(name)))
                        .findFirst())
                .map(ColumnInfo::name)
                .orElse(name);
    }

    private @Nullable Object value(int component, Record row) {
        try {
            return accessors[component].invoke(row);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(
                    "The record's component can't be read: component=" + names[component] + ", record="
                            + type.getName(),
                    e);
        }
    }

    private static String folded(String name) {
        return name.replace("_", "").toLowerCase(Locale.ROOT);
    }

    private static Class<?> boxed(Class<?> type) {
        return MethodType.methodType(type).wrap().returnType();
    }
}
