package dev.weir.testservers;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One server with its directory: started, killed, started again, and gone with this JVM however that ends.
 *
 * <p><i>Concurrency</i>: one lock around each change of state. A watchdog, a shell with a pipe from this JVM, learns
 * each process id; when the pipe closes it stops the server and deletes the directory. So a JVM that is killed leaves
 * nothing behind, and one that ends in order does the same by its shutdown hook, only sooner.
 */
final class ServerProcess {
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);
    private static final String WATCHDOG = """
            trap '' HUP INT TERM
            directory=$1 signal=$2 server=
            while read -r line; do server=$line; done
            if [ -n "$server" ]; then
              kill "-$signal" "$server"
              tries=0
              while kill -0 "$server" && [ $tries -lt 100 ]; do sleep 0.1; tries=$((tries + 1)); done
              kill -KILL "$server"
            fi
            tries=0
            while [ -e "$directory" ] && [ $tries -lt 50 ]; do rm -rf -- "$directory" || sleep 0.1; tries=$((tries + 1)); done
            """;

    private static final Set<ServerProcess> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(new Thread(() -> List.copyOf(RUNNING).forEach(ServerProcess::close), "servers-stop"));
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final Path directory;
    private final List<String> command;
    private final String stopSignal;
    private final Probe probe;
    private final Process watchdog;
    private @Nullable Process process;
    private boolean closed;

    /**
     * @param stopSignal the signal at which the server stops in order
     * @param probe succeeds once the server answers as it should
     */
    ServerProcess(Path directory, List<String> command, String stopSignal, Probe probe) throws IOException {
        this.directory = directory;
        this.command = List.copyOf(command);
        this.stopSignal = stopSignal;
        this.probe = probe;
        this.watchdog = new ProcessBuilder("/bin/sh", "-c", WATCHDOG, "watchdog", directory.toString(), stopSignal)
                .redirectOutput(Redirect.DISCARD)
                .redirectError(Redirect.DISCARD)
                .start();
        RUNNING.add(this);
    }

    /** Starts the server and waits until it answers. */
    void start() throws IOException {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The server is closed and its data deleted: " + command.get(0));
            }
            if (isRunning()) {
                throw new IllegalStateException("The server runs already: " + command.get(0));
            }
            Process started = builder(directory, command)
                    .redirectOutput(Redirect.appendTo(log().toFile()))
                    .start();
            process = started;
            tellWatchdog(Long.toString(started.pid()));
            try {
                awaitAnswer(started);
            } catch (IOException | RuntimeException e) {
                kill();
                throw e;
            }
        } finally {
            lock.unlock();
        }
    }

    private void awaitAnswer(Process started) throws IOException {
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (true) {
            try {
                probe.check();
                return;
            } catch (Exception notYet) {
                if (!started.isAlive()) {
                    throw new IOException(
                            "The server ended at its start with " + started.exitValue() + ":\n" + logTail(), notYet);
                }
                if (notYet instanceof WrongSettingException || System.nanoTime() - deadline > 0) {
                    throw new IOException(
                            "The server does not answer as it should: " + notYet.getMessage() + "\n" + logTail(),
                            notYet);
                }
                LockSupport.parkNanos(10_000_000);
            }
        }
    }

    boolean isRunning() {
        lock.lock();
        try {
            return process != null && process.isAlive();
        } finally {
            lock.unlock();
        }
    }

    /** SIGKILL for the server and its children; returns when all are gone. The data stay. */
    void kill() {
        lock.lock();
        try {
            Process killed = process;
            if (killed == null) {
                return;
            }
            List<ProcessHandle> all = new ArrayList<>(killed.descendants().toList());
            killed.destroyForcibly();
            all.forEach(ProcessHandle::destroyForcibly);
            await(killed);
            for (ProcessHandle child : all) {
                awaitGone(child);
            }
            process = null;
            tellWatchdog("");
        } finally {
            lock.unlock();
        }
    }

    /** Stops the server in order; the data stay. */
    void stop() {
        lock.lock();
        try {
            Process stopped = process;
            if (stopped == null) {
                return;
            }
            if (stopped.isAlive()) {
                new ProcessBuilder("/bin/sh", "-c", "kill -" + stopSignal + " " + stopped.pid())
                        .inheritIO()
                        .start()
                        .waitFor();
                stopped.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
            }
            kill();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            kill();
        } finally {
            lock.unlock();
        }
    }

    /** Stops the server and deletes its data. */
    void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            stop();
            closed = true;
            RUNNING.remove(this);
            Directories.delete(directory);
            watchdog.getOutputStream().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            lock.unlock();
        }
    }

    long pid() {
        lock.lock();
        try {
            if (process == null) {
                throw new IllegalStateException("The server does not run: " + command.get(0));
            }
            return process.pid();
        } finally {
            lock.unlock();
        }
    }

    private Path log() {
        return directory.resolve("server.log");
    }

    private String logTail() throws IOException {
        if (!Files.exists(log())) {
            return "(no log)";
        }
        List<String> lines = new String(Files.readAllBytes(log()), StandardCharsets.UTF_8)
                .lines()
                .toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
    }

    private void tellWatchdog(String line) {
        OutputStream pipe = watchdog.getOutputStream();
        try {
            pipe.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            pipe.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("The watchdog is gone", e);
        }
    }

    private static void await(Process killed) {
        try {
            if (!killed.waitFor(STOP_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("The server outlives its SIGKILL: pid=" + killed.pid());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void awaitGone(ProcessHandle child) {
        long deadline = System.nanoTime() + STOP_TIMEOUT.toNanos();
        while (child.isAlive() && !isZombie(child)) {
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("A child of the server outlives its SIGKILL: pid=" + child.pid());
            }
            LockSupport.parkNanos(2_000_000);
        }
    }

    // Where the process with id 1 reaps no orphans, as in many containers, a dead child stays listed.
    private static boolean isZombie(ProcessHandle child) {
        try {
            String status = Files.readString(Path.of("/proc", Long.toString(child.pid()), "stat"));
            return status.startsWith(") Z", status.lastIndexOf(')'));
        } catch (IOException notLinuxOrGone) {
            return false;
        }
    }

    // With a directory for temporary files of its own: MariaDB deletes those of its neighbours when it starts.
    private static ProcessBuilder builder(Path directory, List<String> command) throws IOException {
        Path temporary = Files.createDirectories(directory.resolve("tmp"));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectInput(Redirect.from(new File("/dev/null")))
                .redirectErrorStream(true);
        builder.environment().put("TMPDIR", temporary.toString());
        return builder;
    }

    /** Runs a command to its end. */
    static void run(Path directory, List<String> command) throws IOException {
        Path output = directory.resolve("setup.log");
        try {
            Process process = builder(directory, command)
                    .redirectOutput(Redirect.appendTo(output.toFile()))
                    .start();
            if (!process.waitFor(START_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                throw new IOException(command.get(0) + " takes longer than " + START_TIMEOUT.toSeconds() + " s");
            }
            if (process.exitValue() != 0) {
                throw new IOException(String.join(" ", command) + " ended with " + process.exitValue() + ":\n"
                        + new String(Files.readAllBytes(output), StandardCharsets.UTF_8));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted while " + command.get(0) + " ran", e);
        }
    }

    /** Succeeds if the server answers and has the settings it should have. */
    interface Probe {
        void check() throws Exception;
    }

    /** The server answers, but would not keep what a test relies on. */
    static final class WrongSettingException extends Exception {
        private static final long serialVersionUID = 1;

        WrongSettingException(String message) {
            super(message);
        }
    }
}
