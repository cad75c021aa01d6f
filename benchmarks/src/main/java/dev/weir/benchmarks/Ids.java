package dev.weir.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/** UUIDs of version 7 as text, each above the one before: milliseconds, a counter, random bits. Used by one thread. */
final class Ids {
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    private final SplittableRandom random = new SplittableRandom();
    private final byte[] text = new byte[36];
    private long millis;
    private int counter;

    Ids() {
        text[8] = text[13] = text[18] = text[23] = '-';
    }

    String next() {
        long now = System.currentTimeMillis();
        if (now > millis) {
            millis = now;
            counter = 0;
        } else if (++counter > 0xFFF) {
            millis++;
            counter = 0;
        }
        digits(0, 8, millis >>> 16);
        digits(9, 4, millis & 0xFFFF);
        digits(14, 4, 0x7000 | counter);
        long bits = random.nextLong();
        digits(19, 4, 0x8000 | (bits & 0x3FFF));
        digits(24, 12, bits >>> 16);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private void digits(int from, int count, long value) {
        long left = value;
        for (int i = from + count - 1; i >= from; i--) {
            text[i] = HEX[(int) left & 15];
            left >>>= 4;
        }
    }
}
