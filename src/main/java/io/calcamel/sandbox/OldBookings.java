package io.calcamel.sandbox;

import static io.calcamel.sandbox.Routes.Guard.KEY;
import static io.calcamel.sandbox.Routes.Guard.OPEN;
import static io.calcamel.sandbox.Routes.Guard.PERMISSION;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** {@code /v2/bookings} as in 2024-04-15, which whoever forgets the version header gets: close to the tables of the database. */
final class OldBookings {

    private static final Rules RESPONSES = Rules.rules()
            .field("name").must("validateBookingName", "Name must be either a non-empty string or an object with non-empty firstName and lastName",
                    value -> value.isTextual() && !value.textValue().isBlank() || !value.path("firstName").asText("").isBlank())
            .optional("email")
            .optional("attendeePhoneNumber")
            .optional("guests").eachString().array()
            .optional("location").inside(Rules.rules().field("optionValue").string().field("value").string())
            .optional("notes").string();

    private static final Rules CREATION = Rules.rules()
            .optional("end").string()
            .field("start").string()
            .field("eventTypeId").number()
            .optional("eventTypeSlug").string()
            .optional("rescheduleUid").string()
            .optional("rescheduledBy")
            .field("timeZone").zone()
            .optional("user")
            .field("language").string()
            .optional("bookingUid").string()
            .field("metadata").object()
            .optional("hasHashedBookingLink").bool()
            .optional("hashedLink").string()
            .optional("seatReferenceUid").string()
            .optional("responses").inside(RESPONSES)
            .optional("orgSlug").string()
            .optional("locationUrl").string()
            .optional("recurringEventId").string();

    private final World world;
    private final BookingDesk desk;
    private final BookingList list;
    private final BookingChanges changes;
    private final Notices notices;

    OldBookings(World world, BookingDesk desk, BookingView view, BookingChanges changes, Notices notices) {
        this.world = world;
        this.desk = desk;
        this.list = new BookingList(world, view);
        this.changes = changes;
        this.notices = notices;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/v2/bookings", Versions.OLD_BOOKINGS, OPEN, call -> Answer.created(create(call.body(), call.caller())));
        routes.add("POST", "/v2/bookings/recurring", Versions.OLD_BOOKINGS, OPEN, this::createSeries);
        routes.add("GET", "/v2/bookings", Versions.OLD_BOOKINGS, PERMISSION, this::list);
        routes.add("GET", "/v2/bookings/{uid}", Versions.OLD_BOOKINGS, OPEN, this::read);
        routes.add("GET", "/v2/bookings/{uid}/reschedule", Versions.OLD_BOOKINGS, OPEN, this::read);
        routes.add("POST", "/v2/bookings/{uid}/cancel", Versions.OLD_BOOKINGS, OPEN, this::cancel);
        routes.add("POST", "/v2/bookings/{uid}/mark-no-show", Versions.OLD_BOOKINGS, KEY, this::markNoShow);
    }

    /** @param body as 2024-04-15 and API v1 have it */
    ObjectNode create(JsonNode body, Account caller) {
        ObjectNode given = CREATION.checkLeniently(body);
        // Of the answers nothing is dropped: an event type's own questions are among them.
        ObjectNode answers = body.path("responses") instanceof ObjectNode sent ? sent.deepCopy() : Json.object();
        EventType eventType = world.eventType(given.path("eventTypeId").asInt());
        if (eventType == null) {
            throw Refusal.notFound("Event type with id " + given.path("eventTypeId").asInt() + " not found.");
        }
        Bookings.checkAuthentication(eventType, caller);
        Order order = new Order();
        order.eventType = eventType;
        order.caller = caller;
        order.start = Check.instant(Json.text(given, "start")).orElseThrow(() -> Refusal.core("start - Invalid date, "));
        order.minutes = Json.has(given, "end")
                ? Check.instant(Json.text(given, "end")).map(end -> (int) java.time.Duration.between(order.start, end).toMinutes()).orElse(eventType.length)
                : eventType.length;
        order.name = answers.has("name") ? answers.get("name") : Json.node("");
        order.email = Json.text(answers, "email");
        order.phoneNumber = Json.text(answers, "attendeePhoneNumber");
        order.timeZone = Json.text(given, "timeZone");
        order.language = Json.text(given, "language");
        order.guests = Bookings.texts(answers.get("guests"));
        JsonNode location = answers.get("location");
        order.location = location == null || !location.isObject() ? null
                : new Locations.Choice(location.path("value").asText(), location.path("optionValue").asText(""));
        answers.remove(List.of("name", "email", "attendeePhoneNumber", "guests", "location"));
        order.answers = answers;
        order.metadata = (ObjectNode) given.get("metadata");
        order.seriesUid = Json.text(given, "recurringEventId");
        Booking moved = world.booking(given.path("rescheduleUid").asText());
        if (moved != null) {
            order.moved = moved;
            order.movedBy = Json.text(given, "rescheduledBy");
            order.movedByHost = moved.host.email.equals(order.movedBy) || moved.host == caller;
            order.seriesUid = moved.seriesUid;
        }
        BookingDesk.Booked booked = desk.book(order);
        ObjectNode row = row(booked.booking());
        row.setAll(Json.object("luckyUsers", Json.array(), "isDryRun", false, "paymentRequired", false,
                "seatReferenceUid", booked.seat() == null ? Json.OMITTED : booked.seat().seatUid));
        return row;
    }

