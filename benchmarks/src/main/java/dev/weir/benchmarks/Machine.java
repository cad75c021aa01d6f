package dev.weir.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Where a result was measured. Says nothing that names the machine.
 *
 * @param cores processors that this process may use
 * @param memoryMiB the machine's memory
 * @param cpu the processor's model
 * @param jdk the runtime's vendor and version
 * @param os the operating system's name and kind of processor
 * @param commit the commit measured, with {@code +} when files differ from it; {@code unknown} outside a repository
 */
record Machine(int cores, long memoryMiB, String cpu, String jdk, String os, String commit) {
    private static final String UNKNOWN = "unknown";

    static Machine here() {
        return new Machine(
                Runtime.getRuntime().availableProcessors(),
                memoryOf(),
                field(Path.of("/proc/cpuinfo"), "model name"),
                System.getProperty("java.vendor") + " " + Runtime.version(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                commitOf());
    }

    private static long memoryOf() {
        String total = field(Path.of("/proc/meminfo"), "MemTotal");
        String digits = total.replaceAll("\\D", "");
        return digits.isEmpty() ? Runtime.getRuntime().maxMemory() >> 20 : Long.parseLong(digits) >> 10;
    }

    private static String field(Path file, String name) {
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                int colon = line.indexOf(':');
                if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
                    return line.substring(colon + 1).strip();
                }
            }
            return UNKNOWN;
        } catch (IOException e) {
            return UNKNOWN;
        }
    }

    private static String commitOf() {
        String commit = git("rev-parse", "--short=12", "HEAD");
        if (commit.equals(UNKNOWN)) {
            return commit;
        }
        return git("status", "--porcelain", "--untracked-files=no").isEmpty() ? commit : commit + "+";
    }

    private static String git(String... arguments) {
        List<String> command = new ArrayList<>(List.of("git"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0 ? answer : UNKNOWN;
        } catch (IOException e) {
            return UNKNOWN;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return UNKNOWN;
        }
    }
}
