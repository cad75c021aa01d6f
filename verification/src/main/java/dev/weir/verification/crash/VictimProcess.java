package dev.weir.verification.crash;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A {@link Victim} in a process of its own, seen from its parent. One thread uses it. */
final class VictimProcess implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    /** How it ended. */
    enum End {
        /** It did all its work. */
        DONE,
        /** At the point, or by the parent. */
        KILLED,
        /** By itself, or not at all. */
        FAILED
    }

    private final Process process;
    private final Path errors;
    private final @Nullable Debugger debugger;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final Semaphore at = new Semaphore(0);
    private final Thread reader;
    private volatile boolean done;
    private boolean killed;

    private VictimProcess(Process process, Path errors, @Nullable Debugger debugger, Consumer<String> lines) {
        this.process = process;
        this.errors = errors;
        this.debugger = debugger;
        this.reader = new Thread(() -> read(lines), "victim-output");
        reader.setDaemon(true);
        reader.start();
    }

    /**
     * Starts one.
     *
     * @param options for Java
     * @param bomb where it is killed; null if nowhere
     * @param lines hears what it prints besides the protocol
     */
    static VictimProcess start(
            List<String> options,
            String url,
            List<String> arguments,
            @Nullable Bomb bomb,
            Path errors,
            Consumer<String> lines)
            throws IOException {
        boolean debugged = bomb != null && bomb.point().place() == CrashPoint.Place.DEBUGGER;
        Debugger debugger = debugged && bomb != null ? new Debugger(bomb.point(), bomb.nth()) : null;
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:-UsePerfData"));
        command.addAll(options);
        if (debugger != null) {
            command.add(debugger.option());
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Victim.class.getName()));
        command.addAll(arguments);
        if (bomb != null && !debugged) {
            command.add("point=" + bomb.point().label());
            command.add("nth=" + bomb.nth());
            if (bomb.announce()) {
                command.add("announce=true");
            }
        }
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.to(errors.toFile()));
        builder.environment().put(Victim.URL, url);
        VictimProcess victim = new VictimProcess(builder.start(), errors, debugger, lines);
        if (debugger != null) {
            debugger.follow(victim.process::destroyForcibly);
        }
        return victim;
    }

    private void read(Consumer<String> lines) {
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = next(output); line != null; line = next(output)) {
            switch (line) {
                case Victim.READY -> ready.countDown();
                case Victim.AT -> at.release();
                case Victim.DONE -> done = true;
                default -> lines.accept(line);
            }
        }
        ready.countDown();
    }

    /** The next line; null at the end, which is also when a killed process's pipe is closed under a read. */
    private static @Nullable String next(BufferedReader output) {
        try {
            return output.readLine();
        } catch (IOException e) {
            return null;
        }
    }

    /** Waits until the work begins, or it has ended. */
    void awaitReady() throws InterruptedException {
        ready.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Waits until it stands at the point; false if it ended before. */
    boolean awaitPoint() throws InterruptedException {
        while (!at.tryAcquire(20, TimeUnit.MILLISECONDS)) {
            if (!process.isAlive()) {
                return at.tryAcquire();
            }
        }
        return true;
    }

    /** Lets it go on from the point; if it has ended meanwhile, how it ended says why. */
    void goOn() throws IOException, InterruptedException {
        try {
            process.getOutputStream().write('\n');
            process.getOutputStream().flush();
        } catch (IOException e) {
            if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw e;
            }
        }
    }

    /** Waits for so long; true if it ended meanwhile. */
    boolean ended(long nanos) throws InterruptedException {
        return process.waitFor(nanos, TimeUnit.NANOSECONDS);
    }

    /** Kills it with SIGKILL. */
    void kill() {
        killed = process.isAlive();
        process.destroyForcibly();
    }

    /** Waits for its end. */
    End end() throws InterruptedException, IOException {
        if (!process.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
            Files.writeString(errors, "it did not end within " + PATIENCE.toSeconds() + " s\n");
            return End.FAILED;
        }
        reader.join(PATIENCE.toMillis());
        boolean atPoint = process.exitValue() == Trap.EXIT;
        if (debugger != null) {
            debugger.close();
            atPoint |= debugger.reached();
        }
        if (done && process.exitValue() == 0) {
            return End.DONE;
        }
        return atPoint || killed ? End.KILLED : End.FAILED;
    }

    /** The end of what it wrote to standard error. */
    String errors() throws IOException {
        String all = Files.readString(errors);
        return "exit code " + process.exitValue() + ", "
                + all.substring(Math.max(0, all.length() - 2_000)).strip();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
