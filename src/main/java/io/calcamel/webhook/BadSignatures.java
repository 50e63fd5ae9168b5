package io.calcamel.webhook;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Counts wrong signatures by whom they come from. Whoever has sent too many is turned away, until their minute is over. */
final class BadSignatures {

    private static final Logger LOG = LoggerFactory.getLogger(BadSignatures.class);
    static final Duration WITHIN = Duration.ofMinutes(1);
    private static final int MOST_ADDRESSES = 10_000;

    private final int perMinute;
    private final Cache<String, AtomicInteger> counts;

    BadSignatures(int perMinute, Ticker clock) {
        this.perMinute = perMinute;
        this.counts = Caffeine.newBuilder().maximumSize(MOST_ADDRESSES).expireAfterWrite(WITHIN).ticker(clock).build();
    }

    /** @return whether that is too many from this address within its minute */
    boolean isTooMany(String address) {
        int count = counts.get(address, first -> new AtomicInteger()).incrementAndGet();
        if (count == perMinute + 1) {
            LOG.warn("More than {} wrongly signed webhooks in a minute from {}: it is answered 429 until the minute is over", perMinute, address);
        }
        return count > perMinute;
    }
}
