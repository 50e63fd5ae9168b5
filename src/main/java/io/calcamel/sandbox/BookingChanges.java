package io.calcamel.sandbox;

import static io.calcamel.sandbox.Routes.Guard.OPTIONAL;
import static io.calcamel.sandbox.Routes.Guard.PERMISSION;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** What happens to a booking after it was made: moved, cancelled, confirmed, declined, missed, given to another host. */
final class BookingChanges {

    private static final Rules MOVE = Rules.rules()
            .field("start").date()
            // Declared as an e-mail address, but in a way that is never looked at; so are phone numbers of guests.
            .optional("rescheduledBy")
            .optional("reschedulingReason").string()
            .optional("emailVerificationCode").string()
            .optional("rrHostSubsetIds").array();
    private static final Rules MOVE_SEAT = Rules.rules()
            .field("start").date()
            .field("seatUid").string()
            .optional("rescheduledBy")
            .optional("emailVerificationCode").string();
    private static final Rules CANCEL = Rules.rules()
            .optional("cancellationReason").string()
            .optional("cancelSubsequentBookings").bool();
    private static final Rules CANCEL_SEAT = Rules.rules()
            .field("seatUid").string()
            .optional("cancellationReason").string();
    private static final Rules DECLINE = Rules.rules().optional("reason").string();
    private static final Rules ABSENT = Rules.rules()
            .optional("host").bool()
            .optional("attendees")
            .must("arrayMinSize", "$ must contain at least 1 elements", value -> value.isArray() && !value.isEmpty())
            .array().eachInside(Rules.rules().field("email").email().field("absent").bool());
    private static final Rules REASSIGN = Rules.rules().optional("reason").string();

    private final World world;
    private final BookingDesk desk;
    private final Bookings bookings;
    private final BookingView view;
    private final Availability availability;
    private final Notices notices;
    private final Faults faults;

    BookingChanges(World world, BookingDesk desk, Bookings bookings, BookingView view, Availability availability, Notices notices, Faults faults) {
        this.world = world;
        this.desk = desk;
        this.bookings = bookings;
        this.view = view;
        this.availability = availability;
        this.notices = notices;
        this.faults = faults;
    }

    void addTo(Routes routes, Versions versions, boolean hosted) {
        Set<String> all = versions.bookings();
        routes.add("POST", "/v2/bookings/{uid}/reschedule", all, OPTIONAL, this::reschedule);
        routes.add("POST", "/v2/bookings/{uid}/cancel", all, OPTIONAL, this::cancel);
        routes.add("POST", "/v2/bookings/{uid}/confirm", all, PERMISSION, this::confirm);
        routes.add("POST", "/v2/bookings/{uid}/decline", all, PERMISSION, this::decline);
        routes.add("POST", "/v2/bookings/{uid}/mark-absent", all, PERMISSION, this::markAbsent);
        routes.add("POST", "/v2/bookings/{uid}/reassign", all, PERMISSION, this::reassign);
        routes.add("POST", "/v2/bookings/{uid}/reassign/{userId}", all, PERMISSION, this::reassignTo);
        if (hosted) {
            routes.add("POST", "/v2/bookings/{uid}/request-reschedule", all, PERMISSION, this::requestReschedule);
        }
    }

    private Booking find(Call call) {
        Booking booking = world.booking(call.variable("uid"));
        if (booking == null) {
            throw Refusal.notFound("Booking with uid=" + call.variable("uid") + " was not found in the database");
        }
        return booking;
    }

    // Moving

