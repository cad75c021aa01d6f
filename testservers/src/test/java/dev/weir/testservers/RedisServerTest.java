package dev.weir.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.Test;

@RequiresServer(Server.REDIS)
class RedisServerTest {
    @Test
    void sharedServer_isDurable() {
        RedisServer server = Servers.redis();
        server.flushAll();
        assertThat(server.call("CONFIG", "GET", "appendfsync")).isEqualTo(List.of("appendfsync", "always"));
        assertThat(server.call("SET", "key", "é")).containsExactly("OK");
        assertThat(server.call("GET", "key")).containsExactly("é");
        server.flushAll();
        assertThat(server.call("GET", "key")).isEmpty();
    }

    @Test
    void kill_keepsWhatWasAcknowledged() throws Exception {
        try (RedisServer server = RedisServer.start()) {
            server.call("SET", "key", "kept");
            server.kill();
            assertThatThrownBy(() -> server.call("GET", "key")).isInstanceOf(UncheckedIOException.class);
            server.restart();
            assertThat(server.call("GET", "key")).containsExactly("kept");
        }
    }

    @Test
    void start_withASettingThatLosesWrites_isRefused() {
        assertThatThrownBy(() -> RedisServer.start("--appendfsync", "no")).hasMessageContaining("appendfsync");
    }
}