    private Answer createSeries(Call call) {
        ArrayNode rows = Json.array();
        String seriesUid = world.uuid();
        for (JsonNode body : call.body() == null ? Json.array() : call.body()) {
            ObjectNode occurrence = body.deepCopy();
            if (!Json.has(occurrence, "recurringEventId")) {
                occurrence.put("recurringEventId", seriesUid);
            }
            rows.add(create(occurrence, call.caller()));
        }
        return Answer.created(rows);
    }

    private Answer list(Call call) {
        String status = call.query().containsKey("filters[status]") ? call.parameter("filters[status]") : "upcoming";
        ObjectNode filter = Json.object("status", Json.array(status));
        List<Booking> found = list.find(filter, call.caller(), call.now());
        int limit = call.parameter("limit") == null ? 10 : Query.number(call.parameter("limit")).asInt(10);
        int cursor = call.parameter("cursor") == null ? 0 : Query.number(call.parameter("cursor")).asInt();
        boolean more = found.size() > cursor + limit;
        return Answer.ok(Json.object("bookings", found.stream().skip(cursor).limit(limit).map(this::listed).toList(),
                "recurringInfo", Json.array(), "totalCount", found.size(), "nextCursor", more ? cursor + limit : null));
    }

    private Booking find(Call call) {
        Booking booking = world.booking(call.variable("uid"));
        if (booking == null) {
            throw Refusal.notFound("Booking with UID=" + call.variable("uid") + " does not exist.");
        }
        return booking;
    }

    private Answer read(Call call) {
        Booking booking = find(call);
        EventType eventType = world.eventType(booking.eventTypeId);
        return Answer.ok(Json.object("title", booking.title, "id", booking.id, "uid", booking.uid, "description", booking.description,
                "customInputs", Json.object(), "smsReminderNumber", null, "recurringEventId", booking.seriesUid, "startTime", booking.start,
                "endTime", booking.end, "location", booking.location, "status", booking.statusShownAt(call.now()).name(),
                "metadata", metadata(booking), "cancellationReason", emptyAsNull(booking.cancellationReason), "responses", booking.responses,
                "rejectionReason", booking.rejectionReason, "userPrimaryEmail", booking.host.email, "fromReschedule", booking.fromUid,
                "user", Json.object("id", booking.host.id, "name", booking.host.name, "email", booking.host.email,
                        "username", booking.host.username, "timeZone", booking.host.timeZone),
                "attendees", booking.attendees.stream().map(attendee -> Json.object("name", attendee.name, "email", attendee.email,
                        "timeZone", attendee.timeZone, "phoneNumber", attendee.phoneNumber)).toList(),
                "eventTypeId", booking.eventTypeId,
                "eventType", eventType == null ? null : Json.object("eventName", eventType.options.get("customName"), "slug", eventType.slug,
                        "timeZone", null, "schedulingType", null),
                "seatsReferences", booking.attendees.stream().filter(attendee -> attendee.seatUid != null)
                        .map(attendee -> Json.object("referenceUid", attendee.seatUid)).toList()));
    }

