package dev.weir.schema.apply;

/** The database or the declaration is no longer what a reviewed plan was made for. Nothing was changed. */
public final class StalePlanException extends SchemaException {
    private static final long serialVersionUID = 1L;

    StalePlanException(String message) {
        super(message);
    }
}
