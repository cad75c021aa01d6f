package dev.weir.schema.model;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is said of a column besides its name and type. Not thread-safe. */
public final class ColumnBuilder {
    private final String name;
    private final ColumnType type;
    private boolean nullable = true;
    private boolean primary;
    private boolean unique;
    private @Nullable DefaultValue defaultValue;
    private @Nullable String generated;
    private boolean stored = true;
    private Column.@Nullable Identity identity;
    private @Nullable String renamedFrom;
    private @Nullable String comment;
    private @Nullable String collation;
    private @Nullable String target;
    private String targetColumn = "";
    private ReferentialAction onDelete = ReferentialAction.NO_ACTION;
    private ReferentialAction onUpdate = ReferentialAction.NO_ACTION;

    ColumnBuilder(String name, ColumnType type) {
        this.name = Objects.requireNonNull(name, "name");
        this.type = Objects.requireNonNull(type, "type");
    }

    /** The column refuses NULL. */
    public ColumnBuilder notNull() {
        nullable = false;
        return this;
    }

    /** The column is the primary key, or the next column of it. */
    public ColumnBuilder primary() {
        primary = true;
        return this;
    }

    /** No two rows have the same value, NULL aside. */
    public ColumnBuilder unique() {
        unique = true;
        return this;
    }

    /** A text, number or boolean as the default. */
    public ColumnBuilder defaultValue(Object value) {
        defaultValue = DefaultValue.of(value);
        return this;
    }

    /** An expression of the engine's SQL as the default. */
    public ColumnBuilder defaultSql(String expression) {
        defaultValue = DefaultValue.sql(expression);
        return this;
    }

    /** The column is computed from others by this expression, and stored. */
    public ColumnBuilder generated(String expression) {
        generated = Objects.requireNonNull(expression, "expression");
        return this;
    }

    /** The column is computed from others by this expression whenever it is read. */
    public ColumnBuilder generatedVirtual(String expression) {
        stored = false;
        return generated(expression);
    }

    /** The database numbers the rows by this column. */
    public ColumnBuilder identity(Column.Identity numbering) {
        identity = Objects.requireNonNull(numbering, "numbering");
        return this;
    }

    /** The column refers to one of another table. */
    public ColumnBuilder references(String table, String column) {
        target = Objects.requireNonNull(table, "table");
        targetColumn = Objects.requireNonNull(column, "column");
        return this;
    }

    /** What becomes of the row when the one that it refers to is deleted. */
    public ColumnBuilder onDelete(ReferentialAction action) {
        onDelete = Objects.requireNonNull(action, "action");
        return this;
    }

    /** What becomes of the row when the key that it refers to changes. */
    public ColumnBuilder onUpdate(ReferentialAction action) {
        onUpdate = Objects.requireNonNull(action, "action");
        return this;
    }

    /** The name that the column had before. Once it has the new one, this says nothing any more. */
    public ColumnBuilder renamedFrom(String oldName) {
        renamedFrom = Objects.requireNonNull(oldName, "oldName");
        return this;
    }

    /** A remark in the database's catalog, where the engine keeps such. */
    public ColumnBuilder comment(String text) {
        comment = Objects.requireNonNull(text, "text");
        return this;
    }

    /** How its text compares, by the engine's name of that. */
    public ColumnBuilder collation(String collationName) {
        collation = Objects.requireNonNull(collationName, "collationName");
        return this;
    }

    void addTo(List<Column> columns, List<String> key, List<Index> indexes, List<ForeignKey> foreignKeys) {
        if (target == null && (onDelete != ReferentialAction.NO_ACTION || onUpdate != ReferentialAction.NO_ACTION)) {
            throw new IllegalArgumentException(
                    "onDelete and onUpdate need references: column=" + name + "; say references(table, column) first");
        }
        boolean inKey = primary || type.increments();
        columns.add(new Column(
                name,
                type,
                nullable && !inKey,
                defaultValue,
                generated,
                stored,
                type.increments() ? Column.Identity.BY_DEFAULT : identity,
                renamedFrom,
                comment,
                collation));
        if (inKey) {
            key.add(name);
        }
        if (unique) {
            indexes.add(new Index(null, List.of(new Index.Part(name, false, false)), true, null, null));
        }
        if (target != null) {
            foreignKeys.add(new ForeignKey(null, List.of(name), target, List.of(targetColumn), onDelete, onUpdate));
        }
    }
}
