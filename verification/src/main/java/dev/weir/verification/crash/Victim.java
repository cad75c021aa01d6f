package dev.weir.verification.crash;

import dev.weir.buffer.BreakableBuffer.JournalRule;
import dev.weir.db.Durability;
import dev.weir.server.database.TargetDatabase;
import dev.weir.server.replay.Replay;
import dev.weir.server.replay.ReplayListener;
import dev.weir.server.replay.ReplayOptions;
import dev.weir.server.replay.ReplayTotals;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The process that is killed. It takes {@code name=value} arguments, and the database's address from its environment, and
 * talks to its parent by lines on standard output.
 */
public final class Victim {
    /** The environment variable with the JDBC URL: arguments can be seen by everyone on the machine. */
    static final String URL = "WEIR_CRASH_URL";

    /** The work begins. */
    static final String READY = "READY";
    /** The point was reached, a thread waits there for a byte. */
    static final String AT = "AT";
    /** All is done, in order. */
    static final String DONE = "DONE";

    private final Map<String, String> settings;
    private final List<String> files;

    private Victim(Map<String, String> settings, List<String> files) {
        this.settings = settings;
        this.files = files;
    }

    /** Works until it is done or killed. */
    public static void main(String[] arguments) {
        Map<String, String> settings = new HashMap<>();
        List<String> files = new ArrayList<>();
        for (String argument : arguments) {
            int equal = argument.indexOf('=');
            String name = argument.substring(0, equal);
            String value = argument.substring(equal + 1);
            if (name.equals("file")) {
                files.add(value);
            } else {
                settings.put(name, value);
            }
        }
        new Victim(settings, files).work();
    }

    private void work() {
        CrashPoint point =
                settings.containsKey("point") ? CrashPoint.of(text("point")).orElseThrow() : null;
        Trap trap = new Trap(point, point == null ? 0 : (int) number("nth"), settings.containsKey("announce"));
        Fault fault = settings.containsKey("break") ? Fault.of(text("break")).orElseThrow() : null;
        Durability durability = Durability.valueOf(text("durability"));
        try (TargetDatabase target = TargetDatabase.open(Objects.requireNonNull(System.getenv(URL), URL))) {
            WatchedDataSource watched = new WatchedDataSource(target.dataSource(), trap, fault);
            Path data = Path.of(text("data"));
            if (Work.valueOf(text("work")) == Work.REPLAY) {
                replay(
                        new ReplayOptions(
                                files, watched, "the lab's database", data, durability, number("rate"), false),
                        trap);
            } else {
                Calls calls = new Calls(
                        watched, data, durability, rule(fault), (long) number("from"), (int) number("window"));
                calls.run((long) number("operations"), (int) number("threads"), number("rate"));
            }
        }
        System.out.println(DONE);
    }

    private JournalRule rule(@Nullable Fault fault) {
        if (fault == Fault.JOURNAL_LATE) {
            return JournalRule.LATE;
        }
        return settings.containsKey("unsynced") ? JournalRule.UNSYNCED : JournalRule.KEPT;
    }

    private static void replay(ReplayOptions options, Trap trap) {
        ReplayTotals totals = new Replay(options, new ReplayListener() {
                    @Override
                    public void reached(Point point) {
                        if (point == Point.CLAIMED) {
                            System.out.println(READY);
                        }
                        trap.reached(CrashPoint.of(point));
                    }

                    @Override
                    public void note(String message) {
                        System.err.println("note: " + message);
                    }
                })
                .run();
        if (totals.problem() != null) {
            System.err.println("problem: " + totals.problem());
            System.exit(1);
        }
    }

    private String text(String name) {
        return Objects.requireNonNull(settings.get(name), name);
    }

    private double number(String name) {
        return Double.parseDouble(text(name));
    }
}