    private Answer reschedule(Call call) {
        boolean seat = call.object().has("seatUid");
        ObjectNode given = (seat ? MOVE_SEAT : MOVE).checkStrictly(call.body());
        Booking booking = find(call);
        boolean hasSeats = booking.seated && !booking.attendees.isEmpty();
        if (hasSeats && !seat && call.caller() == null) {
            throw Refusal.bare(500, "Internal server error");
        }
        EventType eventType = world.eventType(booking.eventTypeId);
        if (eventType == null) {
            throw Refusal.notFound("Booking with uid=" + booking.uid + " is missing event type");
        }
        if (hasSeats && seat) {
            return moveSeat(call, given, booking, eventType);
        }
        if (eventType.seats() > 0) {
            throw Refusal.badRequest("Booking with uid=" + booking.uid + " is a seated booking which means you have to provide seatUid in the request"
                    + " body to specify which seat specifically you want to reschedule. First, fetch the booking using the GET /v2/bookings/{uid}"
                    + " endpoint and then within the attendees array you will find the seatUid of the booking you want to reschedule. Second,"
                    + " provide the seatUid in the request body to specify which seat specifically you want to reschedule using the"
                    + " POST /v2/bookings/{uid}/reschedule endpoint.");
        }
        checkMovable(booking);
        Order order = order(call, given, booking, eventType);
        checkNotice(booking, eventType, order.movedByHost);
        BookingDesk.Booked booked = desk.book(order);
        return Answer.created(bookings.made(booked, call.caller()).put("isPlatformManagedUserBooking", false));
    }

    private static void checkMovable(Booking booking) {
        if (booking.status != Booking.Status.CANCELLED) {
            return;
        }
        throw Refusal.badRequest("Can't reschedule booking with uid=" + booking.uid + " because it has been cancelled"
                + (booking.toUid == null ? ". Please provide uid of a booking that is not cancelled."
                        : " and rescheduled already to booking with uid=" + booking.toUid + ". You probably want to reschedule " + booking.toUid
                                + " instead by passing it within the request URL."));
    }

    private void checkNotice(Booking booking, EventType eventType, boolean byHost) {
        int minutes = eventType.option("disableRescheduling").path("minutesBefore").asInt();
        if (minutes > 0 && !byHost && booking.start.isBefore(world.now().plus(Duration.ofMinutes(minutes)))) {
            throw Refusal.bare(403, "Rescheduling is not allowed within the minimum notice period before the event");
        }
    }

    private Order order(Call call, ObjectNode given, Booking booking, EventType eventType) {
        Attendee booker = booking.booker();
        Order order = new Order();
        order.eventType = eventType;
        order.caller = call.caller();
        order.start = Check.instant(Json.text(given, "start")).orElseThrow();
        order.minutes = (int) booking.minutes();
        order.name = booking.responses.get("name");
        order.email = booker.email;
        order.phoneNumber = Json.text(booking.responses, "attendeePhoneNumber");
        order.timeZone = booker.timeZone;
        order.language = booker.language;
        order.guests = Bookings.texts(booking.responses.get("guests"));
        JsonNode location = booking.responses.get("location");
        order.location = location == null ? null : new Locations.Choice(location.path("value").asText(), location.path("optionValue").asText());
        order.answers = booking.responses.deepCopy();
        order.answers.remove(List.of("name", "email", "attendeePhoneNumber", "guests", "location", "rescheduledReason"));
        order.metadata = booking.metadata.deepCopy();
        order.seriesUid = booking.seriesUid;
        order.moved = booking;
        order.movedBy = Json.text(given, "rescheduledBy");
        order.reason = Json.text(given, "reschedulingReason");
        order.movedByHost = isHost(order.movedBy, booking, call.caller());
        return order;
    }

    /** Who is named as the mover counts before whose key it is. */
    private static boolean isHost(String movedBy, Booking booking, Account caller) {
        return movedBy == null || movedBy.equals(Json.text(booking.responses, "email"))
                ? movedBy == null && caller == booking.host
                : movedBy.equals(booking.host.email) || caller == booking.host;
    }

