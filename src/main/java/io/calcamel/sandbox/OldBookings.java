package io.calcamel.sandbox;

import static io.calcamel.sandbox.Routes.Guard.KEY;
import static io.calcamel.sandbox.Routes.Guard.OPEN;
import static io.calcamel.sandbox.Routes.Guard.PERMISSION;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** {@code /v2/bookings} as in 2024-04-15, which whoever forgets the version header gets: close to the tables of the database. */
final class OldBookings {

    private static final int DEFAULT_LIMIT = 10;

    private static final Rules PAGE = Rules.rules()
            .field("limit").max(100).min(1).number()
            .field("cursor").min(0).number();

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
        Booking moved = Json.has(given, "rescheduleUid") ? movable(Json.text(given, "rescheduleUid")) : null;
        if (moved != null) {
            order.moved = moved;
            order.movedBy = Json.text(given, "rescheduledBy");
            order.movedByHost = moved.host.email.equals(order.movedBy) || moved.host == caller;
            order.seriesUid = moved.seriesUid;
        }
        BookingDesk.Booked booked = desk.book(order);
        Booking booking = booked.booking();
        ObjectNode row = BookingRow.of(booking, booking.status, booking.seated ? Json.node(null) : booking.responses);
        // Whoever books is not told the host's address.
        ((ObjectNode) row.get("user")).putNull("email");
        row.setAll(Json.object("paymentRequired", false, "luckyUsers", Json.array(), "isDryRun", false,
                "seatReferenceUid", booked.seat() == null ? Json.OMITTED : booked.seat().seatUid,
                "videoCallUrl", Json.given(booking.videoUrl),
                "previousBooking", moved == null ? null : Json.object("uid", moved.uid, "startTime", moved.start, "endTime", moved.end)));
        return row;
    }

    /** One that was moved already can be moved again, one that was cancelled can't (Cal.com, booking core). */
    private Booking movable(String uid) {
        Booking booking = world.booking(uid);
        if (booking == null) {
            throw Refusal.bare(404, "Could not find original booking");
        }
        if (booking.status == Booking.Status.CANCELLED && booking.toUid == null) {
            throw Refusal.bare(400, "cancelled_bookings_cannot_be_rescheduled");
        }
        return booking;
    }

    private Answer createSeries(Call call) {
        ArrayNode rows = Json.array();
        String seriesUid = world.uuid();
        if (call.body() == null || !call.body().isArray()) {
            throw Refusal.internal();
        }
        for (JsonNode body : call.body()) {
            ObjectNode occurrence = body.isObject() ? body.deepCopy() : Json.object();
            if (!Json.has(occurrence, "recurringEventId")) {
                occurrence.put("recurringEventId", seriesUid);
            }
            rows.add(create(occurrence, call.caller()));
        }
        return Answer.created(rows);
    }

    private Answer list(Call call) {
        String status = call.query().containsKey("filters[status]") ? call.parameter("filters[status]") : "upcoming";
        List<Booking> found = list.find(Json.object("status", Json.array(status)), call.caller(), call.now());
        ObjectNode page = Json.object("limit", DEFAULT_LIMIT, "cursor", 0);
        for (String name : List.of("limit", "cursor")) {
            if (call.parameter(name) != null) {
                page.set(name, Query.number(call.parameter(name)));
            }
        }
        PAGE.checkLeniently(page);
        int limit = page.path("limit").asInt();
        int cursor = page.path("cursor").asInt();
        boolean more = found.size() > cursor + limit;
        return Answer.ok(Json.object("bookings", found.stream().skip(cursor).limit(limit).map(this::listed).toList(),
                "recurringInfo", series(found), "totalCount", found.size(), "nextCursor", more ? cursor + limit : null));
    }

    private ArrayNode series(List<Booking> found) {
        return Json.array(found.stream().map(booking -> booking.seriesUid).filter(Objects::nonNull).distinct().map(seriesUid -> {
            List<Booking> all = world.series(seriesUid);
            return Json.object("recurringEventId", seriesUid, "count", all.size(),
                    "firstDate", all.stream().map(booking -> booking.start).min(Comparator.naturalOrder()).orElse(null),
                    "bookings", Json.object("ACCEPTED", starts(all, Booking.Status.ACCEPTED), "CANCELLED", starts(all, Booking.Status.CANCELLED),
                            "REJECTED", starts(all, Booking.Status.REJECTED), "PENDING", starts(all, Booking.Status.PENDING),
                            "AWAITING_HOST", Json.array()));
        }).toList());
    }

    private static List<Instant> starts(List<Booking> bookings, Booking.Status status) {
        return bookings.stream().filter(booking -> booking.status == status).map(booking -> booking.start).toList();
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
                "metadata", BookingRow.metadata(booking), "cancellationReason", BookingRow.emptyAsNull(booking.cancellationReason),
                "cancelledBy", null, "responses", booking.responses, "rejectionReason", booking.rejectionReason,
                "userPrimaryEmail", booking.host.email, "fromReschedule", booking.fromUid, "rescheduled", booking.toUid == null ? null : true,
                "rescheduledBy", booking.rescheduledBy,
                "user", Json.object("id", booking.host.id, "name", booking.host.name, "email", booking.host.email,
                        "username", booking.host.username, "timeZone", booking.host.timeZone, "avatarUrl", booking.host.avatarUrl),
                "attendees", booking.attendees.stream().map(attendee -> Json.object("name", attendee.name, "email", attendee.email,
                        "timeZone", attendee.timeZone, "phoneNumber", attendee.phoneNumber)).toList(),
                "eventTypeId", booking.eventTypeId,
                "eventType", eventType == null ? null : Json.object("eventName", eventType.options.get("customName"), "slug", eventType.slug,
                        "timeZone", null, "schedulingType", EventTypeRow.schedulingType(eventType),
                        "hideOrganizerEmail", eventType.is("hideOrganizerEmail")),
                "seatsReferences", booking.attendees.stream().filter(attendee -> attendee.seatUid != null)
                        .map(attendee -> Json.object("referenceUid", attendee.seatUid)).toList(),
                "tracking", null, "assignmentReason", Json.array()));
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
        return Json.object("id", booking.id, "title", booking.title, "userPrimaryEmail", booking.host.email, "description", booking.description,
                "customInputs", Json.object(), "startTime", booking.start, "createdAt", booking.createdAt, "updatedAt", booking.updatedAt,
                "endTime", booking.end, "metadata", BookingRow.metadata(booking), "uid", booking.uid, "responses", booking.responses,
                "recurringEventId", booking.seriesUid, "location", booking.location, "status", booking.status.name(), "paid", false,
                "fromReschedule", booking.fromUid, "rescheduled", booking.toUid == null ? null : true, "isRecorded", false,
                "routedFromRoutingFormReponse", null, "eventType", eventType == null ? Json.object() : EventTypeRow.ofBooking(eventType),
                "references", Json.array(), "payment", Json.array(),
                "user", Json.object("id", booking.host.id, "name", booking.host.name, "email", booking.host.email),
                "attendees", booking.attendees.stream().map(attendee -> BookingRow.attendee(attendee, booking)).toList(),
                "seatsReferences", booking.attendees.stream().filter(attendee -> attendee.seatUid != null)
                        .map(attendee -> Json.object("referenceUid", attendee.seatUid, "attendee", Json.object("email", attendee.email))).toList(),
                "assignmentReason", Json.array(), "rescheduler", null);
    }
}
