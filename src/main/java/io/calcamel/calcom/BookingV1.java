package io.calcamel.calcom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Bookings in API v1's form: the body of {@code POST /v1/bookings}, and the row of the database that it answers with. */
final class BookingV1 {

    /** The locations of API v2 by their names inside Cal.com. */
    private static final Map<String, String> LOCATIONS = Map.of("address", "inPerson", "link", "link", "phone", "userPhone",
            "organizersDefaultApp", "conferencing", "attendeePhone", "phone", "attendeeAddress", "attendeeInPerson",
            "attendeeDefined", "somewhereElse");
    private static final Map<String, String> INTEGRATIONS = Map.of("cal-video", "integrations:daily", "google-meet", "integrations:google:meet",
            "zoom", "integrations:zoom", "office365-video", "integrations:office365_video");

    private BookingV1() {
    }

    /** Here the answers hold name, address and place, and metadata and language must be there. */
    static ObjectNode body(NewBooking booking) {
        NewBooking.Attendee booker = booking.attendee();
        ObjectNode responses = BookingBodies.withoutNulls(booking.responses());
        BookingBodies.put(responses, "name", booker.name());
        BookingBodies.put(responses, "email", booker.email());
        BookingBodies.put(responses, "attendeePhoneNumber", booker.phoneNumber());
        if (booking.location() != null && booking.location().isObject()) {
            responses.set("location", location(booking.location()));
        }
        ObjectNode body = JsonNodeFactory.instance.objectNode()
                .put("eventTypeId", booking.eventTypeId())
                .put("start", BookingBodies.time(booking.start()));
        if (booking.lengthInMinutes() != null) {
            body.put("end", BookingBodies.time(booking.start().plus(Duration.ofMinutes(booking.lengthInMinutes()))));
        }
        body.put("timeZone", booker.timeZone()).put("language", booker.language() == null ? "en" : booker.language());
        body.set("responses", responses);
        body.set("metadata", BookingBodies.metadata(booking.metadata()));
        return body;
    }

    /** The same booking with another start, and the one that it replaces. The reason is an answer here. */
    static ObjectNode body(BookingMove move) {
        ObjectNode body = body(move.again().at(move.start()));
        BookingBodies.put(body, "rescheduleUid", move.uid());
        BookingBodies.put(body, "rescheduledBy", move.rescheduledBy());
        BookingBodies.put((ObjectNode) body.get("responses"), "rescheduleReason", move.reason());
        return body;
    }

    private static ObjectNode location(JsonNode given) {
        String type = given.path("type").asText();
        String value = type.equals("integration") ? INTEGRATIONS.get(given.path("integration").asText()) : LOCATIONS.get(type);
        if (value == null) {
            throw new CalcomException(CalcomError.UNSUPPORTED, "API v1 has no name for this location; this company's server is asked in v1.");
        }
        String said = given.path("phone").asText(given.path("address").asText(given.path("location").asText("")));
        return JsonNodeFactory.instance.objectNode().put("value", value).put("optionValue", said);
    }

    /** The booking is the whole answer; Cal.com's documentation has it in {@code booking}. */
    static CalcomBooking read(CalcomAnswer answer) {
        Shape whole = Shape.of(answer).object();
        return read(whole.node().has("booking") ? whole.at("booking") : whole);
    }

    static CalcomBooking read(Shape booking) {
        booking.object();
        return new CalcomBooking(booking.at("id").number(), booking.at("uid").text(), booking.at("status").text().toLowerCase(Locale.ROOT),
                booking.at("startTime").instant(), booking.at("endTime").instant(), booking.at("title").textOrNull(),
                booking.at("eventTypeId").numberOrNull(), booking.at("location").textOrNull(), booking.at("user").at("email").textOrNull(),
                attendees(booking), booking.at("responses").treeOrNull(), booking.at("metadata").treeOrNull(),
                booking.at("fromReschedule").textOrNull(), null, booking.at("recurringEventId").textOrNull(),
                booking.at("seatReferenceUid").textOrNull(), booking.at("cancellationReason").textOrNull(),
                booking.at("createdAt").instantOrNull(), booking.at("updatedAt").instantOrNull());
    }

    /** Where a booking is read, phone numbers are among the answers only. */
    private static List<CalcomBooking.Attendee> attendees(Shape booking) {
        return booking.at("attendees").list(attendee -> new CalcomBooking.Attendee(attendee.at("name").textOrNull(), attendee.at("email").textOrNull(),
                attendee.at("phoneNumber").isText() ? attendee.at("phoneNumber").textOrNull() : DialectV2.ownPhone(attendee, booking.at("responses")), attendee.at("timeZone").textOrNull(), attendee.at("locale").textOrNull(),
                attendee.at("noShow").flag(), null, null));
    }
}
