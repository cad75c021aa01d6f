package dev.weir.buffer;

import dev.weir.time.Clock;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A process of its own that owns a journal: {@link #main} there, the rest in the test. */
final class JournalProcess implements AutoCloseable {
    private final Process process;
    private final BufferedReader output;

    private JournalProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
    }

    /**
     * Starts one that prints its writer, then appends {@code epochs} of {@code length} bytes and prints each number when
     * it is acknowledged, then {@code done}, and holds the directory until its input ends.
     *
     * @param prefix a command to run it under
     */
    static JournalProcess start(Path directory, String synchronous, long epochs, int length, String... prefix)
            throws IOException {
        List<String> command = new ArrayList<>(Arrays.asList(prefix));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "-Xmx256m"));
        // Started often and run shortly.
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.add(JournalProcess.class.getName());
        command.addAll(List.of(directory.toString(), synchronous, Long.toString(epochs), Integer.toString(length)));
        return new JournalProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start());
    }

    public static void main(String[] args) throws IOException {
        Path directory = Path.of(args[0]);
        long epochs = Long.parseLong(args[2]);
        int length = Integer.parseInt(args[3]);
        JournalTuning tuning = JournalTuning.DEFAULT.withSynchronous(args[1]).withCheckpointBytes(1 << 20);
        try (SqliteJournal journal = SqliteJournal.open(directory, Clock.system(), tuning)) {
            say(journal.writer());
            for (long seq = 1; seq <= epochs; seq++) {
                JournalContract.append(journal, seq, length);
                say(Long.toString(seq));
            }
            say("done");
            System.in.read();
        } catch (JournalException e) {
            say("refused " + e.getMessage());
        }
    }

    private static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    long pid() {
        return process.pid();
    }

    /** The next line, {@code null} when it has ended. */
    String line() throws IOException {
        return output.readLine();
    }

    /** Lets it close the journal and end. */
    void finish() throws IOException, InterruptedException {
        process.getOutputStream().close();
        process.waitFor();
    }

    /** Kills it and gives what it printed and was not read yet. */
    List<String> kill() throws IOException, InterruptedException {
        // Through the handle: Process.destroyForcibly closes the output, which still holds acknowledgements.
        process.toHandle().destroyForcibly();
        List<String> rest = new ArrayList<>();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            rest.add(line);
        }
        process.waitFor();
        return rest;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
