package dev.weir.db;

import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;

/** Random ids of letters and digits, such as {@code f7KqZx0LmW3bTn8YcVh1R}: 21 characters hold 125 random bits. */
public final class NanoId {
    /** Characters of an id. */
    public static final int LENGTH = 21;

    private static final int LONGEST = 255;
    private static final byte[] ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".getBytes(StandardCharsets.US_ASCII);
    private static final int MASK = 63;
    private static final SecureRandom RANDOM = new SecureRandom();

    private NanoId() {}

    /** A fresh id of {@value #LENGTH} characters. */
    public static String next() {
        return next(LENGTH);
    }

    /**
     * A fresh id.
     *
     * @param length characters, 1 to 255
     */
    public static String next(int length) {
        if (length < 1 || length > LONGEST) {
            throw new IllegalArgumentException(
                    "An id has 1 to " + LONGEST + " characters: length=" + length + ". Give a length in that range.");
        }
        byte[] id = new byte[length];
        byte[] random = new byte[length + length / 16 + 1];
        int filled = 0;
        while (filled < length) {
            RANDOM.nextBytes(random);
            for (int i = 0; i < random.length && filled < length; i++) {
                int index = random[i] & MASK;
                // 62 characters do not divide 64: the two values over are thrown away, or some would come more often.
                if (index < ALPHABET.length) {
                    id[filled++] = ALPHABET[index];
                }
            }
        }
        return new String(id, StandardCharsets.US_ASCII);
    }
}
