package io.calcamel.privacy;

import io.calcamel.http.Json;
import java.time.Duration;
import java.time.Instant;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Deleting what is older than it may be: the first and the last step of route {@code retention-schedule}, bean {@code retention}. */
public final class Retention {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

    private final JdbcClient db;
    private final Settings settings;

    /**
     * How long each is kept; null for good.
     *
     * @param deliveries   deliveries, from when they were settled
     * @param dead         dead letters, from when they were given up
     * @param appointments appointments with their bookings, from their end
     * @param syncRuns     reports of syncs, from their end
     */
    public record Settings(Duration deliveries, Duration dead, Duration appointments, Duration syncRuns) {
    }

    /**
     * @param db       the database
     * @param settings how long things are kept
     */
    public Retention(JdbcClient db, Settings settings) {
        this.db = db;
        this.settings = settings;
    }

    /** Begins: sets the variable {@code retention}. */
    public void begin(Exchange exchange) {
        exchange.setVariable(RetentionRun.VARIABLE, new RetentionRun(settings, Instant.now(), () -> exchange.getContext().isStopping()));
    }

    /**
     * Writes down what was deleted, where anything was.
     *
     * @param run what was done
     */
    public void end(@Variable(RetentionRun.VARIABLE) RetentionRun run) {
        if (run.counts().values().stream().anyMatch(count -> count > 0)) {
            db.sql("INSERT INTO retention_run (counts) VALUES (:counts::json)").param("counts", Json.writeColumn(run.counts())).update();
            LOG.info("Deleted because of their age: {}", run.counts());
        }
    }
}