    private Answer cancel(Call call) {
        String uid = call.variable("uid");
        if (uid.matches("\\d+")) {
            throw Refusal.badRequest("Please provide booking uid instead of booking id.");
        }
        Booking booking = find(call);
        String reason = Json.text(call.object(), "cancellationReason");
        changes.checkCancellable(uid, booking, call.caller(), reason);
        String seatUid = Json.text(call.object(), "seatReferenceUid");
        Attendee seat = seatUid == null ? null : booking.seat(seatUid);
        notices.cancelled(booking, seat, reason, Json.text(call.object(), "cancelledBy"), false);
        if (seat != null && booking.attendees.size() > 1) {
            world.unseat(booking, seat);
            return Answer.created(Json.object("bookingId", booking.id, "bookingUid", uid, "onlyRemovedAttendee", true));
        }
        List<Booking> ended = new ArrayList<>(List.of(booking));
        if (booking.seriesUid != null && call.object().path("allRemainingBookings").asBoolean()) {
            world.series(booking.seriesUid).stream().filter(other -> other != booking && !other.start.isBefore(call.now())).forEach(ended::add);
        }
        ended.forEach(gone -> changes.end(gone, reason));
        return Answer.created(Json.object("bookingId", booking.id, "bookingUid", uid, "onlyRemovedAttendee", false));
    }

    private Answer markNoShow(Call call) {
        Booking booking = find(call);
        List<Attendee> marked = new ArrayList<>();
        for (JsonNode mark : call.object().path("attendees")) {
            booking.attendees.stream().filter(attendee -> attendee.email.equals(Json.text(mark, "email"))).forEach(attendee -> {
                attendee.absent = mark.path("noShow").asBoolean();
                marked.add(attendee);
            });
        }
        booking.hostAbsent = call.object().path("noShowHost").asBoolean(booking.hostAbsent);
        if (!marked.isEmpty()) {
            notices.noShow(booking, marked);
        }
        return Answer.created(Json.object("message", "No-show status updated",
                "noShowHost", booking.hostAbsent, "attendees", marked.stream()
                        .map(attendee -> Json.object("email", attendee.email, "noShow", attendee.absent)).toList()));
    }

    private ObjectNode listed(Booking booking) {
        EventType eventType = world.eventType(booking.eventTypeId);
        ObjectNode row = row(booking);
        row.setAll(Json.object("rescheduler", null, "eventType", eventType == null ? Json.object() : Json.object("id", eventType.id,
                "slug", eventType.slug, "title", eventType.title, "length", eventType.length, "price", eventType.option("price"),
                "currency", eventType.option("currency"), "metadata", Json.object(), "team", null)));
        return row;
    }

    /** A booking as its row and the rows that belong to it. */
    ObjectNode row(Booking booking) {
        return Json.object("id", booking.id, "uid", booking.uid, "idempotencyKey", null, "userId", booking.host.id,
                "userPrimaryEmail", booking.host.email, "eventTypeId", booking.eventTypeId, "title", booking.title,
                "description", booking.description, "customInputs", Json.object(), "responses", booking.responses, "startTime", booking.start,
                "endTime", booking.end, "location", booking.location, "createdAt", booking.createdAt, "updatedAt", booking.updatedAt,
                "status", booking.status.name(), "paid", false, "destinationCalendarId", null,
                "cancellationReason", emptyAsNull(booking.cancellationReason), "rejectionReason", booking.rejectionReason, "reassignReason", null,
                "reassignById", null, "dynamicEventSlugRef", null, "dynamicGroupSlugRef", null, "rescheduled", booking.toUid == null ? null : true,
                "fromReschedule", booking.fromUid, "recurringEventId", booking.seriesUid, "smsReminderNumber", null, "scheduledJobs", Json.array(),
                "metadata", metadata(booking), "isRecorded", false, "iCalUID", booking.icsUid, "iCalSequence", booking.icsSequence, "rating", null,
                "ratingFeedback", null, "noShowHost", booking.hostAbsent, "oneTimePassword", null, "cancelledBy", null,
                "rescheduledBy", booking.rescheduledBy, "creationSource", "API_V2",
                "user", Json.object("email", booking.host.email, "name", booking.host.name, "timeZone", booking.host.timeZone,
                        "username", booking.host.username, "isPlatformManaged", false),
                "attendees", booking.attendees.stream().map(attendee -> Json.object("id", attendee.id, "email", attendee.email,
                        "name", attendee.name, "timeZone", attendee.timeZone, "phoneNumber", attendee.phoneNumber, "locale", attendee.language,
                        "bookingId", booking.id, "noShow", attendee.absent)).toList(),
                "payment", Json.array(), "references", Json.array());
    }

    private static ObjectNode metadata(Booking booking) {
        ObjectNode metadata = booking.metadata.deepCopy();
        if (booking.videoUrl != null) {
            metadata.put("videoCallUrl", booking.videoUrl);
        }
        return metadata;
    }

    private static String emptyAsNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
