package io.calcamel.calcom;

import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What an answer's headers say of the key's rate limit. Cal.com names them {@code X-RateLimit-Remaining-Default} and so
 * on, where the last word is the limit's name; v1 leaves it out. The reset is in seconds, in v1 an instant in
 * milliseconds, and somebody claims one in seconds.
 *
 * @param remaining calls that may still be made; empty where it does not say
 * @param reset     until when; empty where it does not say
 * @param isOther   whether it speaks of the limit of a single endpoint only, which says nothing of the key
 */
record RateHeaders(Optional<Integer> remaining, Optional<Duration> reset, boolean isOther) {

    static final String PREFIX = "x-ratelimit-";
    static final String RETRY_AFTER = "retry-after";

    private static final long FIRST_INSTANT_SECONDS = 1_000_000_000L;
    private static final long FIRST_INSTANT_MILLIS = 1_000_000_000_000L;
    /** The unit of the hosted service is not certain: so many seconds are milliseconds. */
    private static final long TOO_MANY_SECONDS = 3_600;
    /** Cal.com blocks a key for a minute; what says much more is misread, or another clock's. */
    private static final Duration LONGEST = Duration.ofMinutes(2);

    static RateHeaders of(Map<String, Object> headers, Instant now) {
        Optional<Integer> remaining = value(headers, PREFIX + "remaining").map(Long::intValue);
        Optional<Duration> reset = value(headers, PREFIX + "reset").or(() -> value(headers, RETRY_AFTER)).map(value -> duration(value, now));
        boolean isOther = remaining.isEmpty() && headers.keySet().stream().anyMatch(name -> name.toLowerCase(Locale.ROOT).startsWith(PREFIX));
        return new RateHeaders(remaining, reset, isOther);
    }

    /** The general limit; limits of single endpoints have other names after the prefix. */
    private static Optional<Long> value(Map<String, Object> headers, String prefix) {
        return headers.entrySet().stream()
                .filter(header -> isGeneral(header.getKey().toLowerCase(Locale.ROOT), prefix))
                .map(header -> header.getValue().toString().strip())
                .filter(text -> text.matches("\\d{1,15}"))
                .map(Long::valueOf)
                .findFirst();
    }

    private static boolean isGeneral(String name, String prefix) {
        return name.equals(prefix) || name.equals(prefix + "-default");
    }

    private static Duration duration(long value, Instant now) {
        Duration duration = value >= FIRST_INSTANT_MILLIS ? Duration.between(now, Instant.ofEpochMilli(value))
                : value >= FIRST_INSTANT_SECONDS ? Duration.between(now, Instant.ofEpochSecond(value))
                : value > TOO_MANY_SECONDS ? Duration.ofMillis(value)
                : Duration.ofSeconds(value);
        return duration.isNegative() ? Duration.ZERO : duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    }
}
