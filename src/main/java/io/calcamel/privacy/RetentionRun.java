package io.calcamel.privacy;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;

/**
 * How far the deletion of what is old is: variable {@code retention} of route {@code retention-schedule}. Each module deletes its
 * own, a batch at a time.
 */
public final class RetentionRun {

    /** The variable. */
    public static final String VARIABLE = "retention";
    /** Rows of one statement: none of it is locked for long. */
    public static final int BATCH = 1_000;
    /** In one run; the next goes on. */
    private static final int MOST_BATCHES = 1_000;

    private final Retention.Settings settings;
    private final Instant now;
    private final BooleanSupplier isStopping;
    private final Map<String, Integer> counts = new LinkedHashMap<>();

    RetentionRun(Retention.Settings settings, Instant now, BooleanSupplier isStopping) {
        this.settings = settings;
        this.now = now;
        this.isStopping = isStopping;
    }

    /** Deliveries that were settled before then are deleted; empty for none. */
    public Optional<Instant> deliveriesBefore() {
        return before(settings.deliveries());
    }

    /** Dead letters that were given up before then are deleted; empty for none. */
    public Optional<Instant> deadBefore() {
        return before(settings.dead());
    }

    /** Appointments that ended before then are deleted; empty for none. */
    public Optional<Instant> appointmentsBefore() {
        return before(settings.appointments());
    }

    /** Reports of syncs that ended before then are deleted; empty for none. */
    public Optional<Instant> syncRunsBefore() {
        return before(settings.syncRuns());
    }

    private Optional<Instant> before(Duration kept) {
        return Optional.ofNullable(kept).map(now::minus);
    }

    /**
     * Deletes until nothing is left to delete, or the hub stops.
     *
     * @param what  what is deleted
     * @param batch deletes up to {@link #BATCH} rows and tells how many; fewer when there are no more
     */
    public void delete(String what, IntSupplier batch) {
        int done = BATCH;
        for (int i = 0; i < MOST_BATCHES && done >= BATCH && !isStopping.getAsBoolean(); i++) {
            done = batch.getAsInt();
            counts.merge(what, done, Integer::sum);
        }
    }

    Map<String, Integer> counts() {
        return counts;
    }
}
