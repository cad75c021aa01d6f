package dev.weir.server.demo;

import io.javalin.config.RoutesConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/** The dashboard's files, as they lie on the class path: nothing is built, nothing comes from elsewhere. */
final class DashboardFiles {
    private static final Map<String, String> TYPES = Map.of(
            "index.html", "text/html; charset=utf-8",
            "dashboard.css", "text/css; charset=utf-8",
            "theme.js", "text/javascript; charset=utf-8",
            "dashboard.js", "text/javascript; charset=utf-8",
            "chart.js", "text/javascript; charset=utf-8",
            "format.js", "text/javascript; charset=utf-8",
            "icon.svg", "image/svg+xml");

    private DashboardFiles() {}

    static void routes(RoutesConfig routes) {
        TYPES.forEach((name, type) -> routes.get(
                name.equals("index.html") ? "/" : "/" + name,
                context -> context.header("Cache-Control", "no-cache")
                        .contentType(type)
                        .result(read(name))));
    }

    private static byte[] read(String name) {
        try (InputStream file = DashboardFiles.class.getResourceAsStream("dashboard/" + name)) {
            if (file == null) {
                throw new IllegalStateException("The dashboard's file is missing from the build: name=" + name + ".");
            }
            return file.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