    private Answer moveSeat(Call call, ObjectNode given, Booking booking, EventType eventType) {
        Attendee seat = booking.seat(Json.text(given, "seatUid"));
        if (seat == null) {
            throw Refusal.notFound("Seat with uid=" + Json.text(given, "seatUid") + " does not exist.");
        }
        checkMovable(booking);
        Order order = new Order();
        order.eventType = eventType;
        order.caller = call.caller();
        order.start = Check.instant(Json.text(given, "start")).orElseThrow();
        order.minutes = (int) booking.minutes();
        order.name = seat.responses.get("name");
        order.email = seat.email;
        order.phoneNumber = seat.phoneNumber;
        order.timeZone = seat.timeZone;
        order.language = seat.language;
        order.answers = seat.responses.deepCopy();
        order.answers.remove(List.of("name", "email", "attendeePhoneNumber", "guests"));
        order.metadata = seat.metadata;
        order.seriesUid = booking.seriesUid;
        order.verificationCode = BookingDesk.VERIFICATION_CODE;
        order.movedBy = Json.text(given, "rescheduledBy");
        BookingDesk.Booked booked = desk.bookQuietly(order);
        world.unseat(booking, seat);
        booking.updatedAt = world.now();
        if (booking.attendees.isEmpty()) {
            booking.status = Booking.Status.CANCELLED;
        }
        notices.seatMoved(booked.booking(), booked.seat(), booking, seat.seatUid, order.movedBy);
        return Answer.created(bookings.made(booked, call.caller()).put("isPlatformManagedUserBooking", false));
    }

    // Cancelling

    private Answer cancel(Call call) {
        String uid = call.variable("uid");
        boolean seat = call.object().has("seatUid");
        ObjectNode given = (seat ? CANCEL_SEAT : CANCEL).checkStrictly(call.body());
        String reason = Json.text(given, "cancellationReason");
        if (seat) {
            return cancelSeat(call, Json.text(given, "seatUid"), reason);
        }
        List<Booking> series = world.series(uid);
        boolean subsequent = given.path("cancelSubsequentBookings").asBoolean();
        if (!series.isEmpty() && subsequent) {
            throw Refusal.badRequest("Cannot cancel subsequent bookings for recurring event - you have to provide uid of one of the individual bookings"
                    + " of a recurring booking.");
        }
        Booking booking = series.isEmpty() ? world.booking(uid) : series.get(0);
        checkCancellable(uid, booking, call.caller(), reason);
        if (booking.seated && (call.caller() == null || !hosts(booking).contains(call.caller().id))) {
            throw Refusal.bare(401, "User not a host of this event");
        }
        notices.cancelled(booking, null, reason, null, !series.isEmpty());
        for (Booking gone : goingWith(booking, !series.isEmpty(), subsequent)) {
            end(gone, reason);
        }
        if (subsequent) {
            if (booking.seriesUid == null) {
                throw Refusal.badRequest("Booking with bookingUid=" + uid + " is not part of a recurring booking.");
            }
            return Answer.ok(bookings.read(booking.seriesUid, call.caller()));
        }
        return Answer.ok(bookings.read(uid, call.caller()));
    }

    private Set<Integer> hosts(Booking booking) {
        EventType eventType = world.eventType(booking.eventTypeId);
        return eventType == null ? Set.of(booking.host.id) : Set.copyOf(eventType.hosts());
    }

    /** @param uid as it was asked for, which may be a series' */
    void checkCancellable(String uid, Booking booking, Account caller, String reason) {
        if (booking == null) {
            throw Refusal.notFound("Booking with uid=" + uid + " not found");
        }
        if (booking.status == Booking.Status.CANCELLED) {
            throw Refusal.badRequest("Can't cancel booking with uid=" + uid + " because it has been cancelled already. Please provide uid of a booking"
                    + " that is not cancelled.");
        }
        if (booking.end.isBefore(world.now())) {
            throw Refusal.bare(400, "Cannot cancel a booking that has already ended");
        }
        EventType eventType = world.eventType(booking.eventTypeId);
        if (eventType != null && eventType.option("disableCancelling").path("disabled").asBoolean()) {
            throw Refusal.bare(400, "This event type does not allow cancellations");
        }
        if (caller == booking.host && (reason == null || reason.isEmpty())) {
            throw Refusal.bare(400, "Cancellation reason is required when you are the host");
        }
    }

