package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.cli.HubCall.Failed;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Says on standard error how far a run is that asks Cal.com, as long as a command waits for it. */
final class RunProgress {

    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Terminal terminal;
    private final HubCall hub;
    private final String path;
    private final String what;
    private final CountDownLatch done = new CountDownLatch(1);

    private RunProgress(Terminal terminal, HubCall hub, String runs, String what, String company) {
        this.terminal = terminal;
        this.hub = hub;
        this.what = what;
        this.path = runs + "?status=running&limit=1" + (company == null ? "" : "&company=" + HubAddress.encoded(company));
    }

    /**
     * Begins, of a sync of event types.
     *
     * @param terminal where it is said
     * @param hub      who is asked, with the token of the command
     * @param company  id or slug of the company; null for the token's
     */
    static RunProgress ofSync(Terminal terminal, HubCall hub, String company) {
        return new RunProgress(terminal, hub, "/api/sync-runs", "event types", company).begin();
    }

    /** As {@link #ofSync}, of reconciling bookings. */
    static RunProgress ofReconcile(Terminal terminal, HubCall hub, String company) {
        return new RunProgress(terminal, hub, "/api/reconcile-runs", "bookings", company).begin();
    }

    private RunProgress begin() {
        Thread thread = new Thread(this::tell, "progress");
        thread.setDaemon(true);
        thread.start();
        return this;
    }

    private void tell() {
        try {
            while (!done.await(EVERY.toMillis(), TimeUnit.MILLISECONDS)) {
                tellOnce();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tellOnce() {
        try {
            JsonNode run = hub.get(terminal, path, WITHIN).path("items").path(0);
            if (run.isObject() && done.getCount() > 0) {
                terminal.err().println("Asking Cal.com: " + run.path("calls").asInt() + " calls, " + run.path("seen").asInt() + " " + what + " so far");
            }
        } catch (Failed e) {
            // The company may not be stored yet; and what is wrong else, the command itself will say.
        }
    }

    /** Says no more. */
    void end() {
        done.countDown();
    }
}
