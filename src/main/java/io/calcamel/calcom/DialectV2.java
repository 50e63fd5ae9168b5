package io.calcamel.calcom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;

/** Cal.com's API v2, in the versions that {@link Edition} names. */
final class DialectV2 implements Dialect {

    @Override
    public CalcomRequest me(Connection via) {
        return CalcomRequest.get(Operation.ME, via, "/v2/me");
    }

    @Override
    public CalcomRequest teams(Connection via) {
        return CalcomRequest.get(Operation.TEAMS, via, "/v2/teams");
    }

    @Override
    public CalcomRequest eventTypes(Connection via) {
        return CalcomRequest.get(Operation.EVENT_TYPES, via, "/v2/event-types");
    }

    @Override
    public CalcomRequest teamEventTypes(Connection via, long teamId) {
        return CalcomRequest.get(Operation.TEAM_EVENT_TYPES, via, "/v2/teams/" + teamId + "/event-types");
    }

    @Override
    public CalcomRequest eventType(Connection via, long id) {
        return CalcomRequest.get(Operation.EVENT_TYPE, via, "/v2/event-types/" + id);
    }

    @Override
    public CalcomRequest createEventType(Connection via, NewEventType eventType) {
        ObjectNode body = JsonNodeFactory.instance.objectNode()
                .put("title", eventType.title())
                .put("slug", eventType.slug())
                .put("lengthInMinutes", eventType.length());
        putIfGiven(body, "description", eventType.description() == null ? null : body.textNode(eventType.description()));
        putIfGiven(body, "locations", eventType.locations());
        putIfGiven(body, "bookingFields", eventType.bookingFields());
        return post(Operation.EVENT_TYPE_CREATE, via, "/v2/event-types", body);
    }

    private static void putIfGiven(ObjectNode body, String name, JsonNode value) {
        if (value != null && !value.isNull()) {
            body.set(name, value);
        }
    }

    /**
     * Cal.com reads the bounds as UTC, and stretches an end at 00:00:00Z to the end of that day: so the last instant is
     * asked for, one millisecond before the end (API v2, slots 2024-09-04).
     */
    @Override
    public CalcomRequest slots(Connection via, SlotsQuery query) {
        return CalcomRequest.get(Operation.SLOTS, via, "/v2/slots")
                .with("eventTypeId", query.eventTypeId())
                .with("start", BookingBodies.time(query.from()))
                .with("end", BookingBodies.time(query.to().minusMillis(1)))
                .with("duration", query.duration())
                .with("format", "range");
    }

    @Override
    public CalcomRequest booking(Connection via, String uid) {
        return CalcomRequest.get(Operation.BOOKING, via, path(uid));
    }

    private static String path(String uid) {
        return "/v2/bookings/" + encoded(uid);
    }

    private static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public CalcomRequest bookings(Connection via, BookingsQuery query) {
        return CalcomRequest.get(Operation.BOOKINGS, via, "/v2/bookings")
                .with("status", query.status())
                .with("attendeeEmail", query.attendeeEmail())
                .with("eventTypeId", query.eventTypeId())
                .with("afterStart", time(query.afterStart()))
                .with("beforeEnd", time(query.beforeEnd()))
                .with("afterCreatedAt", time(query.afterCreatedAt()))
                .with("afterUpdatedAt", time(query.afterUpdatedAt()))
                .with(query.order().parameter(), query.order().direction())
                .with("take", query.take())
                .with("skip", query.skip());
    }

    private static String time(Instant instant) {
        return instant == null ? null : BookingBodies.time(instant);
    }

    @Override
    public CalcomRequest createBooking(Connection via, NewBooking booking) {
        return post(Operation.BOOKING_CREATE, via, "/v2/bookings", BookingBodies.create(booking));
    }

    @Override
    public CalcomRequest rescheduleBooking(Connection via, BookingMove move) {
        return post(Operation.BOOKING_RESCHEDULE, via, path(move.uid()) + "/reschedule", BookingBodies.reschedule(move));
    }

