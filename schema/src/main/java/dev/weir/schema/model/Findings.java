package dev.weir.schema.model;

import dev.weir.schema.sql.SqlFragment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a schema, each with its place. Not thread-safe. */
final class Findings {
    /** What PostgreSQL keeps of a name; it cuts off the rest without a word. */
    private static final int LONGEST_NAME = 63;

    private final List<InvalidSchemaException.Problem> problems = new ArrayList<>();
    private final Function<String, @Nullable String> origins;

    /** @param origins where what has a path such as {@code tables[0].columns[2]} stands; null if it does not know */
    Findings(Function<String, @Nullable String> origins) {
        this.origins = origins;
    }

    List<InvalidSchemaException.Problem> problems() {
        return problems;
    }

    void add(String path, String rule, String found, String cure) {
        problems.add(new InvalidSchemaException.Problem(origin(path), rule, found, cure));
    }

    /** The place of a path, or of the nearest thing around it whose place is known. */
    private @Nullable String origin(String path) {
        String around = path;
        while (true) {
            String origin = origins.apply(around);
            int dot = around.lastIndexOf('.');
            if (origin != null || dot < 0) {
                return origin;
            }
            around = around.substring(0, dot);
        }
    }

    /** A name that the database is to have. */
    void name(String path, String what, String name, String where) {
        int bytes = name.getBytes(StandardCharsets.UTF_8).length;
        if (name.isBlank()) {
            add(path, "a " + what + " has a name", where + what + "='" + name + "'", "name it");
        } else if (name.chars().anyMatch(Character::isISOControl)) {
            add(path, "a name has no control characters", where + what + "=" + printable(name), "leave them out");
        } else if (bytes > LONGEST_NAME) {
            add(
                    path,
                    "a name has at most " + LONGEST_NAME + " bytes",
                    where + what + "=" + name + " bytes=" + bytes,
                    "shorten it");
        }
    }

    /** An expression that is put into statements. */
    void expression(String path, String found, @Nullable String sql) {
        String broken = sql == null ? null : SqlFragment.broken(sql);
        if (broken != null) {
            add(path, "an expression is one expression", found + " sql=" + sql + " has=" + broken, "correct it");
        }
    }

    static String printable(String name) {
        StringBuilder text = new StringBuilder();
        name.chars()
                .forEach(c -> text.append(
                        Character.isISOControl(c)
                                ? String.format(Locale.ROOT, "\\u%04x", c)
                                : String.valueOf((char) c)));
        return text.toString();
    }

    /** Names of one kind, of which each may stand once, in whatever case. */
    final class Unique {
        private final String rule;
        private final Map<String, String[]> firsts = new HashMap<>();

        Unique(String rule) {
            this.rule = rule;
        }

        void add(String path, String name, String found) {
            String[] first = firsts.putIfAbsent(folded(name), new String[] {path, name});
            if (first != null) {
                String origin = origin(first[0]);
                Findings.this.add(
                        path,
                        rule,
                        found + " first=" + first[1] + (origin == null ? "" : " (" + origin + ")"),
                        "rename or remove one of them");
            }
        }
    }

    /** The form in which names are compared whose case an engine may overlook. */
    static String folded(String name) {
        return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }
}
