package dev.weir.server.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LineSourceTest {
    private static final int MAX = AccessLine.MAX_LINE_BYTES;

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static List<String> rest(LineSource source) throws IOException {
        List<String> lines = new ArrayList<>();
        while (source.next()) {
            lines.add(source.tooLong() ? "<too long>" : text(source));
        }
        return lines;
    }

    private static String text(LineSource source) {
        return new String(source.data(), source.from(), source.to() - source.from(), StandardCharsets.ISO_8859_1);
    }

    private static List<String> lines(String text) throws IOException {
        return rest(LineSource.of(new ByteArrayInputStream(bytes(text))));
    }

    /** What is left after a reader that stood at {@code done}. */
    private static List<String> grown(String done, String added) throws IOException {
        LineSource first = LineSource.of(new ByteArrayInputStream(bytes(done)));
        rest(first);
        assertThat(first.bytes()).isEqualTo(done.length());
        LineSource second = LineSource.of(new ByteArrayInputStream(bytes(done + added)));
        assertThat(second.skip(first.bytes(), first.openLine())).isEqualTo(first.startHash());
        List<String> lines = rest(second);
        assertThat(second.bytes()).isEqualTo(done.length() + added.length());
        return lines;
    }

    @Test
    void lines_endWithLfOrCrLf() throws IOException {
        assertThat(lines("")).isEmpty();
        assertThat(lines("\n")).containsExactly("");
        assertThat(lines("\r\n")).containsExactly("");
        assertThat(lines("a")).containsExactly("a");
        assertThat(lines("a\n")).containsExactly("a");
        assertThat(lines("a\r\nb\n\nc\rd\r")).containsExactly("a", "b", "", "c\rd");
    }

    @Test
    void grown_goesOnBehindTheLastLine() throws IOException {
        assertThat(grown("", "a\n")).containsExactly("a");
        assertThat(grown("a\n", "")).isEmpty();
        assertThat(grown("a\n", "\n")).containsExactly("");
        assertThat(grown("a\n", "b\nc")).containsExactly("b", "c");
        assertThat(grown("a", "b\n")).containsExactly("b");
    }

    @Test
    void endThatOnlyCompletesALine_isNoLine() throws IOException {
        assertThat(grown("a", "\n")).isEmpty();
        assertThat(grown("a", "\r\n")).isEmpty();
        assertThat(grown("a", "\r")).isEmpty();
        assertThat(grown("a\r", "\n")).isEmpty();
        assertThat(grown("a", "\nb")).containsExactly("b");
        assertThat(grown("a", "\r\nb\n")).containsExactly("b");
        assertThat(grown("a\r", "\n\n")).containsExactly("");
        assertThat(grown("a", "\rb\n")).containsExactly("\rb");
    }

    @Test
    void lineOver64KiB_isTooLongAndTheNextIsNot() throws IOException {
        String longest = "x".repeat(MAX);
        assertThat(lines(longest + "\n" + longest + "\r\n" + longest)).containsExactly(longest, longest, longest);
        for (int over : new int[] {1, 2, 3, 100_000, 300_000, 1_000_000}) {
            String text = "x".repeat(MAX + over);
            assertThat(lines("a\n" + text + "\nb\n" + text + "\r\nc\n" + text))
                    .containsExactly("a", "<too long>", "b", "<too long>", "c", "<too long>");
        }
    }

    @Test
    void anotherStart_hasAnotherHash() throws IOException {
        LineSource one = LineSource.of(new ByteArrayInputStream(bytes("a\nb\n")));
        LineSource other = LineSource.of(new ByteArrayInputStream(bytes("A\nb\n")));
        assertThat(one.skip(4, false)).isNotEqualTo(other.skip(4, false));
    }

    @Test
    void shorter_cannotBeSkipped() throws IOException {
        assertThat(LineSource.of(new ByteArrayInputStream(bytes("a\nb"))).skip(4, false))
                .isNull();
    }

    @Test
    void anyText_isReadAsTheObviousReaderReadsIt_andGoesOnAnywhere() throws IOException {
        long seed = Long.getLong("weir.seed", System.nanoTime());
        System.out.println("LineSourceTest seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            byte[] text = text(random);
            List<String> expected = obvious(text);
            LineSource whole = LineSource.of(new Dribble(text, random));
            List<String> lines = new ArrayList<>();
            List<Long> ends = new ArrayList<>();
            List<String> hashes = new ArrayList<>();
            while (whole.next()) {
                lines.add(whole.tooLong() ? "<too long>" : text(whole));
                ends.add(whole.bytes());
                hashes.add(whole.startHash());
            }
            assertThat(lines).isEqualTo(expected);
            assertThat(whole.bytes()).isEqualTo(text.length);
            if (!ends.isEmpty()) {
                int stop = random.nextInt(ends.size());
                boolean open = stop == ends.size() - 1 && whole.openLine();
                LineSource resumed = LineSource.of(new Dribble(text, random));
                assertThat(resumed.skip(ends.get(stop), open)).isEqualTo(hashes.get(stop));
                assertThat(rest(resumed)).isEqualTo(expected.subList(stop + 1, expected.size()));
            }
        }
    }

    private static byte[] text(Random random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (int part = random.nextInt(30); part > 0; part--) {
            int size = random.nextInt(20) == 0 ? MAX - 3 + random.nextInt(6) : random.nextInt(20);
            out.writeBytes("x".repeat(random.nextInt(40) == 0 ? size * 5 : size).getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(bytes(List.of("\n", "\r\n", "\r", "\n", "\n\n").get(random.nextInt(5))));
        }
        return out.toByteArray();
    }

    private static List<String> obvious(byte[] text) {
        String all = new String(text, StandardCharsets.ISO_8859_1);
        List<String> lines = new ArrayList<>(Arrays.asList(all.split("\n", -1)));
        if (lines.get(lines.size() - 1).isEmpty()) {
            lines.remove(lines.size() - 1);
        }
        lines.replaceAll(line -> line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
        lines.replaceAll(line -> line.length() > MAX ? "<too long>" : line);
        return lines;
    }

    /** Gives few bytes at a time. */
    private static final class Dribble extends InputStream {
        private final ByteArrayInputStream in;
        private final Random random;

        Dribble(byte[] data, Random random) {
            this.in = new ByteArrayInputStream(data);
            this.random = random;
        }

        @Override
        public int read() {
            return in.read();
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            return in.read(target, offset, Math.min(length, 1 + random.nextInt(random.nextBoolean() ? 10 : 100_000)));
        }
    }
}
