package io.calcamel.reconcile;

import java.time.Instant;

/**
 * What a run is asked to do.
 *
 * @param company whose bookings, by id
 * @param cause   who asks
 * @param scope   how far it looks
 * @param since   bookings that were made or changed then or later are compared; null for none of these
 * @param from    bookings that start then or later are compared; null for none of these
 * @param to      as long as they start before; null for no end
 * @param dryRun  whether only to say what differs
 */
record ReconcileRequest(int company, Cause cause, Scope scope, Instant since, Instant from, Instant to, boolean dryRun) {

    /** Who asks. */
    enum Cause {
        SCHEDULE, START, COMMAND
    }

    /** How far a run looks. */
    enum Scope {
        CHANGES, NEAR, FAR, WINDOW
    }
}
