package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.appointment.WantedAppointment;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Something a caller wants of Cal.com, stored before Cal.com is asked.
 *
 * @param id               its number
 * @param company          whose it is
 * @param kind             what is wanted
 * @param status           how far it is
 * @param stamp            by which its booking is known: the value of {@link #METADATA_KEY} in Cal.com's metadata
 * @param attempt          whoever has it in hand knows this number; it grows when somebody else takes it over
 * @param request          what was asked for
 * @param calcomBookingUid the booking that came of it; null as long as there is none
 * @param appointmentId    our record of it; null as long as there is none
 * @param reply            what the caller was answered; null as long as it is neither done nor refused
 * @param sends            how often Cal.com was asked to do it
 * @param sentAt           when it was asked last; null for never
 * @param settled          whether it is through with what it was asked last: what it does not have now, it won't have
 * @param progress         of a series what is known of its occurrences; null for nothing
 * @param createdAt        when it was begun
 * @param reason           why it waits for a person; null where it does not
 * @param appointmentIds   our records of it; several for a series
 * @param readAt           when all this was so, by the database's clock, which is the same for all nodes
 * @param eventTypeIds     of a booking by branch and name: the event types that it may be made with, the one in hand first; else none
 * @param refusedEventTypeIds of these, those with which it surely is not booked, nor will be
 */
public record Intent(long id, int company, Kind kind, Status status, String stamp, int attempt, JsonNode request, String calcomBookingUid,
        Long appointmentId, Reply reply, int sends, Instant sentAt, boolean settled, JsonNode progress, Instant createdAt,
        String reason, List<Long> appointmentIds, Instant readAt, List<Long> eventTypeIds, List<Long> refusedEventTypeIds) {

    /** The key of the stamp in a booking's metadata. */
    public static final String METADATA_KEY = WantedAppointment.STAMP;

    private static final Duration SHORTEST_WAIT = Duration.ofSeconds(2);
    static final Duration LONGEST_WAIT = Duration.ofMinutes(5);

    /** What is wanted. */
    public enum Kind {

        BOOK, SERIES, RESCHEDULE, CANCEL, CONFIRM, DECLINE;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether it is a change of what is booked. */
        boolean isChange() {
            return this != BOOK && this != SERIES;
        }

        static Kind of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }
    }

    /** How far it is. */
    public enum Status {

        /** Cal.com was not asked. */
        STARTED,
        /** Cal.com was asked, or is about to be. */
        SENT,
        /** Cal.com was asked, and nobody knows what came of it. */
        PENDING,
        /** Cal.com can't be reached; a person may have to do it. */
        MANUAL,
        /** Part of it was done, and is being undone. */
        COMPENSATING,
        /** It happened. */
        DONE,
        /** It did not happen. */
        REFUSED;

        static Status of(String text) {
            return valueOf(text.toUpperCase(Locale.ROOT));
        }

        /** Whether somebody works on it right now, so that it is worth waiting for. */
        boolean isInHand() {
            return this == STARTED || this == SENT || this == COMPENSATING;
        }
    }

    /**
     * Whether Cal.com is through with what it was asked last.
     *
     * @param settle after how long it surely is, without an answer
     */
    boolean isThrough(Duration settle) {
        return settled || sentAt == null || readAt.isAfter(sentAt.plus(settle));
    }

    /** How long to wait before it is seen to again: the longer it has been open, the less often. */
    Duration untilNextLook() {
        Duration wait = Duration.between(createdAt, readAt).dividedBy(4);
        return wait.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
    }

    /** Whether one of several event types is to be chosen, since the caller asked by branch and name. */
    boolean isAny() {
        return !eventTypeIds.isEmpty();
    }

    /** The event type that was chosen; null where the request names it. */
    Long chosenEventTypeId() {
        return isAny() ? eventTypeIds.get(0) : null;
    }

    /** Without personal data. */
    @Override
    public String toString() {
        return "intent " + id + " (" + kind.text() + ", " + status.name().toLowerCase(Locale.ROOT) + ")";
    }
}
