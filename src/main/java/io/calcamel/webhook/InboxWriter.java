package io.calcamel.webhook;

import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.commons.codec.digest.DigestUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.NestedExceptionUtils;

/**
 * "Store": commits deliveries to the inbox, those that arrive together with one insert (group commit), since the wait
 * for the disk is the same for one row as for hundreds. The exchange goes on once its row is durable.
 *
 * <p>Bounded by deliveries and by bytes. When full, and when the database can't take them in time, the exchange fails with
 * {@link InboxUnavailable}, and the route sees to it that they are kept elsewhere.
 */
public final class InboxWriter extends AsyncProcessorSupport {

    private static final int LONGEST_COLUMN = 200;
    private static final long LOOK_EVERY_MILLIS = 50;
    /** After trouble, so long is nothing sent from the spool to a database that may not be able to take it. */
    private static final Duration CALM = Duration.ofSeconds(1);
    private static final Logger LOG = LoggerFactory.getLogger(InboxWriter.class);

    /**
     * @param queueDeliveries deliveries that may wait
     * @param queueBytes      bytes of bodies that may wait or be under way
     * @param batchDeliveries deliveries committed together at most
     * @param writers         commits under way at the same time
     * @param commitTimeout   how long a delivery may wait until it is stored
     */
    public record Settings(int queueDeliveries, long queueBytes, int batchDeliveries, int writers, Duration commitTimeout) {
    }

    /** A delivery that waits; it is answered once, by whoever comes first: the commit, or the end of patience. */
    private record Waiting(Inbox.Incoming delivery, Exchange exchange, AsyncCallback callback, long since, AtomicBoolean answered) {
    }

    private final Inbox inbox;
    private final Settings settings;
    private final BooleanSupplier isDatabaseThere;
    private final Runnable afterCommit;
    private final BlockingQueue<Waiting> queue;
    private final Set<Waiting> unanswered = ConcurrentHashMap.newKeySet();
    private final AtomicLong heldBytes = new AtomicLong();
    private final List<Thread> writers = new ArrayList<>();
    private final Thread watcher = new Thread(this::watch, "inbox-watch");
    private volatile long lastTrouble = System.nanoTime() - CALM.toNanos();
    /** It kept a delivery waiting in vain and has stored none since: one at a time tries, the others hold no thread meanwhile. */
    private volatile boolean isStuck;
    private volatile boolean running;

    InboxWriter(Inbox inbox, Settings settings, BooleanSupplier isDatabaseThere, Runnable afterCommit) {
        this.inbox = inbox;
        this.settings = settings;
        this.isDatabaseThere = isDatabaseThere;
        this.afterCommit = afterCommit;
        this.queue = new ArrayBlockingQueue<>(settings.queueDeliveries());
    }

