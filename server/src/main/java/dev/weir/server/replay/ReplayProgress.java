package dev.weir.server.replay;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;

/** Shows how a replay goes: a bar that is drawn over itself on a terminal, a line now and then elsewhere. */
final class ReplayProgress implements ReplayListener {
    private static final int BAR = 30;
    private static final long LINE_NANOS = Duration.ofSeconds(5).toNanos();

    private final PrintStream out;
    private final boolean terminal;
    private final long started = System.nanoTime();
    private long lastLine = started;
    private int drawn;

    ReplayProgress(PrintStream out, boolean terminal) {
        this.out = out;
        this.terminal = terminal;
    }

    @Override
    public synchronized void note(String message) {
        erase();
        out.println("weir: " + message);
    }

    @Override
    public synchronized void progress(long lines, double done) {
        long now = System.nanoTime();
        double seconds = Math.max(1e-3, (now - started) / 1e9);
        String text = String.format(Locale.ROOT, "%,d lines, %,.0f a second", lines, lines / seconds);
        if (done >= 0) {
            text += String.format(Locale.ROOT, ", %.0f %%", done * 100);
            if (done > 0) {
                text += ", " + duration(seconds * (1 - done) / done) + " left";
            }
        }
        if (terminal) {
            String shown = done < 0 ? text : bar(done) + " " + text;
            out.print("\r" + shown + " ".repeat(Math.max(0, drawn - shown.length())));
            out.flush();
            drawn = shown.length();
        } else if (now - lastLine > LINE_NANOS) {
            lastLine = now;
            out.println("weir: " + text);
        }
    }

    /** Takes the bar away, so that something else can be printed. */
    synchronized void erase() {
        if (drawn > 0) {
            out.print("\r" + " ".repeat(drawn) + "\r");
            out.flush();
            drawn = 0;
        }
    }

    private static String bar(double done) {
        int full = (int) (done * BAR);
        return "[" + "=".repeat(full) + " ".repeat(BAR - full) + "]";
    }

    private static String duration(double seconds) {
        long whole = Math.round(seconds);
        if (whole < 60) {
            return whole + " s";
        }
        return whole < 3_600
                ? whole / 60 + " min " + whole % 60 + " s"
                : whole / 3_600 + " h " + whole / 60 % 60 + " min";
    }
}
