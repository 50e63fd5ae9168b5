package io.calcamel.reconcile;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.calcamel.appointment.BookingComparison.Field;
import java.util.List;

/**
 * A difference, as it is reported: without personal data.
 *
 * @param company     the company's slug
 * @param uid         the booking
 * @param appointment the appointment's id; null where there is none
 * @param kind        {@code missed_webhook}, {@code unknown_here}, {@code gone_there}, {@code drift}
 * @param fields      what differs
 * @param action      {@code repaired}, {@code listed}, {@code would_repair}
 * @param reason      why
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
record ReconcileItem(String company, String uid, Long appointment, String kind, List<Field> fields, String action, String reason) {

    static final String GONE = "gone_there";
    static final String DRIFT = "drift";
    static final String REPAIRED = "repaired";
    static final String LISTED = "listed";
    static final String WOULD_REPAIR = "would_repair";
}
