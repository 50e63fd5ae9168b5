package io.calcamel.company;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;

/**
 * Writes down which webhook secret signed last: every few seconds, and beside the delivery, which does not wait for it. By that
 * it is known when a secret can be let go of, and whether a company's webhooks have gone quiet.
 */
final class SecretUse {

    private static final Logger LOG = LoggerFactory.getLogger(SecretUse.class);
    private static final long BETWEEN = Duration.ofSeconds(5).toNanos();

    private final CompanyStore store;
    private final ExecutorService writer;
    /** By secret, of which a company has two. */
    private final Map<String, Long> writtenAt = new ConcurrentHashMap<>();

    /**
     * @param store  where it is written
     * @param writer the thread that writes
     */
    SecretUse(CompanyStore store, ExecutorService writer) {
        this.store = store;
        this.writer = writer;
    }

    /** Has it written that a secret signed now. Does not wait, and never fails. */
    void note(int company, WebhookSecret secret) {
        String key = company + " " + secret.fingerprint();
        long now = System.nanoTime();
        Long before = writtenAt.get(key);
        boolean isDue = before == null ? writtenAt.putIfAbsent(key, now) == null : now - before > BETWEEN && writtenAt.replace(key, before, now);
        if (isDue) {
            try {
                writer.execute(() -> write(company, secret));
            } catch (RejectedExecutionException e) {
                LOG.debug("The hub stops: that a webhook secret of company {} signed is not written down", company);
            }
        }
    }

    private void write(int company, WebhookSecret secret) {
        try {
            store.signed(company, secret);
        } catch (DataAccessResourceFailureException e) {
            LOG.debug("The database is away: that a webhook secret of company {} signed is written down another time", company);
        } catch (DataAccessException e) {
            LOG.warn("That a webhook secret of company {} signed could not be written down: {}", company, e.getMessage());
        }
    }
}
