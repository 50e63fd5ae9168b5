package io.calcamel.calcom;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * A circuit breaker for each company and host: one company's broken server leaves the others alone. Time-outs, missing
 * connections and 5xx count as failures, refusals don't.
 */
final class Breakers {

    private static final int TRIAL_CALLS = 2;
    /** A trial call that never ends must not keep the breaker from trying again. */
    private static final Duration LONGEST_TRIAL = Duration.ofMinutes(1);

    private final CircuitBreakerRegistry registry;

    Breakers(Calcom.Breaker settings) {
        registry = CircuitBreakerRegistry.of(CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(settings.calls())
                .minimumNumberOfCalls(settings.fewest())
                .failureRateThreshold(settings.failures())
                .waitDurationInOpenState(settings.open())
                .permittedNumberOfCallsInHalfOpenState(TRIAL_CALLS)
                .maxWaitDurationInHalfOpenState(LONGEST_TRIAL)
                .build());
    }

    private CircuitBreaker of(Connection via) {
        return registry.circuitBreaker(via.line());
    }

    /** Whether a call would be let through now; takes no permission. */
    boolean lets(Connection via) {
        boolean lets = of(via).tryAcquirePermission();
        if (lets) {
            of(via).releasePermission();
        }
        return lets;
    }

    /** Takes the permission for a call, which is given back by {@link #ended} or {@link #release}. */
    boolean take(Connection via) {
        return of(via).tryAcquirePermission();
    }

    /** Gives back a permission: how the call ended says nothing of the server. */
    void release(Connection via) {
        of(via).releasePermission();
    }

    void ended(Connection via, Duration took, boolean failed) {
        if (failed) {
            of(via).onError(took.toNanos(), TimeUnit.NANOSECONDS, new IOException("counted as a failure"));
        } else {
            of(via).onSuccess(took.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    /** How many are not closed, of companies and hosts. */
    int open() {
        return (int) registry.getAllCircuitBreakers().stream().filter(breaker -> breaker.getState() != CircuitBreaker.State.CLOSED).count();
    }

    /** {@code closed}, {@code open} or {@code half_open}. */
    String state(Connection via) {
        return of(via).getState().name().toLowerCase(Locale.ROOT);
    }
}
