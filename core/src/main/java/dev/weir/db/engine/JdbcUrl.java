package dev.weir.db.engine;

import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** JDBC URLs in messages. */
public final class JdbcUrl {
    private static final String HIDDEN = "***";
    private static final Set<String> SECRETS =
            Set.of("user", "username", "uid", "login", "password", "passwd", "pass", "pwd", "secret", "token");

    /** A password may hold blanks: too much is hidden rather than too little. */
    private static final Pattern TO_THE_END_OF_THE_LINE = Pattern.compile("jdbc:.*");

    private JdbcUrl() {}

    /** A driver's words, with each line's rest {@link #redacted} from where a JDBC URL begins. */
    public static String redactedIn(String message) {
        Matcher urls = TO_THE_END_OF_THE_LINE.matcher(message);
        return urls.replaceAll(url -> Matcher.quoteReplacement(redacted(url.group())));
    }

    /**
     * The URL with {@code ***} for credentials: for {@code user:password@} before a host, and for the value of each
     * parameter after {@code ?}, {@code &} or {@code ;} whose name speaks of a user, a password, a secret or a token. For any
     * text: one that is no URL is treated alike.
     */
    public static String redacted(String url) {
        Objects.requireNonNull(url, "url");
        return withoutParameters(withoutAuthority(url));
    }

    /** A password may hold {@code @}, {@code /} and {@code ?} unescaped: everything up to the last {@code @} goes. */
    private static String withoutAuthority(String url) {
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
            return url.substring(0, slashes + 2) + HIDDEN + url.substring(at);
        }
        int colon = url.lastIndexOf(':', at);
        int slash = url.lastIndexOf('/', at);
        int from = slash >= 0 ? url.lastIndexOf(':', slash) : colon;
        return url.substring(0, Math.max(0, from) + 1) + HIDDEN + url.substring(at);
    }

    private static int firstParameter(String url) {
        int question = url.indexOf('?');
        int semicolon = url.indexOf(';');
        return question < 0 ? semicolon : semicolon < 0 ? question : Math.min(question, semicolon);
    }

    private static String withoutParameters(String url) {
        StringBuilder shown = new StringBuilder(url.length());
        int i = 0;
        while (i < url.length()) {
            char c = url.charAt(i);
            shown.append(c);
            i++;
            if (c != '?' && c != '&' && c != ';') {
                continue;
            }
            int equals = i;
            while (equals < url.length() && "=&;?".indexOf(url.charAt(equals)) < 0) {
                equals++;
            }
            if (equals < url.length() && url.charAt(equals) == '=' && secret(url.substring(i, equals))) {
                shown.append(url, i, equals + 1).append(HIDDEN);
                i = equals + 1;
                while (i < url.length() && url.charAt(i) != '&' && url.charAt(i) != ';') {
                    i++;
                }
            }
        }
        return shown.toString();
    }

    private static boolean secret(String name) {
        String lower = name.strip().toLowerCase(Locale.ROOT);
        return SECRETS.contains(lower)
                || lower.contains("password")
                || lower.contains("secret")
                || lower.contains("token");
    }
}
