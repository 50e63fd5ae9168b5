package io.calcamel.calcom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Cal.com's API v1, for old self-hosted servers. It takes the key as the query parameter {@code apiKey}, has no
 * envelope, and finds bookings by their number only.
 */
final class DialectV1 implements Dialect {

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    @Override
    public CalcomRequest me(Connection via) {
        return get(Operation.ME, via, "/v1/me");
    }

    @Override
    public CalcomRequest teams(Connection via) {
        return get(Operation.TEAMS, via, "/v1/teams");
    }

    @Override
    public CalcomRequest eventTypes(Connection via) {
        return get(Operation.EVENT_TYPES, via, "/v1/event-types");
    }

    @Override
    public CalcomRequest teamEventTypes(Connection via, long teamId) {
        return get(Operation.TEAM_EVENT_TYPES, via, "/v1/teams/" + teamId + "/event-types");
    }

    @Override
    public CalcomRequest eventType(Connection via, long id) {
        return get(Operation.EVENT_TYPE, via, "/v1/event-types/" + id);
    }

    @Override
    public CalcomRequest createEventType(Connection via, NewEventType eventType) {
        throw unsupported("creates event types with custom fields");
    }

    @Override
    public CalcomRequest slots(Connection via, SlotsQuery query) {
        return get(Operation.SLOTS, via, "/v1/slots")
                .with("eventTypeId", query.eventTypeId())
                .with("startTime", query.from())
                .with("endTime", query.to().minusMillis(1))
                .with("timeZone", "UTC")
                .with("duration", query.duration());
    }

    @Override
    public CalcomRequest booking(Connection via, String key) {
        if (!NUMBER.matcher(key).matches()) {
            throw unsupported("reads a booking by its uid");
        }
        return get(Operation.BOOKING, via, "/v1/bookings/" + key);
    }

    /** Its dates are as ours: {@code startTime >= dateFrom}, {@code endTime <= dateTo}. Pages need both their parameters. */
    @Override
    public CalcomRequest bookings(Connection via, BookingsQuery query) {
        if (query.status() != null) {
            throw unsupported("lists bookings by their status");
        }
        if (query.afterCreatedAt() != null || query.afterUpdatedAt() != null || query.order() != BookingsQuery.Order.MADE) {
            throw unsupported("lists bookings by when they were made or changed");
        }
        if (query.skip() % query.take() != 0) {
            throw unsupported("begins a page anywhere");
        }
        return get(Operation.BOOKINGS, via, "/v1/bookings")
                .with("attendeeEmail", query.attendeeEmail())
                .with("dateFrom", query.afterStart() == null ? null : BookingBodies.time(query.afterStart()))
                .with("dateTo", query.beforeEnd() == null ? null : BookingBodies.time(query.beforeEnd()))
                .with("sortBy", "createdAt")
                .with("order", "asc")
                .with("take", query.take())
                .with("page", query.skip() / query.take() + 1);
    }

    @Override
    public CalcomRequest createBooking(Connection via, NewBooking booking) {
        // Of a recurring event type v1 books one date, unless it is told of the others.
        if (booking.recurrenceCount() != null && booking.recurrenceCount() != 1) {
            throw unsupported("books a series in one call");
        }
        return new CalcomRequest(Operation.BOOKING_CREATE, via, "POST", "/v1/bookings", Map.of("apiKey", via.apiKey()), BookingV1.body(booking));
    }

    @Override
    public CalcomRequest rescheduleBooking(Connection via, BookingMove move) {
        if (move.seatUid() != null) {
            throw unsupported("reschedules a seat");
        }
        if (move.again() == null) {
            throw unsupported("reschedules a booking by its uid alone");
        }
        return new CalcomRequest(Operation.BOOKING_RESCHEDULE, via, "POST", "/v1/bookings", Map.of("apiKey", via.apiKey()), BookingV1.body(move));
    }

    /** Of a series v1 cancels one date or all that are to come: not those from one date on (Cal.com, booking core). */
    @Override
    public CalcomRequest cancelBooking(Connection via, BookingCancellation cancellation) {
        if (cancellation.seatUid() != null) {
            throw unsupported("cancels a seat");
        }
        if (cancellation.subsequent()) {
            throw unsupported("cancels the later dates of a series and leaves the earlier ones");
        }
        if (cancellation.bookingId() == null) {
            throw unsupported("cancels a booking by its uid");
        }
        return new CalcomRequest(Operation.BOOKING_CANCEL, via, "DELETE", "/v1/bookings/" + cancellation.bookingId() + "/cancel",
                Map.of("apiKey", via.apiKey()), null).with("cancellationReason", cancellation.reason());
    }

    @Override
    public CalcomRequest bookingOf(Connection via, BookingCancellation cancellation) {
        return booking(via, String.valueOf(cancellation.bookingId()));
    }

