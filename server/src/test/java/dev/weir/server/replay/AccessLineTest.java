package dev.weir.server.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessLineTest {
    private static final String COMMON =
            "127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] \"GET /apache_pb.gif HTTP/1.0\" 200 2326";

    private final AccessLine line = new AccessLine();

    private boolean parse(String text) {
        return parse(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private boolean parse(byte[] text) {
        byte[] surrounded = new byte[text.length + 20];
        System.arraycopy(text, 0, surrounded, 10, text.length);
        return line.parse(surrounded, 10, 10 + text.length);
    }

    private static String with(String request, String rest) {
        return "h - - [10/Oct/2000:13:55:36 -0700] \"" + request + "\" " + rest;
    }

    @Test
    void common_hasAllItsFields() {
        assertThat(parse(COMMON)).isTrue();
        assertThat(line.address()).isEqualTo("127.0.0.1");
        assertThat(line.at()).isEqualTo(Instant.parse("2000-10-10T20:55:36Z"));
        assertThat(line.method()).isEqualTo("GET");
        assertThat(line.target()).isEqualTo("/apache_pb.gif");
        assertThat(line.path()).isEqualTo("/apache_pb.gif");
        assertThat(line.status()).isEqualTo(200);
        assertThat(line.hasBytes()).isTrue();
        assertThat(line.bytes()).isEqualTo(2326);
        assertThat(line.referrer()).isNull();
        assertThat(line.agent()).isNull();
    }

    @Test
    void combined_hasReferrerAndAgent_andWhatFollowsIsIgnored() {
        assertThat(parse(COMMON + " \"http://a/\" \"Mozilla/4.08 [en]\" further \"fields"))
                .isTrue();
        assertThat(line.referrer()).isEqualTo("http://a/");
        assertThat(line.agent()).isEqualTo("Mozilla/4.08 [en]");
    }

    @Test
    void path_isTheTargetWithoutItsQuery() {
        assertThat(parse(with("GET /a?b=c?d", "200 1"))).isTrue();
        assertThat(line.path()).isEqualTo("/a");
        assertThat(line.target()).isEqualTo("/a?b=c?d");
    }

    @Test
    void hyphen_isNothing() {
        assertThat(parse(with("GET /", "304 - \"-\" \"-\""))).isTrue();
        assertThat(line.hasBytes()).isFalse();
        assertThat(line.bytes()).isZero();
        assertThat(line.referrer()).isNull();
        assertThat(line.agent()).isNull();
    }

    @Test
    void escapes_areStoredAsWritten() {
        assertThat(parse(with("GET /a\\\"b\\\\", "200 1 \"r\\\\\" \"a\\\"\\x22\"")))
                .isTrue();
        assertThat(line.target()).isEqualTo("/a\\\"b\\\\");
        assertThat(line.referrer()).isEqualTo("r\\\\");
        assertThat(line.agent()).isEqualTo("a\\\"\\x22");
    }

    @Test
    void bytesThatAreNotUtf8_andZero_becomeReplacementCharacters() {
        assertThat(parse(with("GET /\u00c3\u00a4\u00ff\u0000", "200 1"))).isTrue();
        assertThat(line.path()).isEqualTo("/ä\ufffd\ufffd");
    }

    @Test
    void emptyFields_areKept() {
        assertThat(parse(with("GET /", "200 1 \"\" \"\""))).isTrue();
        assertThat(line.referrer()).isEmpty();
        assertThat(line.agent()).isEmpty();
    }

    static List<String> accepted() {
        return List.of(
                COMMON,
                with("GET /", "200 0"),
                with("G /", "200 0"),
                with("GET *", "200 0"),
                with("OPTIONS * HTTP/1.1", "200 0"),
                with("GET ?a", "200 0"),
                with("GET / HTTP/2.0", "000 0"),
                with("GET / HTTP/10.12", "999 0"),
                with("GET /", "200 9223372036854775807"),
                with("GET /", "200 00000000000000000000000009223372036854775807"),
                with("GET /", "200 1 \"a\" \"b\""),
                with("GET /", "200 1 \"a\" \"b\" "),
                with("GET /" + "x".repeat(511), "200 1"),
                with("GET /" + "x".repeat(511) + "?" + "y".repeat(60_000), "200 1"),
                "h".repeat(512) + COMMON.substring(9),
                COMMON.replace("10/Oct/2000", "29/Feb/2000"),
                COMMON.replace("10/Oct/2000", "29/Feb/2024"),
                COMMON.replace("-0700", "+2359"),
                COMMON.replace("13:55:36", "00:00:00"),
                COMMON.replace("13:55:36", "23:59:59"),
                COMMON.replace("10/Oct/2000:13:55:36 -0700", "01/Jan/0001:00:00:00 +0000"),
                COMMON.replace("10/Oct/2000:13:55:36 -0700", "31/Dec/9999:23:59:59 +0000"));
    }

    @ParameterizedTest
    @MethodSource
    void accepted(String text) {
        assertThat(parse(text)).as(text).isTrue();
        assertThat(Reference.accepts(text.getBytes(StandardCharsets.ISO_8859_1)))
                .isTrue();
        assertThatThrownBy(line::reason).isInstanceOf(IllegalStateException.class);
    }

    static List<String> rejected() {
        List<String> lines = new ArrayList<>(List.of(
                "",
                " ",
                "x",
                "127.0.0.1",
                "127.0.0.1 -",
                "127.0.0.1 - frank",
                "127.0.0.1 - frank [",
                " " + COMMON,
                COMMON + " ",
                COMMON + " x",
                COMMON + " \"a\"",
                COMMON + " \"a\" ",
                COMMON + " \"a\" \"b",
                COMMON + " \"a\" b\"",
                COMMON + " \"a\" \"b\\\"",
                COMMON + " \"a\"  \"b\"",
                COMMON + " \"a\" \"b\"c",
                COMMON.replace("- frank", "-  frank"),
                COMMON.replace(" - frank", ""),
                COMMON.replace("[", ""),
                COMMON.replace("]", ""),
                COMMON.replace("] ", "]"),
                COMMON.replace("HTTP/1.0\" ", "HTTP/1.0\""),
                with("GET /", "20 1"),
                with("GET /", "2000 1"),
                with("GET /", "2x0 1"),
                with("GET /", "200"),
                with("GET /", "200 "),
                with("GET /", "200  1"),
                with("GET /", "200 -1"),
                with("GET /", "200 +1"),
                with("GET /", "200 1.5"),
                with("GET /", "200 --"),
                with("GET /", "200 9223372036854775808"),
                with("GET /", "200 99999999999999999999999"),
                with("GET /" + "x".repeat(512), "200 1"),
                with("GET /", "200 1 \"a\" \"" + "x".repeat(70_000) + "\""),
                "h".repeat(513) + COMMON.substring(9)));
        for (String request : List.of(
                "",
                "-",
                "GET",
                "GET ",
                " /",
                "get /",
                "GeT /",
                "G3T /",
                "GET  /",
                "GET / ",
                "GET / HTTP",
                "GET / HTTP/1",
                "GET / HTTP/1.",
                "GET / HTTP/.1",
                "GET / HTTP/1.1 ",
                "GET / http/1.1",
                "GET /  HTTP/1.1",
                "GET / HTTP/1.1 x",
                "GET /a b HTTP/1.1",
                "GET / HTTP/a.b",
                "\\x16\\x03\\x01")) {
            lines.add(with(request, "200 1"));
        }
        for (String date : List.of(
                "30/Feb/2000:13:55:36 -0700",
                "29/Feb/1900:13:55:36 -0700",
                "29/Feb/2023:13:55:36 -0700",
                "31/Apr/2000:13:55:36 -0700",
                "00/Oct/2000:13:55:36 -0700",
                "32/Oct/2000:13:55:36 -0700",
                "10/oct/2000:13:55:36 -0700",
                "10/Okt/2000:13:55:36 -0700",
                "10/Oct/2000:24:00:00 -0700",
                "10/Oct/2000:13:60:36 -0700",
                "10/Oct/2000:13:55:60 -0700",
                "10/Oct/2000:13:55:36 0700",
                "10/Oct/2000:13:55:36 -2400",
                "10/Oct/2000:13:55:36 -0760",
                "10/Oct/2000 13:55:36 -0700",
                "1/Oct/2000:13:55:36 -0700",
                "10-Oct-2000:13:55:36 -0700",
                "10/Oct/0000:13:55:36 -0700",
                "01/Jan/0001:00:00:00 +0001",
                "31/Dec/9999:23:59:59 -0001",
                "10/Oct/20x0:13:55:36 -0700",
                "10/Oct/2000:13:55:36 -07 0",
                "10/Oct/2000:13:55:36 -070",
                "10/Oct/2000:13:55:36 -07000")) {
            lines.add(COMMON.replace("10/Oct/2000:13:55:36 -0700", date));
        }
        return lines;
    }

    @ParameterizedTest
    @MethodSource
    void rejected(String text) {
        assertThat(parse(text)).as(text).isFalse();
        assertThat(line.reason()).isNotEmpty().doesNotContain("frank");
        assertThat(Reference.accepts(text.getBytes(StandardCharsets.ISO_8859_1)))
                .isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {AccessLine.MAX_LINE_BYTES, AccessLine.MAX_LINE_BYTES + 1})
    void lineOf64KiB_isTheLongest(int length) {
        String text = with("GET /", "200 1 \"-\" \"") + "x".repeat(length);
        assertThat(parse(text.substring(0, length - 1) + "\"")).isEqualTo(length == AccessLine.MAX_LINE_BYTES);
    }

    @Test
    void keyOf512CharactersOutsideTheFirstPlane_isAccepted() {
        String path = "\ud83d\ude00".repeat(512);
        assertThat(parse(with("GET " + path, "200 1").getBytes(StandardCharsets.UTF_8)))
                .isTrue();
        assertThat(line.path()).isEqualTo(path);
        assertThat(parse(with("GET " + path + "x", "200 1").getBytes(StandardCharsets.UTF_8)))
                .isFalse();
    }

    @Test
    void everyDayOfFiveCenturies_isAsTheCalendarSays() {
        String[] months = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
        for (int year = 1799; year <= 2300; year++) {
            for (int month = 1; month <= 12; month++) {
                for (int day = 1; day <= 31; day++) {
                    String date = String.format("%02d/%s/%04d:01:02:03 +0000", day, months[month - 1], year);
                    boolean accepted = parse(COMMON.replace("10/Oct/2000:13:55:36 -0700", date));
                    Instant expected = null;
                    try {
                        expected = LocalDateTime.of(year, month, day, 1, 2, 3).toInstant(ZoneOffset.UTC);
                    } catch (DateTimeException notInTheCalendar) {
                        assertThat(accepted).as(date).isFalse();
                    }
                    if (expected != null && (!accepted || !line.at().equals(expected))) {
                        throw new AssertionError(date);
                    }
                }
            }
        }
    }

    @Test
    void mutatedLines_areReadAsTheObviousParserReadsThem() {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        System.out.println("AccessLineTest seed " + seed);
        Random random = new Random(seed);
        List<String> bases = new ArrayList<>(accepted());
        bases.removeIf(text -> text.length() > 2_000);
        bases.add(with("GET /a\\\"b", "200 12 \"re\\\\\" \"ag\\\"ent\" more"));
        bases.add(with("GET /\u00c3\u00a4?q=\u00e2\u0082\u00ac", "404 - \"\u00f0\u009f\u0098\u0080\" \"-\""));
        int accepted = 0;
        int rounds = Integer.getInteger("weir.rounds", 200_000);
        for (int round = 0; round < rounds; round++) {
            byte[] text = bases.get(random.nextInt(bases.size())).getBytes(StandardCharsets.ISO_8859_1);
            for (int change = random.nextInt(4); change > 0; change--) {
                text = mutate(text, random);
            }
            boolean mine = parse(text);
            Reference reference = Reference.parse(text);
            String shown = new String(text, StandardCharsets.ISO_8859_1);
            assertThat(mine).as(shown).isEqualTo(reference != null);
            if (reference != null) {
                accepted++;
                reference.check(line, shown);
            }
        }
        assertThat(accepted).isBetween(rounds / 10, rounds * 9 / 10);
    }

    private static byte[] mutate(byte[] text, Random random) {
        String alphabet = " \"\\-[]/:0159GaHTP.?+\u0000\u00e2\u0082\u00ac\u00ed\u00f0\u0080";
        int at = random.nextInt(text.length + 1);
        List<Byte> bytes = new ArrayList<>();
        for (byte b : text) {
            bytes.add(b);
        }
        byte fresh = (byte) alphabet.charAt(random.nextInt(alphabet.length()));
        switch (random.nextInt(3)) {
            case 0 -> bytes.add(at, fresh);
            case 1 -> bytes.set(Math.min(at, bytes.size() - 1), fresh);
            default -> bytes.remove(Math.min(at, bytes.size() - 1));
        }
        if (bytes.isEmpty()) {
            bytes.add(fresh);
        }
        byte[] changed = new byte[bytes.size()];
        for (int i = 0; i < changed.length; i++) {
            changed[i] = bytes.get(i);
        }
        return changed;
    }

    /** The same language by regular expressions and the JDK's calendar: slow, and easy to believe. */
    record Reference(
            String address,
            Instant at,
            String method,
            String target,
            int status,
            String size,
            String referrer,
            String agent) {
        private static final String QUOTED = "\"((?:[^\"\\\\]++|\\\\[\\x00-\\xff])*+)\"";
        private static final Pattern LINE = Pattern.compile("([^ ]+) ([^ ]+) ([^ ]+) \\[([\\x00-\\xff]{26})\\] "
                + QUOTED + " ([0-9]{3}) (-|[0-9]+)(?: " + QUOTED + " " + QUOTED + "(?: [\\x00-\\xff]*)?)?");
        private static final Pattern REQUEST = Pattern.compile("([A-Z]+) ([^ ]+)(?: HTTP/[0-9]+\\.[0-9]+)?");
        private static final Pattern DATE = Pattern.compile(
                "([0-9]{2})/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)/([0-9]{4}):([0-9]{2}):([0-9]{2}):([0-9]{2}) "
                        + "([+-])([0-9]{2})([0-9]{2})");

        static boolean accepts(byte[] text) {
            return parse(text) != null;
        }

        static Reference parse(byte[] text) {
            if (text.length > 65_536) {
                return null;
            }
            Matcher line = LINE.matcher(new String(text, StandardCharsets.ISO_8859_1));
            if (!line.matches()) {
                return null;
            }
            Matcher request = REQUEST.matcher(line.group(5));
            Instant at = instant(line.group(4));
            if (!request.matches() || at == null) {
                return null;
            }
            String size = line.group(7);
            if (!size.equals("-") && new BigInteger(size).bitLength() > 63) {
                return null;
            }
            Reference reference = new Reference(
                    utf8(line.group(1)),
                    at,
                    request.group(1),
                    utf8(request.group(2)),
                    Integer.parseInt(line.group(6)),
                    size,
                    line.group(8) == null || line.group(8).equals("-") ? null : utf8(line.group(8)),
                    line.group(9) == null || line.group(9).equals("-") ? null : utf8(line.group(9)));
            boolean fits = reference.address.codePointCount(0, reference.address.length()) <= 512
                    && reference.path().codePointCount(0, reference.path().length()) <= 512;
            return fits ? reference : null;
        }

        private static Instant instant(String text) {
            Matcher date = DATE.matcher(text);
            if (!date.matches()) {
                return null;
            }
            int zoneHour = Integer.parseInt(date.group(8));
            int zoneMinute = Integer.parseInt(date.group(9));
            if (zoneHour > 23 || zoneMinute > 59) {
                return null;
            }
            try {
                LocalDateTime local = LocalDateTime.of(
                        Integer.parseInt(date.group(3)),
                        List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
                                        .indexOf(date.group(2))
                                + 1,
                        Integer.parseInt(date.group(1)),
                        Integer.parseInt(date.group(4)),
                        Integer.parseInt(date.group(5)),
                        Integer.parseInt(date.group(6)));
                long minutes = zoneHour * 60L + zoneMinute;
                Instant at = local.toInstant(ZoneOffset.UTC)
                        .plusSeconds(60 * (date.group(7).equals("-") ? minutes : -minutes));
                int year = at.atOffset(ZoneOffset.UTC).getYear();
                return local.getYear() < 1 || year < 1 || year > 9999 ? null : at;
            } catch (DateTimeException notInTheCalendar) {
                return null;
            }
        }

        /** The JDK's decoder takes an encoded surrogate as one error, Unicode's recommendation as three. */
        private static String utf8(String latin) {
            String mended = latin.replaceAll("\\xed(?=[\\xa0-\\xbf])", "\u00ff");
            byte[] bytes = mended.getBytes(StandardCharsets.ISO_8859_1);
            return new String(bytes, StandardCharsets.UTF_8).replace('\u0000', '\ufffd');
        }

        String path() {
            return target.contains("?") ? target.substring(0, target.indexOf('?')) : target;
        }

        void check(AccessLine line, String shown) {
            assertThat(line.at()).as(shown).isEqualTo(at);
            assertThat(line.method()).as(shown).isEqualTo(method);
            assertThat(line.status()).as(shown).isEqualTo(status);
            assertThat(line.hasBytes()).as(shown).isEqualTo(!size.equals("-"));
            assertThat(line.bytes()).as(shown).isEqualTo(size.equals("-") ? 0 : Long.parseLong(size));
            same(line.address(), address, shown);
            same(line.target(), target, shown);
            same(line.path(), path(), shown);
            same(line.referrer(), referrer, shown);
            same(line.agent(), agent, shown);
        }

        private static void same(String mine, String reference, String shown) {
            assertThat(mine).as(shown).isEqualTo(reference);
        }
    }
}
