package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** A booking as its row in Cal.com's database and the rows that belong to it: what the oldest API version and some deliveries show. */
final class BookingRow {

    private BookingRow() {
    }

    /** @param responses the answers, plain or with labels */
    static ObjectNode of(Booking booking, Booking.Status status, JsonNode responses) {
        return Json.object("id", booking.id, "uid", booking.uid, "idempotencyKey", uuid(booking.uid), "userId", booking.host.id,
                "userPrimaryEmail", booking.host.email, "eventTypeId", booking.eventTypeId, "title", booking.title,
                "description", booking.description == null ? "" : booking.description, "customInputs", Json.object(), "responses", responses,
                "startTime", booking.start, "endTime", booking.end, "location", booking.location, "createdAt", booking.createdAt,
                "updatedAt", booking.updatedAt, "status", status.name(), "paid", false, "destinationCalendarId", null,
                "cancellationReason", emptyAsNull(booking.cancellationReason), "rejectionReason", booking.rejectionReason,
                "reassignReason", null, "reassignById", null, "dynamicEventSlugRef", null, "dynamicGroupSlugRef", null,
                "rescheduled", booking.toUid == null ? null : true, "fromReschedule", booking.fromUid, "recurringEventId", booking.seriesUid,
                "smsReminderNumber", null, "scheduledJobs", Json.array(), "metadata", metadata(booking), "isRecorded", false,
                "iCalUID", booking.icsUid, "iCalSequence", booking.icsSequence, "rating", null, "ratingFeedback", null,
                "noShowHost", booking.hostAbsent, "oneTimePassword", null, "cancelledBy", null, "rescheduledBy", booking.rescheduledBy,
                "creationSource", "API_V2",
                "user", Json.object("uuid", uuid(booking.host), "email", booking.host.email, "name", booking.host.name,
                        "timeZone", booking.host.timeZone, "username", booking.host.username, "isPlatformManaged", false),
                "attendees", booking.attendees.stream().map(attendee -> attendee(attendee, booking)).toList(),
                "payment", Json.array(), "references", Json.array(), "userUuid", uuid(booking.host));
    }

    static ObjectNode attendee(Attendee attendee, Booking booking) {
        return Json.object("id", attendee.id, "email", attendee.email, "name", attendee.name, "timeZone", attendee.timeZone,
                "phoneNumber", attendee.phoneNumber, "locale", attendee.language, "bookingId", booking.id, "noShow", attendee.absent);
    }

    /** What the caller has given, and the page of the video call. */
    static ObjectNode metadata(Booking booking) {
        ObjectNode metadata = booking.metadata.deepCopy();
        if (booking.videoUrl != null) {
            metadata.put("videoCallUrl", booking.videoUrl);
        }
        return metadata;
    }

    static String emptyAsNull(String text) {
        return text == null || text.isEmpty() ? null : text;
    }

    private static String uuid(Account account) {
        return uuid("account " + account.id);
    }

    private static String uuid(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).toString();
    }
}
