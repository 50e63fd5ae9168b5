package io.calcamel.appointment;

import java.util.Locale;

/**
 * What a delivery can say about a booking, the weakest first: of all that was said of one uid, the strongest holds
 * (docs/appointments.md, "The status of a booking").
 */
enum Status {
    AWAITING_PAYMENT, REQUESTED, CONFIRMED, RESCHEDULE_REQUESTED, REJECTED, CANCELLED;

    /** The rank as part of a {@link Version}; 0 is left for deliveries that say nothing about the status. */
    int rank() {
        return ordinal() + 1;
    }

    /** The status as the API and the tables spell it. */
    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
