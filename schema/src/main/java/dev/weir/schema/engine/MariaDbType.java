package dev.weir.schema.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A column's type as {@link MariaDbReading} spells it, taken apart. Besides MariaDB's own spelling it tells what belongs to
 * the column and to nothing else: {@code int(11) invisible check (`n` > 0)}.
 *
 * @param core what MariaDB calls the type, attributes included
 * @param name the first word of it, in lower case
 * @param arguments what stands in its parentheses, as spelled
 * @param unsigned whether it refuses negative numbers
 * @param invisible whether a {@code SELECT *} leaves the column out
 * @param check the column's own condition; null if it has none
 */
record MariaDbType(
        String core,
        String name,
        List<String> arguments,
        boolean unsigned,
        boolean invisible,
        @Nullable String check) {

    static MariaDbType of(String spelled) {
        String rest = spelled.strip();
        int space = 0;
        while (space < rest.length() && (Character.isLetterOrDigit(rest.charAt(space)) || rest.charAt(space) == '_')) {
            space++;
        }
        String name = rest.substring(0, space).toLowerCase(Locale.ROOT);
        List<String> arguments = List.of();
        int from = space;
        if (rest.startsWith("(", space)) {
            int close = MariaDbText.closing(rest, space);
            if (close > 0) {
                arguments = arguments(rest.substring(space + 1, close));
                from = close + 1;
            }
        }
        String attributes = rest.substring(from).toLowerCase(Locale.ROOT);
        String check = null;
        int checks = attributes.indexOf(" check (");
        if (checks >= 0) {
            int open = from + checks + " check ".length();
            check = rest.substring(open + 1, Math.max(open + 1, MariaDbText.closing(rest, open)));
            rest = rest.substring(0, from + checks);
        }
        boolean invisible = rest.substring(from).toLowerCase(Locale.ROOT).endsWith(" invisible");
        if (invisible) {
            rest = rest.substring(0, rest.length() - " invisible".length());
        }
        boolean unsigned = rest.substring(from).toLowerCase(Locale.ROOT).contains("unsigned");
        return new MariaDbType(rest, name, arguments, unsigned, invisible, check);
    }

    /** The spelling of a type with what else belongs to the column. */
    static String spelled(String core, boolean invisible, @Nullable String check) {
        return core + (invisible ? " invisible" : "") + (check == null ? "" : " check (" + check + ")");
    }

    private static List<String> arguments(String text) {
        List<String> arguments = new ArrayList<>();
        int begin = 0;
        int i = 0;
        while (i < text.length()) {
            int end = MariaDbText.end(text, i);
            if (end > i) {
                i = end;
            } else {
                if (text.charAt(i) == ',') {
                    arguments.add(text.substring(begin, i).strip());
                    begin = i + 1;
                }
                i++;
            }
        }
        arguments.add(text.substring(begin).strip());
        return List.copyOf(arguments);
    }

    /** A number in the parentheses. */
    int number(int index, int otherwise) {
        try {
            return index < arguments.size() ? Integer.parseInt(arguments.get(index)) : otherwise;
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    /** What the texts in the parentheses say. */
    List<String> values() {
        return arguments.stream().map(MariaDbText::unquoted).toList();
    }
}
