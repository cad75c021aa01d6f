package dev.weir.schema.breach.util;

/** A planted breach: a name that says nothing, and printing from a library. */
public final class PrintHelper {
    /** Prints. */
    public void print() {
        System.out.println("breach");
    }
}
