package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The payloads of deliveries. Their fields differ from trigger to trigger and from path to path, as Cal.com's do (Cal.com, Webhooks). */
final class WebhookBodies {

    private static final Map<String, String> LABELS = Map.of("name", "your_name", "email", "email_address", "attendeePhoneNumber", "phone_number",
            "location", "location", "title", "what_is_this_meeting_about", "notes", "additional_notes", "guests", "additional_guests",
            "rescheduleReason", "reason_for_reschedule");
    private static final List<String> STANDARD =
            List.of("name", "email", "attendeePhoneNumber", "location", "title", "notes", "guests", "rescheduleReason");
    private static final Set<String> OF_TWO_NAMES = Set.of("splitName", "name");

    private final World world;

    WebhookBodies(World world) {
        this.world = world;
    }

    // Booked

    /** Of a booking that was accepted at once. */
    ObjectNode created(Booking booking, EventType eventType, Attendee seat) {
        ObjectNode payload = start(booking, eventType, seat, false);
        payload.setAll(Json.object("destinationCalendar", null, "iCalUID", booking.icsUid, "iCalSequence", booking.icsSequence,
                "requiresConfirmation", requiresConfirmation(eventType), "oneTimePassword", null, "hashedLink", null,
                "recurringEvent", recurringEvent(booking, eventType), "hideBranding", false, "uid", booking.uid,
                "attendeeSeatId", seat == null ? Json.OMITTED : seat.seatUid));
        addVideo(payload, booking);
        return end(payload, booking, eventType, seat, "ACCEPTED");
    }

    /** Of a booking that replaces another and was accepted at once. */
    ObjectNode rescheduled(Booking booking, EventType eventType, Attendee seat, Booking before, String rescheduleUid, String rescheduledBy) {
        ObjectNode payload = start(booking, eventType, seat, false);
        payload.setAll(Json.object("destinationCalendar", null, "iCalSequence", booking.icsSequence,
                "requiresConfirmation", requiresConfirmation(eventType), "oneTimePassword", null, "hashedLink", null, "hideBranding", false,
                "uid", booking.uid, "rescheduledBy", Json.given(rescheduledBy), "appsStatus", Json.array(),
                "attendeeSeatId", seat == null ? Json.OMITTED : seat.seatUid));
        addVideo(payload, booking);
        payload.setAll(Json.object("eventTitle", eventType.title, "eventDescription", BookingRow.emptyAsNull(eventType.description),
                "price", eventType.option("price"), "currency", eventType.option("currency"), "length", eventType.length, "bookingId", booking.id,
                "rescheduleId", seat == null ? before.id : Json.OMITTED, "rescheduleUid", rescheduleUid,
                "rescheduleStartTime", Json.instantToTheSecond(before.start), "rescheduleEndTime", Json.instantToTheSecond(before.end),
                "metadata", metadata(booking, seat), "status", "ACCEPTED"));
        return payload;
    }

    /** Of a booking that waits for the host. */
    ObjectNode requested(Booking booking, EventType eventType) {
        ObjectNode payload = start(booking, eventType, null, true);
        payload.setAll(Json.object("iCalUID", booking.icsUid, "iCalSequence", booking.icsSequence, "requiresConfirmation", true,
                "oneTimePassword", world.uuid(), "platformClientId", "", "platformRescheduleUrl", "", "platformCancelUrl", "",
                "platformBookingUrl", "", "uid", booking.uid, "organizationId", null, "hideBranding", false, "bookingId", booking.id,
                "hashedLink", null, "status", "PENDING"));
        payload.setAll(about(eventType));
        payload.setAll(Json.object("assignmentReason", Json.array(), "destinationCalendar", null, "metadata", Json.object()));
        return payload;
    }

    /** Of a booking that waits for its payment. */
    ObjectNode paymentInitiated(Booking booking, EventType eventType) {
        return created(booking, eventType, null).put("paymentId", booking.id);
    }