    @Override
    public CalcomRequest cancelBooking(Connection via, BookingCancellation cancellation) {
        return post(Operation.BOOKING_CANCEL, via, path(cancellation.uid()) + "/cancel", BookingBodies.cancel(cancellation));
    }

    @Override
    public CalcomRequest bookingOf(Connection via, BookingCancellation cancellation) {
        return booking(via, cancellation.uid());
    }

    @Override
    public CalcomRequest confirmBooking(Connection via, String uid) {
        return post(Operation.BOOKING_CONFIRM, via, path(uid) + "/confirm", null);
    }

    @Override
    public CalcomRequest declineBooking(Connection via, BookingDecline decline) {
        return post(Operation.BOOKING_DECLINE, via, path(decline.uid()) + "/decline", BookingBodies.decline(decline));
    }

    @Override
    public CalcomRequest subscriptions(Connection via, Long organizationId, int skip) {
        return CalcomRequest.get(Operation.WEBHOOKS, via, webhooks(organizationId)).with("take", SubscriptionPages.TAKE).with("skip", skip);
    }

    @Override
    public CalcomRequest createSubscription(Connection via, NewSubscription subscription) {
        return post(Operation.WEBHOOK_CREATE, via, webhooks(subscription.organizationId()), SubscriptionBodies.create(subscription, via.edition()));
    }

    @Override
    public CalcomRequest changeSubscription(Connection via, SubscriptionChange change) {
        return new CalcomRequest(Operation.WEBHOOK_CHANGE, via, "PATCH", webhooks(change.organizationId()) + "/" + encoded(change.id()), Map.of(),
                SubscriptionBodies.change(change, via.edition()));
    }

    private static String webhooks(Long organizationId) {
        return organizationId == null ? "/v2/webhooks" : "/v2/organizations/" + organizationId + "/webhooks";
    }

    private static CalcomRequest post(Operation operation, Connection via, String path, JsonNode body) {
        return new CalcomRequest(operation, via, "POST", path, Map.of(), body);
    }

    @Override
    public Account readAccount(CalcomAnswer answer) {
        Shape me = Shape.data(answer).object();
        return new Account(me.at("id").number(), me.at("username").textOrNull(), me.at("email").text(), me.at("timeZone").textOrNull(),
                me.at("organizationId").numberOrNull());
    }

    @Override
    public List<Team> readTeams(CalcomAnswer answer) {
        return Shape.data(answer).list(team ->
                new Team(team.at("id").number(), team.at("slug").textOrNull(), team.at("name").textOrNull()));
    }

    @Override
    public List<CalcomEventType> readEventTypes(CalcomAnswer answer) {
        return Shape.data(answer).list(DialectV2::eventType);
    }

    @Override
    public CalcomEventType readEventType(CalcomAnswer answer) {
        return eventType(Shape.data(answer));
    }

    /** lengthInMinutes tells the format of 2024-06-14 from that of 2024-04-15, which says length. */
    private static CalcomEventType eventType(Shape type) {
        return new CalcomEventType(type.object().at("id").number(), type.at("title").text(), type.at("slug").text(),
                type.at("description").isText() ? type.at("description").text() : "", (int) type.at("lengthInMinutes").number(),
                type.at("locations").array(), type.at("bookingFields").array(),
                type.at("teamId").numberOrNull(), type.at("schedulingType").textOrNull(), type.at("parentEventTypeId").numberOrNull(),
                type.at("hidden").flag(), type.node());
    }

    /** An object of arrays by date; 2024-04-15 has {@code slots} around it, and {@code time} in it. */
    @Override
    public List<Slot> readSlots(CalcomAnswer answer) {
        return Shape.data(answer).values().stream()
                .flatMap(day -> day.list(slot -> slot).stream())
                .filter(slot -> !isFull(slot))
                .map(slot -> new Slot(slot.at("start").instant(), slot.at("end").instantOrNull()))
                .toList();
    }

