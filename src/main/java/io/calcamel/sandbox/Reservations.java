package io.calcamel.sandbox;

import static io.calcamel.sandbox.Routes.Guard.OPEN;
import static io.calcamel.sandbox.Routes.Guard.OPTIONAL;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** {@code /v2/slots/reservations}. A reservation hides a slot and hinders a second one, but nobody's booking (Cal.com API v2, slots). */
final class Reservations {

    private static final int DEFAULT_MINUTES = 5;

    private static final Rules RESERVATION = Rules.rules()
            .field("eventTypeId").integer()
            .field("slotStart").date()
            .optional("slotDuration").integer()
            .optional("reservationDuration").integer();

    private static final Rules OLD_RESERVATION = Rules.rules()
            .field("eventTypeId").integer()
            .field("slotUtcStartDate").date()
            .field("slotUtcEndDate").date()
            .optional("bookingUid").string();

    private final World world;

    Reservations(World world) {
        this.world = world;
    }

    void addTo(Routes routes) {
        routes.add("POST", "/v2/slots/reservations", Versions.NEW_SLOTS, OPTIONAL, this::create);
        routes.add("GET", "/v2/slots/reservations/{uid}", Versions.NEW_SLOTS, OPEN, this::read);
        routes.add("PATCH", "/v2/slots/reservations/{uid}", Versions.NEW_SLOTS, OPTIONAL, this::change);
        routes.add("DELETE", "/v2/slots/reservations/{uid}", Versions.NEW_SLOTS, OPEN, this::delete);
        routes.add("POST", "/v2/slots/reserve", Versions.OLD_SLOTS, OPEN, this::createOld);
        routes.add("DELETE", "/v2/slots/selected-slot", Versions.OLD_SLOTS, OPEN, this::deleteOld);
    }

    private Answer create(Call call) {
        ObjectNode given = RESERVATION.checkLeniently(call.body());
        if (given.path("reservationDuration").asInt() > 0 && call.caller() == null) {
            throw Refusal.unauthorized("reservationDuration can only be used for authenticated requests - use access token, api key or OAuth"
                    + " credentials");
        }
        Reservation reservation = reserve(call, given, new Reservation(world.uuid()));
        world.add(reservation);
        return Answer.created(reservation.view(true));
    }

    private Reservation reserve(Call call, ObjectNode given, Reservation reservation) {
        EventType eventType = world.eventType(given.path("eventTypeId").asInt());
        if (eventType == null) {
            throw Refusal.notFound("Event Type with ID=" + given.path("eventTypeId").asInt() + " not found");
        }
        if (given.path("reservationDuration").asInt() > 0 && call.caller() != null && !eventType.hosts().contains(call.caller().id)) {
            throw Refusal.forbidden("authenticated user is not owner of event type, does not have memberships in common with owner of the event"
                    + " type, nor does belong to event type's team or org.");
        }
        Instant start = Check.instant(Json.text(given, "slotStart")).orElseThrow(() -> Refusal.badRequest("Invalid start date"));
        checkDuration(given, eventType);
        Instant end = start.plus(Duration.ofMinutes(given.path("slotDuration").asInt(eventType.length)));
        checkFree(given, eventType, new Span(start, end));
        reservation.eventTypeId = eventType.id;
        reservation.start = start;
        reservation.end = end;
        reservation.minutes = given.path("reservationDuration").asInt(DEFAULT_MINUTES);
        reservation.until = call.now().plus(Duration.ofMinutes(reservation.minutes));
        return reservation;
    }

    private static void checkDuration(ObjectNode given, EventType eventType) {
        if (!given.hasNonNull("slotDuration")) {
            return;
        }
        if (eventType.lengths == null) {
            throw Refusal.badRequest("You passed 'slotDuration' but this event type is not a variable length event type.");
        }
        List<String> lengths = new ArrayList<>();
        for (JsonNode length : eventType.lengths) {
            lengths.add(length.asText());
        }
        if (!lengths.contains(given.path("slotDuration").asText())) {
            throw Refusal.badRequest("Provided 'slotDuration' is not one of the possible lengths for the event type. The possible lengths for this"
                    + " variable length event type are: " + String.join(", ", lengths));
        }
    }

    private void checkFree(ObjectNode given, EventType eventType, Span slot) {
        Booking booked = eventType.hosts().stream().flatMap(host -> world.bookingsOf(host, slot).stream())
                .filter(booking -> booking.eventTypeId == eventType.id && booking.isActive()).findFirst().orElse(null);
        if (booked != null && eventType.seats() == 0) {
            throw Refusal.unprocessable("Can't reserve a slot if the event is already booked.");
        }
        if (booked != null && booked.attendees.size() >= eventType.seats()) {
            throw Refusal.unprocessable("Booking with id=" + eventType.id + " at " + Json.text(given, "slotStart") + " has no more seats left.");
        }
        world.forgetOldReservations();
        boolean reserved = world.reservations.values().stream()
                .anyMatch(other -> other.eventTypeId == eventType.id && other.span().overlaps(slot));
        if (reserved) {
            throw Refusal.unprocessable("This time slot is already reserved by another user. Please choose a different time.");
        }
    }

    private Answer read(Call call) {
        world.forgetOldReservations();
        Reservation reservation = world.reservations.get(call.variable("uid"));
        return Answer.ok(reservation == null ? null : reservation.view(false));
    }

    private Answer change(Call call) {
        ObjectNode given = RESERVATION.checkLeniently(call.body());
        Reservation reservation = world.reservations.get(call.variable("uid"));
        if (reservation == null) {
            throw Refusal.notFound("Slot with uid=" + call.variable("uid") + " not found");
        }
        return Answer.ok(reserve(call, given, reservation).view(true));
    }

    private Answer delete(Call call) {
        world.reservations.remove(call.variable("uid"));
        return Answer.done();
    }

    private Answer createOld(Call call) {
        ObjectNode given = OLD_RESERVATION.checkLeniently(call.body());
        if (world.eventType(given.path("eventTypeId").asInt()) == null) {
            throw Refusal.notFound("Event Type not found");
        }
        Reservation reservation = new Reservation(world.uuid());
        reservation.eventTypeId = given.path("eventTypeId").asInt();
        reservation.start = Check.instant(Json.text(given, "slotUtcStartDate")).orElseThrow();
        reservation.end = Check.instant(Json.text(given, "slotUtcEndDate")).orElseThrow();
        reservation.minutes = DEFAULT_MINUTES;
        reservation.until = call.now().plus(Duration.ofMinutes(DEFAULT_MINUTES));
        world.add(reservation);
        return Answer.created(reservation.uid);
    }

    private Answer deleteOld(Call call) {
        world.reservations.remove(String.valueOf(call.parameter("uid")));
        return Answer.done();
    }
}
