package io.calcamel.calcom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;

/** The bodies of API v2's booking calls (2024-08-13), which refuses nulls and every field that it does not know. */
final class BookingBodies {

    private BookingBodies() {
    }

    static ObjectNode create(NewBooking booking) {
        NewBooking.Attendee booker = booking.attendee();
        ObjectNode attendee = object();
        put(attendee, "name", booker.name());
        put(attendee, "email", booker.email());
        put(attendee, "phoneNumber", booker.phoneNumber());
        put(attendee, "timeZone", booker.timeZone());
        put(attendee, "language", booker.language());

        ObjectNode body = object().put("start", time(booking.start())).put("eventTypeId", booking.eventTypeId());
        body.set("attendee", attendee);
        ObjectNode responses = withoutNulls(booking.responses());
        if (!responses.isEmpty()) {
            body.set("bookingFieldsResponses", responses);
        }
        if (booking.location() != null && booking.location().isObject()) {
            body.set("location", booking.location());
        }
        if (booking.metadata() != null && !booking.metadata().isEmpty()) {
            body.set("metadata", metadata(booking.metadata()));
        }
        put(body, "lengthInMinutes", booking.lengthInMinutes());
        put(body, "recurrenceCount", booking.recurrenceCount());
        return body;
    }

    /** A seat's has no reason: {@code RescheduleSeatedBookingInput_2024_08_13} refuses it. */
    static ObjectNode reschedule(BookingMove move) {
        ObjectNode body = object().put("start", time(move.start()));
        put(body, "seatUid", move.seatUid());
        put(body, "rescheduledBy", move.rescheduledBy());
        if (move.seatUid() == null) {
            put(body, "reschedulingReason", move.reason());
        }
        return body;
    }

    static ObjectNode cancel(BookingCancellation cancellation) {
        ObjectNode body = object();
        put(body, "seatUid", cancellation.seatUid());
        put(body, "cancellationReason", cancellation.reason());
        if (cancellation.subsequent()) {
            body.put("cancelSubsequentBookings", true);
        }
        return body;
    }

    static ObjectNode decline(BookingDecline decline) {
        ObjectNode body = object();
        put(body, "reason", decline.reason());
        return body;
    }

    static ObjectNode metadata(Map<String, String> metadata) {
        ObjectNode node = object();
        if (metadata != null) {
            metadata.forEach((key, value) -> put(node, key, value));
        }
        return node;
    }

    static ObjectNode withoutNulls(JsonNode given) {
        ObjectNode some = object();
        if (given != null && given.isObject()) {
            given.properties().stream().filter(field -> !field.getValue().isNull()).forEach(field -> some.set(field.getKey(), field.getValue()));
        }
        return some;
    }

    /** With seconds and no more digits than needed: {@code 2026-12-01T09:00:00Z}. */
    static String time(Instant instant) {
        return instant.truncatedTo(ChronoUnit.MILLIS).toString();
    }

    static void put(ObjectNode body, String name, String value) {
        if (value != null) {
            body.put(name, value);
        }
    }

    private static void put(ObjectNode body, String name, Integer value) {
        if (value != null) {
            body.put(name, value);
        }
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
