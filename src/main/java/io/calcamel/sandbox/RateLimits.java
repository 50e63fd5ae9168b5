package io.calcamel.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How often a caller may call: so many requests in 60 seconds, and whoever exceeds that is blocked for 60 more
 * (Cal.com API v2, rate limits).
 */
final class RateLimits {

    static final String GENERAL = "Default";
    private static final Duration WINDOW = Duration.ofSeconds(60);
    private static final int OF_SINGLE_ENDPOINTS = 5;
    private static final int OF_TOKENS = 500;
    private static final int MOST_CALLERS = 50_000;

    /** What a caller has used up of a limit. */
    private static final class Use {
        private Instant until;
        private int count;
        private boolean blocked;
    }

    /** Where a caller stands after a request. */
    record Standing(boolean exceeded, Map<String, String> headers) {
    }

    private final int general;
    private final Map<String, Use> uses = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Use> eldest) {
            return size() > MOST_CALLERS;
        }
    };

    /** @param general requests in 60 seconds for each key, and for each address without one; 0 for no limit */
    RateLimits(int general) {
        this.general = general;
    }

    /**
     * Counts a request.
     *
     * @param limit the name of the limit
     * @param caller who is limited
     */
    Standing count(String limit, String caller, boolean isToken, Instant now) {
        int most = limit.equals(GENERAL) ? isToken ? OF_TOKENS : general : OF_SINGLE_ENDPOINTS;
        if (most == 0) {
            // None remaining is what they would say, and a caller that believes them would fall silent.
            return new Standing(false, Map.of());
        }
        Use use = uses.computeIfAbsent(limit + " " + caller, key -> new Use());
        if (use.until == null || !now.isBefore(use.until)) {
            use.until = now.plus(WINDOW);
            use.count = 0;
            use.blocked = false;
        }
        use.count++;
        if (use.count > most && !use.blocked) {
            use.blocked = true;
            use.until = now.plus(WINDOW);
        }
        long reset = Math.max(0, (Duration.between(now, use.until).toMillis() + 999) / 1000);
        return new Standing(use.blocked, headers(limit, most, use.blocked ? 0 : most - use.count, reset));
    }

    private static Map<String, String> headers(String limit, int most, int remaining, long reset) {
        return Map.of("X-RateLimit-Limit-" + limit, Integer.toString(most), "X-RateLimit-Remaining-" + limit, Integer.toString(remaining),
                "X-RateLimit-Reset-" + limit, Long.toString(reset));
    }

    /** The headers of a limit that is used up, for a fault that pretends so. */
    Map<String, String> usedUp() {
        return headers(GENERAL, general == 0 ? 120 : general, 0, 60);
    }
}
