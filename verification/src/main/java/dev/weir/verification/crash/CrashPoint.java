package dev.weir.verification.crash;

import dev.weir.server.replay.ReplayListener;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a process is killed. Each lies at a port that is wrapped or observed from outside; core knows nothing of them. */
enum CrashPoint {
    /** The writer's ledger row is in the database, the journal does not know it yet. */
    START_LEDGER_ROW_MADE("dev.weir.buffer.SqliteJournal", "ledgerRowMade", 1),
    /** Epochs of a killed opening are about to be written. */
    START_RECOVERING("dev.weir.buffer.Recovery", "replay", 1),

    /** The open epoch is about to be cut. */
    JOURNAL_BEFORE_CUT("dev.weir.buffer.Intake", "cut", 40),
    /** An epoch is cut and not in the journal. */
    JOURNAL_BEFORE_APPEND("dev.weir.buffer.JournalAppender", "append", 40),
    /** An epoch is on disk, the witness does not say so yet. */
    JOURNAL_SYNCED("dev.weir.buffer.Witness", "write", 40),
    /** An epoch is on disk and witnessed, and the append has not returned. */
    JOURNAL_WITNESSED("dev.weir.buffer.JournalUpkeep", "logged", 40),
    /** The append has returned, and those who wait for it have not heard. */
    JOURNAL_UNACKNOWLEDGED("dev.weir.buffer.Waiters", "release", 40),

    /** A flush has opened its transaction, the ledger's UPDATE is not sent. */
    FLUSH_BEFORE_LEDGER(Place.SQL, 3),
    /** The ledger's UPDATE has hit its row. */
    FLUSH_AFTER_LEDGER(Place.SQL, 3),
    /** A bulk statement is not sent. */
    FLUSH_BEFORE_STATEMENT(Place.SQL, 8),
    /** A bulk statement is done, more may follow. */
    FLUSH_AFTER_STATEMENT(Place.SQL, 8),
    /** A binary COPY begins (PostgreSQL). */
    FLUSH_BEFORE_COPY("dev.weir.db.engine.PostgresCopy", "copyRows", 2),
    /** All statements are done, COMMIT is not sent. */
    FLUSH_BEFORE_COMMIT(Place.SQL, 3),
    /** COMMIT is on its way: the kill comes up to three milliseconds after it was sent. */
    FLUSH_DURING_COMMIT(Place.SQL, 3),
    /** The server has committed, its answer is not used. */
    FLUSH_AFTER_COMMIT(Place.SQL, 3),
    /** The answer is known, the epochs are not forgotten. */
    FLUSH_BEFORE_FORGET("dev.weir.buffer.Epochs", "forget", 2),
    /** The epochs are forgotten, those who wait for the flush have not heard. */
    FLUSH_AFTER_FORGET("dev.weir.buffer.Handovers", "done", 2),

    /** A transaction that hands operations over has done its statements, COMMIT is not sent. */
    HANDOVER_BEFORE_COMMIT(Place.SQL, 40),
    /** The transaction has committed, the buffer has not joined what it handed over. */
    HANDOVER_AFTER_COMMIT(Place.SQL, 40),
    /** Rows that were left behind are about to be looked for. */
    HANDOVER_TAKE_UP("dev.weir.buffer.Handovers", "takeUp", 3),

    /** A table that is missing is about to be made. */
    REPLAY_TABLE(ReplayListener.Point.TABLE, 3),
    /** The journal is open and what it held is in the database. */
    REPLAY_RECOVERED(ReplayListener.Point.RECOVERED, 1),
    /** The files are claimed, no line is read. */
    REPLAY_CLAIMED(ReplayListener.Point.CLAIMED, 1),
    /** A line's group was accepted. */
    REPLAY_ACCEPTED(ReplayListener.Point.ACCEPTED, 3_000),
    /** A rejected line is in the log, its position is not accepted. */
    REPLAY_LOGGED(ReplayListener.Point.LOGGED, 100),
    /** A rejected line and its position were accepted. */
    REPLAY_REJECTED(ReplayListener.Point.REJECTED, 100),
    /** A file's end was reached, its position does not know it. */
    REPLAY_AT_END(ReplayListener.Point.AT_END, 1),
    /** A file's end was accepted. */
    REPLAY_FINISHED(ReplayListener.Point.FINISHED, 1),
    /** All is in the database, the files are not free. */
    REPLAY_FLUSHED(ReplayListener.Point.FLUSHED, 1),
    /** The files are free, the journal is not closed. */
    REPLAY_RELEASED(ReplayListener.Point.RELEASED, 1);

    /** How the point is noticed. */
    enum Place {
        /** By the data source, which is wrapped. */
        SQL,
        /** By a breakpoint of the debugger at the beginning of a method: the whole process stands still, then it is killed. */
        DEBUGGER,
        /** By the listener of replay. */
        LISTENER
    }

    private final Place place;
    private final int span;
    private final @Nullable String type;
    private final @Nullable String method;
    private final ReplayListener.@Nullable Point replay;

    CrashPoint(Place place, int span) {
        this(place, span, null, null, null);
    }

    CrashPoint(String type, String method, int span) {
        this(Place.DEBUGGER, span, type, method, null);
    }

    CrashPoint(ReplayListener.Point replay, int span) {
        this(Place.LISTENER, span, null, null, replay);
    }

    CrashPoint(
            Place place,
            int span,
            @Nullable String type,
            @Nullable String method,
            ReplayListener.@Nullable Point replay) {
        this.place = place;
        this.span = span;
        this.type = type;
        this.method = method;
        this.replay = replay;
    }

    /** As the user writes it. */
    String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    Place place() {
        return place;
    }

    /** The kill comes at one of so many first occurrences. */
    int span() {
        return span;
    }

    /** The class that has the breakpoint. */
    String type() {
        return required(type);
    }

    /** The method that has the breakpoint. */
    String method() {
        return required(method);
    }

    private String required(@Nullable String value) {
        if (value == null) {
            throw new IllegalStateException("Only points of the debugger have a method: point=" + label());
        }
        return value;
    }

    /** Whether such work on such a database comes there. */
    boolean occurs(Work work, Engine engine) {
        if (this == FLUSH_BEFORE_COPY) {
            // A flush of fewer than a hundred new rows uses no COPY.
            return engine == Engine.POSTGRES && work == Work.REPLAY;
        }
        boolean ofHandover = this == HANDOVER_BEFORE_COMMIT || this == HANDOVER_AFTER_COMMIT;
        return work == Work.REPLAY ? !ofHandover : place != Place.LISTENER;
    }

    /** Where to kill first, so that this point can be reached afterwards. */
    Optional<CrashPoint> before() {
        return this == START_RECOVERING ? Optional.of(FLUSH_BEFORE_COMMIT) : Optional.empty();
    }

    static CrashPoint of(ReplayListener.Point replay) {
        return Arrays.stream(values())
                .filter(point -> point.replay == replay)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Every point of replay is one of the lab: " + replay));
    }

    static Optional<CrashPoint> of(String label) {
        return Arrays.stream(values())
                .filter(point -> point.label().equals(label))
                .findFirst();
    }

    static List<String> labels() {
        return Arrays.stream(values()).map(CrashPoint::label).toList();
    }
}
