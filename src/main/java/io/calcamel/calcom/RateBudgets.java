package io.calcamel.calcom;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.codec.digest.DigestUtils;

/** The rate budget of each API key: keys that companies share are counted together. */
final class RateBudgets {

    private final Calcom.Budget limits;
    private final Duration livePatience;
    private final Duration backgroundPatience;
    private final Map<String, RateBudget> byKey = new ConcurrentHashMap<>();

    /**
     * @param limits             of each key
     * @param livePatience       how long a live call waits that has no deadline of its own
     * @param backgroundPatience how long a background call waits
     */
    RateBudgets(Calcom.Budget limits, Duration livePatience, Duration backgroundPatience) {
        this.limits = limits;
        this.livePatience = livePatience;
        this.backgroundPatience = backgroundPatience;
    }

    RateBudget of(Connection via) {
        return byKey.computeIfAbsent(DigestUtils.sha256Hex(via.apiKey()), key -> new RateBudget(limits, System::nanoTime));
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
