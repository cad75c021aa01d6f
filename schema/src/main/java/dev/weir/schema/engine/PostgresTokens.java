package dev.weir.schema.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of an expression: in small letters outside of quotes, a name in quotes only if it needs them. */
final class PostgresTokens {
    private static final Pattern TOKEN = Pattern.compile(
            "\\s+"
                    + "|(?<text>[eE]?'(?:[^']|'')*')"
                    + "|(?<quoted>\"(?:[^\"]|\"\")*\")"
                    + "|(?<word>[\\p{L}_][\\p{L}\\p{N}_$]*)"
                    + "|(?<other>[0-9]*\\.?[0-9]+(?:[eE][-+]?[0-9]+)?|::|[-+*/<>=~!@#%^&|`?]+|.)",
            Pattern.DOTALL);

    private PostgresTokens() {}

    static List<String> of(String sql) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(sql);
        while (matcher.find()) {
            if (matcher.group("text") != null) {
                tokens.add(matcher.group("text"));
            } else if (matcher.group("quoted") != null) {
                String name = matcher.group("quoted");
                boolean plain = name.substring(1, name.length() - 1).matches("[a-z_][a-z0-9_$]*");
                tokens.add(plain ? name.substring(1, name.length() - 1) : name);
            } else if (matcher.group("word") != null) {
                tokens.add(matcher.group("word").toLowerCase(Locale.ROOT));
            } else if (matcher.group("other") != null) {
                tokens.add(matcher.group("other"));
            }
        }
        return tokens;
    }

    static boolean isOperator(String token) {
        return "-+*/<>=~!@#%^&|`?".indexOf(token.charAt(0)) >= 0;
    }
}
