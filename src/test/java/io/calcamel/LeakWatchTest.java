package io.calcamel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class LeakWatchTest {

    @ParameterizedTest
    @ValueSource(strings = {"booked for zoe@example.org.", "q=zoe%40example.org", "called +4915112345678", "Bearer " + HubExtension.TOKEN, "with cal_live_abc", "signed with " + HubExtension.SECRET})
    void isFound(String message) {
        LoggerFactory.getLogger("io.calcamel.booking").info(message);
        assertThat(LeakWatch.found()).hasSize(1);
        LoggerFactory.getLogger("io.calcamel.booking").info("it failed", new IllegalStateException(new IllegalArgumentException(message)));
        assertThat(LeakWatch.found()).hasSize(1);
        LeakWatch.lookAtOutput("  greeting " + message + "\n12:00:00.000 INFO  [main] a - " + message + "\n");
        assertThat(LeakWatch.found()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"java.lang.Object@1a2b3c", "appointment 12 changed by BOOKING_CREATED 1234567890123", "2026-11-23T03:57:00.861Z", "calcom_calls_total"})
    void isNone(String message) {
        LoggerFactory.getLogger("io.calcamel.booking").warn(message);
        assertThat(LeakWatch.found()).isEmpty();
    }

    @Test
    void debugIsNotWhatHubsLog() {
        LoggerFactory.getLogger("io.calcamel.booking").debug("zoe@example.org");
        assertThat(LeakWatch.found()).isEmpty();
    }
}
