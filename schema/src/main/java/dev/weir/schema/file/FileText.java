package dev.weir.schema.file;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads a file of text: UTF-8, of a bounded size, without control characters. */
final class FileText {
    static final int MOST_BYTES = 1 << 20;

    private static final int BYTE_ORDER_MARK = 0xFEFF;
    private static final int NEXT_LINE = 0x85;

    private FileText() {}

    /** The text with {@code \n} between its lines; null if it can't be had, which is then a problem. */
    static @Nullable String read(Path path, FileProblems.Of problems) {
        byte[] bytes;
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            problems.add("a schema file is a plain file", "file=" + path.getFileName(), "remove it");
            return null;
        }
        try (InputStream in = Files.newInputStream(path)) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        } catch (IOException e) {
            problems.add(
                    "a schema file can be read",
                    "error=" + e.getClass().getSimpleName(),
                    "see to it that it is there and may be read");
            return null;
        }
        if (bytes.length > MOST_BYTES) {
            problems.add(
                    "a schema file has at most 1 MiB", "bytes>" + MOST_BYTES, "split it, or load rows in another way");
            return null;
        }
        CharBuffer characters = CharBuffer.allocate(bytes.length);
        CoderResult result = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)
                .decode(ByteBuffer.wrap(bytes), characters, true);
        String text = characters.flip().toString();
        if (result.isError()) {
            int[] place = place(text, text.length());
            problems.add(place[0], place[1], "a schema file is UTF-8", "encoding=other", "save it as UTF-8");
            return null;
        }
        text = text.replace("\r\n", "\n").replace('\r', '\n');
        if (!text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
            text = text.substring(1);
        }
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean control = Character.isISOControl(c) && c != '\n' && c != '\t' && c != NEXT_LINE;
            if (control || c == BYTE_ORDER_MARK || c >= 0xFFFE) {
                int[] place = place(text, i);
                problems.add(
                        place[0],
                        place[1],
                        "a schema file has no control characters",
                        String.format(java.util.Locale.ROOT, "character=U+%04X", (int) c),
                        "remove it");
                return null;
            }
        }
        return text;
    }

    private static int[] place(String text, int offset) {
        int line = 1;
        int start = 0;
        for (int i = 0; i < offset; i++) {
            if (text.charAt(i) == '\n') {
                line++;
                start = i + 1;
            }
        }
        return new int[] {line, text.codePointCount(start, offset) + 1};
    }
}
