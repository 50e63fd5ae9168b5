package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;

/** Makes bookings, and refuses to, in the order in which Cal.com's core does (Cal.com API v2, booking errors). */
final class BookingDesk {

    /** The one code that the sandbox takes for an e-mail verification. */
    static final String VERIFICATION_CODE = "sandbox";

    /** A new booking, or one more seat of one that is there already. */
    record Booked(Booking booking, Attendee seat, boolean isNew) {
    }

    private final World world;
    private final Availability availability;
    private final Notices notices;

    BookingDesk(World world, Availability availability, Notices notices) {
        this.world = world;
        this.availability = availability;
        this.notices = notices;
    }

    /** Books all occurrences of a series, as many as asked for. */
    List<Booked> bookSeries(Order first, int count) {
        JsonNode recurrence = first.eventType.option("recurrence");
        int interval = Math.max(1, recurrence.path("interval").asInt());
        ZoneId zone = Check.zone(first.timeZone).orElseThrow();
        ZonedDateTime start = first.start.atZone(zone);
        first.seriesUid = world.uuid();
        List<Booked> booked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            // The wall clock of the attendee counts, so in UTC the start may shift with daylight saving.
            ZonedDateTime next = switch (recurrence.path("frequency").asText()) {
                case "yearly" -> start.plusYears((long) i * interval);
                case "monthly" -> start.plusMonths((long) i * interval);
                default -> start.plusWeeks((long) i * interval);
            };
            Order order = first.at(next.toInstant());
            order.unchecked = i > 0;
            booked.add(book(order));
        }
        return booked;
    }

    Booked book(Order order) {
        Booked booked = bookQuietly(order);
        if (booked.isNew()) {
            notices.booked(booked.booking(), order);
        } else {
            notices.seatTaken(booked.booking(), booked.seat(), order);
        }
        return booked;
    }

    /** Books without telling anybody. */
    Booked bookQuietly(Order order) {
        checkAnswers(order);
        useContact(order);
        checkBooker(order);
        checkTime(order);
        Booking seated = order.eventType.seats() > 0 ? seatedBookingAt(order) : null;
        if (seated != null) {
            return takeSeat(order, seated, false);
        }
        Account host = host(order);
        Booking booking = create(order, host);
        Attendee seat = null;
        if (order.eventType.seats() > 0) {
            booking.seated = true;
            booking.description = null;
            booking.icsUid = world.uid() + "@Cal.com";
            world.add(booking);
            seat = takeSeat(order, booking, true).seat();
        } else {
            booking.attendees.add(attendee(order));
            addGuests(order, booking);
            world.add(booking);
        }
        retire(order, booking);
        return new Booked(booking, seat, true);
    }

    // What the answers have to be

    private static void checkAnswers(Order order) {
        List<String> wrong = new ArrayList<>();
        for (JsonNode field : order.eventType.bookingFields) {
            String problem = problem(order, field);
            if (problem != null) {
                wrong.add("responses - {" + Json.text(field, "slug") + "}" + problem + ", ");
            }
        }
        if (order.guests != null && order.guests.stream().anyMatch(guest -> !Check.isEmail(guest))) {
            wrong.add("responses - {guests}email_validation_error, ");
        }
        if (!wrong.isEmpty()) {
            throw Refusal.core(String.join("", wrong));
        }
    }

    private static String problem(Order order, JsonNode field) {
        String slug = Json.text(field, "slug");
        boolean required = BookingFields.isRequiredAndVisible(field);
        return switch (slug) {
            case "name", "splitName" -> order.fullName().isBlank() ? "error_required_field" : null;
            case "email" -> emailProblem(order, field, required);
            case "attendeePhoneNumber" -> required && isEmpty(order.phoneNumber) ? "error_required_field" : null;
            case "location", "title" -> null;
            case "guests" -> required && (order.guests == null || order.guests.isEmpty()) ? "error_required_field" : null;
            // API v2 sends the reason under another name than the field has, so a required one can't be given there.
            case "rescheduleReason" -> required && order.moved != null && isEmpty(Json.text(order.answers, slug)) ? "error_required_field" : null;
            default -> customProblem(order.answers.get(slug), field, required);
        };
    }

    private static String emailProblem(Order order, JsonNode field, boolean required) {
        if (field.path("hidden").asBoolean()) {
            return null;
        }
        if (isEmpty(order.email)) {
            return required ? "error_required_field" : null;
        }
        return Check.isEmail(order.email) ? null : "email_validation_error";
    }

    private static String customProblem(JsonNode value, JsonNode field, boolean required) {
        boolean empty = value == null || value.isNull() || value.isTextual() && value.textValue().isEmpty() || value.isArray() && value.isEmpty();
        if (empty) {
            return required ? "error_required_field" : null;
        }
        return switch (Json.text(field, "type")) {
            case "url" -> Check.isUrl(value.asText()) ? null : "url_validation_error";
            case "multiemail" -> Rules.everyItem(item -> Check.isEmail(item.asText())).test(value) ? null : "email_validation_error";
            // The core wants text, which the API before it has refused: a number can't be answered at all.
            case "number" -> value.isNumber() ? "Invalid input" : null;
            default -> null;
        };
    }

    private static boolean isEmpty(String text) {
        return text == null || text.isBlank();
    }

    /** Where the e-mail field is hidden, an address is made of the phone number, even if one was given. */
    private static void useContact(Order order) {
        JsonNode field = BookingFields.of(order.eventType, "email");
        boolean hidden = field != null && field.path("hidden").asBoolean();
        if ((hidden || isEmpty(order.email)) && !isEmpty(order.phoneNumber)) {
            order.email = order.phoneNumber.replaceAll("\\D", "") + "@sms.cal.com";
        }
        if (isEmpty(order.email)) {
            throw Refusal.bare(400, "Both Phone and Email are missing");
        }
    }

    // Who may book, and when

    private void checkBooker(Order order) {
        if (order.moved != null) {
            return;
        }
        if (order.eventType.is("requiresBookerEmailVerification") && !VERIFICATION_CODE.equals(order.verificationCode)) {
            throw Refusal.bare(400, order.verificationCode == null ? "email_verification_required" : "invalid_verification_code");
        }
        if (order.email.contains("watchlist") || order.email.contains("watch-list")) {
            throw Refusal.bare(500, "Internal server error");
        }
        JsonNode limit = order.eventType.option("bookerActiveBookingsLimit");
        if (limit.path("maximumActiveBookings").asInt() > 0 && !order.unchecked) {
            List<Booking> active = activeBookings(order);
            if (active.size() >= limit.path("maximumActiveBookings").asInt()) {
                String text = "Attendee with this email can't book because the maximum number of active bookings has been reached.";
                throw Refusal.badRequest(limit.path("offerReschedule").asBoolean()
                        ? text + " You can reschedule your existing booking (" + active.get(active.size() - 1).uid + ") to a new timeslot instead." : text);
            }
        }
    }

    private List<Booking> activeBookings(Order order) {
        Span future = new Span(world.now(), world.now().plus(Duration.ofDays(3650)));
        return order.eventType.hosts().stream().flatMap(host -> world.bookingsOf(host, future).stream())
                .filter(booking -> booking.eventTypeId == order.eventType.id && booking.status == Booking.Status.ACCEPTED
                        && booking.attendees.stream().anyMatch(attendee -> attendee.email.equals(order.email)))
                .toList();
    }

    private void checkTime(Order order) {
        if (order.unchecked) {
            return;
        }
        if (order.start.isBefore(world.now())) {
            throw Refusal.badRequest("Attempting to book a meeting in the past.");
        }
        if (!availability.isBookableAt(order.eventType, order.start)) {
            throw Refusal.badRequest("The event type can't be booked at the \"start\" time provided. This could be because it's too soon (violating"
                    + " the minimum booking notice) or too far in the future (outside the event's scheduling window). Try fetching available slots"
                    + " first using the GET /v2/slots endpoint and then make a booking with \"start\" time equal to one of the available slots.");
        }
    }

    /** @return who will be the host; of an occurrence that is not checked, whoever is first */
    private Account host(Order order) {
        if (order.unchecked) {
            Account first = world.accounts.get(order.eventType.hosts().get(0));
            refuseSameStart(order, first);
            return first;
        }
        String limit = availability.limitReached(order.eventType, order.span(), order.moved);
        if (limit != null) {
            throw Refusal.bare(401, limit);
        }
        Account host = availability.freeHost(order.eventType, order.span(), order.moved);
        if (host == null) {
            throw Refusal.badRequest(order.eventType.isTeam()
                    ? "One of the hosts either already has booking at this time or is not available"
                    : "User either already has booking at this time or is not available");
        }
        return host;
    }

    /** Later occurrences may overlap other bookings, but the database knows each start of a host only once. */
    private void refuseSameStart(Order order, Account host) {
        boolean taken = world.bookingsOf(host.id, order.span()).stream()
                .anyMatch(other -> other.status == Booking.Status.ACCEPTED && other.span().equals(order.span()));
        if (taken && order.eventType.seats() == 0) {
            throw Refusal.bare(400, "An error occurred while querying the database.");
        }
    }

    // Making it

    private Booking create(Order order, Account host) {
        Booking booking = new Booking(world.nextId(5001), world.uid(), order.eventType.id, world.now());
        booking.host = host;
        booking.start = order.start;
        booking.end = order.span().end();
        booking.status = needsConfirmation(order) ? Booking.Status.PENDING : Booking.Status.ACCEPTED;
        booking.title = title(order, host);
        booking.description = order.answers.path("notes").asText("");
        booking.seriesUid = order.seriesUid;
        booking.responses = responses(order);
        booking.metadata = order.metadata;
        // A booking that moves keeps the place that it had.
        booking.location = order.moved != null ? order.moved.location : Locations.place(order.location, order.eventType);
        giveVideoPage(booking);
        return booking;
    }

    /** The page of a video call is made when the booking is accepted. */
    void giveVideoPage(Booking booking) {
        if (booking.status == Booking.Status.ACCEPTED && Locations.isCalVideo(booking.location)) {
            booking.videoUrl = world.webUrl + "/video/" + booking.uid;
        }
    }

    private boolean needsConfirmation(Order order) {
        if (order.eventType.option("price").asInt() > 0 && order.moved == null) {
            return true;
        }
        JsonNode policy = order.eventType.option("confirmationPolicy");
        if (order.movedByHost) {
            return false;
        }
        return switch (policy.path("type").asText("")) {
            case "always" -> true;
            case "time" -> order.start.isBefore(world.now().plus(threshold(policy.path("noticeThreshold"))));
            default -> false;
        };
    }

    private static Duration threshold(JsonNode threshold) {
        long count = threshold.path("count").asLong();
        return switch (threshold.path("unit").asText()) {
            case "hours" -> Duration.ofHours(count);
            case "days" -> Duration.ofDays(count);
            default -> Duration.ofMinutes(count);
        };
    }

    private String title(Order order, Account host) {
        EventType eventType = order.eventType;
        Team team = eventType.isTeam() ? world.teams.get(eventType.teamId) : null;
        String organiser = team == null ? host.name : team.name;
        String custom = Json.text(eventType.options, "customName");
        return custom == null ? eventType.title + " between " + organiser + " and " + order.fullName()
                : custom.replace("{Event type title}", eventType.title).replace("{Organiser}", organiser).replace("{Scheduler}", order.fullName());
    }

    private static ObjectNode responses(Order order) {
        ObjectNode responses = Json.object("email", order.email, "attendeePhoneNumber", Json.given(order.phoneNumber), "name", names(order));
        responses.setAll(order.answers);
        if (order.guests != null) {
            responses.set("guests", Json.array(order.guests));
        }
        if (order.location != null) {
            responses.set("location", order.location.view());
        }
        if (order.reason != null) {
            responses.put("rescheduledReason", order.reason);
        }
        return responses;
    }

    private static JsonNode names(Order order) {
        boolean split = BookingFields.of(order.eventType, "splitName") != null;
        if (!split || order.name.isObject()) {
            return order.name;
        }
        String[] parts = order.name.asText().split(" ", 2);
        return Json.object("firstName", parts[0], "lastName", parts.length > 1 ? parts[1] : "");
    }

    private Attendee attendee(Order order) {
        return new Attendee(world.nextId(7001), order.fullName(), order.email, order.timeZone, order.language, order.phoneNumber);
    }

    private void addGuests(Order order, Booking booking) {
        if (order.guests != null) {
            order.guests.forEach(guest -> booking.attendees.add(
                    new Attendee(world.nextId(7001), "", guest, order.timeZone, "en", null)));
        }
    }

    // Seats

    private Booking seatedBookingAt(Order order) {
        return order.eventType.hosts().stream().flatMap(host -> world.bookingsOf(host, order.span()).stream())
                .filter(booking -> booking.eventTypeId == order.eventType.id && booking.isActive() && booking.start.equals(order.start))
                .findFirst().orElse(null);
    }

    private Booked takeSeat(Order order, Booking booking, boolean isNew) {
        if (booking.attendees.stream().anyMatch(attendee -> attendee.email.equals(order.email))) {
            throw Refusal.bare(409, "already_signed_up_for_this_booking_error");
        }
        if (booking.attendees.size() >= order.eventType.seats()) {
            throw Refusal.conflict("No more seats left at this seated booking.");
        }
        Attendee seat = attendee(order);
        seat.seatUid = world.uuid();
        seat.responses = responses(order);
        seat.responses.set("guests", Json.array(order.guests == null ? List.of() : order.guests));
        seat.metadata = order.metadata;
        world.seat(booking, seat);
        return new Booked(booking, seat, isNew);
    }

    // Moving

    /** A booking that was moved is cancelled in the same step, and each names the other. */
    private void retire(Order order, Booking booking) {
        Booking moved = order.moved;
        if (moved == null) {
            return;
        }
        booking.fromUid = moved.uid;
        booking.icsUid = moved.icsUid;
        booking.icsSequence = moved.icsSequence + 1;
        booking.rescheduledBy = order.movedBy;
        moved.status = Booking.Status.CANCELLED;
        moved.toUid = booking.uid;
        moved.rescheduledBy = order.movedBy;
        moved.updatedAt = world.now();
    }
}
