package dev.weir.schema.apply;

import dev.weir.schema.plan.Step;
import java.time.Duration;

/** Hears how far an apply is. Called on the applying thread; what it throws ends the apply. */
public interface ApplyListener {
    /** Hears nothing. */
    ApplyListener SILENT = new ApplyListener() {};

    /** Another process applies; called again and again while it does. */
    default void waiting(Duration since) {}

    /** A step begins. */
    default void begins(Step step) {}

    /** A batch of a data step is committed. */
    default void batch(Step step, long batches) {}

    /** A step is done; if it is transactional, its transaction may still be open. */
    default void done(Step step) {}

    /** A consent was given that no hazard of the plan wants: a slip, or left over. */
    default void unmatched(String consent) {}
}