    @Override
    public CalcomRequest confirmBooking(Connection via, String uid) {
        throw unsupported("confirms a booking so that the attendee is told");
    }

    @Override
    public CalcomRequest declineBooking(Connection via, BookingDecline decline) {
        throw unsupported("declines a booking so that the attendee is told");
    }

    @Override
    public CalcomRequest subscriptions(Connection via, Long organizationId, int skip) {
        throw byHand();
    }

    @Override
    public CalcomRequest createSubscription(Connection via, NewSubscription subscription) {
        throw byHand();
    }

    @Override
    public CalcomRequest changeSubscription(Connection via, SubscriptionChange change) {
        throw byHand();
    }

    private static CalcomException byHand() {
        return new CalcomException(CalcomError.UNSUPPORTED, "This hub keeps webhook subscriptions by API v2 only, and this company's server is asked in v1:"
                + " make the subscription by hand in Cal.com, under Settings, Developer, Webhooks.");
    }

    private static CalcomException unsupported(String what) {
        return new CalcomException(CalcomError.UNSUPPORTED, "Only API v2 " + what + "; this company's server is asked in v1.");
    }

    private static CalcomRequest get(Operation operation, Connection via, String path) {
        return new CalcomRequest(operation, via, "GET", path, Map.of("apiKey", via.apiKey()), null);
    }

    @Override
    public Account readAccount(CalcomAnswer answer) {
        Shape user = Shape.of(answer).at("user").object();
        return new Account(user.at("id").number(), user.at("username").textOrNull(), user.at("email").text(), user.at("timeZone").textOrNull(), null);
    }

    @Override
    public List<Team> readTeams(CalcomAnswer answer) {
        return Shape.of(answer).at("teams").list(team ->
                new Team(team.at("id").number(), team.at("slug").textOrNull(), team.at("name").textOrNull()));
    }

    @Override
    public List<CalcomEventType> readEventTypes(CalcomAnswer answer) {
        return Shape.of(answer).at("event_types").list(DialectV1::eventType);
    }

    @Override
    public CalcomEventType readEventType(CalcomAnswer answer) {
        return eventType(Shape.of(answer).at("event_type"));
    }

    private static CalcomEventType eventType(Shape type) {
        return new CalcomEventType(type.object().at("id").number(), type.at("title").text(), type.at("slug").text(),
                type.at("description").isText() ? type.at("description").text() : "", (int) type.at("length").number(),
                arrayOrEmpty(type.at("locations")), bookingFields(type.at("bookingFields")),
                type.at("teamId").numberOrNull(), type.at("schedulingType").textOrNull(), type.at("parentId").numberOrNull(),
                type.at("hidden").flag(), type.node());
    }

    private static JsonNode arrayOrEmpty(Shape value) {
        return value.node().isArray() ? value.node() : JsonNodeFactory.instance.arrayNode();
    }

    /** In v2's form: the slug is called name here, and options are pairs of label and value. */
    private static JsonNode bookingFields(Shape fields) {
        ArrayNode all = JsonNodeFactory.instance.arrayNode();
        for (JsonNode field : arrayOrEmpty(fields)) {
            ObjectNode one = all.addObject()
                    .put("isDefault", field.path("editable").asText().startsWith("system"))
                    .put("type", field.path("type").asText())
                    .put("slug", field.path("name").asText())
                    .put("required", field.path("required").asBoolean())
                    .put("hidden", field.path("hidden").asBoolean());
            if (field.hasNonNull("label")) {
                one.put("label", field.path("label").asText());
            }
            if (field.path("options").isArray()) {
                ArrayNode options = one.putArray("options");
                field.path("options").forEach(option -> options.add(option.path("value").asText()));
            }
        }
        return all;
    }

    @Override
    public List<Slot> readSlots(CalcomAnswer answer) {
        return Shape.of(answer).at("slots").values().stream()
                .flatMap(day -> day.list(slot -> new Slot(slot.at("time").instant(), null)).stream())
                .toList();
    }

    @Override
    public List<CalcomBooking> readBookings(CalcomAnswer answer) {
        return List.of(BookingV1.read(answer));
    }

    @Override
    public boolean isMessageOnly(CalcomAnswer answer) {
        return answer.body().path("message").isTextual();
    }

    /** A full page can be the last one. The bookings of other event types come too, and are left out here. */
    @Override
    public BookingsPage readBookingsPage(CalcomAnswer answer, BookingsQuery query) {
        List<CalcomBooking> all = Shape.of(answer).at("bookings").list(BookingV1::read);
        return new BookingsPage(all.stream().filter(booking -> query.eventTypeId() == null || query.eventTypeId().equals(booking.eventTypeId())).toList(),
                all.size() >= query.take());
    }

    @Override
    public List<Subscription> readSubscriptions(CalcomAnswer answer) {
        throw byHand();
    }

    @Override
    public Subscription readSubscription(CalcomAnswer answer) {
        throw byHand();
    }
}
