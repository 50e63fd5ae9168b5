package io.calcamel.company;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Writes down when a token was last used: once a minute, and beside the call, which does not wait for a commit. What is
 * lost when the hub ends is at most a minute.
 */
final class TokenUse {

    /** SQL: whether what is written down is no longer true enough. */
    static final String IS_STALE = "coalesce(last_used_at < now() - interval '1 minute', true)";

    private static final Logger LOG = LoggerFactory.getLogger(TokenUse.class);

    private final JdbcClient db;
    private final ExecutorService writer;
    /** Of all the calls that come until it is written, the first one has it written. */
    private final Set<Long> underWay = ConcurrentHashMap.newKeySet();

    /**
     * @param db     the database
     * @param writer the thread that writes
     */
    TokenUse(JdbcClient db, ExecutorService writer) {
        this.db = db;
        this.writer = writer;
    }

    /**
     * Has it written that a token was used now. Does not wait, and never fails: a call is no worse for it.
     *
     * @param token the token's id
     */
    void note(long token) {
        if (underWay.add(token)) {
            try {
                writer.execute(() -> write(token));
            } catch (RejectedExecutionException e) {
                LOG.debug("The hub stops: the use of token {} is not written down", token);
            }
        }
    }

    private void write(long token) {
        try {
            db.sql("UPDATE api_token SET last_used_at = now() WHERE id = :id AND " + IS_STALE).param("id", token).update();
        } catch (DataAccessException e) {
            LOG.warn("The use of token {} could not be written down: {}", token, e.getMessage());
        } finally {
            underWay.remove(token);
        }
    }
}