    private ObjectNode start(Booking booking, EventType eventType, Attendee seat, boolean asked) {
        ObjectNode payload = Json.object("bookerUrl", world.webUrl, "title", booking.title,
                "startTime", asked ? Json.instant(booking.start) : Json.instantToTheSecond(booking.start),
                "endTime", asked ? Json.instant(booking.end) : Json.instantToTheSecond(booking.end), "type", eventType.slug,
                "organizer", organizer(booking, true),
                "attendees", seated(booking, seat).stream().map(attendee -> person(attendee, booking, asked)).toList(),
                "additionalNotes", answers(booking, seat).path("notes").asText(""), "description", eventType.description, "eventTypeId", eventType.id,
                "hideCalendarNotes", eventType.is("hideCalendarNotes"), "hideCalendarEventDetails", eventType.is("hideCalendarEventDetails"),
                "hideOrganizerEmail", eventType.is("hideOrganizerEmail"), "schedulingType", EventTypeRow.schedulingType(eventType),
                "seatsPerTimeSlot", eventType.seats() > 0 ? eventType.seats() : null, "seatsShowAttendees", eventType.seats() == 0
                        || eventType.showsAttendees(), "seatsShowAvailabilityCount", true, "customReplyToEmail", null,
                "disableRescheduling", eventType.option("disableRescheduling").path("disabled").asBoolean(),
                "disableCancelling", eventType.option("disableCancelling").path("disabled").asBoolean(), "customInputs", Json.object());
        addResponses(payload, booking, eventType, seat, !asked);
        addTeam(payload, eventType);
        payload.put("location", booking.shownLocation());
        return payload;
    }

    private ObjectNode end(ObjectNode payload, Booking booking, EventType eventType, Attendee seat, String status) {
        payload.setAll(about(eventType));
        payload.setAll(Json.object("bookingId", booking.id, "metadata", metadata(booking, seat), "status", status));
        return payload;
    }

    private static ObjectNode about(EventType eventType) {
        return Json.object("eventTitle", eventType.title, "eventDescription", BookingRow.emptyAsNull(eventType.description),
                "price", eventType.option("price"), "currency", eventType.option("currency"), "length", eventType.length);
    }

    private static void addVideo(ObjectNode payload, Booking booking) {
        if (booking.videoUrl != null) {
            payload.set("videoCallData", Json.object("type", "daily_video", "id", "room-" + booking.id, "password", "sandbox",
                    "url", "https://provider.example/room-" + booking.id));
            payload.set("appsStatus", Json.array(Json.object("appName", "daily-video", "type", "daily_video", "success", 1, "failures", 0,
                    "errors", Json.array())));
        }
    }

    // Decided and ended

    /** Of a booking that the host has confirmed or declined. */
    ObjectNode decided(Booking booking, EventType eventType, String rejectionReason) {
        ObjectNode payload = Json.object("type", eventType.slug, "title", booking.title, "description", eventType.description,
                "bookerUrl", world.webUrl);
        addResponses(payload, booking, eventType, null, false);
        payload.setAll(Json.object("customInputs", Json.object(), "startTime", booking.start, "endTime", booking.end,
                "organizer", organizer(booking, true),
                "attendees", booking.attendees.stream().map(attendee -> personWithPhone(attendee, booking)).toList(),
                "location", booking.location, "uid", booking.uid, "destinationCalendar", Json.array(), "requiresConfirmation", true,
                "hideOrganizerEmail", eventType.is("hideOrganizerEmail"), "hideCalendarNotes", eventType.is("hideCalendarNotes"),
                "hideCalendarEventDetails", eventType.is("hideCalendarEventDetails"), "eventTypeId", eventType.id, "customReplyToEmail", null,
                "seatsPerTimeSlot", null, "seatsShowAttendees", false, "disableCancelling", false, "disableRescheduling", false,
                "organizationId", null, "additionalNotes", booking.description, "assignmentReason", null, "hideBranding", false));
        boolean accepted = booking.status == Booking.Status.ACCEPTED;
        if (!accepted) {
            payload.put("rejectionReason", rejectionReason);
        }
        payload.setAll(about(eventType));
        payload.setAll(Json.object("bookingId", booking.id, "status", booking.status.name(),
                "metadata", !accepted ? Json.OMITTED : booking.videoUrl == null ? Json.object() : Json.object("videoCallUrl", booking.videoUrl)));
        return payload;
    }

