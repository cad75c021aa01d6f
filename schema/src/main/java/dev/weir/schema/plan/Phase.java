package dev.weir.schema.plan;

/** The parts of a plan, in their order. */
public enum Phase {
    /** Renames, additions, and what makes the schema looser. */
    EXPAND,
    /** Data steps. */
    DATA,
    /** Removals, and what makes the schema stricter. */
    CONTRACT,
    /** Rows that are to be there. */
    SEED
}
