package dev.weir.server.demo;

import dev.weir.db.BufferLimitException;
import dev.weir.error.WeirException;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.eclipse.jetty.http.HttpCompliance;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The demo's web server, on 127.0.0.1 only: the API for pages, health and statistics, the dashboard, and the actions behind
 * its buttons. Thread-safe.
 */
final class DemoServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(DemoServer.class);
    private static final String LOOPBACK = "127.0.0.1";
    private static final String PAGES = "/api/pages/";
    private static final String HITS = "/hits";
    private static final int MOST_HITS = 1_000_000;
    private static final int MOST_PAGES = 1_000;
    private static final int DEFAULT_PAGES = 20;
    private static final int THREADS = 128;
    private static final long LARGEST_BODY = 1 << 20;
    private static final long DRAIN_NANOS = Duration.ofSeconds(5).toNanos();
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

    private final Javalin javalin;
    private final EventStream events = new EventStream();
    private volatile @Nullable Demo demo;

    private DemoServer() {
        javalin = Javalin.create(this::configure);
    }

    /**
     * Binds the port, so that a taken one is found before anything is opened. Until {@link #serve} is called, whoever asks
     * is told to come back.
     *
     * @param port 0 to pick one
     * @throws IOException if the port can't be had; the message says why and what to do
     */
    static DemoServer start(int port) throws IOException {
        DemoServer server = new DemoServer();
        try {
            server.javalin.start(LOOPBACK, port);
        } catch (JavalinBindException e) {
            throw new IOException(
                    "The port can't be used: port=" + port
                            + ". Another program has it, or it needs more rights: name another with --port, or let one be"
                            + " picked with --port 0.",
                    e);
        }
        return server;
    }

    int port() {
        return javalin.port();
    }

    /** Lets requests through to {@code demo}. */
    void serve(Demo demo) {
        this.demo = demo;
    }

    /** Ends the dashboards' streams, answers what is under way, and lets the port go. */
    @Override
    public void close() {
        events.close();
        Demo open = demo;
        if (open != null) {
            open.telemetry().close();
        }
        javalin.stop();
    }

    private void configure(JavalinConfig config) {
        config.startup.showJavalinBanner = false;
        config.startup.showOldJavalinVersionWarning = false;
        config.startup.startupWatcherEnabled = false;
        config.http.prefer405over404 = true;
        config.http.compressionStrategy = CompressionStrategy.NONE;
        config.jetty.threadPool = new QueuedThreadPool(THREADS, 4);
        config.jetty.modifyServer(RequestGuard::before);
        // Names may hold an encoded slash, and are decoded once, here, from the path as it was sent. A strange Host is
        // the
        // guard's to refuse.
        config.jetty.modifyHttpConfiguration(http -> {
            http.setUriCompliance(UriCompliance.UNSAFE);
            http.setHttpCompliance(HttpCompliance.RFC9110.with(
                    "strange hosts reach the guard",
                    HttpCompliance.Violation.UNSAFE_HOST_HEADER,
                    HttpCompliance.Violation.DUPLICATE_HOST_HEADERS,
                    HttpCompliance.Violation.MISMATCHED_AUTHORITY));
        });
        config.jetty.modifyServletContextHandler(
                handler -> handler.getServletHandler().setDecodeAmbiguousURIs(true));

        config.routes.before(this::limitBody);
        DashboardFiles.routes(config.routes);
        config.routes.get("/health", this::health);
        config.routes.get("/stats", context -> json(context, demo().stats()));
        config.routes.get("/api/pages", this::topPages);
        config.routes.post(PAGES + "*", this::hit);
        config.routes.get("/api/demo/events", context -> events.stream(context, demo()));
        config.routes.post("/api/demo/burst", context -> burst(context, true));
        config.routes.post("/api/demo/direct", context -> burst(context, false));
        config.routes.post("/api/demo/flush", context -> json(context, demo().flush()));
        config.routes.post("/api/demo/load", context -> {
            demo().load().on(onOrOff(context, "on"));
            json(context, demo().stats().demo());
        });
        config.routes.post("/api/demo/database", context -> {
            demo().database().stopped(onOrOff(context, "stopped"));
            json(context, demo().stats().demo());
        });
        errors(config);
    }

    private static void errors(JavalinConfig config) {
        config.routes.exception(Refused.class, (e, context) -> error(context, e.status, e.getMessage()));
        config.routes.exception(IllegalArgumentException.class, (e, context) -> error(context, 400, e.getMessage()));
        config.routes.exception(BufferLimitException.class, (e, context) -> {
            context.header("Retry-After", "1");
            error(context, 503, e.getMessage());
        });
        config.routes.exception(Demo.StalledException.class, (e, context) -> error(context, 503, e.getMessage()));
        config.routes.exception(WeirException.class, (e, context) -> error(context, 503, e.getMessage()));
        config.routes.exception(IllegalStateException.class, (e, context) -> error(context, 503, e.getMessage()));
        config.routes.exception(java.sql.SQLException.class, (e, context) -> {
            LOG.debug("A query failed: SQLState {}, code {}", e.getSQLState(), e.getErrorCode());
            error(context, 503, "The database does not answer. What was taken in is safe; ask again later.");
        });
        config.routes.exception(HttpResponseException.class, (e, context) -> {
            String details = e.getDetails().getOrDefault("availableMethods", "");
            if (!details.isEmpty()) {
                context.header("Allow", details);
            }
            error(
                    context,
                    e.getStatus(),
                    switch (e.getStatus()) {
                        case 404 -> "There is nothing here. The dashboard is at /.";
                        case 405 -> "This address does not take that method.";
                        default -> "The request was refused.";
                    });
        });
        config.routes.exception(Exception.class, (e, context) -> {
            // Without the path, which holds a page's name.
            LOG.error("A request failed: {}", context.method(), e);
            error(context, 500, "The demo failed; its log says why.");
        });
    }

    private Demo demo() {
        Demo ready = demo;
        if (ready == null) {
            throw new Refused(503, "The demo is starting. Ask again in a moment.");
        }
        return ready;
    }

    /**
     * Nothing here needs a body. One that is too large is read before it is refused, for a while: whoever is still sending
     * when the connection closes never sees the answer.
     */
    private void limitBody(Context context) throws IOException {
        long length = context.req().getContentLengthLong();
        boolean chunked = length < 0 && context.header("Transfer-Encoding") != null;
        if (length <= LARGEST_BODY && !chunked) {
            return;
        }
        InputStream body = context.req().getInputStream();
        byte[] chunk = new byte[8192];
        long total = 0;
        long start = System.nanoTime();
        int read = body.read(chunk);
        while (read >= 0 && System.nanoTime() - start < DRAIN_NANOS) {
            total += read;
            read = body.read(chunk);
        }
        if (total > LARGEST_BODY) {
            if (read >= 0) {
                context.header("Connection", "close");
            }
            throw new Refused(413, "A body has at most " + LARGEST_BODY + " bytes.");
        }
    }

    private void health(Context context) {
        Demo ready = demo;
        if (ready == null) {
            context.status(503);
            json(context, Map.of("status", "down", "reason", "The demo is starting."));
            return;
        }
        Health health = ready.health();
        context.status(health.status().equals("down") ? 503 : 200);
        json(context, health);
    }

    private void topPages(Context context) throws java.sql.SQLException {
        json(context, demo().top((int) number(context, "top", DEFAULT_PAGES, MOST_PAGES)));
    }

    private void hit(Context context) {
        String path = context.req().getRequestURI();
        String rest = path.startsWith(PAGES) ? path.substring(PAGES.length()) : "";
        int slash = rest.indexOf('/');
        if (slash < 0 || !rest.substring(slash).equals(HITS)) {
            throw new Refused(404, "Hits are counted by POST /api/pages/NAME/hits; a slash in the name is %2F.");
        }
        String page = PageName.fromPathSegment(rest.substring(0, slash));
        long by = number(context, "by", 1, MOST_HITS);
        OptionalLong total = demo().hit(page, by);
        Map<String, @Nullable Object> answer = new LinkedHashMap<>();
        answer.put("page", page);
        answer.put("hits", total.isPresent() ? total.getAsLong() : null);
        context.status(total.isPresent() ? 200 : 202);
        json(context, answer);
    }

    private void burst(Context context, boolean throughBuffer) {
        if (!demo().burst().start(throughBuffer)) {
            throw new Refused(409, "A burst is running. Wait until it is done.");
        }
        context.status(202);
        json(context, demo().stats().demo());
    }

    private static boolean onOrOff(Context context, String name) {
        List<String> values = query(context, name);
        if (values.size() == 1 && (values.get(0).equals("true") || values.get(0).equals("false"))) {
            return values.get(0).equals("true");
        }
        throw new IllegalArgumentException(
                "A switch is set by ?" + name + "=true or ?" + name + "=false: " + name + "=" + values + ".");
    }

    private static long number(Context context, String name, long otherwise, long most) {
        List<String> values = query(context, name);
        if (values.isEmpty()) {
            return otherwise;
        }
        String value = values.size() == 1 ? values.get(0) : "";
        long number = NUMBER.matcher(value).matches() ? Long.parseLong(value) : 0;
        if (number < 1 || number > most) {
            throw new IllegalArgumentException("A whole number from 1 to " + most + " is expected, once: " + name + "="
                    + String.join(",", values) + ".");
        }
        return number;
    }

    /** The values of a query parameter, in order. */
    private static List<String> query(Context context, String name) {
        String query = context.req().getQueryString();
        List<String> values = new ArrayList<>();
        for (String pair : query == null ? new String[0] : query.split("&")) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (PageName.decode(key, true).equals(name)) {
                values.add(equals < 0 ? "" : PageName.decode(pair.substring(equals + 1), true));
            }
        }
        return values;
    }

    private static void error(Context context, int status, @Nullable String message) {
        context.status(status);
        json(context, Map.of("error", message == null ? "The request failed." : message));
    }

    private static void json(Context context, Object value) {
        context.contentType("application/json; charset=utf-8").result(Json.write(value));
    }

    /** A request that is answered with an error. */
    private static final class Refused extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final int status;

        Refused(int status, String message) {
            super(message, null, false, false);
            this.status = status;
        }
    }
}
