package dev.weir.server.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.server.replay.GzipInput.BrokenGzipException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

class GzipInputTest {
    private static byte[] gzip(byte[] data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(data);
        }
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    private static byte[] random(int size) {
        byte[] data = new byte[size];
        Random random = new Random(size);
        for (int i = 0; i < size; i++) {
            data[i] = (byte) ('a' + random.nextInt(4));
        }
        return data;
    }

    /** Reads to the end or the break, and answers what came before it. */
    private static byte[] before(byte[] stream) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] buffer = new byte[1000];
        try (GzipInput in = new GzipInput(new ByteArrayInputStream(stream))) {
            for (int count = in.read(buffer, 0, 1000); count >= 0; count = in.read(buffer, 0, 1000)) {
                out.write(buffer, 0, count);
            }
        } catch (BrokenGzipException broken) {
            out.write('!');
        }
        return out.toByteArray();
    }

    @Test
    void members_areReadAsOne() throws IOException {
        byte[] first = random(300_000);
        byte[] second = random(70_000);
        byte[] stream = join(gzip(first), gzip(new byte[0]), gzip(second));
        assertThat(before(stream)).isEqualTo(join(first, second));
    }

    @Test
    void header_mayHoldNameCommentExtraAndChecksum() throws IOException {
        byte[] plain = gzip(random(100));
        byte[] header = {0x1f, (byte) 0x8b, 8, 30, 0, 0, 0, 0, 0, 3, 2, 0, 'x', 'y', 'n', 0, 'c', 0, 7, 7};
        byte[] stream = join(header, Arrays.copyOfRange(plain, 10, plain.length));
        assertThat(before(stream)).isEqualTo(random(100));
    }

    @Test
    void zerosAfterTheEnd_arePadding() throws IOException {
        assertThat(before(join(gzip(random(10)), new byte[600]))).isEqualTo(random(10));
    }

    @Test
    void garbageAfterTheEnd_isABreak() throws IOException {
        assertThat(before(join(gzip(random(10)), new byte[] {1, 2, 3}))).isEqualTo(join(random(10), new byte[] {'!'}));
    }

    @Test
    void cutAnywhere_isABreakAfterAllThatWasThere() throws IOException {
        byte[] data = random(5_000);
        byte[] first = gzip(data);
        byte[] stream = join(first, gzip(data));
        int last = 0;
        for (int length = 0; length < stream.length; length++) {
            byte[] got = before(Arrays.copyOf(stream, length));
            if (length == first.length) {
                assertThat(got).isEqualTo(data);
                continue;
            }
            assertThat(got[got.length - 1]).as("cut at " + length).isEqualTo((byte) '!');
            assertThat(got.length).isGreaterThanOrEqualTo(last);
            assertThat(Arrays.copyOf(got, got.length - 1)).isEqualTo(Arrays.copyOf(join(data, data), got.length - 1));
            last = got.length;
        }
        assertThat(last).isGreaterThan(9_900);
    }

    @Test
    void damagedByte_isABreak() throws IOException {
        byte[] stream = gzip(random(5_000));
        for (int i = 10; i < stream.length; i++) {
            byte[] damaged = stream.clone();
            damaged[i] ^= 0x55;
            byte[] got = before(damaged);
            assertThat(got[got.length - 1]).as("damaged at " + i).isEqualTo((byte) '!');
        }
    }

    @Test
    void whatIsNoGzip_isABreakAtOnce() {
        for (byte[] stream :
                new byte[][] {{}, {0x1f}, "plain text".getBytes(java.nio.charset.StandardCharsets.UTF_8)}) {
            assertThatThrownBy(() -> new GzipInput(new ByteArrayInputStream(stream)).read(new byte[9], 0, 9))
                    .isInstanceOf(BrokenGzipException.class);
        }
    }
}
