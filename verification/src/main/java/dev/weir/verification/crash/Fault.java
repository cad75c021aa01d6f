package dev.weir.verification.crash;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A rule of the protocol that is broken on purpose, by wrapping a port: the lab must notice. */
enum Fault {
    /** The ledger's UPDATE is answered with one row and never sent. */
    LEDGER_UNCHECKED(Work.REPLAY, CrashPoint.FLUSH_AFTER_COMMIT),
    /** The ledger moves in a transaction of its own before the rows. */
    LEDGER_BEFORE_ROWS(Work.CALLS, CrashPoint.FLUSH_BEFORE_COMMIT),
    /** The ledger moves in a transaction of its own after the rows. */
    LEDGER_AFTER_ROWS(Work.REPLAY, CrashPoint.FLUSH_AFTER_COMMIT),
    /** Every statement of a flush is committed by itself. */
    FLUSH_IN_PIECES(Work.REPLAY, CrashPoint.FLUSH_AFTER_STATEMENT),
    /** A COMMIT is answered as lost, and the ledger looks as if it had been. */
    COMMIT_REPEATED(Work.CALLS, CrashPoint.HANDOVER_AFTER_COMMIT),
    /** The position's row is left out of the transaction. */
    POSITION_DROPPED(Work.REPLAY, CrashPoint.FLUSH_AFTER_COMMIT),
    /** The journal acknowledges an epoch and writes it with the next one. */
    JOURNAL_LATE(Work.CALLS, CrashPoint.JOURNAL_BEFORE_APPEND);

    private final Work work;
    private final CrashPoint point;

    Fault(Work work, CrashPoint point) {
        this.work = work;
        this.point = point;
    }

    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The work that shows it. */
    Work work() {
        return work;
    }

    /** The point whose kills show it. */
    CrashPoint point() {
        return point;
    }

    static Optional<Fault> of(String label) {
        return Arrays.stream(values())
                .filter(fault -> fault.label().equals(label))
                .findFirst();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(Fault::label).toList();
    }
}
