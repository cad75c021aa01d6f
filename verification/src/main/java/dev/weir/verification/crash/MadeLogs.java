package dev.weir.verification.crash;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/** Access logs drawn from a seed: three files, one compressed, the last without a newline at its end, some lines bad. */
final class MadeLogs {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT).withZone(ZoneOffset.ofHours(2));
    private static final Instant START = Instant.parse("2026-02-27T21:30:00Z");
    private static final List<String> BAD = List.of(
            "",
            "nonsense",
            "10.0.0.1 - - [31/Feb/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 5",
            "10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] \"get /lower HTTP/1.1\" 200 5",
            "10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] \"GET /two  spaces\" 200 5",
            "10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 20 5",
            "10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] \"GET / HTTP/1.1\" 200 9223372036854775808",
            "10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] \"GET /unclosed HTTP/1.1 200 5");

    /** Stands for a byte that is not UTF-8. */
    private static final byte LONE = 1;

    private final Random random;
    private long second;

    private MadeLogs(long seed) {
        this.random = new Random(seed);
    }

    /** Writes the files. */
    static List<Path> write(Path directory, long seed, int lines) throws IOException {
        MadeLogs made = new MadeLogs(seed);
        List<Path> files =
                List.of(directory.resolve("a.log"), directory.resolve("b.log.gz"), directory.resolve("c.log"));
        Files.createDirectories(directory);
        Files.write(files.get(0), made.lines(lines * 2 / 5, true));
        try (OutputStream output = new GZIPOutputStream(Files.newOutputStream(files.get(1)))) {
            output.write(made.lines(lines * 2 / 5, true));
        }
        Files.write(files.get(2), made.lines(lines - 2 * (lines * 2 / 5), false));
        return files;
    }

    private byte[] lines(int count, boolean closed) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < count; i++) {
            boolean last = i == count - 1;
            String line = !last && random.nextInt(50) == 0 ? bad() : good();
            for (byte each : line.getBytes(StandardCharsets.UTF_8)) {
                bytes.write(each == LONE ? 0xff : each);
            }
            if (!last && random.nextInt(100) == 0 && line.endsWith("\"")) {
                // A further field, not UTF-8.
                bytes.write(' ');
                bytes.write(0xff);
            }
            if (!last || closed) {
                bytes.writeBytes((random.nextInt(40) == 0 ? "\r\n" : "\n").getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }

    private String bad() {
        if (random.nextInt(20) == 0) {
            return "10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] \"GET /" + "x".repeat(70_000) + " HTTP/1.1\" 200 5";
        }
        if (random.nextInt(20) == 0) {
            return "10.0.0.1 - - [01/Mar/2026:10:00:00 +0000] \"GET /" + "y".repeat(600) + " HTTP/1.1\" 200 5";
        }
        return BAD.get(random.nextInt(BAD.size()));
    }

    private String good() {
        second += random.nextInt(3);
        int skew = random.nextInt(10) == 0 ? random.nextInt(60) : 0;
        String target = "/page/" + (int) (random.nextDouble() * random.nextDouble() * 400)
                + (random.nextInt(3) == 0 ? "?q=" + random.nextInt(1000) : "");
        String line = "10.1." + random.nextInt(4) + "." + random.nextInt(250) + " - "
                + (random.nextInt(8) == 0 ? "frank" : "-") + " [" + TIME.format(START.plusSeconds(second - skew))
                + "] \"" + (random.nextInt(9) == 0 ? "POST" : "GET") + " " + target
                + (random.nextInt(30) == 0 ? "" : " HTTP/1.1") + "\" " + (random.nextInt(12) == 0 ? 404 : 200) + " "
                + (random.nextInt(15) == 0 ? "-" : Integer.toString(random.nextInt(90_000)));
        if (random.nextInt(4) == 0) {
            return line;
        }
        return line + " \"" + (random.nextInt(2) == 0 ? "-" : "https://example.org/ä\\\"" + random.nextInt(9)) + "\" \""
                + (random.nextInt(20) == 0
                        ? "-"
                        : "Agent/" + random.nextInt(30) + " \\\\"
                                + (random.nextInt(50) == 0 ? String.valueOf((char) LONE) : ""))
                + "\"";
    }
}
