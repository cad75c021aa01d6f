package dev.weir.schema.file;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of a map in a file, each of a kind that is asked for; a key that nobody knows is a problem. */
final class Fields {
    private final YamlNode.Mapping mapping;
    private final FileProblems.Of problems;
    private final Map<String, YamlNode> values = new LinkedHashMap<>();

    /**
     * @param what what the map describes, for messages
     * @param known the keys that it may have
     */
    Fields(YamlNode.Mapping mapping, String what, List<String> known, FileProblems.Of problems) {
        this.mapping = mapping;
        this.problems = problems;
        for (YamlNode.Entry entry : mapping.entries()) {
            String key = entry.key().text();
            if (known.contains(key)) {
                values.put(key, entry.value());
            } else {
                String nearest = nearest(key, known);
                problems.add(
                        entry.key(),
                        what + " has no such key",
                        "key=" + key,
                        nearest == null
                                ? "remove it; there are " + String.join(", ", known)
                                : "write " + nearest + " if you mean that");
            }
        }
    }

    private static @Nullable String nearest(String key, List<String> known) {
        String best = null;
        int least = 3;
        for (String candidate : known) {
            int distance = distance(key.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < least && distance < candidate.length() - 1) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    /** How many letters must be put in, left out or changed to make one of the other (Levenshtein). */
    private static int distance(String from, String to) {
        if (Math.abs(from.length() - to.length()) > 2) {
            return Integer.MAX_VALUE;
        }
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int change = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }

    YamlNode node() {
        return mapping;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    @Nullable YamlNode get(String key) {
        return values.get(key);
    }

    /** The node of a key, or the map if it has none: a place for messages. */
    YamlNode place(String key) {
        YamlNode node = values.get(key);
        return node == null ? mapping : node;
    }

    /** A text; null if there is none. Whatever stands there as one value is taken as it is written. */
    @Nullable String text(String key) {
        YamlNode node = values.get(key);
        return node == null ? null : text(node, key, problems);
    }

    static @Nullable String text(YamlNode node, String what, FileProblems.Of problems) {
        if (node instanceof YamlNode.Scalar scalar && !ScalarValues.isNull(scalar)) {
            return scalar.text();
        }
        problems.add(
                node,
                what + " is a text",
                node instanceof YamlNode.Scalar scalar ? what + "=" + scalar.text() : what + " is " + node.kind(),
                node instanceof YamlNode.Scalar ? "quote it, or leave it out" : "write a text");
        return null;
    }

    boolean flag(String key, boolean otherwise) {
        YamlNode node = values.get(key);
        if (node == null) {
            return otherwise;
        }
        Boolean value = node instanceof YamlNode.Scalar scalar ? ScalarValues.bool(scalar) : null;
        if (value == null) {
            problems.add(node, key + " is true or false", found(key, node), "write true or false, without quotes");
            return otherwise;
        }
        return value;
    }

    @Nullable Integer number(String key) {
        YamlNode node = values.get(key);
        if (node == null) {
            return null;
        }
        BigInteger value = node instanceof YamlNode.Scalar scalar ? ScalarValues.whole(scalar) : null;
        if (value == null || value.bitLength() >= Integer.SIZE) {
            problems.add(node, key + " is a whole number", found(key, node), "write one, such as 20");
            return null;
        }
        return value.intValue();
    }

    YamlNode.@Nullable Mapping mapping(String key) {
        YamlNode node = values.get(key);
        if (node == null || node instanceof YamlNode.Mapping) {
            return (YamlNode.Mapping) node;
        }
        problems.add(node, key + " is a map", found(key, node), "write its names and what belongs to each");
        return null;
    }

    List<YamlNode> list(String key) {
        YamlNode node = values.get(key);
        if (node == null) {
            return List.of();
        }
        if (node instanceof YamlNode.Sequence sequence) {
            return sequence.items();
        }
        problems.add(node, key + " is a list", found(key, node), "write [..], or a line with a dash for each");
        return List.of();
    }

    /** Texts in a list, or one alone. */
    List<String> texts(String key) {
        YamlNode node = values.get(key);
        List<YamlNode> items = node instanceof YamlNode.Scalar ? List.of(node) : list(key);
        List<String> texts = new ArrayList<>();
        for (YamlNode item : items) {
            String text = text(item, key, problems);
            if (text != null) {
                texts.add(text);
            }
        }
        return texts;
    }

    /** One of some words, in whatever case. */
    @Nullable String word(String key, List<String> words) {
        YamlNode node = values.get(key);
        if (node == null) {
            return null;
        }
        if (node instanceof YamlNode.Scalar scalar) {
            for (String word : words) {
                if (plain(word).equals(plain(scalar.text()))) {
                    return word;
                }
            }
        }
        problems.add(node, key + " is " + String.join(", ", words), found(key, node), "write one of these");
        return null;
    }

    private static String plain(String word) {
        return word.toLowerCase(Locale.ROOT).replaceAll("[ _-]", "");
    }

    private static String found(String key, YamlNode node) {
        return node instanceof YamlNode.Scalar scalar ? key + "=" + scalar.text() : key + " is " + node.kind();
    }
}
