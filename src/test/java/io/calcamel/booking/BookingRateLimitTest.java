package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;

import io.calcamel.SandboxExtension;
import io.calcamel.Wire;
import io.calcamel.sandbox.Sandbox.RecordedRequest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Many callers book while Cal.com, here the sandbox, says again and again that there were too many requests. With the budget
 * that the hub has by default, and with the silence that it keeps then: 60 seconds, as it is told. A small run is told 3.
 */
class BookingRateLimitTest {

    private static final boolean IS_FULL = Rush.BOOKINGS > 100;
    private static final int BOOKINGS = IS_FULL ? Rush.BOOKINGS : 8;
    private static final Duration SILENCE = Duration.ofSeconds(IS_FULL ? 60 : 3);
    private static final Wire WIRE = new Wire();

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient().over(WIRE).with("calcom.budget.per-second", "2").with("calcom.budget.per-minute", "100")
            .with("booking.lease", "24s");

    @Test
    void bookedOnceWhileThereAreTooManyRequests() {
        if (!IS_FULL) {
            WIRE.replace("X-RateLimit-Reset-Default: 60", "X-RateLimit-Reset-Default: 03");
        }
        Rush rush = new Rush(JOINED, "429", new Rush.Starts(), BOOKINGS, SILENCE.dividedBy(3));
        FaultOfSandbox fault = new FaultOfSandbox(JOINED, "429", "(POST|GET) /v2/bookings$", 0);
        try (fault) {
            fault.begin();
            rush.call();
        }
        rush.settle(true, Duration.ofSeconds(60).plusSeconds(3L * BOOKINGS));
        rush.compare(fault.hits());

        List<RecordedRequest> asked = JOINED.asked("/v2/bookings");
        List<Instant> refused = asked.stream().filter(request -> request.status() == 429).map(RecordedRequest::at).toList();
        assertThat(refused).hasSizeGreaterThan(1);
        // What was on its way already may still come.
        refused.forEach(at -> assertThat(asked).as("calls after the 429 of " + at).noneMatch(request ->
                request.at().isAfter(at.plusMillis(600)) && request.at().isBefore(at.plus(SILENCE).minusMillis(50))));
    }
}
