package dev.weir.verification.e2e;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code ./weir demo} as a process of its own, on a port that it picked, with its load off. */
final class DemoProcess implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final String address;

    private DemoProcess(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    static DemoProcess start(Path data) throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.weir.server.Main",
                        "demo",
                        "--port",
                        "0",
                        "--no-load",
                        "--data",
                        data.toString())
                .redirectErrorStream(true)
                .start();
        StringBuilder text = new StringBuilder();
        BufferedReader output = process.inputReader();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            text.append(line).append('\n');
            Matcher found = ADDRESS.matcher(line);
            if (found.find()) {
                return new DemoProcess(process, found.group());
            }
        }
        throw new IOException("The demo did not start: " + text);
    }

    /** Ends with a slash. */
    String address() {
        return address;
    }

    JsonNode stats() {
        return send(HttpRequest.newBuilder(URI.create(address + "stats")).build());
    }

    JsonNode post(String path) {
        return send(HttpRequest.newBuilder(URI.create(address + path))
                .POST(BodyPublishers.noBody())
                .build());
    }

    private JsonNode send(HttpRequest request) {
        try {
            HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
