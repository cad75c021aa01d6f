package dev.weir.db;

import dev.weir.error.WeirException;

/**
 * An operation at {@link Durability#FLUSHED} was accepted, and the database refused it for good: it is in the dead letters. Do
 * not repeat it; mend what is wrong and retry the letter, or discard it.
 */
public final class DeadLetterException extends WeirException {
    private static final long serialVersionUID = 1L;

    private final String id;

    /**
     * A refused operation.
     *
     * @param id the dead letter's id
     */
    public DeadLetterException(String id, String message) {
        super(message, null, false);
        this.id = id;
    }

    /** The dead letter's id. */
    public String id() {
        return id;
    }
}
