package dev.weir.schema.crash;

import dev.weir.db.Database;
import dev.weir.schema.apply.ApplyReport;
import java.io.IOException;
import java.util.Objects;

/**
 * A process that applies the village's schema. Its arguments are the kind of step and the moment in it where it halts, or
 * none; it talks to its parent by lines on standard output.
 */
public final class Applicant {
    /** The environment variable with the JDBC URL: arguments can be seen by everyone on the machine. */
    static final String URL = "WEIR_CRASH_URL";

    /** It is about to apply, and waits for a byte. */
    static final String READY = "READY";
    /** It has halted. */
    static final String AT = "AT";
    /** It is done; the number of steps that it made follows. */
    static final String APPLIED = "APPLIED ";

    private Applicant() {}

    public static void main(String[] arguments) throws IOException {
        Halt halt = arguments.length == 0 ? new Halt("", 0) : new Halt(arguments[0], Integer.parseInt(arguments[1]));
        Database database = Database.builder(halt.watched(Objects.requireNonNull(System.getenv(URL), URL)))
                .build();
        System.out.println(READY);
        if (System.in.read() < 0) {
            return;
        }
        ApplyReport report = Village.migration(database, halt).apply(Village.ALLOWED);
        System.out.println(APPLIED + report.steps().size());
    }
}
