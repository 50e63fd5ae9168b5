package io.calcamel.eventtype;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Lets the hub stop while a sync waits: for its turn, or for Cal.com, which can take minutes when the rate budget is spent. */
final class Stopping {

    private final CountDownLatch begun = new CountDownLatch(1);
    private final Set<Thread> waiting = new HashSet<>();

    /** The hub stops: a sync asks Cal.com nothing more. */
    static final class HubStops extends RuntimeException {

        HubStops() {
            super("the hub stops", null, false, false);
        }
    }

    /** The hub stops. */
    void begin() {
        begun.countDown();
        synchronized (waiting) {
            waiting.forEach(Thread::interrupt);
        }
    }

    boolean hasBegun() {
        return begun.getCount() == 0;
    }

    /** Waits; returns false where the hub stops meanwhile. */
    boolean sleep(Duration time) throws InterruptedException {
        return !begun.await(time.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The calling thread is about to wait for Cal.com. */
    void enter() {
        synchronized (waiting) {
            if (hasBegun()) {
                throw new HubStops();
            }
            waiting.add(Thread.currentThread());
        }
    }

    /** It waits no more; an interrupt that came too late must not hit what it does next. */
    void leave() {
        synchronized (waiting) {
            if (waiting.remove(Thread.currentThread()) && hasBegun()) {
                Thread.interrupted();
            }
        }
    }
}