    /** A seated slot stays in Cal.com's list when its last seat is taken (recorded). */
    private static boolean isFull(Shape slot) {
        return slot.node().path("seatsRemaining").isIntegralNumber() && slot.node().path("seatsRemaining").longValue() <= 0;
    }

    /** One booking, or the array that a series is answered as: its form decides, not what was asked. */
    @Override
    public List<CalcomBooking> readBookings(CalcomAnswer answer) {
        Shape data = Shape.data(answer);
        return data.node().isArray() ? data.list(DialectV2::booking) : List.of(booking(data));
    }

    @Override
    public boolean isMessageOnly(CalcomAnswer answer) {
        return false;
    }

    @Override
    public BookingsPage readBookingsPage(CalcomAnswer answer, BookingsQuery query) {
        Shape pagination = Shape.of(answer).at("pagination").object();
        return new BookingsPage(Shape.data(answer).list(DialectV2::booking), pagination.at("hasNextPage").bool());
    }

    @Override
    public List<Subscription> readSubscriptions(CalcomAnswer answer) {
        return Shape.data(answer).list(DialectV2::subscription);
    }

    @Override
    public Subscription readSubscription(CalcomAnswer answer) {
        return subscription(Shape.data(answer));
    }

    private static Subscription subscription(Shape webhook) {
        return new Subscription(webhook.object().at("id").text(), webhook.at("subscriberUrl").text(), webhook.at("active").bool(),
                new LinkedHashSet<>(webhook.at("triggers").list(Shape::text)), webhook.at("payloadTemplate").textOrNull(), webhook.at("secret").textOrNull());
    }

    private static CalcomBooking booking(Shape booking) {
        Shape responses = booking.object().at("bookingFieldsResponses");
        return new CalcomBooking(booking.at("id").number(), booking.at("uid").text(), booking.at("status").text(),
                booking.at("start").instant(), booking.at("end").instant(), booking.at("title").textOrNull(),
                booking.at("eventTypeId").numberOrNull(), booking.at("location").textOrNull(), host(booking),
                booking.at("attendees").list(attendee -> attendee(attendee, responses)),
                responses.treeOrNull(), booking.at("metadata").treeOrNull(),
                booking.at("rescheduledFromUid").textOrNull(), booking.at("rescheduledToUid").textOrNull(),
                booking.at("recurringBookingUid").textOrNull(), booking.at("seatUid").textOrNull(), booking.at("cancellationReason").textOrNull(),
                booking.at("createdAt").instantOrNull(), booking.at("updatedAt").instantOrNull());
    }

    /** The organizer; Cal.com writes the word unknown where the user is gone. */
    private static String host(Shape booking) {
        String email = booking.at("hosts").at(0).at("email").textOrNull();
        return "unknown".equals(email) ? null : email;
    }

    private static CalcomBooking.Attendee attendee(Shape attendee, Shape responses) {
        String email = attendee.at("displayEmail").textOrNull();
        String phone = attendee.at("phoneNumber").textOrNull();
        return new CalcomBooking.Attendee(attendee.at("name").textOrNull(),
                email == null ? attendee.at("email").textOrNull() : email,
                phone == null ? ownPhone(attendee, responses) : phone,
                attendee.at("timeZone").textOrNull(), attendee.at("language").textOrNull(),
                attendee.at("absent").flag(), attendee.at("seatUid").textOrNull(),
                attendee.at("metadata").treeOrNull());
    }

    /** The booker's number among the answers: occurrences of a series leave it out of the attendee. */
    static String ownPhone(Shape attendee, Shape responses) {
        boolean isBooker = attendee.at("email").textOrNull() != null
                && attendee.at("email").textOrNull().equals(responses.at("email").textOrNull());
        return isBooker ? responses.at("attendeePhoneNumber").textOrNull() : null;
    }
}
