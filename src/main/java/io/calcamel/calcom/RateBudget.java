package io.calcamel.calcom;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * How many calls one API key may still make. Cal.com blocks a key for a minute when it asks more than it may, and has
 * locked accounts for bursts; so this hub stays below what is allowed, in every second and every minute that one can lay
 * over its calls.
 *
 * <p>Live calls go before background ones, which also leave a share of the budget to them. What Cal.com says of the key's
 * limit (headers {@code X-RateLimit-*}) is believed, since other programs may use the same key.
 *
 * <p>A call stays in its window a little longer than the window is: on its way to Cal.com one call can overtake another.
 */
final class RateBudget {

    private static final long MINUTE = Duration.ofSeconds(60).plusMillis(500).toNanos();
    private static final long SAME_WINDOW = Duration.ofSeconds(5).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).plusMillis(50).toNanos();
    /** A background call that has waited so long leaves no room in the second any more: steady live calls would starve it. */
    private static final long PATIENT = Duration.ofSeconds(3).toNanos();

    private final Calcom.Budget limits;
    private final LongSupplier clock;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition moved = lock.newCondition();
    private final Map<Lane, Deque<Ticket>> queues = new EnumMap<>(Map.of(Lane.LIVE, new ArrayDeque<>(), Lane.BACKGROUND, new ArrayDeque<>()));
    /** When the calls of the last minute were let go, oldest first. */
    private final Deque<Long> calls = new ArrayDeque<>();
    private long silentUntil;

    /** Somebody who waits, and since when; each is its own. */
    private static final class Ticket {

        private final long since;

        Ticket(long since) {
            this.since = since;
        }
    }

    private int told = Integer.MAX_VALUE;
    private long toldUntil;
    private boolean closed;
    private volatile long usedAt;

    RateBudget(Calcom.Budget limits, LongSupplier nanoTime) {
        this.limits = limits;
        this.clock = nanoTime;
        this.silentUntil = nanoTime.getAsLong();
        this.toldUntil = silentUntil;
        this.usedAt = silentUntil;
    }

    /** Somebody is about to ask for it. */
    void use() {
        usedAt = clock.getAsLong();
    }

    /** Whether nobody has asked for it for so long, nobody waits, and a new one would let the same calls go. */
    boolean isUnused(Duration time) {
        lock.lock();
        try {
            long now = clock.getAsLong();
            return now - usedAt >= time.toNanos() && silentUntil <= now && toldUntil <= now && queues.values().stream().allMatch(Deque::isEmpty);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until a call may be made, and counts it.
     *
     * @param lane    who asks
     * @param atMost  how long to wait
     * @return whether the call may be made now; false at once where the wait would be too long
     * @throws InterruptedException if the waiting thread is interrupted
     */
    boolean take(Lane lane, Duration atMost) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            Deque<Ticket> queue = queues.get(lane);
            if (closed || queue.size() >= limits.waiting()) {
                return false;
            }
            Ticket ticket = new Ticket(clock.getAsLong());
            queue.add(ticket);
            try {
                return await(lane, ticket, clock.getAsLong() + atMost.toNanos());
            } finally {
                queue.remove(ticket);
                moved.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    private boolean await(Lane lane, Ticket ticket, long deadline) throws InterruptedException {
        while (true) {
            long now = clock.getAsLong();
            boolean isPatient = now - ticket.since < PATIENT;
            long next = next(lane, isPatient ? lane : Lane.LIVE, now);
            boolean isFirst = queues.get(lane).peek() == ticket && (lane == Lane.LIVE || queues.get(Lane.LIVE).isEmpty());
            if (isFirst && next <= now) {
                calls.add(now);
                told = told == Integer.MAX_VALUE ? told : told - 1;
                return true;
            }
            if (closed || next > deadline || now >= deadline) {
                return false;
            }
            // Who is not first is woken by whoever goes before.
            long look = isPatient ? Math.min(deadline, ticket.since + PATIENT) : deadline;
            moved.awaitNanos(isFirst ? Math.min(next, look) - now : look - now);
        }
    }

    /**
     * When the next call of a lane may be made, if nobody goes before it.
     *
     * @param bySecond the lane that it counts as within a second
     */
    private long next(Lane lane, Lane bySecond, long now) {
        while (!calls.isEmpty() && now - calls.peek() >= MINUTE) {
            calls.remove();
        }
        long next = Math.max(now, silentUntil);
        int reserve = limits.perMinute() - limits.perMinute(lane);
        if (told <= reserve && toldUntil > now) {
            next = Math.max(next, toldUntil);
        }
        next = Math.max(next, afterWindow(limits.perMinute(lane), MINUTE, now));
        return Math.max(next, afterWindow(limits.perSecond(bySecond), SECOND, now));
    }

    /** When a window that holds at most so many calls has room again. */
    private long afterWindow(int most, long window, long now) {
        if (calls.size() < most) {
            return now;
        }
        int skip = calls.size() - most;
        for (long call : calls) {
            if (skip-- == 0) {
                return call + window;
            }
        }
        throw new IllegalStateException("there are as many calls as were counted");
    }

    /**
     * Believes what Cal.com says of the key.
     *
     * @param remaining calls that the key may still make
     * @param reset     until when that holds
     */
    void learn(int remaining, Duration reset) {
        locked(() -> {
            long until = clock.getAsLong() + reset.toNanos();
            // Answers overtake each other: within one window only the lower figure is news.
            boolean isNewWindow = Math.abs(until - toldUntil) > SAME_WINDOW || clock.getAsLong() >= toldUntil;
            told = isNewWindow ? remaining : Math.min(told, remaining);
            toldUntil = isNewWindow ? until : Math.max(until, toldUntil);
        });
    }

    /**
     * Keeps still after a 429.
     *
     * @param reset how long Cal.com says; null where it does not
     */
    void backOff(Duration reset) {
        locked(() -> silentUntil = Math.max(silentUntil, clock.getAsLong() + (reset == null ? limits.backOff() : reset).toNanos()));
    }

    /** Turns away whoever waits, and whoever comes: the hub stops. */
    void close() {
        locked(() -> closed = true);
    }

    /** How things stand. */
    State state() {
        lock.lock();
        try {
            long now = clock.getAsLong();
            long next = next(Lane.LIVE, Lane.LIVE, now);
            int left = Math.max(0, limits.perMinute() - calls.size());
            boolean isTold = toldUntil > now;
            return new State(limits.perMinute(), isTold ? Math.max(0, Math.min(left, told)) : left, TimeUnit.NANOSECONDS.toMillis(next - now),
                    queues.values().stream().mapToInt(Deque::size).sum());
        } finally {
            lock.unlock();
        }
    }

    private void locked(Runnable change) {
        lock.lock();
        try {
            change.run();
            moved.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * @param perMinute calls in any minute
     * @param remaining calls that can still be made in the minute that now ends
     * @param waitMs    how long the next live call would wait
     * @param waiting   callers that wait
     */
    record State(int perMinute, int remaining, long waitMs, int waiting) {
    }
}