    private List<Booking> goingWith(Booking booking, boolean wholeSeries, boolean subsequent) {
        if (booking.seriesUid == null || !wholeSeries && !subsequent) {
            return List.of(booking);
        }
        Instant from = subsequent ? booking.start : world.now();
        return world.series(booking.seriesUid).stream().filter(other -> !other.start.isBefore(from)).toList();
    }

    /** The booking is over. The notice has been sent before: a read may still find it as it was, if a fault says so. */
    void end(Booking booking, String reason) {
        int late = faults.milliseconds(Faults.Fault.LATE_CANCEL, "POST", "/v2/bookings/" + booking.uid + "/cancel");
        if (late > 0) {
            booking.statusBeforeCancellation = booking.status;
            booking.cancellationShownFrom = world.now().plusMillis(late);
        }
        booking.status = Booking.Status.CANCELLED;
        booking.cancellationReason = reason == null ? "" : reason;
        booking.updatedAt = world.now();
        booking.icsSequence++;
        if (booking.seated) {
            new ArrayList<>(booking.attendees).forEach(attendee -> world.unseat(booking, attendee));
        }
    }

    private Answer cancelSeat(Call call, String seatUid, String reason) {
        Booking booking = world.bookingBySeat(seatUid);
        if (booking == null) {
            throw Refusal.badRequest("Invalid seatUid: this seat does not exist or has already been cancelled.");
        }
        if (!booking.uid.equals(call.variable("uid"))) {
            throw Refusal.badRequest("Invalid seatUid: this seat does not belong to this booking.");
        }
        checkCancellable(booking.uid, booking, call.caller(), reason);
        Attendee seat = booking.seat(seatUid);
        notices.cancelled(booking, seat, reason, null, false);
        world.unseat(booking, seat);
        if (booking.attendees.isEmpty()) {
            booking.status = Booking.Status.CANCELLED;
            booking.updatedAt = world.now();
        }
        return Answer.ok(bookings.read(booking.uid, call.caller()));
    }

    // Deciding

    private Answer confirm(Call call) {
        Booking booking = decidable(call);
        Instant now = world.now();
        for (Booking occurrence : pendingWith(booking)) {
            occurrence.status = Booking.Status.ACCEPTED;
            occurrence.updatedAt = now;
            desk.giveVideoPage(occurrence);
        }
        notices.confirmed(booking);
        return Answer.ok(view.view(booking, true));
    }

    private Answer decline(Call call) {
        ObjectNode given = DECLINE.checkLeniently(call.body());
        Booking booking = decidable(call);
        Instant now = world.now();
        for (Booking occurrence : pendingWith(booking)) {
            occurrence.status = Booking.Status.REJECTED;
            occurrence.rejectionReason = given.path("reason").asText("");
            occurrence.updatedAt = now;
        }
        notices.declined(booking);
        return Answer.ok(view.view(booking, true));
    }

    /** One that was declined may be declined again, and even confirmed. */
    private Booking decidable(Call call) {
        Booking booking = find(call);
        if (!hosts(booking).contains(call.caller().id)) {
            throw Refusal.trpc(401, "User is not authorized to confirm this booking");
        }
        if (booking.status == Booking.Status.ACCEPTED) {
            throw Refusal.trpc(400, "Booking already confirmed");
        }
        return booking;
    }

    private List<Booking> pendingWith(Booking booking) {
        List<Booking> pending = new ArrayList<>(List.of(booking));
        if (booking.seriesUid != null) {
            world.series(booking.seriesUid).stream()
                    .filter(other -> other != booking && other.status == Booking.Status.PENDING).forEach(pending::add);
        }
        return pending;
    }

    // Missing, and other hosts

