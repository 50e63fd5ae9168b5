package io.calcamel.webhook;

import io.calcamel.privacy.RetentionRun;
import java.time.Instant;
import java.util.function.IntSupplier;
import org.apache.camel.Variable;

/**
 * Deletes old deliveries: the bean {@code deliveryRetention}. Never one that is still to be applied. One that is sent again after that
 * is a new one; Cal.com sends none twice after months.
 */
public final class DeliveryRetention {

    private final Inbox inbox;

    DeliveryRetention(Inbox inbox) {
        this.inbox = inbox;
    }

    /** @param run what is old */
    public void prune(@Variable(RetentionRun.VARIABLE) RetentionRun run) {
        run.deliveriesBefore().ifPresent(before -> run.delete("deliveries", batch(before, "applied", "ignored", "unrecognised")));
        run.deadBefore().ifPresent(before -> run.delete("dead", batch(before, "dead")));
    }

    private IntSupplier batch(Instant before, String... statuses) {
        return () -> inbox.delete(before, RetentionRun.BATCH, statuses);
    }
}
