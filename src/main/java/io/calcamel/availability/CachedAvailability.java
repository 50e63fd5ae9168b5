package io.calcamel.availability;

import io.calcamel.calcom.Lane;
import io.calcamel.http.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;

/**
 * What is known of one key, and whether it must be asked for: what the availability cache holds. However many ask at the
 * same time, Cal.com is asked once.
 */
final class CachedAvailability {

    /**
     * @param fresh      how long an answer is believed
     * @param freshEmpty how long an answer without slots is believed
     * @param refresh    from which age an answer that is still believed is asked for again in the background
     */
    record Times(Duration fresh, Duration freshEmpty, Duration refresh) {
    }

    /** An answer, where it came from, and how old it is. */
    record Reply(Answer answer, String source, Duration age) {
    }

    /** Cal.com keeps slots for two seconds, so what it says right after a booking may still be the old (recorded). */
    private static final Duration SETTLING = Duration.ofSeconds(3);
    /** For so long a failure is told again without asking again. */
    private static final Duration FAILURE_MEMORY = Duration.ofSeconds(2);

    /** Long ago, and yet durations can be added to it. */
    private static final Instant NEVER = Instant.EPOCH;

    private final AvailabilityKey key;
    private final Times times;
    private final Clock clock;
    private final BiFunction<AvailabilityKey, Lane, CompletableFuture<Answer>> fetch;

    private Answer latest;
    private CompletableFuture<Answer> underWay;
    private Lane underWayLane;
    private Instant forgottenAt = NEVER;
    private Throwable failure;
    private Instant failedAt = NEVER;

    CachedAvailability(AvailabilityKey key, Times times, Clock clock, BiFunction<AvailabilityKey, Lane, CompletableFuture<Answer>> fetch) {
        this.key = key;
        this.times = times;
        this.clock = clock;
        this.fetch = fetch;
    }

    AvailabilityKey key() {
        return key;
    }

    /**
     * @param maxAge   how old the answer may be; null for as old as it is believed
     * @param patience how long to wait for Cal.com
     * @return the answer; a stale one where Cal.com fails or is too slow, and there is one
     * @throws Problem              if there is none
     * @throws InterruptedException if the hub stops
     */
    Reply ask(Duration maxAge, Duration patience) throws InterruptedException {
        return begin(maxAge).await(patience);
    }

    /** A question that was put. */
    interface Asked {

        /** Waits for the answer; see {@link CachedAvailability#ask}. */
        Reply await(Duration patience) throws InterruptedException;
    }

    /**
     * Puts the question without waiting, so that several can be waited for at once.
     *
     * @param maxAge how old the answer may be; null for as old as it is believed
     * @return what to wait on
     */
    synchronized Asked begin(Duration maxAge) {
        Instant now = clock.instant();
        if (latest != null && isFresh(now) && (maxAge == null || age(now).compareTo(maxAge) <= 0)) {
            boolean mayRefresh = underWay == null && now.isAfter(failedAt.plus(times.refresh()));
            if (age(now).compareTo(times.refresh()) > 0 && mayRefresh) {
                fetch(Lane.BACKGROUND);
            }
            Reply known = new Reply(latest, "cache", age(now));
            return patience -> known;
        }
        if (underWay == null && now.isBefore(failedAt.plus(FAILURE_MEMORY))) {
            Throwable remembered = failure;
            return patience -> staleOr(remembered, now);
        }
        // One that waits behind the jobs is no help to somebody on the line.
        CompletableFuture<Answer> coming = underWay == null || underWayLane == Lane.BACKGROUND ? fetch(Lane.LIVE) : underWay;
        return patience -> await(coming, patience);
    }

    private Reply await(CompletableFuture<Answer> coming, Duration patience) throws InterruptedException {
        try {
            return new Reply(coming.get(patience.toMillis(), TimeUnit.MILLISECONDS), "live", Duration.ZERO);
        } catch (TimeoutException e) {
            return staleOr(new Problem(503, "unavailable", "Cal.com can't be reached, or fails", "It did not answer within the time that you gave.",
                    "Ask again: what it answers meanwhile is kept."), clock.instant());
        } catch (ExecutionException e) {
            return staleOr(e.getCause(), clock.instant());
        }
    }

    private synchronized Reply staleOr(Throwable problem, Instant now) {
        boolean isAboutTheQuestion = problem instanceof Problem told && told.status() < 500;
        if (latest != null && !isAboutTheQuestion) {
            return new Reply(latest, "stale", age(now));
        }
        if (problem instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        throw new IllegalStateException(problem);
    }

    private CompletableFuture<Answer> fetch(Lane lane) {
        CompletableFuture<Answer> coming = fetch.apply(key, lane);
        underWay = coming;
        underWayLane = lane;
        coming.whenComplete((answer, problem) -> arrived(coming, answer, problem));
        return coming;
    }

    private synchronized void arrived(CompletableFuture<Answer> coming, Answer answer, Throwable problem) {
        boolean isAwaited = underWay == coming;
        if (isAwaited) {
            underWay = null;
        }
        if (problem != null && isAwaited) {
            failure = problem;
            failedAt = clock.instant();
        } else if (problem == null && (latest == null || answer.asOf().isAfter(latest.asOf()))) {
            latest = answer;
            failedAt = NEVER;
        }
    }

    private boolean isFresh(Instant now) {
        Duration believed = latest.isEmpty() ? times.freshEmpty() : times.fresh();
        if (age(now).compareTo(believed) > 0) {
            return false;
        }
        if (forgottenAt.equals(NEVER)) {
            return true;
        }
        Instant settled = forgottenAt.plus(SETTLING);
        boolean isSettled = !latest.asOf().isBefore(settled);
        return isSettled || !latest.asOf().isBefore(forgottenAt) && now.isBefore(settled);
    }

    private Duration age(Instant now) {
        return Duration.between(latest.asOf(), now);
    }

    /** What is known is true no longer: somebody booked, moved or cancelled. It remains for when Cal.com fails. */
    synchronized void forget() {
        forgottenAt = clock.instant();
        underWay = null;
    }

    /** How many slots it holds. */
    synchronized int size() {
        return latest == null ? 0 : latest.size();
    }

    /** What there is, without asking for it; null for nothing. */
    synchronized Reply peek() {
        return latest == null ? null : new Reply(latest, isFresh(clock.instant()) ? "cache" : "stale", age(clock.instant()));
    }
}
