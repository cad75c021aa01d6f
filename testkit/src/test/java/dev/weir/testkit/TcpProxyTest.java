package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weir.testkit.TcpProxy.Direction;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TcpProxyTest {
    private final EchoServer echo = new EchoServer();
    private final TcpProxy proxy = proxyTo(echo.port());

    @BeforeEach
    void echoWorks() throws IOException {
        try (Socket client = connect()) {
            assertThat(echoed(client, "hello")).isEqualTo("hello");
        }
    }

    @AfterEach
    void close() throws Exception {
        proxy.close();
        echo.close();
        assertThat(proxy.connections()).isZero();
    }

    @Test
    void forward_passesMuchAndTheEndOfStream() throws Exception {
        byte[] much = "weir".repeat(100_000).getBytes(StandardCharsets.US_ASCII);
        try (Socket client = connect()) {
            Thread writer = new Thread(() -> {
                try {
                    client.getOutputStream().write(much);
                    client.shutdownOutput();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            writer.start();
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(much);
            writer.join();
        }
        assertThat(proxy.delivered(Direction.TO_SERVER)).isEqualTo(much.length + 5L);
    }

    @Test
    void refuse_refusesNewConnectionsOnly_untilRestored() throws IOException {
        try (Socket before = connect()) {
            assertThat(echoed(before, "a")).isEqualTo("a");
            for (int i = 0; i < 100; i++) {
                proxy.restore();
                proxy.refuse();
                assertThatThrownBy(this::connect).isInstanceOf(ConnectException.class);
            }
            assertThat(echoed(before, "b")).isEqualTo("b");
        }
        proxy.restore();
        try (Socket after = connect()) {
            assertThat(echoed(after, "c")).isEqualTo("c");
        }
    }

    @Test
    void cut_endsTheStreams_andNewConnectionsWork() throws IOException {
        try (Socket client = connect()) {
            assertThat(echoed(client, "a")).isEqualTo("a");
            proxy.cut();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        echoWorks();
    }

    @Test
    void reset_isAnErrorAtTheClient() throws IOException {
        try (Socket client = connect()) {
            assertThat(echoed(client, "a")).isEqualTo("a");
            proxy.reset();
            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class)
                    .hasMessageContaining("reset");
        }
    }

    @Test
    void blackHoleToClient_deliversTheRequestAndHoldsTheAnswer() throws Exception {
        try (Socket client = connect()) {
            assertThat(echoed(client, "a")).isEqualTo("a");
            proxy.blackHole(Direction.TO_CLIENT);
            CountDownLatch received = echo.expectBytes(3);
            client.getOutputStream().write("bcd".getBytes(StandardCharsets.US_ASCII));
            assertThat(received.await(30, TimeUnit.SECONDS)).isTrue();
            assertNothingArrives(client);
            proxy.restore();
            assertThat(read(client, 3)).isEqualTo("bcd");
        }
    }

    @Test
    void blackHoleToServer_acceptsNewConnectionsAndDeliversNothing() throws Exception {
        proxy.blackHole(Direction.TO_SERVER);
        CountDownLatch received = echo.expectBytes(1);
        try (Socket client = connect()) {
            client.getOutputStream().write('x');
            assertNothingArrives(client);
            assertThat(received.getCount()).isOne();
            proxy.restore();
            assertThat(read(client, 1)).isEqualTo("x");
        }
    }

    @Test
    void cutAfter_deliversExactlySoManyBytes_once() throws IOException {
        proxy.cutAfter(Direction.TO_CLIENT, 3);
        try (Socket client = connect()) {
            client.getOutputStream().write("abcdef".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("abc");
        }
        echoWorks();
    }

    @Test
    void serverAway_isAResetNotAHang() throws Exception {
        echo.close();
        try (Socket client = connect()) {
            client.setSoTimeout(30_000);
            assertThatThrownBy(() -> {
                        if (client.getInputStream().read() < 0) {
                            throw new SocketException("end");
                        }
                    })
                    .isInstanceOf(SocketException.class);
        }
    }

    private static TcpProxy proxyTo(int port) {
        try {
            return new TcpProxy("127.0.0.1", port);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(proxy.host(), proxy.port());
        socket.setSoTimeout(30_000);
        return socket;
    }

    private static String echoed(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return read(client, text.length());
    }

    private static String read(Socket client, int length) throws IOException {
        return new String(client.getInputStream().readNBytes(length), StandardCharsets.US_ASCII);
    }

    private static void assertNothingArrives(Socket client) throws IOException {
        client.setSoTimeout(50);
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        client.setSoTimeout(30_000);
    }

    /** Sends back what it gets. */
    private static final class EchoServer {
        private final ServerSocket socket;
        private final Thread accepting;
        private volatile CountDownLatch expected = new CountDownLatch(0);

        EchoServer() {
            try {
                socket = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
            accepting = daemon(() -> {
                while (true) {
                    Socket client = socket.accept();
                    daemon(() -> echo(client));
                }
            });
        }

        int port() {
            return socket.getLocalPort();
        }

        CountDownLatch expectBytes(int count) {
            expected = new CountDownLatch(count);
            return expected;
        }

        /** The system listens on until the thread has left accept(): only then a connection is refused. */
        void close() throws IOException, InterruptedException {
            socket.close();
            accepting.join();
        }

        private void echo(Socket client) throws IOException {
            try (client) {
                byte[] buffer = new byte[4096];
                for (int read = client.getInputStream().read(buffer);
                        read >= 0;
                        read = client.getInputStream().read(buffer)) {
                    for (int i = 0; i < read; i++) {
                        expected.countDown();
                    }
                    client.getOutputStream().write(buffer, 0, read);
                }
            }
        }

        private static Thread daemon(Work work) {
            Thread thread = new Thread(() -> {
                try {
                    work.run();
                } catch (IOException closed) {
                    return;
                }
            });
            thread.setDaemon(true);
            thread.start();
            return thread;
        }

        private interface Work {
            void run() throws IOException;
        }
    }
}
