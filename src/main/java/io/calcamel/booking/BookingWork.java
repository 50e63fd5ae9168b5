package io.calcamel.booking;

import io.calcamel.attention.Matter;
import io.calcamel.http.Json;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;

/**
 * Carries intents out, on threads of its own: a caller's patience ends before Cal.com's answer comes, and then the work
 * goes on. What it does is in route {@code booking-carry-out}. The bean {@code bookingWork} of the schedules.
 */
public final class BookingWork {

    /** Variable with the intent in hand. */
    static final String INTENT = "intent";
    /** Variable with what the caller is to be told where nothing came of it, and it is not kept as an answer. */
    static final String PROBLEM = "problem";

    private static final Logger LOG = LoggerFactory.getLogger(BookingWork.class);
    /** An intent that faults of the hub have thrown so often is not tried for ever. */
    private static final int MOST_FAULTS = 20;
    private static final Duration STOPPING = Duration.ofSeconds(12);

    private final BookingIntents intents;
    private final BookingSettings settings;
    private final ProducerTemplate routes;
    private final Consumer<Matter> attention;
    private final ThreadPoolExecutor live;
    /** Its own, so that a job's backlog never stands in the way of somebody on the line. */
    private final ThreadPoolExecutor background;

    BookingWork(BookingIntents intents, BookingSettings settings, ProducerTemplate routes, Consumer<Matter> attention) {
        this.intents = intents;
        this.settings = settings;
        this.routes = routes;
        this.attention = attention;
        this.live = threads("booking-", settings.threads(), settings.waiting());
        this.background = threads("booking-job-", settings.jobThreads(), settings.jobThreads());
    }

    private static ThreadPoolExecutor threads(String name, int most, int waiting) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(most, most, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(waiting),
                task -> new Thread(task, name + number.incrementAndGet()));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /**
     * Begins to carry an intent out for a caller who waits.
     *
     * @param intent the intent in hand
     * @return completes when it is carried out as far as that goes now; with the problem that the caller is told where nothing
     *         came of it, else with null. Where too many wait already, at once: then a job carries it out
     */
    CompletableFuture<Problem> start(Intent intent) {
        CompletableFuture<Problem> end = new CompletableFuture<>();
        try {
            live.execute(() -> end.complete(carryOut(intent, "live")));
        } catch (RejectedExecutionException e) {
            intents.pending(intent, Duration.ofSeconds(1));
            end.complete(null);
        }
        return end;
    }

    /** Takes over what is due, as much as there are threads for; called by a schedule. */
    public void takeUp() {
        int free = settings.jobThreads() - background.getActiveCount() - background.getQueue().size();
        if (free <= 0 || background.isShutdown()) {
            return;
        }
        for (Intent intent : intents.claim(free)) {
            try {
                background.execute(() -> carryOut(intent, "background"));
            } catch (RejectedExecutionException e) {
                // It is due again when its lease is over.
                LOG.debug("{} finds no thread", intent);
            }
        }
    }

    /** Forgets what was answered long ago; called by a schedule. */
    public void prune() {
        intents.prune(settings.keep());
    }

    private Problem carryOut(Intent intent, String lane) {
        try {
            Exchange ended = routes.request("direct:booking-carry-out", exchange -> {
                exchange.setVariable(INTENT, intent);
                exchange.setVariable("companyId", intent.company());
                exchange.setVariable("kind", intent.kind().text());
                exchange.setVariable("lane", lane);
                exchange.setVariable("deadline", Instant.now().plus(settings.lease().dividedBy(4)));
            });
            if (ended.getException() != null && !(ended.getException() instanceof Overtaken)) {
                fault(intent, ended.getException());
            }
            return ended.getVariable(PROBLEM, Problem.class);
        } catch (RuntimeException e) {
            fault(intent, e);
            return null;
        }
    }

    /** By class only: the text of a database's error has the row that it refused, and with it personal data. */
    private void fault(Intent intent, Throwable fault) {
        Throwable cause = NestedExceptionUtils.getMostSpecificCause(fault);
        StackTraceElement[] at = fault.getStackTrace();
        LOG.error("{} failed with {} ({}) at {}", intent, fault.getClass().getName(), cause.getClass().getName(), at.length == 0 ? "?" : at[0]);
        if (intent.attempt() >= MOST_FAULTS) {
            park(intent);
        }
    }

    private void park(Intent intent) {
        if (intent.kind().isChange()) {
            Problem fault = Problem.ofStatus(500);
            intents.refused(intent, new Reply(fault.status(), Json.MAPPER.valueToTree(fault.toJson())));
            LOG.error("{} is given up; a person has to look whether Cal.com has made the change", intent);
        } else {
            intents.manual(intent, "It failed again and again in the hub; the log says with what.", null);
            LOG.error("{} is left to a person", intent);
        }
        String about = intent.appointmentId() == null ? "intent " + intent.id() : String.valueOf(intent.appointmentId());
        attention.accept(Matter.of(Matter.Kind.MANUAL_BOOKING, intent.company(), about, "It failed again and again in the hub."));
    }

    /**
     * Does something for a caller who waits.
     *
     * @param route  the route that does it
     * @param dress  puts on what it needs
     * @return completes when it is done, with the problem that the caller is told, or null
     */
    CompletableFuture<Problem> run(String route, Processor dress) {
        CompletableFuture<Problem> end = new CompletableFuture<>();
        try {
            live.execute(() -> end.complete(problem(routes.request(route, dress).getException())));
        } catch (RejectedExecutionException e) {
            end.complete(Problem.ofStatus(503));
        }
        return end;
    }

    private static Problem problem(Exception fault) {
        return fault == null ? null : fault instanceof Problem problem ? problem : Problem.ofStatus(500);
    }

    /** The hub stops: begins nothing more, and waits a moment for what is at hand. What is left is taken up at the next start. */
    void rest() throws InterruptedException {
        live.shutdown();
        background.shutdown();
        Instant until = Instant.now().plus(STOPPING);
        live.awaitTermination(Duration.between(Instant.now(), until).toMillis(), TimeUnit.MILLISECONDS);
        background.awaitTermination(Math.max(0, Duration.between(Instant.now(), until).toMillis()), TimeUnit.MILLISECONDS);
    }

    /** Somebody else has the intent in hand by now. */
    static final class Overtaken extends RuntimeException {

        Overtaken(Intent intent) {
            super(intent + " is in another's hand", null, false, false);
        }
    }
}
