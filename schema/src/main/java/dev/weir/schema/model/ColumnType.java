package dev.weir.schema.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A column's type as it is declared, the same on all engines. Immutable.
 *
 * @param kind what it is
 * @param length the longest text or bytes; null for the kind's default (255 for {@code STRING}, 21 for {@code NANOID}, none
 *     else)
 * @param precision all digits of a decimal (10 unless given) or bits of a float; null for the default
 * @param scale digits after the point of a decimal (2 unless given), of seconds for a time; null for the default
 * @param unsigned whether negative numbers are refused: the engine's unsigned type where it has one, else a check
 * @param values the values of an {@code ENUM}, in order; empty else
 * @param raw the engine's own type name for {@code RAW}, the size ({@code text}, {@code mediumtext}, {@code longtext}) for
 *     {@code TEXT}; null else
 */
public record ColumnType(
        Kind kind,
        @Nullable Integer length,
        @Nullable Integer precision,
        @Nullable Integer scale,
        boolean unsigned,
        List<String> values,
        @Nullable String raw) {

    /** The kinds of types. */
    public enum Kind {
        /** 32 bits, numbered by the database, primary key. */
        INCREMENTS,
        /** 64 bits, numbered by the database, primary key. */
        BIG_INCREMENTS,
        /** 16 bits. */
        SMALL_INTEGER,
        /** 32 bits. */
        INTEGER,
        /** 64 bits. */
        BIG_INTEGER,
        /** Binary floating point of 64 bits; of 32 if the precision is 24 or less. */
        FLOAT,
        /** Exact decimal. */
        DECIMAL,
        /** Text up to a length. */
        STRING,
        /** Text without a bound. */
        TEXT,
        /** True or false. */
        BOOLEAN,
        /** A day. */
        DATE,
        /** A day and a time without zone. */
        DATETIME,
        /** A point in time. */
        TIMESTAMP,
        /** A time of day. */
        TIME,
        /** Bytes. */
        BINARY,
        /** JSON as text. */
        JSON,
        /** JSON in the engine's binary form where it has one. */
        JSONB,
        /** A UUID. */
        UUID,
        /** One of some texts. */
        ENUM,
        /** A text of 21 letters that Weir makes. */
        NANOID,
        /** The engine's own type, by its name there. */
        RAW
    }

    /** A copy whose list can't change. */
    public ColumnType {
        Objects.requireNonNull(kind, "kind");
        values = List.copyOf(values);
    }

    /** The type of a kind with its defaults. */
    public static ColumnType of(Kind kind) {
        return new ColumnType(kind, null, null, null, false, List.of(), null);
    }

    /** {@code STRING} up to a length. */
    public static ColumnType string(int length) {
        return of(Kind.STRING).withLength(length);
    }

    /** {@code DECIMAL} of that many digits, and of those after the point. */
    public static ColumnType decimal(int precision, int scale) {
        return new ColumnType(Kind.DECIMAL, null, precision, scale, false, List.of(), null);
    }

    /** {@code ENUM} of the values. */
    public static ColumnType enumeration(String... values) {
        return new ColumnType(Kind.ENUM, null, null, null, false, List.of(values), null);
    }

    /** The engine's own type. */
    public static ColumnType raw(String name) {
        return new ColumnType(Kind.RAW, null, null, null, false, List.of(), Objects.requireNonNull(name, "name"));
    }

    /** The same with a length. */
    public ColumnType withLength(int newLength) {
        return new ColumnType(kind, newLength, precision, scale, unsigned, values, raw);
    }

    /** The same, without negative numbers. */
    public ColumnType withoutSign() {
        return new ColumnType(kind, length, precision, scale, true, values, raw);
    }

    /** Whether the database numbers the rows, so that the column is the primary key. */
    public boolean increments() {
        return kind == Kind.INCREMENTS || kind == Kind.BIG_INCREMENTS;
    }
}
