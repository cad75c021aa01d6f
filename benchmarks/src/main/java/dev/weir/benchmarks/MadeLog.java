package dev.weir.benchmarks;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;

/**
 * Writes an access log in Combined Log Format that looks like a web site's: few pages and visitors make most of the lines.
 * The same seed writes the same bytes.
 */
final class MadeLog {
    private static final int PATHS = 20_000;
    private static final int VISITORS = 40_000;
    private static final long START = Instant.parse("2026-03-01T00:00:00Z").getEpochSecond();
    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);
    private static final String[] SECTIONS = {
        "articles", "images", "style", "projects", "blog/2026", "downloads", "tags"
    };
    private static final String[] ENDINGS = {"", ".html", ".png", ".css", ".js", "/"};
    private static final String[] WORDS = {
        "river", "gauge", "flood", "spillway", "sluice", "turbine", "reservoir", "crest", "channel", "estuary", "delta"
    };
    private static final String[] BROWSERS = {
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.0.0 Safari/537.36",
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%d.1 Safari/605.1.15",
        "Mozilla/5.0 (X11; Linux x86_64; rv:%1$d.0) Gecko/20100101 Firefox/%1$d.0",
        "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/%dE148",
        "Mozilla/5.0 (compatible; Googlebot/2.%d; +http://www.google.com/bot.html)",
        "curl/8.%d.0"
    };

    private final Random random;
    private final double[] pathWeights = cumulative(PATHS);
    private final double[] visitorWeights = cumulative(VISITORS);
    private final String[] paths = new String[PATHS];
    private final String[] addresses = new String[VISITORS];
    private final String[] agents = new String[VISITORS];

    private MadeLog(long seed) {
        random = new Random(seed);
        for (int i = 0; i < PATHS; i++) {
            paths[i] = "/" + pick(SECTIONS) + "/" + pick(WORDS) + "-" + pick(WORDS) + "-" + i + pick(ENDINGS);
        }
        for (int i = 0; i < VISITORS; i++) {
            addresses[i] = (1 + random.nextInt(223)) + "." + random.nextInt(256) + "." + random.nextInt(256) + "."
                    + random.nextInt(256);
            agents[i] = pick(BROWSERS).formatted(90 + random.nextInt(40));
        }
    }

    /** Writes {@code lines} lines, all of them well-formed. */
    static void write(Path file, int lines, long seed) throws IOException {
        MadeLog log = new MadeLog(seed);
        try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file), 1 << 16)) {
            StringBuilder line = new StringBuilder(512);
            long second = START;
            String date = DATE.format(Instant.ofEpochSecond(second));
            for (int i = 0; i < lines; i++) {
                if (log.random.nextInt(4) == 0) {
                    second += log.random.nextInt(3);
                    date = DATE.format(Instant.ofEpochSecond(second));
                }
                log.line(line, date);
                out.write(line.toString().getBytes(StandardCharsets.US_ASCII));
                line.setLength(0);
            }
        }
    }

    private void line(StringBuilder line, String date) {
        int visitor = draw(visitorWeights);
        line.append(addresses[visitor]).append(" - - [").append(date).append("] \"");
        line.append(random.nextInt(25) == 0 ? "POST " : "GET ").append(paths[draw(pathWeights)]);
        if (random.nextInt(12) == 0) {
            line.append("?page=").append(random.nextInt(30)).append("&order=").append(pick(WORDS));
        }
        line.append(" HTTP/1.1\" ");
        int kind = random.nextInt(40);
        if (kind == 0) {
            line.append("404 ").append(random.nextInt(500));
        } else if (kind < 4) {
            line.append("304 -");
        } else {
            line.append("200 ").append(random.nextInt(1 << (8 + random.nextInt(12))));
        }
        if (random.nextInt(3) == 0) {
            line.append(" \"-\" \"");
        } else {
            line.append(" \"https://www.example.org")
                    .append(paths[draw(pathWeights)])
                    .append("\" \"");
        }
        line.append(agents[visitor]).append("\"\n");
    }

    private String pick(String[] choices) {
        return choices[random.nextInt(choices.length)];
    }

    private int draw(double[] weights) {
        int found = Arrays.binarySearch(weights, random.nextDouble() * weights[weights.length - 1]);
        return Math.min(weights.length - 1, found < 0 ? -found - 1 : found);
    }

    /** Zipf's law, a little flattened at its head as in logs of real sites. */
    private static double[] cumulative(int count) {
        double[] sums = new double[count];
        double sum = 0;
        for (int i = 0; i < count; i++) {
            sum += 1 / (i + 3.0);
            sums[i] = sum;
        }
        return sums;
    }
}
