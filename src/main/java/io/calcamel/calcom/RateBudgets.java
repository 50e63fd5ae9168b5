package io.calcamel.calcom;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.commons.codec.digest.DigestUtils;

/** The rate budget of each API key: keys that companies share are counted together. One that nobody needs any more is forgotten. */
final class RateBudgets {

    private static final Duration UNUSED = Duration.ofMinutes(10);

    private final Calcom.Budget limits;
    private final Duration livePatience;
    private final Duration backgroundPatience;
    private final LongSupplier clock;
    private final Map<String, RateBudget> byKey = new ConcurrentHashMap<>();
    private final AtomicLong nextLook;

    /**
     * @param limits             of each key
     * @param livePatience       how long a live call waits that has no deadline of its own
     * @param backgroundPatience how long a background call waits
     */
    RateBudgets(Calcom.Budget limits, Duration livePatience, Duration backgroundPatience) {
        this(limits, livePatience, backgroundPatience, System::nanoTime);
    }

    RateBudgets(Calcom.Budget limits, Duration livePatience, Duration backgroundPatience, LongSupplier clock) {
        this.limits = limits;
        this.livePatience = livePatience;
        this.backgroundPatience = backgroundPatience;
        this.clock = clock;
        this.nextLook = new AtomicLong(clock.getAsLong() + UNUSED.toNanos());
    }

    RateBudget of(Connection via) {
        forgetUnused();
        return byKey.compute(DigestUtils.sha256Hex(via.apiKey()), (key, known) -> {
            RateBudget budget = known == null ? new RateBudget(limits, clock) : known;
            budget.use();
            return budget;
        });
    }

    /** Keys come and go with companies. Not by a cache's expiry: that knows nothing of who waits, or of what Cal.com has told. */
    private void forgetUnused() {
        long now = clock.getAsLong();
        long next = nextLook.get();
        if (now - next >= 0 && nextLook.compareAndSet(next, now + UNUSED.toNanos())) {
            byKey.keySet().forEach(key -> byKey.computeIfPresent(key, (same, budget) -> budget.isUnused(UNUSED) ? null : budget));
        }
    }

    /** How many keys have one now. */
    int size() {
        return byKey.size();
    }

    /** Turns away whoever waits for a budget. */
    void close() {
        byKey.values().forEach(RateBudget::close);
    }

    /** How long a call may wait for the budget. */
    Duration patience(Lane lane, Instant deadline) {
        Duration usual = lane == Lane.LIVE ? livePatience : backgroundPatience;
        if (deadline == null) {
            return usual;
        }
        Duration left = Duration.between(Instant.now(), deadline);
        return left.isNegative() ? Duration.ZERO : left.compareTo(usual) < 0 ? left : usual;
    }
}
