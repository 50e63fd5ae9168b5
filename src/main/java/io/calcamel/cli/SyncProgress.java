package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.cli.HubCall.Failed;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Says on standard error how far a sync of event types is, as long as a command waits for it. */
final class SyncProgress {

    private static final Duration WITHIN = Duration.ofSeconds(5);
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final Terminal terminal;
    private final HubCall hub;
    private final String path;
    private final CountDownLatch done = new CountDownLatch(1);

    private SyncProgress(Terminal terminal, HubCall hub, String company) {
        this.terminal = terminal;
        this.hub = hub;
        this.path = "/api/sync-runs?status=running&limit=1" + (company == null ? "" : "&company=" + HubAddress.encoded(company));
    }

    /**
     * Begins.
     *
     * @param terminal where it is said
     * @param hub      who is asked, with the token of the command
     * @param company  id or slug of the company; null for the token's
     */
    static SyncProgress of(Terminal terminal, HubCall hub, String company) {
        SyncProgress progress = new SyncProgress(terminal, hub, company);
        Thread thread = new Thread(progress::tell, "progress");
        thread.setDaemon(true);
        thread.start();
        return progress;
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
                terminal.err().println("Asking Cal.com: " + run.path("calls").asInt() + " calls, " + run.path("seen").asInt() + " event types so far");
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
