package dev.weir.schema.apply;

import java.sql.SQLException;
import java.util.List;
import java.util.regex.Pattern;

/** What an engine says of a failure, without the values of rows: messages are logged, and values may be anybody's. */
final class Reason {
    private static final String TEXT = "('(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")";

    /** How engines show values; what is found ends where the value begins. */
    private static final List<Pattern> SHOWN = List.of(
            // PostgreSQL: the rows and keys that are in the way.
            Pattern.compile("(?s)\\n\\s*Detail: .*?(?=\\n\\s*(?:Hint|Position|Where|Location): |\\z)"),
            // H2: the row, behind the key.
            Pattern.compile("(?s)(?<=\\)) (?:VALUES )?\\(.*?(?=\"; SQL statement|\\z)"),
            Pattern.compile("(?s)(?<=\\bconverting )" + TEXT),
            Pattern.compile("(?s)(?<=\": \")'.*'(?= \\(\\d+\\)\")"),
            // MariaDB.
            Pattern.compile("(?s)(?<=\\bDuplicate entry )'.*'(?= for key )"),
            Pattern.compile("(?s)(?<=\\bvalue: )" + TEXT),
            // PostgreSQL and H2.
            Pattern.compile("(?s)(?<=\\bsyntax for type [^:\"']{1,60}: )" + TEXT),
            Pattern.compile("(?s)(?<=\\bvalue )" + TEXT),
            Pattern.compile("(?s)(?<=\\brange: )" + TEXT));

    private Reason() {}

    static String of(SQLException error) {
        String reason = String.valueOf(error.getMessage());
        for (Pattern pattern : SHOWN) {
            reason = pattern.matcher(reason).replaceAll("…");
        }
        return reason;
    }
}
