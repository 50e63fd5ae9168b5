package io.calcamel.webhook;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.camel.util.TimeUtils;

/**
 * The waits between the attempts to apply a delivery.
 *
 * @param delays the wait after the first failed attempt, after the second, and so on; after the last, a delivery is a
 *               dead letter
 */
public record RetrySchedule(List<Duration> delays) {

    /**
     * @param setting durations in Camel's form, such as {@code 1s,5m,2h}
     * @return the schedule
     * @throws IllegalArgumentException where one is no duration
     */
    public static RetrySchedule parse(String setting) {
        return new RetrySchedule(Arrays.stream(setting.split(","))
                .map(String::strip)
                .filter(delay -> !delay.isEmpty())
                .map(delay -> Duration.ofMillis(TimeUtils.toMilliSeconds(delay)))
                .toList());
    }

    /**
     * @param failedBefore attempts that failed before the one that just did
     * @return how long to wait for the next, or empty where there is none
     */
    Optional<Duration> waitAfter(int failedBefore) {
        return failedBefore < delays.size() ? Optional.of(delays.get(failedBefore)) : Optional.empty();
    }
}