    /** @param seat the seat that was given up; null if the whole booking was cancelled */
    ObjectNode cancelled(Booking booking, EventType eventType, Attendee seat, String reason, String cancelledBy, boolean all) {
        ObjectNode payload = Json.object("bookerUrl", world.webUrl, "title", booking.title, "length", eventType.length, "type", eventType.slug,
                "additionalNotes", booking.description, "description", BookingRow.emptyAsNull(eventType.description), "customInputs", Json.object(),
                "eventTypeId", eventType.id);
        addResponses(payload, booking, eventType, seat, false);
        payload.setAll(Json.object("startTime", withOffset(booking.start), "endTime", withOffset(booking.end),
                "organizer", organizer(booking, true),
                "attendees", seated(booking, seat).stream().map(attendee -> personWithPhone(attendee, booking)).toList(),
                "uid", booking.uid, "bookingId", booking.id, "recurringEvent", all ? recurringEvent(booking, eventType) : Json.OMITTED,
                "location", booking.location, "destinationCalendar", Json.array(), "cancellationReason", Json.given(reason),
                "seatsPerTimeSlot", eventType.seats() > 0 ? eventType.seats() : null, "seatsShowAttendees", eventType.showsAttendees(),
                "iCalUID", booking.icsUid, "iCalSequence", booking.icsSequence + 1, "hideOrganizerEmail", eventType.is("hideOrganizerEmail"),
                "customReplyToEmail", null, "schedulingType", EventTypeRow.schedulingType(eventType), "hideBranding", false, "eventTitle", eventType.title,
                "eventDescription", BookingRow.emptyAsNull(eventType.description), "requiresConfirmation", requiresConfirmation(eventType) ? true : null,
                "price", eventType.option("price").asInt() > 0 ? eventType.option("price") : null, "currency", eventType.option("currency"),
                "status", "CANCELLED", "cancelledBy", Json.given(cancelledBy), "requestReschedule", false));
        addTeam(payload, eventType);
        return payload;
    }

    /** Of an attendee who did not come, or did after all. */
    static ObjectNode noShow(Booking booking, List<Attendee> attendees) {
        String who = String.join(", ", attendees.stream().map(attendee -> attendee.email).toList());
        boolean absent = attendees.stream().anyMatch(attendee -> attendee.absent);
        return Json.object("message", who + (absent ? " marked as no-show" : " unmarked as no-show"),
                "attendees", attendees.stream().map(attendee -> Json.object("email", attendee.email, "noShow", attendee.absent)).toList(),
                "bookingUid", booking.uid, "bookingId", booking.id);
    }

    /** Of a start or end that has come: the row as it was when the booking was accepted, not inside a payload. */
    static ObjectNode meeting(Booking booking, EventType eventType) {
        ObjectNode labelled = Json.object();
        addResponses(labelled, booking, eventType, null, true);
        return BookingRow.of(booking, Booking.Status.ACCEPTED, labelled.get("responses"));
    }

    // Parts

    private static List<Attendee> seated(Booking booking, Attendee seat) {
        return seat == null ? booking.attendees : List.of(seat);
    }

    private static ObjectNode answers(Booking booking, Attendee seat) {
        return seat == null ? booking.responses : seat.responses;
    }

    private static ObjectNode metadata(Booking booking, Attendee seat) {
        ObjectNode metadata = (seat == null ? booking.metadata : seat.metadata).deepCopy();
        if (booking.videoUrl != null) {
            metadata.put("videoCallUrl", booking.videoUrl);
        }
        return metadata;
    }

    private static ObjectNode organizer(Booking booking, boolean withFormat) {
        Account host = booking.host;
        return Json.object("id", host.id, "name", host.name, "email", host.email, "username", host.username, "timeZone", host.timeZone,
                "language", Json.object("locale", host.locale), "timeFormat", withFormat ? host.timeFormat == 24 ? "HH:mm" : "h:mma" : Json.OMITTED,
                "utcOffset", offset(host.timeZone, booking.start));
    }

