package dev.weir.testservers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class SharedServerTest {
    private final String requiredBefore = System.getProperty("servers.required", "");
    private final AtomicInteger starts = new AtomicInteger();
    private final List<String> announced = new ArrayList<>();
    private final SharedServer<String> broken = new SharedServer<>(
            Server.REDIS,
            () -> {
                starts.incrementAndGet();
                throw new IOException("no such file");
            },
            announced::add);

    @BeforeEach
    void requireNothing() {
        System.setProperty("servers.required", "");
    }

    @AfterEach
    void restore() {
        System.setProperty("servers.required", requiredBefore);
    }

    @Test
    void missing_isSkippedByName_andTriedOnce() {
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(broken::get)
                    .isInstanceOf(TestAbortedException.class)
                    .hasMessageContaining("redis")
                    .hasMessageContaining("no such file");
        }
        assertThat(starts).hasValue(1);
        assertThat(announced).containsExactly("Skipped: all tests that need redis, no such file");
    }

    @Test
    void missing_whenRequired_fails() {
        System.setProperty("servers.required", "postgres, redis");
        assertThatThrownBy(broken::get)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("redis is required")
                .hasMessageContaining("no such file");
    }

    @Test
    void missing_whenAnotherIsRequired_isSkipped() {
        System.setProperty("servers.required", "postgres");
        assertThatThrownBy(broken::get).isInstanceOf(TestAbortedException.class);
    }

    @Test
    void started_isSharedAndStartedOnce() {
        SharedServer<Object> good = new SharedServer<>(
                Server.REDIS,
                () -> {
                    starts.incrementAndGet();
                    return new Object();
                },
                announced::add);
        assertThat(good.get()).isSameAs(good.get());
        assertThat(good.missing()).isEmpty();
        assertThat(announced).isEmpty();
        assertThat(starts).hasValue(1);
    }

    @Test
    void requiredList_namesOnlyWhatIsKnown() {
        assertThat(Server.required("")).isEmpty();
        assertThat(Server.required("postgres, chromium")).isEqualTo(EnumSet.of(Server.POSTGRES, Server.CHROMIUM));
        assertThatThrownBy(() -> Server.required("postgres,oracle"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("oracle")
                .hasMessageContaining("mariadb");
    }
}
