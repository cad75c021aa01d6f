package dev.weir.testkit;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Stands between a client and a server, on a port of 127.0.0.1 that it keeps, and does what networks do: refuse, cut,
 * reset, swallow. At most 256 connections at once, each with two threads; one more is closed at once. {@link #close()}
 * closes all of them and waits up to five seconds for each thread. Thread-safe.
 *
 * <p><i>Concurrency</i>: one lock guards mode, limits and the set of links; sockets are read and written outside of it.
 * A thread that holds bytes back waits on the condition.
 */
public final class TcpProxy implements Closeable {
    /** Which way bytes go. */
    public enum Direction {
        TO_SERVER,
        TO_CLIENT
    }

    private static final Logger LOGGER = Logger.getLogger(TcpProxy.class.getName());
    private static final int MAX_LINKS = 256;
    private static final int CONNECT_TIMEOUT_MILLIS = 5_000;
    // Below the range for outgoing connections: nobody takes the port while it is given up to refuse connections.
    private static final int FIRST_PORT = 15_000;
    private static final int LAST_PORT = 32_000;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final InetSocketAddress server;
    private final int port;
    private final Set<Link> links = new HashSet<>();
    private final Set<Thread> threads = new HashSet<>();
    private final Set<Direction> held = EnumSet.noneOf(Direction.class);
    private final Map<Direction, Long> limits = new EnumMap<>(Direction.class);
    private final Map<Direction, Long> delivered = new EnumMap<>(Direction.class);
    private @Nullable ServerSocket listening;
    private Thread acceptor;
    private boolean closed;

    /** Forwards to this server from now on; it need not run yet. */
    public TcpProxy(String host, int port) throws IOException {
        this.server = new InetSocketAddress(Objects.requireNonNull(host, "host"), port);
        ServerSocket socket = bindAnywhere();
        this.port = socket.getLocalPort();
        this.listening = socket;
        this.acceptor = start(() -> accept(socket), "accept");
    }

    /** Always 127.0.0.1. */
    public String host() {
        return "127.0.0.1";
    }

    /** The port that clients connect to. */
    public int port() {
        return port;
    }

    /** How many connections there are now. */
    public int connections() {
        lock.lock();
        try {
            return links.size();
        } finally {
            lock.unlock();
        }
    }

    /** How many bytes were delivered so far. */
    public long delivered(Direction direction) {
        lock.lock();
        try {
            return delivered.getOrDefault(direction, 0L);
        } finally {
            lock.unlock();
        }
    }

    /** Nobody listens on the port any more: new connections are refused. Those there are stay. */
    public void refuse() {
        Thread accepting;
        lock.lock();
        try {
            stopListening();
            accepting = acceptor;
        } finally {
            lock.unlock();
        }
        // The system listens on until the thread has left accept().
        await(List.of(accepting));
    }

    /** Closes all connections in order: both sides read an end of stream. */
    public void cut() {
        endAll(false);
    }

    /** Closes all connections with a reset: both sides get an error. */
    public void reset() {
        endAll(true);
    }

    /**
     * Delivers nothing more in this direction, to old connections and new ones, which are accepted. Nobody gets an
     * error. What is held back arrives after {@link #restore()}.
     */
    public void blackHole(Direction direction) {
        Objects.requireNonNull(direction, "direction");
        lock.lock();
        try {
            held.add(direction);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Delivers exactly so many bytes more in this direction, of all connections together, and then cuts all of
     * them, once. With none, at the next byte.
     */
    public void cutAfter(Direction direction, long bytes) {
        Objects.requireNonNull(direction, "direction");
        if (bytes < 0) {
            throw new IllegalArgumentException("A number of bytes is not negative: bytes=" + bytes);
        }
        lock.lock();
        try {
            limits.put(direction, bytes);
        } finally {
            lock.unlock();
        }
    }

    /** Forwards everything again, on the same port. */
    public void restore() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("The proxy is closed: port=" + port);
            }
            held.clear();
            limits.clear();
            changed.signalAll();
            if (listening == null) {
                ServerSocket socket = bind(port);
                listening = socket;
                acceptor = start(() -> accept(socket), "accept");
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Somebody took the port meanwhile: port=" + port, e);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        List<Thread> ending;
        lock.lock();
        try {
            closed = true;
            stopListening();
            held.clear();
            changed.signalAll();
            ending = List.copyOf(threads);
        } finally {
            lock.unlock();
        }
        cut();
        await(ending);
    }

    private static void await(List<Thread> ending) {
        try {
            for (Thread thread : ending) {
                thread.join(TimeUnit.SECONDS.toMillis(5));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static ServerSocket bindAnywhere() throws IOException {
        IOException taken = new IOException("none was tried");
        for (int attempt = 0; attempt < 1_000; attempt++) {
            try {
                return bind(ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT));
            } catch (IOException e) {
                taken = e;
            }
        }
        throw new IOException("No free port between " + FIRST_PORT + " and " + LAST_PORT, taken);
    }

    private static ServerSocket bind(int port) throws IOException {
        ServerSocket socket = new ServerSocket();
        try {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port));
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private void stopListening() {
        ServerSocket socket = listening;
        listening = null;
        if (socket != null) {
            closeQuietly(socket);
        }
    }

    private void accept(ServerSocket socket) {
        while (!socket.isClosed()) {
            try {
                link(socket.accept());
            } catch (IOException e) {
                LOGGER.log(Level.FINE, "No connection: the proxy refuses, or client or server is away", e);
            }
        }
    }

    private void link(Socket client) throws IOException {
        Socket upstream = new Socket();
        try {
            upstream.connect(server, CONNECT_TIMEOUT_MILLIS);
            client.setTcpNoDelay(true);
            upstream.setTcpNoDelay(true);
        } catch (IOException away) {
            client.setSoLinger(true, 0);
            closeQuietly(client);
            closeQuietly(upstream);
            throw away;
        }
        Link link = new Link(client, upstream);
        lock.lock();
        try {
            if (closed || links.size() >= MAX_LINKS) {
                link.end(true);
                return;
            }
            links.add(link);
            start(() -> pump(link, client, upstream, Direction.TO_SERVER), "to-server");
            start(() -> pump(link, upstream, client, Direction.TO_CLIENT), "to-client");
        } finally {
            lock.unlock();
        }
    }

    private Thread start(Runnable work, String name) {
        Thread thread = new Thread(
                () -> {
                    work.run();
                    lock.lock();
                    try {
                        threads.remove(Thread.currentThread());
                    } finally {
                        lock.unlock();
                    }
                },
                "tcp-proxy-" + port + "-" + name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
        return thread;
    }

    private void pump(Link link, Socket from, Socket to, Direction direction) {
        byte[] buffer = new byte[16 * 1024];
        try {
            InputStream input = from.getInputStream();
            OutputStream output = to.getOutputStream();
            for (int read = input.read(buffer); read >= 0; read = input.read(buffer)) {
                int allowed = admit(direction, read);
                output.write(buffer, 0, allowed);
                if (exhausted(direction) || allowed < read) {
                    cut();
                    return;
                }
            }
            awaitDelivery(direction);
            to.shutdownOutput();
            link.half(this);
        } catch (IOException gone) {
            remove(link, true);
        }
    }

    /** Waits while this direction is held; then says how many of these bytes may go. */
    private int admit(Direction direction, int bytes) throws IOException {
        lock.lock();
        try {
            awaitDelivery(direction);
            Long limit = limits.get(direction);
            int allowed = limit == null ? bytes : (int) Math.min(limit, bytes);
            delivered.merge(direction, (long) allowed, Long::sum);
            if (limit != null) {
                limits.put(direction, limit - allowed);
            }
            return allowed;
        } finally {
            lock.unlock();
        }
    }

    /** Whether the limit was just reached; it is gone then. */
    private boolean exhausted(Direction direction) {
        lock.lock();
        try {
            return limits.remove(direction, 0L);
        } finally {
            lock.unlock();
        }
    }

    private void awaitDelivery(Direction direction) throws IOException {
        lock.lock();
        try {
            while (held.contains(direction)) {
                changed.await();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("Interrupted", e);
        } finally {
            lock.unlock();
        }
    }

    private void endAll(boolean reset) {
        lock.lock();
        try {
            links.forEach(link -> link.end(reset));
            links.clear();
        } finally {
            lock.unlock();
        }
    }

    private void remove(Link link, boolean reset) {
        lock.lock();
        try {
            link.end(reset);
            links.remove(link);
        } finally {
            lock.unlock();
        }
    }

    private static void closeQuietly(Closeable closeable) {
        try {
            closeable.close();
        } catch (IOException e) {
            LOGGER.log(Level.FINE, "A socket that was to close had ended already", e);
        }
    }

    /** Two sockets that belong together. */
    private static final class Link {
        private final Socket client;
        private final Socket upstream;
        private boolean halfClosed;

        Link(Socket client, Socket upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        /** One direction has ended; with the second one the link is over. */
        void half(TcpProxy proxy) {
            proxy.lock.lock();
            try {
                if (halfClosed) {
                    proxy.remove(this, false);
                }
                halfClosed = true;
            } finally {
                proxy.lock.unlock();
            }
        }

        void end(boolean reset) {
            for (Socket socket : List.of(client, upstream)) {
                closeQuietly(() -> {
                    if (reset && !socket.isClosed()) {
                        socket.setSoLinger(true, 0);
                    }
                    socket.close();
                });
            }
        }
    }
}
