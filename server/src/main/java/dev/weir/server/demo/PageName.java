package dev.weir.server.demo;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Text that came percent-encoded in a URL, decoded once and strictly: broken escapes and bytes that are not UTF-8 are
 * refused, not repaired.
 */
final class PageName {
    private static final int LONGEST = 200;

    private PageName() {}

    /**
     * The page that one segment of a path names. A character is a Unicode code point, so that an emoji is one.
     *
     * @throws IllegalArgumentException if it has none or too many characters, or is not encoded well
     */
    static String fromPathSegment(String segment) {
        String name = decode(segment, false);
        int characters = name.codePointCount(0, name.length());
        if (characters < 1 || characters > LONGEST) {
            throw new IllegalArgumentException(
                    "A page's name has 1 to " + LONGEST + " characters; this one has " + characters + ".");
        }
        return name;
    }

    /**
     * Decodes percent escapes.
     *
     * @param plusIsSpace whether {@code +} stands for a space, as in a query string
     */
    static String decode(String encoded, boolean plusIsSpace) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(encoded.length());
        for (int i = 0; i < encoded.length(); ) {
            int character = encoded.codePointAt(i);
            i += Character.charCount(character);
            if (character == '%') {
                int high = i + 1 < encoded.length() ? Character.digit(ascii(encoded.charAt(i)), 16) : -1;
                int low = i + 1 < encoded.length() ? Character.digit(ascii(encoded.charAt(i + 1)), 16) : -1;
                if (high < 0 || low < 0) {
                    throw new IllegalArgumentException(
                            "A percent sign in a URL is followed by two hexadecimal digits; a literal one is %25.");
                }
                bytes.write(high << 4 | low);
                i += 2;
            } else if (character == '+' && plusIsSpace) {
                bytes.write(' ');
            } else {
                bytes.writeBytes(Character.toString(character).getBytes(StandardCharsets.UTF_8));
            }
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new IllegalArgumentException("Text in a URL is UTF-8, percent-encoded; this is not.", e);
        }
    }

    private static char ascii(char c) {
        return c < 128 ? c : ' ';
    }
}
