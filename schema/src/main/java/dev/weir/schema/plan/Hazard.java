package dev.weir.schema.plan;

import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Something a step can do that wants consent: losing data, failing on the rows that are there, or keeping writers waiting.
 *
 * @param object what it is about: {@code table}, {@code table.column} or {@code table.constraint}
 * @param count how many rows or values are at stake, counted when the plan was made
 */
public record Hazard(Kind kind, String object, long count) {
    /** The closed list of hazards. Their names in plans and options are in lower case. */
    public enum Kind {
        /** A column goes; the count is of its values that are not NULL. */
        DROP_COLUMN,
        /** A table goes; the count is of its rows. */
        DROP_TABLE,
        /** A key or check that is not declared goes; the count is of the table's rows. */
        DROP_CONSTRAINT,
        /** An index that is not declared goes; the count is of the table's rows. */
        DROP_INDEX,
        /** A column's new type does not hold all its values; the count is of those that it does not. */
        NARROW_TYPE,
        /** A column is to refuse NULL and has some; the count is of those. */
        NOT_NULL_WITH_NULLS,
        /** Values are to be unique and are not; the count is of the rows beyond the first of each. */
        UNIQUE_WITH_DUPLICATES,
        /** Rows refer to rows that are not there; the count is of the former. */
        FOREIGN_KEY_WITH_ORPHANS,
        /** Rows do not fulfil a check that is to come; the count is of those. */
        CHECK_VIOLATED,
        /** A large table is written anew while writers wait; the count is of its rows. */
        TABLE_REWRITE,
        /** A large table is read while writers wait; the count is of its rows. */
        LONG_LOCK,
        /** A column goes and one of its type comes, which looks like a rename; the count is of the values that would be lost. */
        POSSIBLE_RENAME;

        /** The name in plans and options. */
        public String id() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** All parts are there. */
    public Hazard {
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(object, "object");
    }

    /** What consents to it: {@code name:object}. */
    public String consent() {
        return kind.id() + ":" + object;
    }

    /**
     * Looks whether a consent is written as one.
     *
     * @throws IllegalArgumentException if it is not {@code name:object} with the name of a hazard
     */
    public static void requireConsent(String consent) {
        int colon = Objects.requireNonNull(consent, "consent").indexOf(':');
        boolean known = colon > 0
                && colon < consent.length() - 1
                && Stream.of(Kind.values()).anyMatch(kind -> consent.startsWith(kind.id() + ":"));
        if (!known) {
            throw new IllegalArgumentException(
                    "a consent must be HAZARD:OBJECT as a plan prints it: " + consent + "; the hazards are "
                            + Stream.of(Kind.values()).map(Kind::id).sorted().collect(Collectors.joining(", ")));
        }
    }
}