    /**
     * Expects the body's bytes and the variables of {@link DeliveryReceive}; sets {@code deliveryId} and
     * {@code duplicate}. Fails the exchange with {@link InboxUnavailable}; with {@link DeliveryRefused} where it is this delivery
     * that the database does not take.
     */
    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        Waiting waiting = new Waiting(new Inbox.Incoming(exchange.getVariable("companyId", Integer.class), DeliveryHead.of(body),
                column(exchange.getVariable("contentType", String.class)), column(exchange.getVariable("webhookVersion", String.class)),
                body, DigestUtils.sha256(body), exchange.getVariable("receivedAt", Instant.class)), exchange, callback, System.nanoTime(), new AtomicBoolean());
        boolean isAway = !isDatabaseThere.getAsBoolean();
        if (isAway || isStuck && !unanswered.isEmpty()) {
            lastTrouble = System.nanoTime();
            exchange.setException(new InboxUnavailable(isAway ? "The database is away." : "The database takes too long."));
            callback.done(true);
            return true;
        }
        unanswered.add(waiting);
        if (heldBytes.addAndGet(body.length) > settings.queueBytes() || !running || !queue.offer(waiting)) {
            heldBytes.addAndGet(-body.length);
            if (!isFirstToAnswer(waiting)) {
                return false;
            }
            exchange.setException(new InboxUnavailable("More deliveries wait to be stored than the hub holds."));
            callback.done(true);
            return true;
        }
        return false;
    }

    /** Whether it is worth while to store what has waited elsewhere. */
    boolean isCalm() {
        return running && isDatabaseThere.getAsBoolean() && System.nanoTime() - lastTrouble > CALM.toNanos()
                && queue.size() < settings.queueDeliveries() / 2;
    }

    /** Begins to store. The hub calls it, not a route, so that reloading a route disturbs no delivery. */
    void startWriting() {
        running = true;
        for (int i = 1; i <= settings.writers(); i++) {
            Thread writer = new Thread(this::write, "inbox-writer-" + i);
            writers.add(writer);
            writer.start();
        }
        watcher.start();
    }

    /** Stores what waits, then ends: what was taken in is answered. */
    void stopWriting() throws InterruptedException {
        running = false;
        for (Thread writer : writers) {
            writer.join(settings.commitTimeout().toMillis());
        }
        writers.clear();
        watcher.interrupt();
        watcher.join(settings.commitTimeout().toMillis());
    }

    private void write() {
        List<Waiting> batch = new ArrayList<>(settings.batchDeliveries());
        while (running || !queue.isEmpty()) {
            try {
                Waiting first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, settings.batchDeliveries() - 1);
                    store(batch.stream().filter(waiting -> !waiting.answered().get()).toList());
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException | Error e) {
                // Without its thread nothing would ever be stored again.
                LOG.error("Deliveries could not be stored, and wait for their time-out: {}", Reason.of(e));
            } finally {
                batch.forEach(waiting -> heldBytes.addAndGet(-waiting.delivery().body().length));
                batch.clear();
            }
        }
    }

    /** Answers those that the database keeps waiting: the commit they wait for may come or not, and a sender goes away. */
    private void watch() {
        while (true) {
            try {
                TimeUnit.MILLISECONDS.sleep(LOOK_EVERY_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
            boolean isAway = !isDatabaseThere.getAsBoolean();
            for (Waiting waiting : unanswered) {
                if (isAway || System.nanoTime() - waiting.since() > settings.commitTimeout().toNanos()) {
                    lastTrouble = System.nanoTime();
                    isStuck = !isAway;
                    fail(waiting, new InboxUnavailable(isAway ? "The database is away." : "The database takes too long."));
                }
            }
        }
    }

    /** Stores the batch, or those of it that can be stored; when it returns, each has been answered. */
    private void store(List<Waiting> batch) {
        if (batch.isEmpty()) {
            return;
        }
        try {
            List<Inbox.Stored> stored = inbox.store(batch.stream().map(Waiting::delivery).toList());
            isStuck = false;
            afterCommit.run();
            for (int i = 0; i < stored.size(); i++) {
                acknowledge(batch.get(i), stored.get(i));
            }
        } catch (RuntimeException | Error e) {
            boolean isOfARow = isOfClass(e, "22", "23", "54");
            if (batch.size() > 1 && (isOfARow || isOfClass(e, "40"))) {
                // One row that the database can't take must not cost the others theirs, nor a deadlock over a repeated one.
                batch.forEach(one -> store(List.of(one)));
            } else if (isOfARow) {
                LOG.error("A delivery was refused by the database: {}", Reason.of(e));
                fail(batch.get(0), new DeliveryRefused(Reason.of(e)));
            } else {
                lastTrouble = System.nanoTime();
                LOG.warn("{} deliveries could not be stored: {}", batch.size(), Reason.of(e));
                batch.forEach(waiting -> fail(waiting, new InboxUnavailable(Reason.of(e))));
            }
        }
    }

    /**
     * Classes of SQLSTATE (PostgreSQL's appendix A): 22, 23 and 54 are about what a row says, 40 is about others that were in its
     * way; all else would befall any row.
     */
    private static boolean isOfClass(Throwable failure, String... classes) {
        String state = NestedExceptionUtils.getMostSpecificCause(failure) instanceof SQLException sql ? String.valueOf(sql.getSQLState()) : "";
        return Stream.of(classes).anyMatch(state::startsWith);
    }

    /** A fault in the rest of one sender's route is not the others', whose deliveries are stored as well. */
    private void acknowledge(Waiting waiting, Inbox.Stored stored) {
        if (isFirstToAnswer(waiting)) {
            waiting.exchange().setVariable("deliveryId", stored.id());
            waiting.exchange().setVariable("duplicate", stored.duplicate());
            goOn(waiting);
        }
    }

    private void fail(Waiting waiting, InboxUnavailable failure) {
        if (isFirstToAnswer(waiting)) {
            waiting.exchange().setException(failure);
            goOn(waiting);
        }
    }

    private boolean isFirstToAnswer(Waiting waiting) {
        unanswered.remove(waiting);
        return waiting.answered().compareAndSet(false, true);
    }

    private static void goOn(Waiting waiting) {
        try {
            waiting.callback().done(false);
        } catch (RuntimeException | Error e) {
            LOG.error("A delivery's sender could not be answered: {}", Reason.of(e));
        }
    }

    /** Header text that fits a column: PostgreSQL takes no NUL. */
    private static String column(String header) {
        String text = header == null ? "" : header.replace("\u0000", "");
        return text.isEmpty() ? null : text.substring(0, Math.min(text.length(), LONGEST_COLUMN));
    }
}