    private Answer markAbsent(Call call) {
        ObjectNode given = ABSENT.checkLeniently(call.body());
        String uid = call.variable("uid");
        Booking booking = world.booking(uid);
        if (booking == null) {
            throw Refusal.notFound("Booking with uid=" + uid + " not found.");
        }
        if (call.now().isBefore(booking.start)) {
            throw Refusal.badRequest("Bookings can only be marked as absent after their scheduled start time. Current time in UTC+0: "
                    + Json.instant(call.now()) + ", Booking start time in UTC+0: " + Json.instant(booking.start));
        }
        List<Attendee> marked = new ArrayList<>();
        for (JsonNode mark : given.path("attendees")) {
            Attendee attendee = booking.attendees.stream().filter(some -> some.email.equals(Json.text(mark, "email"))).findFirst().orElse(null);
            if (attendee == null || call.caller() != booking.host) {
                throw Refusal.bare(500, "Failed to update no-show status");
            }
            attendee.absent = mark.path("absent").asBoolean();
            marked.add(attendee);
        }
        if (given.has("host")) {
            if (call.caller() != booking.host) {
                throw Refusal.bare(500, "Failed to update no-show status");
            }
            booking.hostAbsent = given.path("host").asBoolean();
            booking.updatedAt = call.now();
        }
        if (!marked.isEmpty()) {
            notices.noShow(booking, marked);
        }
        return Answer.ok(view.view(booking, true));
    }

    private EventType reassignable(Call call, Booking booking) {
        EventType eventType = world.eventType(booking.eventTypeId);
        if (eventType == null) {
            throw Refusal.badRequest("Event type with id=" + booking.eventTypeId + " was not found in the database");
        }
        if (!eventType.hosts().contains(call.caller().id)) {
            throw Refusal.forbidden("You do not have permission to reassign this booking");
        }
        return eventType;
    }

    private Answer reassign(Call call) {
        Booking booking = find(call);
        EventType eventType = reassignable(call, booking);
        List<Account> others = eventType.hosts().stream().map(world.accounts::get)
                .filter(host -> host != booking.host && availability.isFree(eventType, host, booking.span(), booking)).toList();
        if (others.isEmpty() && eventType.isTeam()) {
            throw Refusal.badRequest("Can't reassign the booking because no other host is available at that time.");
        }
        return giveTo(booking, others.isEmpty() ? booking.host : others.get(0));
    }

    private Answer reassignTo(Call call) {
        REASSIGN.checkLeniently(call.body());
        Booking booking = find(call);
        EventType eventType = reassignable(call, booking);
        int id = call.checkedId("userId");
        Account account = world.accounts.get(id);
        if (account == null) {
            throw Refusal.notFound("User with id=" + id + " was not found in the database");
        }
        if (!eventType.hosts().contains(id)) {
            throw Refusal.badRequest("User with id=" + id + " is not a valid Round Robin host - the user to which you reassign this booking must be one"
                    + " of the booking hosts. Fetch the booking using the GET /v2/bookings/{uid} endpoint and select id of one of the hosts.");
        }
        return giveTo(booking, account);
    }

    private Answer giveTo(Booking booking, Account host) {
        Account before = booking.host;
        if (!Objects.equals(before, host)) {
            world.move(booking, host, booking.start, booking.end);
            notices.reassigned(booking, before);
        }
        return Answer.ok(Json.object("bookingUid", booking.uid, "reassignedTo",
                Json.object("id", host.id, "name", host.name, "email", host.email, "displayEmail", host.email)));
    }

    /** The host asks for another time: the booking is cancelled, and nobody knows yet what comes instead. */
    private Answer requestReschedule(Call call) {
        Booking booking = find(call);
        if (!hosts(booking).contains(call.caller().id)) {
            throw Refusal.forbidden("You do not have permission to request a reschedule of this booking");
        }
        notices.requestedToReschedule(booking, call.object().path("rescheduleReason").asText(""));
        end(booking, call.object().path("rescheduleReason").asText(""));
        return Answer.done();
    }
}
