package dev.weir.schema.model;

/** What becomes of the rows that refer to a row which is deleted or whose key changes. */
public enum ReferentialAction {
    /** The statement is refused; the default. */
    NO_ACTION("NO ACTION"),
    /** The statement is refused at once. */
    RESTRICT("RESTRICT"),
    /** They are deleted, or change with it. */
    CASCADE("CASCADE"),
    /** Their columns become NULL. */
    SET_NULL("SET NULL"),
    /** Their columns take the default. */
    SET_DEFAULT("SET DEFAULT");

    private final String sql;

    ReferentialAction(String sql) {
        this.sql = sql;
    }

    /** The words of SQL. */
    public String sql() {
        return sql;
    }
}
