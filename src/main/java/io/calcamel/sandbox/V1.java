package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/**
 * {@code /v1}, the API that Cal.com shut off in April 2026 and old installations still have: the key is a query parameter, and
 * errors are no more than a message (Cal.com API v1).
 */
final class V1 {

    private final World world;
    private final Slots slots;
    private final OldBookings bookings;
    private final BookingChanges changes;
    private final Notices notices;

    V1(World world, Slots slots, OldBookings bookings, BookingChanges changes, Notices notices) {
        this.world = world;
        this.slots = slots;
        this.bookings = bookings;
        this.changes = changes;
        this.notices = notices;
    }

    /** @param caller whose key was sent as {@code apiKey} */
    Answer answer(Call call, Accounts.Caller caller) {
        if (caller.kind() == Accounts.Kind.NOBODY) {
            return Answer.json(401, Json.object("message", "No apiKey provided"));
        }
        if (caller.kind() != Accounts.Kind.ACCOUNT) {
            String problem = caller.kind() == Accounts.Kind.EXPIRED_KEY ? "This apiKey is expired" : "Your apiKey is not valid";
            return Answer.json(401, Json.object("error", problem));
        }
        try {
            return route(call);
        } catch (Refusal refused) {
            Answer answer = refused.answer(call.asked(), call.now());
            return Answer.json(answer.status() == 422 ? 400 : answer.status(), Json.object("message", refused.getMessage()));
        }
    }

    private Answer route(Call call) {
        String[] path = call.path().replaceFirst("^.*?/v1/", "").split("/");
        String what = call.method() + " " + path[0];
        switch (what) {
            case "GET me" -> {
                return Answer.json(200, Json.object("user", call.caller().profile()));
            }
            case "GET slots" -> {
                return slots(call);
            }
            case "GET event-types" -> {
                return path.length > 1 ? eventType(call, path[1]) : eventTypes(call);
            }
            case "GET bookings" -> {
                return path.length > 1 ? Answer.json(200, Json.object("booking", view(booking(path[1])))) : list(call);
            }
            case "POST bookings" -> {
                return create(call);
            }
            case "DELETE bookings" -> {
                return cancel(call, path.length > 1 ? path[1] : "");
            }
            default -> {
                return Answer.json(404, Json.object("message", "This endpoint does not exist"));
            }
        }
    }

    private Answer slots(Call call) {
        EventType eventType = eventTypeOf(call);
        Instant start = instant(call, "startTime");
        Instant end = instant(call, "endTime");
        String zone = call.parameter("timeZone");
        if (zone != null && Check.zone(zone).isEmpty()) {
            throw Refusal.badRequest("Invalid time zone");
        }
        return Answer.json(200, Json.object("slots", slots.ofV1(eventType, start, end, zone == null ? "UTC" : zone)));
    }

    private EventType eventTypeOf(Call call) {
        EventType eventType = null;
        if (call.parameter("eventTypeId") != null) {
            eventType = world.eventType(Query.number(call.parameter("eventTypeId")).asInt(-1));
        } else if (call.parameter("usernameList") != null) {
            Account account = world.accountsByName.get(call.parameter("usernameList"));
            eventType = account == null ? null : world.eventTypeOf(account.id, String.valueOf(call.parameter("eventTypeSlug")));
        }
        if (eventType == null) {
            throw Refusal.notFound("Event type not found");
        }
        return eventType;
    }

    private static Instant instant(Call call, String name) {
        String text = call.parameter(name);
        if (text == null) {
            throw Refusal.badRequest(name + " is required");
        }
        return Check.instant(text).orElseThrow(() -> Refusal.badRequest(name + " is no date"));
    }

    private Answer eventTypes(Call call) {
        String slug = call.parameter("slug");
        return Answer.json(200, Json.object("event_types", world.eventTypesOf(call.caller().id).stream()
                .filter(eventType -> slug == null || eventType.slug.equals(slug)).map(this::view).toList()));
    }

    private Answer eventType(Call call, String id) {
        EventType eventType = world.eventType(Query.number(id).asInt(-1));
        if (eventType == null || !Integer.valueOf(call.caller().id).equals(eventType.ownerId)) {
            throw Refusal.notFound("Event type not found");
        }
        return Answer.json(200, Json.object("event_type", view(eventType)));
    }

    private ObjectNode view(EventType eventType) {
        JsonNode recurrence = eventType.option("recurrence");
        Account owner = world.accounts.get(eventType.ownerId);
        return Json.object("id", eventType.id, "title", eventType.title, "slug", eventType.slug, "description", eventType.description,
                "length", eventType.length, "hidden", eventType.is("hidden"), "position", 0, "userId", eventType.ownerId, "teamId", eventType.teamId,
                "scheduleId", eventType.option("scheduleId"), "eventName", eventType.options.get("customName"), "timeZone", null,
                "periodType", "UNLIMITED", "requiresConfirmation", eventType.option("confirmationPolicy").has("type"),
                "recurringEvent", recurrence.isObject() ? Json.object("freq", List.of("yearly", "monthly", "weekly")
                        .indexOf(recurrence.path("frequency").asText()), "count", recurrence.get("occurrences"), "interval", recurrence.get("interval"))
                        : null,
                "disableGuests", eventType.option("disableGuests"), "hideCalendarNotes", eventType.option("hideCalendarNotes"),
                "minimumBookingNotice", eventType.option("minimumBookingNotice"), "beforeEventBuffer", eventType.option("beforeEventBuffer"),
                "afterEventBuffer", eventType.option("afterEventBuffer"), "schedulingType", null, "price", eventType.option("price"),
                "currency", eventType.option("currency"), "slotInterval", eventType.option("slotInterval"),
                "successRedirectUrl", eventType.option("successRedirectUrl"), "seatsPerTimeSlot", eventType.seats() > 0 ? eventType.seats() : null,
                "seatsShowAttendees", eventType.showsAttendees(), "metadata", Json.object(), "locations", eventType.locations,
                "bookingFields", fields(eventType), "customInputs", Json.array(), "hosts", Json.array(),
                "link", world.webUrl + "/" + owner.username + "/" + eventType.slug);
    }

