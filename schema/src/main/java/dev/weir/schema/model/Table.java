package dev.weir.schema.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A table as it is declared.
 *
 * <pre>{@code
 * Table posts = Table.named("posts")
 *         .column("id", ColumnType.of(NANOID), ColumnBuilder::primary)
 *         .column("author_id", ColumnType.of(BIG_INTEGER), c -> c.references("users", "id").onDelete(CASCADE))
 *         .column("title", ColumnType.string(200), c -> c.notNull().renamedFrom("headline"))
 *         .column("price", ColumnType.decimal(12, 2), c -> c.defaultValue(0))
 *         .index(Index.on("author_id", "title desc"))
 *         .check("price_not_negative", "price >= 0")
 *         .build();
 * }</pre>
 *
 * <p>Immutable. {@link Schema#check} looks at what a declaration says; a table alone is not checked.
 *
 * @param columns in their order; {@link Table#dropped} tables have none
 * @param primaryKey the columns of the primary key in order; empty if there is none
 * @param checks conditions in SQL by the name of each
 * @param renamedFrom the name it had before; null if it had no other
 * @param dropped whether the table is to go, with what is in it
 * @param options what the engine is to know of the table as a whole, such as {@code WITHOUT ROWID}, in its own words; empty
 *     by default
 */
public record Table(
        String name,
        List<Column> columns,
        List<String> primaryKey,
        List<ForeignKey> foreignKeys,
        List<Index> indexes,
        Map<String, String> checks,
        @Nullable String comment,
        @Nullable String renamedFrom,
        boolean dropped,
        Optional<Seed> seed,
        String options) {

    /** A copy whose lists can't change, and whose primary key's columns refuse NULL. */
    public Table {
        List<String> key = List.copyOf(primaryKey);
        primaryKey = key;
        columns = columns.stream()
                .map(column -> key.contains(column.name()) ? column.withNullable(false) : column)
                .toList();
        foreignKeys = List.copyOf(foreignKeys);
        indexes = List.copyOf(indexes);
        checks = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(checks));
    }

    /** A table of which the engine need not know more. */
    public Table(
            String name,
            List<Column> columns,
            List<String> primaryKey,
            List<ForeignKey> foreignKeys,
            List<Index> indexes,
            Map<String, String> checks,
            @Nullable String comment,
            @Nullable String renamedFrom,
            boolean dropped,
            Optional<Seed> seed) {
        this(name, columns, primaryKey, foreignKeys, indexes, checks, comment, renamedFrom, dropped, seed, "");
    }

    /** Starts the declaration of a table. */
    public static Builder named(String name) {
        return new Builder(name);
    }

    /** The column of that very name. */
    public Optional<Column> column(String column) {
        return columns.stream().filter(c -> c.name().equals(column)).findFirst();
    }

    /** Collects a table's declaration. Not thread-safe. */
    public static final class Builder {
        private final String name;
        private final List<Column> columns = new ArrayList<>();
        private final List<String> columnKey = new ArrayList<>();
        private final List<ForeignKey> foreignKeys = new ArrayList<>();
        private final List<Index> indexes = new ArrayList<>();
        private final Map<String, String> checks = new LinkedHashMap<>();
        private List<String> primaryKey = List.of();
        private @Nullable String comment;
        private @Nullable String renamedFrom;
        private boolean dropped;
        private @Nullable Seed seed;
        private String options = "";

        private Builder(String name) {
            this.name = Objects.requireNonNull(name, "name");
        }

        /** A column that takes NULL and has no default. */
        public Builder column(String column, ColumnType type) {
            return column(column, type, UnaryOperator.identity());
        }

        /** A column with what {@code settings} say of it. */
        public Builder column(String column, ColumnType type, UnaryOperator<ColumnBuilder> settings) {
            settings.apply(new ColumnBuilder(column, type)).addTo(columns, columnKey, indexes, foreignKeys);
            return this;
        }

        /** The columns {@code created_at} and {@code updated_at}: points in time, not null, now unless given. */
        public Builder timestamps() {
            for (String column : List.of("created_at", "updated_at")) {
                column(
                        column,
                        ColumnType.of(ColumnType.Kind.TIMESTAMP),
                        c -> c.notNull().defaultSql("CURRENT_TIMESTAMP"));
            }
            return this;
        }

        /** A primary key of several columns, in this order. */
        public Builder primaryKey(String... key) {
            primaryKey = List.of(key);
            return this;
        }

        /** A foreign key, also of several columns. */
        public Builder foreignKey(ForeignKey key) {
            foreignKeys.add(Objects.requireNonNull(key, "key"));
            return this;
        }

        /** An index. */
        public Builder index(Index index) {
            indexes.add(Objects.requireNonNull(index, "index"));
            return this;
        }

        /** A condition in SQL that every row fulfils. */
        public Builder check(String check, String condition) {
            if (checks.put(Objects.requireNonNull(check, "check"), Objects.requireNonNull(condition, "condition"))
                    != null) {
                throw new IllegalArgumentException("a check's name must stand once: check=" + check);
            }
            return this;
        }

        /** A remark in the database's catalog, where the engine keeps such. */
        public Builder comment(String text) {
            comment = Objects.requireNonNull(text, "text");
            return this;
        }

        /** The name that the table had before. Once it has the new one, this says nothing any more. */
        public Builder renamedFrom(String oldName) {
            renamedFrom = Objects.requireNonNull(oldName, "oldName");
            return this;
        }

        /** The table is to go, with its rows. */
        public Builder dropped() {
            dropped = true;
            return this;
        }

        /** Rows that the table is to have. */
        public Builder seed(Seed rows) {
            seed = Objects.requireNonNull(rows, "rows");
            return this;
        }

        /** What the engine is to know of the table as a whole, in its own words. */
        public Builder options(String words) {
            options = Objects.requireNonNull(words, "words");
            return this;
        }

        /** The table. An index that is declared twice, such as by a unique column and by itself, is one. */
        public Table build() {
            return new Table(
                    name,
                    columns,
                    primaryKey.isEmpty() ? columnKey : primaryKey,
                    foreignKeys,
                    indexes.stream().distinct().toList(),
                    checks,
                    comment,
                    renamedFrom,
                    dropped,
                    Optional.ofNullable(seed),
                    options);
        }
    }
}
