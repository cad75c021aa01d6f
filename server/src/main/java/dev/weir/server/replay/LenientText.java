package dev.weir.server.replay;

/** Text from bytes that may not be UTF-8. */
final class LenientText {
    private static final char REPLACEMENT = '\uFFFD';

    private LenientText() {}

    /**
     * Decodes UTF-8; each longest beginning of a valid sequence that does not go on, each other byte that fits nowhere, and
     * each U+0000 becomes U+FFFD.
     */
    static String decode(byte[] data, int from, int to) {
        StringBuilder text = new StringBuilder(to - from);
        int i = from;
        while (i < to) {
            int b = data[i] & 0xff;
            if (b < 0x80) {
                text.append(b == 0 ? REPLACEMENT : (char) b);
                i++;
                continue;
            }
            int following = following(b);
            int taken = 1;
            int point = b & (0x3f >> following);
            while (taken <= following && i + taken < to && fits(b, taken, data[i + taken] & 0xff)) {
                point = (point << 6) | (data[i + taken] & 0x3f);
                taken++;
            }
            if (following > 0 && taken == following + 1) {
                text.appendCodePoint(point);
            } else {
                text.append(REPLACEMENT);
            }
            i += taken;
        }
        return text.toString();
    }

    /** How many bytes follow a leading byte; 0 if it leads nothing. */
    private static int following(int lead) {
        if (lead >= 0xc2 && lead <= 0xdf) {
            return 1;
        }
        if (lead >= 0xe0 && lead <= 0xef) {
            return 2;
        }
        return lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
    }

    /** Whether a byte may stand at this place; the second one is bounded so that there are no overlong forms or surrogates. */
    private static boolean fits(int lead, int place, int b) {
        if (place == 1) {
            return switch (lead) {
                case 0xe0 -> b >= 0xa0 && b <= 0xbf;
                case 0xed -> b >= 0x80 && b <= 0x9f;
                case 0xf0 -> b >= 0x90 && b <= 0xbf;
                case 0xf4 -> b >= 0x80 && b <= 0x8f;
                default -> b >= 0x80 && b <= 0xbf;
            };
        }
        return b >= 0x80 && b <= 0xbf;
    }
}
