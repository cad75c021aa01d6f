package dev.weir.db.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** JDBC URLs in messages. */
public final class JdbcUrl {
    private static final String HIDDEN = "***";
    private static final Set<String> SECRETS =
            Set.of("user", "username", "uid", "login", "password", "passwd", "pass", "pwd", "secret", "token");

    /** A password may hold blanks: too much is hidden rather than too little. */
    private static final Pattern TO_THE_END_OF_THE_LINE = Pattern.compile("jdbc:.*");

    private static final Pattern NO_WORD = Pattern.compile("[^\\p{L}\\p{N}]+");

    /** So few characters are in many words. */
    private static final int FEW = 3;

    private JdbcUrl() {}

    /** A driver's words, with each line's rest {@link #redacted} from where a JDBC URL begins. */
    public static String redactedIn(String message) {
        Matcher urls = TO_THE_END_OF_THE_LINE.matcher(message);
        return urls.replaceAll(url -> Matcher.quoteReplacement(redacted(url.group())));
    }

    /**
     * The URL with {@code ***} for credentials: for {@code user:password@} before a host, and for the value of each
     * parameter after {@code ?}, {@code &}, {@code ;} or {@code (} whose name speaks of a user, a password, a secret or a
     * token. For any text: one that is no URL is treated alike.
     */
    public static String redacted(String url) {
        return redacted(url, new ArrayList<>());
    }

    /**
     * Whether a message holds a word of what {@link #redacted} hides of a URL. Drivers quote the part of a URL that they can't
     * read, and take a password for a port when it holds a colon.
     */
    public static boolean tells(String message, String url) {
        List<String> hidden = new ArrayList<>();
        redacted(url, hidden);
        Set<String> said = NO_WORD.splitAsStream(message).collect(Collectors.toSet());
        return hidden.stream()
                .flatMap(NO_WORD::splitAsStream)
                .anyMatch(word -> word.length() < FEW ? said.contains(word) : message.contains(word));
    }

    private static String redacted(String url, List<String> hidden) {
        Objects.requireNonNull(url, "url");
        return withoutParameters(withoutAuthority(url, hidden), hidden);
    }

    /** A password may hold {@code @}, {@code /} and {@code ?} unescaped: everything up to the last {@code @} goes. */
    private static String withoutAuthority(String url, List<String> hidden) {
        int at = url.lastIndexOf('@');
        if (at < 0) {
            return url;
        }
        int slashes = url.indexOf("//");
        if (slashes >= 0 && slashes < at) {
            int end = firstParameter(url);
            int inAuthority =
                    end >= 0 && end < at && !url.substring(slashes + 2, end).contains(":") ? -1 : at;
            if (inAuthority < 0) {
                return url;
            }
            hidden.add(url.substring(slashes + 2, at));
            return url.substring(0, slashes + 2) + HIDDEN + url.substring(at);
        }
        int colon = url.lastIndexOf(':', at);
        int slash = url.lastIndexOf('/', at);
        int from = slash >= 0 ? url.lastIndexOf(':', slash) : colon;
        hidden.add(url.substring(Math.max(0, from) + 1, at));
        return url.substring(0, Math.max(0, from) + 1) + HIDDEN + url.substring(at);
    }

    private static int firstParameter(String url) {
        int question = url.indexOf('?');
        int semicolon = url.indexOf(';');
        return question < 0 ? semicolon : semicolon < 0 ? question : Math.min(question, semicolon);
    }

    private static String withoutParameters(String url, List<String> hidden) {
        StringBuilder shown = new StringBuilder(url.length());
        int i = 0;
        while (i < url.length()) {
            char c = url.charAt(i);
            shown.append(c);
            i++;
            if ("?&;(".indexOf(c) < 0) {
                continue;
            }
            int equals = i;
            while (equals < url.length() && "=&;?()".indexOf(url.charAt(equals)) < 0) {
                equals++;
            }
            if (equals < url.length() && url.charAt(equals) == '=' && secret(url.substring(i, equals))) {
                shown.append(url, i, equals + 1).append(HIDDEN);
                i = c == '(' ? endInParentheses(url, equals + 1) : endOfParameter(url, equals + 1);
                hidden.add(url.substring(equals + 1, i));
            }
        }
        return shown.toString();
    }

    private static int endOfParameter(String url, int from) {
        int end = from;
        while (end < url.length() && url.charAt(end) != '&' && url.charAt(end) != ';') {
            end++;
        }
        return end;
    }

    /** A password may hold a parenthesis: only one that something else follows ends it. */
    private static int endInParentheses(String url, int from) {
        int end = from;
        while (end < url.length()
                && (url.charAt(end) != ')' || (end + 1 < url.length() && "()/,".indexOf(url.charAt(end + 1)) < 0))) {
            end++;
        }
        return end;
    }

    private static boolean secret(String name) {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        return SECRETS.contains(lower)
                || lower.contains("password")
                || lower.contains("secret")
                || lower.contains("token");
    }
}
