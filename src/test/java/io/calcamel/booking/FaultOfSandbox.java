package io.calcamel.booking;

import static org.awaitility.Awaitility.await;

import io.calcamel.SandboxExtension;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A fault of the sandbox that comes and goes: it hits several requests at first, then a few more again and again. */
final class FaultOfSandbox implements AutoCloseable {

    private static final int FIRST = 7;
    private static final int EVERY = 60;

    private final SandboxExtension joined;
    private final String name;
    private final String match;
    private final int milliseconds;
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final SplittableRandom random = new SplittableRandom(17);
    private int put;
    private volatile long hits;

    /**
     * @param match        which requests or triggers it hits
     * @param milliseconds how late they are, where the fault is about that
     */
    FaultOfSandbox(SandboxExtension joined, String name, String match, int milliseconds) {
        this.joined = joined;
        this.name = name;
        this.match = match;
        this.milliseconds = milliseconds;
    }

    String name() {
        return name;
    }

    void begin() {
        put(FIRST);
        clock.scheduleAtFixedRate(() -> {
            count();
            put(random.nextInt(1, 5));
        }, EVERY, EVERY, TimeUnit.MILLISECONDS);
    }

    private void put(int times) {
        joined.faults("{\"" + name + "\": {\"match\": \"" + match + "\", \"times\": " + times + ", \"ms\": " + milliseconds + "}}");
        put = times;
    }

    private void count() {
        hits += put - joined.faults().path(name).path("times").asInt(0);
    }

    /** How often it hit, at least. */
    long hits() {
        return hits;
    }

    /** All is well again. */
    @Override
    public void close() {
        clock.shutdown();
        await().until(clock::isTerminated);
        count();
        joined.faults("{}");
    }
}
