package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.eventtype.BranchEventTypes;
import io.calcamel.eventtype.EventTypes;
import io.calcamel.http.Problem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the body of {@code POST /api/bookings} asks for by branch and name: a booking with whichever of these event types is free.
 *
 * @param key          of a caller who gave none
 * @param first        the request, as it is with the first of the event types
 * @param eventTypeIds those that take it as it is, by Cal.com's ids
 */
record AnyRequest(IntentKey key, BookingRequest first, List<Long> eventTypeIds) {

    /**
     * @param company    whose booking it is
     * @param body       the body
     * @param eventTypes the synced event types
     * @param defaults   what is believed of an attendee of whom the body does not say it
     * @return what is asked for; empty where the body names an event type, or nothing. A name without a branch beside an event type
     *         is no matter of ours, as are other fields that are not known
     * @throws Problem 400 {@code bad_parameter}, 404 {@code branch_not_found} or {@code event_type_not_found}; what the first event
     *                 type does not take, where none takes it
     */
    static Optional<AnyRequest> read(int company, JsonNode body, EventTypes eventTypes, AttendeeDefaults defaults) {
        boolean hasEventType = body.hasNonNull("eventTypeId");
        if (hasEventType && body.hasNonNull("name") && body.hasNonNull("branch")) {
            throw Problem.badParameter("name", "was given together with eventTypeId.",
                    "Send one of them; name is that of the event types of a branch. The attendee's is attendee.name.");
        }
        if (hasEventType || !body.hasNonNull("name")) {
            requireBranch(company, body, eventTypes);
            return Optional.empty();
        }
        String name = required(body, "name", "Send the title of an event type of the branch, or its slug.");
        String branch = required(body, "branch", "A name means something at a branch: send its slug with it, or eventTypeId instead of both.");
        BranchEventTypes.Offer offer = eventTypes.branches().offered(company, branch, name);
        List<BookingRequest> taking = taking(company, body, offer, eventTypes, defaults);
        BookingRequest first = taking.get(0);
        Caller caller = first.checked().caller();
        return Optional.of(new AnyRequest(IntentKey.derived(company, offer.branch(), name, first.start(), caller.email(), caller.phoneNumber(),
                String.valueOf(first.recurrence())), first,
                taking.stream().map(request -> request.type().id()).toList()));
    }

    /** Asked when the request is taken, and not again: what was accepted is booked, also where the branch is renamed meanwhile. */
    private static void requireBranch(int company, JsonNode body, EventTypes eventTypes) {
        String branch = text(body, "branch");
        if (branch != null && eventTypes.branches().slug(company, branch).isEmpty()) {
            throw BranchEventTypes.noBranch();
        }
    }

    /** Event types of one name can ask different questions: those whose questions are answered will do. */
    private static List<BookingRequest> taking(int company, JsonNode body, BranchEventTypes.Offer offer, EventTypes eventTypes, AttendeeDefaults defaults) {
        List<BookingRequest> taking = new ArrayList<>();
        Problem refusal = null;
        for (long eventType : offer.eventTypes()) {
            try {
                taking.add(BookingRequest.read(company, body, eventType, eventTypes, defaults));
            } catch (Problem problem) {
                refusal = refusal == null ? problem : refusal;
            }
        }
        if (taking.isEmpty()) {
            throw refusal;
        }
        return taking;
    }

    private static String required(JsonNode body, String name, String hint) {
        String text = text(body, name);
        if (text == null) {
            throw Problem.badParameter(name, "is missing or no text.", hint);
        }
        return text;
    }

    /** A text or a whole number of the body; null where there is none, or a blank one. */
    static String text(JsonNode body, String name) {
        JsonNode given = body.path(name);
        boolean isText = given.isTextual() || given.isIntegralNumber();
        return isText && !given.asText().isBlank() && given.asText().indexOf(0) < 0 ? given.asText().strip() : null;
    }
}
