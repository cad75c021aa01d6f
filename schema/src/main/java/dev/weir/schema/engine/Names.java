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
        String method = index.method() == null ? "" : index.method();
        boolean word = method.matches("\\w{1,12}");
        return name(
                table,
                index.parts().stream()
                        .map(part -> part.text() + (part.descending() ? "_desc" : ""))
                        .toList(),
                (index.where() == null ? "" : index.where()) + (word ? "" : method),
                (word ? method + "_" : "") + (index.unique() ? "key" : "idx"));
    }

    /** A check that the table's declaration does not name, such as that of an enumeration's values. */
    static String check(String table, String column, String what) {
        return name(table, List.of(column), what);
    }

    static String name(String table, List<String> parts, String end) {
        return name(table, parts, "", end);
    }

    /** With a hash before the end if something is not shown: what {@code hidden} says, odd characters, or a part cut off. */
    private static String name(String table, List<String> parts, String hidden, String end) {
        String what = parts.isEmpty() ? table : table + "_" + String.join("_", parts);
        String plain = what.chars()
                .mapToObj(c -> Character.isLetterOrDigit(c) ? String.valueOf((char) c) : "_")
                .collect(Collectors.joining());
        if (hidden.isEmpty() && plain.equals(what) && bytes(plain + "_" + end) <= LONGEST) {
            return plain + "_" + end;
        }
        String ending = "_" + hash(what + "\n" + hidden) + "_" + end;
        StringBuilder cut = new StringBuilder(plain);
        while (bytes(cut + ending) > LONGEST) {
            cut.setLength(cut.length() - 1);
        }
        return cut + ending;
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String hash(String text) {
        CRC32 sum = new CRC32();
        sum.update(text.getBytes(StandardCharsets.UTF_8));
        return String.format(Locale.ROOT, "%08x", sum.getValue());
    }
}
