package io.calcamel.webhook;

import com.fasterxml.jackson.core.type.TypeReference;
import io.calcamel.attention.Matter;
import io.calcamel.http.Json;
import io.calcamel.privacy.Erased;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.support.DefaultExchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.TransactionStatus;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Takes deliveries out of the inbox and hands each to the route {@code delivery-dispatch}, in one transaction with
 * marking it: what a route changes in the database is there exactly if the delivery is marked as applied.
 *
 * <p>Beside the body (a Map where the delivery is a JSON object, else its text), the exchange has the variables
 * {@code deliveryId}, {@code companyId}, {@code company} (slug), {@code trigger}, {@code bookingUid} and {@code bodyHash}.
 * A route may set {@code outcome} to {@code ignored} or {@code unrecognised} (default {@code applied}) and {@code reason}.
 */
public final class InboxWorker {

    private static final Logger LOG = LoggerFactory.getLogger(InboxWorker.class);
    private static final TypeReference<Map<String, Object>> JSON_OBJECT = new TypeReference<>() { };
    /** A route that hangs does not keep the hub from stopping: its delivery is rolled back. */
    private static final Duration CLOSE_WITHIN = Duration.ofSeconds(30);
    private static final String DISPATCH = "direct:delivery-dispatch";

    /**
     * @param threads      deliveries applied at the same time
     * @param pollInterval how often to look without being woken
     * @param retries      when to try again what failed
     */
    public record Settings(int threads, Duration pollInterval, RetrySchedule retries) {
    }

    private final Inbox inbox;
    private final TransactionTemplate transaction;
    private final CamelContext context;
    private final Settings settings;
    private final Consumer<Matter> attention;
    private final BooleanSupplier isDatabaseThere;
    private final Semaphore wake = new Semaphore(0);
    private final List<Thread> threads = new ArrayList<>();
    private ProducerTemplate routes;
    private volatile boolean running;

    InboxWorker(Inbox inbox, TransactionTemplate transaction, CamelContext context, Settings settings, Consumer<Matter> attention,
            BooleanSupplier isDatabaseThere) {
        this.inbox = inbox;
        this.transaction = transaction;
        this.context = context;
        this.settings = settings;
        this.attention = attention;
        this.isDatabaseThere = isDatabaseThere;
    }

    /** Begins to work; the routes must have been started. */
    void open() {
        running = true;
        routes = context.createProducerTemplate();
        for (int i = 1; i <= settings.threads(); i++) {
            Thread thread = new Thread(this::work, "inbox-worker-" + i);
            threads.add(thread);
            thread.start();
        }
    }

    /** Finishes the deliveries at hand, then ends. The others stay in the inbox. */
    void close() throws InterruptedException {
        running = false;
        wake.release(settings.threads());
        for (Thread thread : threads) {
            thread.join(CLOSE_WITHIN.toMillis());
        }
        threads.clear();
    }

    /** Tells that there is something in the inbox. Cheap, and safe to call from any thread. */
    void wake() {
        if (wake.availablePermits() < settings.threads()) {
            wake.release(settings.threads());
        }
    }

    private void work() {
        while (running) {
            try {
                if (!isDatabaseThere.getAsBoolean() || !processNext()) {
                    wake.tryAcquire(settings.pollInterval().toMillis(), TimeUnit.MILLISECONDS);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | Error e) {
                LOG.warn("The inbox can't be worked on; next try in {}: {}", settings.pollInterval(), Reason.of(e));
                pause();
            }
        }
    }

    private void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(settings.pollInterval().toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean processNext() {
        AtomicReference<Inbox.Claimed> claimed = new AtomicReference<>();
        try {
            transaction.executeWithoutResult(tx -> inbox.claim().ifPresent(delivery -> {
                claimed.set(delivery);
                process(delivery, tx);
            }));
        } catch (RuntimeException | Error e) {
            if (claimed.get() == null || !isDatabaseThere.getAsBoolean()) {
                // What a database did that went away is undone, and no fault of the delivery's.
                throw e;
            }
            // Not even the attempt could be noted: the connection is gone, or what a route left behind can't be committed.
            transaction.executeWithoutResult(tx -> fail(claimed.get(), e));
        }
        return claimed.get() != null;
    }

    private void process(Inbox.Claimed delivery, TransactionStatus tx) {
        Object beforeRoutes = tx.createSavepoint();
        Exchange exchange = routes.send(DISPATCH, exchangeOf(delivery));
        Exception failure = exchange.getException();
        if (failure == null) {
            tx.releaseSavepoint(beforeRoutes);
            inbox.settle(delivery.id(), exchange.getVariable("outcome", "applied", String.class), exchange.getVariable("reason", String.class));
            Erased erased = exchange.getVariable("erased", Erased.class);
            if (erased != null) {
                // It came late: what it says of them was erased before.
                inbox.replaceBody(delivery.id(), DeliveryErasure.without(delivery.body(), erased));
            }
        } else {
            tx.rollbackToSavepoint(beforeRoutes);
            fail(delivery, failure);
        }
    }

    private void fail(Inbox.Claimed delivery, Throwable failure) {
        Optional<Duration> retry = settings.retries().waitAfter(delivery.attempts());
        LOG.warn("Delivery {} ({}) failed, attempt {}, {}: {}", delivery.id(), delivery.triggerEvent(), delivery.attempts() + 1,
                retry.map(wait -> "next in " + wait).orElse("now a dead letter"), Reason.of(failure));
        if (inbox.fail(delivery.id(), retry, Reason.of(failure)) && retry.isEmpty()) {
            attention.accept(Matter.of(Matter.Kind.DEAD_LETTER, delivery.company(), String.valueOf(delivery.id()), Reason.of(failure)));
        }
    }

    private Exchange exchangeOf(Inbox.Claimed delivery) {
        Exchange exchange = new DefaultExchange(context);
        Object body = bodyOf(delivery);
        exchange.getMessage().setBody(body);
        exchange.setVariable("deliveryId", delivery.id());
        exchange.setVariable("companyId", delivery.company());
        exchange.setVariable("company", delivery.companySlug());
        exchange.setVariable("trigger", body instanceof Map ? delivery.triggerEvent() : null);
        exchange.setVariable("bookingUid", delivery.bookingUid());
        exchange.setVariable("bodyHash", delivery.hash());
        return exchange;
    }

    private static Object bodyOf(Inbox.Claimed delivery) {
        try {
            return Json.MAPPER.readValue(delivery.body(), JSON_OBJECT);
        } catch (IOException | RuntimeException e) {
            return new String(delivery.body(), StandardCharsets.UTF_8);
        }
    }
}
