package dev.weir.server.demo;

import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends a dashboard first the samples of the last fifteen minutes, then the statistics once a second, as server-sent events.
 * Each stream has its own thread, so that a browser that reads slowly holds up nobody else; there are at most sixteen.
 */
final class EventStream implements AutoCloseable {
    private static final int MOST = 16;
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(10);

    private final AtomicInteger open = new AtomicInteger();
    private volatile boolean closed;

    /** Sends until the browser goes away or the demo ends. */
    void stream(Context context, Demo demo) {
        if (open.incrementAndGet() > MOST) {
            open.decrementAndGet();
            context.header("Retry-After", "5");
            throw new IllegalStateException("At most " + MOST + " dashboards are open at once. Close one.");
        }
        try {
            HttpServletResponse response = context.res();
            response.setContentType("text/event-stream");
            response.setCharacterEncoding("utf-8");
            OutputStream out = response.getOutputStream();
            send(out, "history", Json.write(Map.of("columns", Telemetry.columns(), "samples", rows(demo))));
            long seen = 0;
            while (!closed) {
                send(out, "stats", Json.write(demo.stats()));
                seen = next(demo.telemetry(), seen, out);
                if (seen < 0) {
                    return;
                }
            }
        } catch (IOException e) {
            // The browser went away: that is how a stream ends.
            return;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.decrementAndGet();
        }
    }

    private static java.util.List<java.util.List<Number>> rows(Demo demo) {
        return demo.telemetry().history().stream().map(Telemetry.Sample::row).toList();
    }

    private static long next(Telemetry telemetry, long seen, OutputStream out)
            throws InterruptedException, IOException {
        long count = telemetry.await(seen, KEEP_ALIVE);
        while (count >= 0 && count <= seen) {
            out.write(": still here\n\n".getBytes(StandardCharsets.UTF_8));
            out.flush();
            count = telemetry.await(seen, KEEP_ALIVE);
        }
        return count;
    }

    private static void send(OutputStream out, String event, String data) throws IOException {
        out.write(("event: " + event + "\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Ends all streams at their next event. */
    @Override
    public void close() {
        closed = true;
    }
}