    private static ObjectNode person(Attendee attendee, Booking booking, boolean asked) {
        boolean split = booking.responses.path("name").isObject();
        ObjectNode person = Json.object("email", attendee.email, "name", attendee.name, "phoneNumber",
                asked ? attendee.phoneNumber : Json.given(attendee.phoneNumber), "bookingSeat", asked ? null : Json.OMITTED,
                "firstName", split ? booking.responses.path("name").path("firstName") : "",
                "lastName", split ? booking.responses.path("name").path("lastName") : "");
        person.setAll(zoneAndLanguage(attendee, booking));
        return person;
    }

    private static ObjectNode personWithPhone(Attendee attendee, Booking booking) {
        ObjectNode person = Json.object("name", attendee.name, "email", attendee.email, "phoneNumber", attendee.phoneNumber);
        if (attendee.seatUid != null) {
            person.setAll(Json.object("id", attendee.id, "locale", attendee.language, "bookingId", booking.id, "noShow", attendee.absent));
        }
        person.setAll(zoneAndLanguage(attendee, booking));
        return person;
    }

    private static ObjectNode zoneAndLanguage(Attendee attendee, Booking booking) {
        return Json.object("timeZone", attendee.timeZone, "language", Json.object("locale", attendee.language),
                "utcOffset", offset(attendee.timeZone, booking.start));
    }

    private static int offset(String timeZone, Instant at) {
        ZoneId zone = Check.zone(timeZone).orElseThrow();
        return zone.getRules().getOffset(at).getTotalSeconds() / 60;
    }

    private static String withOffset(Instant instant) {
        return Json.instantToTheSecond(instant).replace("Z", "+00:00");
    }

    private static boolean requiresConfirmation(EventType eventType) {
        return eventType.option("confirmationPolicy").has("type");
    }

    private static Object recurringEvent(Booking booking, EventType eventType) {
        JsonNode recurrence = eventType.option("recurrence");
        if (booking.seriesUid == null || !recurrence.isObject()) {
            return Json.OMITTED;
        }
        int frequency = List.of("yearly", "monthly", "weekly").indexOf(recurrence.path("frequency").asText());
        return Json.object("freq", frequency, "count", recurrence.get("occurrences"), "interval", recurrence.get("interval"));
    }

    private void addTeam(ObjectNode payload, EventType eventType) {
        Team team = eventType.isTeam() ? world.teams.get(eventType.teamId) : null;
        if (team != null) {
            payload.set("team", Json.object("id", team.id, "name", team.name, "members", Json.array()));
        }
    }

    /** @param resolved whether the place itself is told, or only its kind as it was asked for */
    private static void addResponses(ObjectNode payload, Booking booking, EventType eventType, Attendee seat, boolean resolved) {
        ObjectNode answers = answers(booking, seat);
        ObjectNode all = Json.object();
        ObjectNode custom = Json.object();
        for (String slug : STANDARD) {
            JsonNode field = BookingFields.of(eventType, slug);
            boolean hidden = field == null ? slug.equals("attendeePhoneNumber") : field.path("hidden").asBoolean();
            JsonNode value = answers.get(slug.equals("rescheduleReason") ? "rescheduledReason" : slug);
            if (slug.equals("location") && (resolved || value == null)) {
                value = Json.object("value", booking.location, "optionValue", "");
            }
            all.set(slug, Json.object("label", LABELS.get(slug), "value", Json.given(value), "isHidden", hidden));
        }
        for (JsonNode field : eventType.bookingFields) {
            String slug = Json.text(field, "slug");
            if (!STANDARD.contains(slug) && !OF_TWO_NAMES.contains(slug)) {
                ObjectNode answer = Json.object("label", field.get("label"), "value", Json.given(answers.get(slug)),
                        "isHidden", field.path("hidden").asBoolean());
                all.set(slug, answer);
                custom.set(slug, answer);
            }
        }
        payload.set("responses", all);
        payload.set("userFieldsResponses", custom);
    }
}
