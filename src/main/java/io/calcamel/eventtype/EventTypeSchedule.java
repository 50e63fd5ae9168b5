package io.calcamel.eventtype;

import io.calcamel.eventtype.SyncRequest.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When companies' event types are synced without anybody asking: bean {@code eventTypeSchedule}. */
public final class EventTypeSchedule {

    private static final Logger LOG = LoggerFactory.getLogger(EventTypeSchedule.class);

    private static final String SYNC = "direct:event-types-sync";
    /** How long the hub's start waits for a first sync, and how soon that is tried again. */
    private static final Duration START_WAITS = Duration.ofSeconds(15);
    private static final Duration FIRST_RETRY = Duration.ofMinutes(1);
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(5);

    private final CamelContext context;
    private final SyncRuns runs;
    private final DueSyncs dueSyncs;
    private final SyncedCompanies companies;
    private final EventTypeSync sync;
    private final EventTypes.Settings settings;
    private final Stopping stopping;
    /** What they run on: as many at once on this node. */
    private final ThreadPoolExecutor threads;
    /** Null until the hub works: the default company is synced first. */
    private volatile Instant begins;
    private Thread starter;

    EventTypeSchedule(CamelContext context, SyncRuns runs, DueSyncs dueSyncs, SyncedCompanies companies, EventTypeSync sync, EventTypes.Settings settings,
            Stopping stopping, ThreadPoolExecutor threads) {
        this.context = context;
        this.runs = runs;
        this.dueSyncs = dueSyncs;
        this.companies = companies;
        this.sync = sync;
        this.settings = settings;
        this.stopping = stopping;
        this.threads = threads;
    }

    /**
     * Claims the companies whose turn it is, as many as can be synced now: no other node gets them.
     *
     * @return their ids
     */
    public List<Integer> due() {
        int room = settings.atOnce() - threads.getActiveCount() - threads.getQueue().size();
        if (room <= 0 || stopping.hasBegun() || begins == null || Instant.now().isBefore(begins)) {
            return List.of();
        }
        return dueSyncs.claim(companies.connected(), settings.every(), room);
    }

    /**
     * Begins the run of a company that was due: not where the hub stops, nor where it has just been synced.
     *
     * @param exchange the company's
     * @param company  its id
     * @return whether a run has begun
     */
    public boolean begin(Exchange exchange, @Body Integer company) {
        boolean isWanted = !stopping.hasBegun() && !runs.hasSynced(company, settings.every().dividedBy(2));
        if (isWanted) {
            sync.begin(exchange, SyncRequest.all(company, Cause.SCHEDULE));
        }
        return isWanted;
    }

    /**
     * Begins the run of a company that was just connected; its next one is due at a random moment of the interval.
     *
     * @param exchange the company's
     * @param company  its id
     * @throws io.calcamel.http.Problem 409 {@code sync_running}
     */
    public void connected(Exchange exchange, @Variable("companyId") int company) {
        sync.begin(exchange, SyncRequest.all(company, Cause.COMMAND));
        dueSyncs.spread(company, settings.every());
    }

    /** A run has ended: a company that was never synced as a whole is tried again sooner than the schedule would. */
    public void ended(@Body Map<String, Object> report, Exchange exchange) {
        int company = exchange.getVariable("companyId", Integer.class);
        if (SyncRuns.isFailure(report) && settings.every().compareTo(FIRST_RETRY) > 0 && !runs.hasCompleted(company)) {
            dueSyncs.soon(company, FIRST_RETRY);
        }
    }

    /** Begins; syncs the default company where it is to be synced at the start of the hub. */
    void start() throws InterruptedException {
        boolean isNow = settings.atStart() && companies.connected().contains(settings.company());
        if (isNow) {
            dueSyncs.notBefore(settings.company(), settings.every());
        }
        begins = Instant.now().plus(settings.atStart() ? Duration.ZERO : settings.every());
        if (isNow) {
            syncFirst();
        }
    }

    /** Waits for it, but not for long, where that was never done as a whole. */
    private void syncFirst() throws InterruptedException {
        CountDownLatch first = new CountDownLatch(1);
        starter = new Thread(() -> syncAtStart(first), "event-types-sync-start");
        boolean isFirst = !runs.hasCompleted(settings.company());
        starter.start();
        if (isFirst && !first.await(START_WAITS.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warn("The first event-type sync goes on in the background");
        }
    }

    private void syncAtStart(CountDownLatch first) {
        try (ProducerTemplate routes = context.createProducerTemplate()) {
            Exchange exchange = routes.send(SYNC, call -> sync.begin(call, SyncRequest.all(settings.company(), Cause.START)));
            if (exchange.getException() != null) {
                LOG.warn("The event-type sync at the start did not run: {}", exchange.getException().getMessage());
            } else {
                ended(exchange.getMessage().getBody(Map.class), exchange);
            }
        } catch (Exception e) {
            LOG.warn("The event-type sync at the start failed: {}", e.getMessage());
        } finally {
            first.countDown();
        }
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