    /** As they are in Cal.com's database: by name, and with options of label and value. */
    private static ArrayNode fields(EventType eventType) {
        ArrayNode rows = Json.array();
        for (JsonNode field : eventType.bookingFields) {
            ObjectNode row = Json.object("name", field.path("slug").asText(), "type", field.path("type").asText(), "label", Json.given(Json.text(field, "label")),
                    "required", field.path("required").asBoolean(), "hidden", field.path("hidden").asBoolean(),
                    "editable", field.path("isDefault").asBoolean() ? "system" : "user", "sources", Json.array());
            if (field.path("options").isArray()) {
                ArrayNode options = row.putArray("options");
                field.path("options").forEach(option -> options.add(Json.object("label", option.asText(), "value", option.asText())));
            }
            rows.add(row);
        }
        return rows;
    }

    private Answer create(Call call) {
        ObjectNode body = call.object();
        if (!body.path("eventTypeId").isInt()) {
            throw Refusal.badRequest("Expected number, received " + (body.has("eventTypeId") ? "string" : "nothing") + " in 'eventTypeId'");
        }
        if (!body.path("metadata").isObject() || !body.path("responses").isObject()) {
            throw Refusal.badRequest("Required in '" + (body.path("metadata").isObject() ? "responses" : "metadata") + "'");
        }
        try {
            ObjectNode row = bookings.create(body, call.caller());
            return Answer.json(200, row);
        } catch (Refusal refused) {
            if (refused.getMessage().startsWith("User either already has booking")) {
                throw Refusal.badRequest("no_available_users_found_error");
            }
            throw refused;
        }
    }

    private Booking booking(String id) {
        Booking booking = world.bookingById(Query.number(id).asInt(-1));
        if (booking == null) {
            throw Refusal.notFound("Booking not found");
        }
        return booking;
    }

    private Answer list(Call call) {
        ObjectNode filter = Json.object();
        if (call.parameter("status") != null) {
            filter.set("status", Json.array(call.parameter("status")));
        }
        if (call.parameter("attendeeEmail") != null) {
            filter.put("attendeeEmail", call.parameter("attendeeEmail"));
        }
        if (call.parameter("dateFrom") != null) {
            filter.put("afterStart", call.parameter("dateFrom"));
        }
        if (call.parameter("dateTo") != null) {
            filter.put("beforeEnd", call.parameter("dateTo"));
        }
        if (call.parameter("sortBy") != null) {
            String sort = switch (call.parameter("sortBy")) {
                case "createdAt" -> "sortCreated";
                case "updatedAt" -> "sortUpdatedAt";
                default -> throw Refusal.badRequest("Invalid enum value. Expected 'createdAt' | 'updatedAt' in 'sortBy'");
            };
            filter.put(sort, "desc".equals(call.parameter("order")) ? "desc" : "asc");
        }
        List<Booking> found = new BookingList(world, new BookingView(world)).find(filter, call.caller(), call.now());
        // Pages need both parameters; one alone is ignored.
        if (call.parameter("take") != null && call.parameter("page") != null) {
            int take = Math.max(1, Query.number(call.parameter("take")).asInt(10));
            int page = Math.max(1, Query.number(call.parameter("page")).asInt(1));
            found = found.stream().skip((long) take * (page - 1)).limit(take).toList();
        }
        return Answer.json(200, Json.object("bookings", found.stream().map(this::view).toList()));
    }

    private ObjectNode view(Booking booking) {
        return Json.object("id", booking.id, "userId", booking.host.id, "description", booking.description, "eventTypeId", booking.eventTypeId,
                "uid", booking.uid, "title", booking.title, "startTime", booking.start, "endTime", booking.end,
                "attendees", booking.attendees.stream().map(attendee -> Json.object("id", attendee.id, "email", attendee.email, "name", attendee.name,
                        "timeZone", attendee.timeZone, "locale", attendee.language)).toList(),
                "user", Json.object("email", booking.host.email, "name", booking.host.name, "timeZone", booking.host.timeZone,
                        "locale", booking.host.locale),
                "payment", Json.array(), "metadata", booking.metadata, "status", booking.status.name(), "responses", booking.responses,
                "fromReschedule", booking.fromUid, "location", booking.shownLocation());
    }

    private Answer cancel(Call call, String id) {
        Booking booking = booking(id);
        if (booking.host != call.caller()) {
            throw Refusal.forbidden("Forbidden");
        }
        String reason = call.parameter("cancellationReason") == null ? "cancelled" : call.parameter("cancellationReason");
        changes.checkCancellable(booking.uid, booking, null, reason);
        boolean all = Boolean.parseBoolean(call.parameter("allRemainingBookings"));
        notices.cancelled(booking, null, reason, null, all);
        changes.end(booking, reason);
        if (all && booking.seriesUid != null) {
            world.series(booking.seriesUid).stream().filter(other -> other.isActive() && !other.start.isBefore(call.now()))
                    .toList().forEach(other -> changes.end(other, reason));
        }
        return Answer.json(200, Json.object("message", "Booking successfully cancelled."));
    }
}
