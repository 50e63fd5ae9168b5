package io.calcamel.booking;

import io.calcamel.http.Problem;
import java.time.Instant;
import java.util.Locale;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * What tells a repeated request from a new one, within a company.
 *
 * @param text      the key
 * @param isDerived whether it is made of the booking, since the caller gave none
 */
public record IntentKey(String text, boolean isDerived) {

    private static final int LONGEST = 255;

    /**
     * A caller's own key.
     *
     * @param text the value of {@code Idempotency-Key}
     * @return the key
     * @throws Problem 400 {@code bad_parameter} where it is empty, or too long for an index of PostgreSQL
     */
    public static IntentKey given(String text) {
        if (text.isBlank() || text.length() > LONGEST) {
            throw Problem.badParameter("Idempotency-Key", "is empty or longer than " + LONGEST + " characters.", "Send a UUID, a new one for each booking.");
        }
        return new IntentKey(text, false);
    }

    /**
     * The key of a booking whose caller gave none: the same person, event type and start are the same booking, however the
     * address or number is written and whatever else the request says. Without both address and number all are the same,
     * which Cal.com refuses to book anyway.
     *
     * @param company     the company
     * @param eventTypeId Cal.com's id of the event type
     * @param start       when it starts
     * @param email       the attendee's; may be null
     * @param phoneNumber the attendee's; may be null
     * @return the key
     */
    public static IntentKey derived(int company, long eventTypeId, Instant start, String email, String phoneNumber) {
        return derived(company, eventTypeId, start, email, phoneNumber, "");
    }

    /** As {@link #derived(int, long, Instant, String, String)}, of a booking that is repeated so. */
    static IntentKey derived(int company, long eventTypeId, Instant start, String email, String phoneNumber, String recurrence) {
        return derived(company, String.valueOf(eventTypeId), start, email, phoneNumber, recurrence);
    }

    /** As {@link #derived(int, long, Instant, String, String)}, of a booking by branch and name, whichever event type is chosen. */
    static IntentKey derived(int company, int branch, String name, Instant start, String email, String phoneNumber, String recurrence) {
        return derived(company, "branch " + branch + "\n" + name.strip().toLowerCase(Locale.ROOT), start, email, phoneNumber, recurrence);
    }

    private static IntentKey derived(int company, String what, Instant start, String email, String phoneNumber, String recurrence) {
        String person = address(email) + "\n" + number(phoneNumber);
        return new IntentKey("derived-" + DigestUtils.sha256Hex(company + "\n" + what + "\n" + start + "\n" + person + "\n" + recurrence), true);
    }

    /**
     * The key of a change whose caller gave none: the same change of the same booking.
     *
     * @param company the company
     * @param kind    what is wanted
     * @param uid     the booking that it is wanted of
     * @param request what is asked for
     * @return the key
     */
    public static IntentKey derived(int company, Intent.Kind kind, String uid, String request) {
        return new IntentKey("derived-" + DigestUtils.sha256Hex(company + "\n" + kind + "\n" + uid + "\n" + request), true);
    }

    private static String address(String email) {
        return email == null ? "" : email.strip().toLowerCase(Locale.ROOT);
    }

    private static String number(String phoneNumber) {
        return phoneNumber == null ? "" : phoneNumber.replaceAll("[^0-9+]", "").replaceFirst("^00", "+");
    }
}
