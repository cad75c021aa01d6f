package dev.weir.server.demo;

import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

/**
 * Stands in front of everything that the demo serves. A page on the web can make the browser of whoever runs the demo send
 * requests to it: under a foreign name that was bound to 127.0.0.1, which the {@code Host} header gives away, or straight,
 * which {@code Origin} gives away. Both are refused.
 */
final class RequestGuard extends Handler.Wrapper {
    private static final int HTTP_PORT = 80;

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        HttpFields.Mutable headers = response.getHeaders();
        harden(headers);
        int port = ((ServerConnector) getServer().getConnectors()[0]).getLocalPort();
        List<String> hosts = request.getHeaders().getValuesList("Host");
        if (hosts.size() != 1 || !hosts(port).contains(hosts.get(0))) {
            return refuse(
                    response,
                    callback,
                    403,
                    "The demo answers only to its own names: Host must be 127.0.0.1:" + port + " or localhost:" + port
                            + ".");
        }
        for (String origin : request.getHeaders().getValuesList("Origin")) {
            if (!origin.startsWith("http://") || !hosts(port).contains(origin.substring("http://".length()))) {
                return refuse(response, callback, 403, "A request from another origin is refused.");
            }
        }
        return super.handle(request, response, callback);
    }

    private static Set<String> hosts(int port) {
        return port == HTTP_PORT
                ? Set.of("127.0.0.1:80", "localhost:80", "127.0.0.1", "localhost")
                : Set.of("127.0.0.1:" + port, "localhost:" + port);
    }

    /** Answers an error of ours; its text needs no escapes in JSON. */
    private static boolean refuse(Response response, Callback callback, int status, String error) {
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "application/json; charset=utf-8");
        Content.Sink.write(response, true, "{\"error\":\"" + error + "\"}", callback);
        return true;
    }

    private static void harden(HttpFields.Mutable headers) {
        headers.put(
                "Content-Security-Policy",
                "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; object-src 'none'");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("X-Frame-Options", "DENY");
        headers.put("Referrer-Policy", "no-referrer");
        headers.put("Cross-Origin-Resource-Policy", "same-origin");
        headers.put(HttpHeader.CACHE_CONTROL, "no-store");
    }

    /** Puts the guard in front of a server's handlers; what the server itself refuses is answered in the same form. */
    static void before(Server server) {
        server.insertHandler(new RequestGuard());
        server.setErrorHandler((request, response, callback) -> {
            harden(response.getHeaders());
            return refuse(response, callback, response.getStatus(), "The request is malformed and was refused.");
        });
    }
}
