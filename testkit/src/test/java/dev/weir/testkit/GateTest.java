package dev.weir.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class GateTest {
    @Test
    void pass_waitsUntilOpen_andStaysOpen() throws Exception {
        Gate gate = new Gate("before commit");
        CompletableFuture<Void> worker = CompletableFuture.runAsync(gate::pass);
        gate.awaitArrival();
        assertThat(worker).isNotDone();
        gate.open();
        worker.get(30, TimeUnit.SECONDS);
        gate.pass();
        assertThat(gate.arrivals()).isEqualTo(2);
        gate.awaitArrivals(2);
    }

    @Test
    void waiting_endsAtTheTimeout_withTheGatesName() {
        Gate gate = new Gate("before commit", Duration.ofMillis(20));
        assertThatThrownBy(gate::awaitArrival)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("before commit")
                .hasMessageContaining("not reached");
        assertThatThrownBy(gate::pass)
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("before commit")
                .hasMessageContaining("not opened");
    }

    @Test
    void interrupted_failsAndStaysInterrupted() {
        Gate gate = new Gate("g");
        Thread.currentThread().interrupt();
        assertThatThrownBy(gate::pass).isInstanceOf(AssertionError.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
