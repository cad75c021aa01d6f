package dev.weir.db;

import dev.weir.db.engine.ValueKind;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A row of a result: values by column name, in the Java types of {@link ValueKind}. Immutable; equal to a row with the same
 * columns and values, byte arrays by content.
 *
 * <p>A name is taken as spelled, else ignoring case if just one column fits; an unknown or ambiguous one is refused with
 * {@link IllegalArgumentException}. The typed getters refuse NULL with {@link IllegalStateException}: ask {@link #find} or
 * {@link #get} for columns that may be NULL.
 */
public final class Row {
    private final RowHeader header;
    private final @Nullable Object[] values;

    /** The array is kept: whoever makes a row must not change it afterwards. */
    Row(RowHeader header, @Nullable Object[] values) {
        this.header = header;
        this.values = values;
    }

    /**
     * A row of these columns, in the map's order.
     *
     * @param values values in the Java types of {@link ValueKind}
     */
    public static Row of(Map<String, ? extends @Nullable Object> values) {
        List<String> names = List.copyOf(values.keySet());
        @Nullable Object[] copy = new @Nullable Object[names.size()];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = shared(values.get(names.get(i)));
        }
        return new Row(new RowHeader(names), copy);
    }

    /** The columns' names, in order. */
    public List<String> columns() {
        return header.labels();
    }

    /** The value of a column; null for NULL. */
    public @Nullable Object get(String column) {
        return shared(values[header.index(column)]);
    }

    /** Whether the column is NULL. */
    public boolean isNull(String column) {
        return values[header.index(column)] == null;
    }

    /**
     * The value of a column as another type, by the rules of {@link #as}; empty for NULL.
     *
     * @throws IllegalArgumentException if the type cannot hold the value exactly
     */
    public <T> Optional<T> find(String column, Class<T> type) {
        Objects.requireNonNull(type, "type");
        int index = header.index(column);
        @Nullable Object value = values[index];
        return value == null
                ? Optional.empty()
                : Optional.of(RowValues.to(type, shared(value), header.labels().get(index)));
    }

    /** The value of an integer column. */
    public long getLong(String column) {
        return require(column, Long.class);
    }

    /**
     * The value of an integer column as an {@code int}.
     *
     * @throws IllegalArgumentException if it is out of range
     */
    public int getInt(String column) {
        return require(column, Integer.class);
    }

    /** The value of a floating-point column, or of a decimal one as its nearest double. */
    public double getDouble(String column) {
        return require(column, Double.class);
    }

    /** The value of a decimal or integer column. */
    public BigDecimal getDecimal(String column) {
        return require(column, BigDecimal.class);
    }

    /** The value of a boolean column. */
    public boolean getBoolean(String column) {
        return require(column, Boolean.class);
    }

    /** The value of a text column. */
    public String getString(String column) {
        return require(column, String.class);
    }

    /** A copy of the value of a binary column. */
    public byte[] getBytes(String column) {
        return require(column, byte[].class);
    }

    /** The value of a UUID column. */
    public UUID getUuid(String column) {
        return require(column, UUID.class);
    }

    /** The value of a timestamp column; that of one without zone is taken as UTC. */
    public Instant getInstant(String column) {
        return require(column, Instant.class);
    }

    /** The value of a timestamp column; that of one with zone is given in UTC. */
    public LocalDateTime getDateTime(String column) {
        return require(column, LocalDateTime.class);
    }

    /** The value of a date column. */
    public LocalDate getDate(String column) {
        return require(column, LocalDate.class);
    }

    /** The value of a time column. */
    public LocalTime getTime(String column) {
        return require(column, LocalTime.class);
    }

    /**
     * The row as a record: each component takes the column of its name, ignoring case and underscores. NULL becomes null, and
     * is refused for a primitive component. Numbers may change their type if nothing is lost; a decimal may become a double;
     * text may become an enum constant; a timestamp may be read as {@link Instant} or {@link LocalDateTime}, in UTC.
     *
     * @throws IllegalArgumentException if a component has no column, or its type can't hold the value
     */
    public <T extends Record> T as(Class<T> type) {
        return RecordReader.of(type).read(this);
    }

    /** The values by name, in order. A copy that can't be changed. */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        List<String> labels = header.labels();
        for (int i = 0; i < values.length; i++) {
            map.put(labels.get(i), shared(values[i]));
        }
        return Collections.unmodifiableMap(map);
    }

    RowHeader header() {
        return header;
    }

    @Nullable Object at(int index) {
        return shared(values[index]);
    }

    private <T> T require(String column, Class<T> type) {
        int index = header.index(column);
        @Nullable Object value = values[index];
        if (value == null) {
            throw new IllegalStateException(
                    "The column is NULL in this row: column=" + column + ". Use find or get for one that may be.");
        }
        return RowValues.to(type, shared(value), header.labels().get(index));
    }

    private static <V extends @Nullable Object> V shared(V value) {
        if (value instanceof byte[] bytes) {
            @SuppressWarnings("unchecked")
            V copy = (V) bytes.clone();
            return copy;
        }
        return value;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Row row
                && header.labels().equals(row.header.labels())
                && Arrays.deepEquals(values, row.values);
    }

    @Override
    public int hashCode() {
        return 31 * header.labels().hashCode() + Arrays.deepHashCode(values);
    }

    /** The columns' names; values are private. */
    @Override
    public String toString() {
        return "Row" + header.labels();
    }
}
