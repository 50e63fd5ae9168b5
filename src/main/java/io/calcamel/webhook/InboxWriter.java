package io.calcamel.webhook;

import io.calcamel.company.Company;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.commons.codec.digest.DigestUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.BadSqlGrammarException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.transaction.TransactionException;

/**
 * "Store": commits deliveries to the inbox, those that arrive together with one insert (group commit), since the wait
 * for the disk is the same for one row as for hundreds. The exchange goes on once its row is durable.
 *
 * <p>Bounded by deliveries and by bytes; when full, and when the database does not answer in time, the sender gets 503.
 */
public final class InboxWriter extends AsyncProcessorSupport {

    private static final int LONGEST_COLUMN = 200;
    private static final int PAUSE_MILLIS = 50;
    private static final Logger LOG = LoggerFactory.getLogger(InboxWriter.class);

    /**
     * @param queueDeliveries deliveries that may wait
     * @param queueBytes      bytes of bodies that may wait or be under way
     * @param batchDeliveries deliveries committed together at most
     * @param writers         commits under way at the same time
     * @param commitTimeout   how long a delivery may wait for its turn
     */
    public record Settings(int queueDeliveries, long queueBytes, int batchDeliveries, int writers, Duration commitTimeout) {
    }

    private record Waiting(Inbox.Incoming delivery, Exchange exchange, AsyncCallback callback, long since) {
    }

    private final Inbox inbox;
    private final Settings settings;
    private final Runnable afterCommit;
    private final BlockingQueue<Waiting> queue;
    private final AtomicLong heldBytes = new AtomicLong();
    private final List<Thread> writers = new ArrayList<>();
    private volatile boolean running;

    InboxWriter(Inbox inbox, Settings settings, Runnable afterCommit) {
        this.inbox = inbox;
        this.settings = settings;
        this.afterCommit = afterCommit;
        this.queue = new ArrayBlockingQueue<>(settings.queueDeliveries());
    }

    /**
     * Expects the body's bytes and the variables of {@link DeliveryReceive}; sets {@code deliveryId} and
     * {@code duplicate}. Fails the exchange with 503 {@code inbox_full} or {@code inbox_unavailable}.
     */
    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
        byte[] body = exchange.getMessage().getBody(byte[].class);
        Waiting waiting = new Waiting(new Inbox.Incoming(exchange.getVariable("company", Company.class).id(), DeliveryHead.of(body),
                column(exchange.getVariable("contentType", String.class)), column(exchange.getVariable("webhookVersion", String.class)),
                body, DigestUtils.sha256(body)), exchange, callback, System.nanoTime());
        if (heldBytes.addAndGet(body.length) > settings.queueBytes() || !running || !queue.offer(waiting)) {
            heldBytes.addAndGet(-body.length);
            exchange.setException(new Problem(503, "inbox_full", "More deliveries wait to be stored than the hub holds", null,
                    "Send it again in a moment."));
            callback.done(true);
            return true;
        }
        return false;
    }

    /** Begins to store. The hub calls it, not a route, so that reloading a route disturbs no delivery. */
    void startWriting() {
        running = true;
        for (int i = 1; i <= settings.writers(); i++) {
            Thread writer = new Thread(this::write, "inbox-writer-" + i);
            writers.add(writer);
            writer.start();
        }
    }

    /** Stores what waits, then ends: what was taken in is answered. */
    void stopWriting() throws InterruptedException {
        running = false;
        for (Thread writer : writers) {
            writer.join(settings.commitTimeout().toMillis());
        }
        writers.clear();
    }

    private void write() {
        List<Waiting> batch = new ArrayList<>(settings.batchDeliveries());
        while (running || !queue.isEmpty()) {
            try {
                Waiting first = queue.poll(100, TimeUnit.MILLISECONDS);
                if (first != null) {
                    batch.add(first);
                    queue.drainTo(batch, settings.batchDeliveries() - 1);
                    store(batch);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } finally {
                batch.forEach(waiting -> heldBytes.addAndGet(-waiting.delivery().body().length));
                batch.clear();
            }
        }
    }

    /** Stores the batch, or those of it that can be stored; when it returns, each has been answered. */
    private void store(List<Waiting> batch) {
        List<Waiting> waiting = inTime(batch);
        while (!waiting.isEmpty()) {
            try {
                List<Inbox.Stored> stored = inbox.store(waiting.stream().map(Waiting::delivery).toList());
                afterCommit.run();
                for (int i = 0; i < stored.size(); i++) {
                    acknowledge(waiting.get(i), stored.get(i));
                }
                return;
            } catch (DataIntegrityViolationException | ConcurrencyFailureException | BadSqlGrammarException | UncategorizedSQLException e) {
                if (waiting.size() > 1) {
                    // One row that the database can't take must not cost the others theirs, nor a deadlock over a repeated one.
                    waiting.forEach(one -> store(List.of(one)));
                    return;
                }
                if (!(e instanceof ConcurrencyFailureException)) {
                    refuse(waiting.get(0), e);
                    return;
                }
            } catch (DataAccessException | TransactionException e) {
                LOG.warn("{} deliveries wait for the database: {}", waiting.size(), Reason.of(e));
                pause();
            } catch (RuntimeException | Error e) {
                waiting.forEach(one -> refuse(one, e));
                return;
            }
            waiting = inTime(waiting);
        }
    }

    /** Those that have not waited too long; the others' senders get 503. */
    private List<Waiting> inTime(List<Waiting> batch) {
        Map<Boolean, List<Waiting>> tooLate = batch.stream()
                .collect(Collectors.partitioningBy(waiting -> System.nanoTime() - waiting.since() > settings.commitTimeout().toNanos()));
        tooLate.get(true).forEach(this::refuse);
        return tooLate.get(false);
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A fault in the rest of one sender's route is not the others', whose deliveries are stored as well. */
    private static void acknowledge(Waiting waiting, Inbox.Stored stored) {
        try {
            waiting.exchange().setVariable("deliveryId", stored.id());
            waiting.exchange().setVariable("duplicate", stored.duplicate());
            waiting.callback().done(false);
        } catch (RuntimeException e) {
            LOG.error("Delivery {} is stored, and could not be acknowledged: {}", stored.id(), Reason.of(e));
        }
    }

    private void refuse(Waiting waiting, Throwable cause) {
        LOG.error("A delivery could not be stored and its sender got 503: {}", Reason.of(cause));
        refuse(waiting);
    }

    private void refuse(Waiting waiting) {
        waiting.exchange().setException(new Problem(503, "inbox_unavailable", "The delivery could not be stored", null,
                "Send it again in a moment."));
        waiting.callback().done(false);
    }

    /** Header text that fits a column: PostgreSQL takes no NUL. */
    private static String column(String header) {
        String text = header == null ? "" : header.replace("\u0000", "");
        return text.isEmpty() ? null : text.substring(0, Math.min(text.length(), LONGEST_COLUMN));
    }
}
