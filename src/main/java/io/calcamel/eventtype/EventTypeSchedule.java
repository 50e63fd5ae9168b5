package io.calcamel.eventtype;

import io.calcamel.eventtype.SyncRequest.Cause;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When a company's event types are synced without anybody asking: bean {@code eventTypeSchedule}. */
public final class EventTypeSchedule {

    private static final Logger LOG = LoggerFactory.getLogger(EventTypeSchedule.class);

    private static final String SYNC = "direct:event-types-sync";
    /** How long the hub's start waits for a first sync, and how soon that is tried again. */
    private static final Duration START_WAITS = Duration.ofSeconds(15);
    private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final CamelContext context;
    private final SyncRuns runs;
    private final EventTypeSync sync;
    private final EventTypes.Settings settings;
    private final Stopping stopping;
    private Thread starter;

    EventTypeSchedule(CamelContext context, SyncRuns runs, EventTypeSync sync, EventTypes.Settings settings,
            Stopping stopping) {
        this.context = context;
        this.runs = runs;
        this.sync = sync;
        this.settings = settings;
        this.stopping = stopping;
    }

    /**
     * Waits a random while, and begins a run where one is due then: not where the hub stops, nor where another node has
     * synced meanwhile.
     *
     * @param exchange the schedule's
     * @return whether a run has begun
     */
    public boolean awaitTurn(Exchange exchange) throws InterruptedException {
        long jitter = settings.jitter().toMillis();
        boolean isDue = stopping.sleep(Duration.ofMillis(jitter == 0 ? 0 : ThreadLocalRandom.current().nextLong(jitter)))
                && !runs.hasSynced(settings.company(), settings.every().dividedBy(2));
        if (isDue) {
            sync.begin(exchange, SyncRequest.all(settings.company(), Cause.SCHEDULE));
        }
        return isDue;
    }

    /** Syncs at the start of the hub: waits for it, but not for long, where that was never done as a whole. */
    void start() throws InterruptedException {
        CountDownLatch first = new CountDownLatch(1);
        starter = new Thread(() -> syncAtStart(first), "event-types-sync-start");
        boolean isFirst = !runs.hasCompleted(settings.company());
        starter.start();
        if (isFirst && !first.await(START_WAITS.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warn("The first event-type sync goes on in the background");
        }
    }

    /** The first event types are wanted sooner than the schedule comes. */
    private void syncAtStart(CountDownLatch first) {
        try (ProducerTemplate routes = context.createProducerTemplate()) {
            Duration retry = FIRST_RETRY;
            while (!sync(routes) && !runs.hasCompleted(settings.company()) && retry.compareTo(settings.every()) < 0) {
                first.countDown();
                LOG.warn("The event types were never synced as a whole; the next try is in {} min", retry.toMinutes());
                if (!stopping.sleep(retry)) {
                    return;
                }
                retry = retry.multipliedBy(2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("The event-type sync at the start failed: {}", e.getMessage());
        } finally {
            first.countDown();
        }
    }

    /** Returns whether it needs no other try. */
    private boolean sync(ProducerTemplate routes) {
        Exchange exchange = routes.send(SYNC, call -> sync.begin(call, SyncRequest.all(settings.company(), Cause.START)));
        if (exchange.getException() != null) {
            LOG.warn("The event-type sync at the start did not run: {}", exchange.getException().getMessage());
            return false;
        }
        return !SyncRuns.isFailure(exchange.getMessage().getBody(Map.class));
    }

    void expectStop() {
        stopping.begin();
    }

    /** Ends what is under way at the start, and waits for it. */
    void stop() throws InterruptedException {
        stopping.begin();
        if (starter != null) {
            starter.join(CLOSE_WITHIN.toMillis());
        }
    }
}
