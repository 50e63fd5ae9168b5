package io.calcamel.calcom;

import java.util.Locale;

/** Everything that can go wrong with Cal.com, as callers of this hub are told it. Closed: a new one is a change of the API. */
public enum CalcomError {

    SLOT_TAKEN(409, "The slot is taken", "Ask for availability again and offer another start."),
    NO_SEATS_LEFT(409, "All seats of this start are taken", "Ask for availability again and offer another start."),
    ALREADY_BOOKED(409, "This attendee is in the booking already", null),
    LIMIT_REACHED(409, "A booking limit of the event type is reached", "Offer another day, or raise the limit in Cal.com."),
    OUT_OF_BOUNDS(422, "The start is too soon, too far ahead, or past", "Ask for availability again and offer one of its starts."),
    MISSING_FIELDS(422, "A required answer is missing", "Ask for it, and send it in responses."),
    INVALID_FIELDS(422, "An answer is not one that the event type takes", "The event type's booking fields say what it takes."),
    ATTENDEE_REFUSED(403, "Cal.com does not let this attendee book", "A person has to look at it: the address is blocked, or must be verified first."),
    NOT_BOOKABLE(422, "The event type can't be booked", "A managed parent is booked by its children; a team event type needs hosts."),
    SEAT_REQUIRED(422, "The booking has seats, and none was named", "Send seatUid."),
    REASON_REQUIRED(422, "Cal.com wants a reason", "Send a reason."),

    EVENT_TYPE_NOT_FOUND(404, "Cal.com has no such event type", "Sync the event types again, and use an id that GET /api/event-types lists."),
    BOOKING_NOT_FOUND(404, "Cal.com has no such booking", null),
    SEAT_NOT_FOUND(404, "The booking has no such seat, or it is cancelled", null),
    NOT_FOUND(404, "Cal.com has no such thing", null),

    ALREADY_CANCELLED(409, "The booking is cancelled already", null),
    ALREADY_CONFIRMED(409, "The booking is confirmed already", null),
    BOOKING_ENDED(409, "The booking has ended", null),
    NOT_CANCELLABLE(409, "The event type does not allow cancellations", "A person has to cancel it in Cal.com."),
    NOT_RESCHEDULABLE(409, "The booking can't be rescheduled now", "It is too close to its start, or the event type does not allow it."),
    NOT_A_SERIES(409, "The booking is no occurrence of a series", null),
    TOO_EARLY(409, "The booking has not started yet", null),
    ALREADY_EXISTS(409, "Cal.com has one like this already", "Use another name or address."),

    INVALID_REQUEST(422, "Cal.com does not take this request", "Set calcom.debug, also while the hub runs, and try again: logs/calcom.log shows what was sent and answered."),
    URL_NOT_ALLOWED(422, "Cal.com does not deliver to this address", "Set CALCAMEL_PUBLIC_URL to a public https address: Cal.com's own service takes no other."),
    UNAUTHORIZED(502, "Cal.com refuses the API key", "Check the company's API key: it may be expired, revoked, or of the other region."),
    FORBIDDEN(403, "The API key may not do this in Cal.com", "Use the key of the host, or of a team administrator."),
    UNSUPPORTED(501, "This Cal.com does not have what was asked", "It is an older or another edition; or API v1 is asked where it was shut off."),
    RATE_LIMITED(503, "The rate limit of the API key is used up", "Try again in a minute, or have the limit raised by Cal.com and calcom.budget.* with it."),
    UNEXPECTED_FORMAT(502, "Cal.com answered in a format that this hub does not know", "GET /api/calcom/health tells the API version in use; see calcom.log."),
    UNAVAILABLE(503, "Cal.com can't be reached, or fails", "Try again in a moment; GET /api/calcom/health says more.");

    private final int status;
    private final String title;
    private final String hint;

    CalcomError(int status, String title, String hint) {
        this.status = status;
        this.title = title;
        this.hint = hint;
    }

    /** The stable code, such as {@code slot_taken}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The HTTP status that our caller gets; Cal.com's own can be another. */
    public int status() {
        return status;
    }

    String title() {
        return title;
    }

    String hint() {
        return hint;
    }
}
