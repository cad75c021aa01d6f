package dev.weir.schema.engine;

import dev.weir.schema.model.Index;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.zip.CRC32;

/** Names for what is declared without one: the same for the same declaration, and short enough for every engine. */
final class Names {
    /** PostgreSQL cuts names off after 63 bytes; MariaDB refuses more than 64 characters. */
    private static final int LONGEST = 60;

    private Names() {}

    static String primaryKey(String table) {
        return name(table, List.of(), "pkey");
    }

    static String foreignKey(String table, List<String> columns) {
        return name(table, columns, "fkey");
    }

    static String index(String table, Index index) {
        return name(
                table,
                index.parts().stream()
                        .map(part -> part.text() + (part.descending() ? "_desc" : ""))
                        .toList(),
                (index.where() == null ? "" : hash(index.where()) + "_")
                        + (index.method() == null ? "" : word(index.method()) + "_")
                        + (index.unique() ? "key" : "idx"));
    }

    /** A check that the table's declaration does not name, such as that of an enumeration's values. */
    static String check(String table, String column, String what) {
        return name(table, List.of(column), what);
    }

    private static String name(String table, List<String> parts, String end) {
        String whole = (parts.isEmpty() ? table : table + "_" + String.join("_", parts)) + "_" + end;
        String plain = whole.chars()
                .mapToObj(c -> Character.isLetterOrDigit(c) ? String.valueOf((char) c) : "_")
                .collect(Collectors.joining());
        boolean changed = !plain.equals(whole);
        if (!changed && plain.getBytes(StandardCharsets.UTF_8).length <= LONGEST) {
            return plain;
        }
        String ending = "_" + hash(whole) + "_" + end;
        StringBuilder cut = new StringBuilder(plain);
        while ((cut + ending).getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            cut.setLength(cut.length() - 1);
        }
        return cut + ending;
    }

    /** The text if it is a short word: the end of a name is not cut off. */
    private static String word(String text) {
        return text.matches("\\w{1,12}") ? text : hash(text);
    }

    private static String hash(String text) {
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format(Locale.ROOT, "%08x", sum.getValue());
    }
}
