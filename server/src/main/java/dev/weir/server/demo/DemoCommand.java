package dev.weir.server.demo;

import dev.weir.server.CommandFailed;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code ./weir demo}. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Counts page views through the write-behind buffer on SQLite, and shows live what that does.",
            "Serves a dashboard and a small API on 127.0.0.1 only. Ctrl-C flushes and exits."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:ended by SIGINT or SIGTERM; what was pending is in the database or in the journal",
            "1:failed, for example because the port is taken or the journal is owned by another process",
            "2:bad usage"
        })
public final class DemoCommand implements Callable<Integer> {
    private static final int MOST_PORTS = 65_535;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            defaultValue = "7070",
            description = "The port; 0 picks a free one. Default: 7070.")
    private int port;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            defaultValue = "data/demo",
            description = "Where the database and the journal lie; made when missing. Default: data/demo.")
    private @Nullable Path data;

    @Option(names = "--no-load", description = "Start with the built-in load switched off.")
    private boolean noLoad;

    @Spec
    private @Nullable CommandSpec spec;

    /** Made by picocli. */
    public DemoCommand() {}

    /** Runs until SIGINT or SIGTERM, which end the process with 0. */
    @Override
    public Integer call() throws InterruptedException {
        CommandSpec command = Objects.requireNonNull(spec, "spec");
        Path directory = Objects.requireNonNull(data, "data");
        if (port < 0 || port > MOST_PORTS) {
            throw new ParameterException(
                    command.commandLine(),
                    "A port is a number from 0 to 65535: --port=" + port + ". 0 picks a free one.");
        }
        PrintWriter out = command.commandLine().getOut();
        DemoServer server;
        try {
            server = DemoServer.start(port);
        } catch (IOException e) {
            throw new CommandFailed(String.valueOf(e.getMessage()), e);
        }
        Demo demo;
        try {
            demo = Demo.open(Version.name(), directory, !noLoad);
        } catch (IOException | SQLException e) {
            server.close();
            throw new CommandFailed("The demo's files can't be used: --data=" + directory + ": " + e, e);
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(server, demo, out), "demo-end"));
        server.serve(demo);
        out.print(Banner.of(demo, server.port()));
        out.flush();
        new CountDownLatch(1).await();
        return 0;
    }

    /** Runs inside the shutdown of the JVM, which would otherwise exit with the signal's code. */
    private static void end(DemoServer server, Demo demo, PrintWriter out) {
        int code = 0;
        try {
            server.close();
            out.println(Banner.farewell(demo.shutDown()));
        } catch (RuntimeException e) {
            out.println("weir demo: " + e.getMessage());
            code = 1;
        }
        out.flush();
        Runtime.getRuntime().halt(code);
    }
}
