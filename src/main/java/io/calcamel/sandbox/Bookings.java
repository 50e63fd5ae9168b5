package io.calcamel.sandbox;

import static io.calcamel.sandbox.Routes.Guard.OPTIONAL;
import static io.calcamel.sandbox.Routes.Guard.PERMISSION;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** {@code /v2/bookings} in the form of 2024-08-13: making and reading bookings. */
final class Bookings {

    private static final int MOST_METADATA = 50;
    private static final int LONGEST_KEY = 40;
    private static final int LONGEST_VALUE = 500;

    private static final Rules ATTENDEE = Rules.rules()
            .field("name").string()
            .optional("email")
            .field("timeZone").zone()
            .optional("phoneNumber")
            .optional("language").oneOf("isEnum", (Object[]) Languages.ALL);

    private final World world;
    private final BookingDesk desk;
    private final BookingView view;
    private final Rules creation;

    Bookings(World world, BookingDesk desk, BookingView view, boolean hosted) {
        this.world = world;
        this.desk = desk;
        this.view = view;
        this.creation = creation(hosted);
    }

    private static Rules creation(boolean hosted) {
        Rules rules = Rules.rules()
                .field("start").date()
                .optional("lengthInMinutes").min(1).integer()
                .field("attendee").must("isDefined", "$ should not be null or undefined", value -> !value.isMissingNode() && !value.isNull())
                .inside(ATTENDEE)
                .optional("bookingFieldsResponses").object()
                .optional("eventTypeId").integer()
                .optional("eventTypeSlug").string()
                .optional("username").string()
                .optional("teamSlug").string()
                .optional("organizationSlug").string()
                .optional("guests").eachString().array()
                .optional("meetingUrl").url()
                .optional("location").must("ValidateLocation", "$ is not valid", value -> Locations.wrong(value) == null)
                .optional("metadata").must("ValidateMetadata", "Metadata must have at most 50 keys, each key up to 40 characters, and string values"
                        + " up to 500 characters.", Bookings::isMetadata).object()
                .optional("routing").object()
                .optional("emailVerificationCode").string()
                .optional("rrHostSubsetIds").array()
                .optional("overrideAvailability").bool()
                .optional("recurrenceCount").min(1).integer()
                .optional("instant").bool()
                .whole("eventTypeId or eventTypeSlug + username", "requireEventType", "Either eventTypeId or eventTypeSlug + username or"
                        + " eventTypeSlug + teamSlug must be provided", Bookings::namesEventType);
        for (String flag : hosted ? List.of("allowConflicts", "allowBookingOutOfBounds", "skipBookingLimits") : List.<String>of()) {
            rules.optional(flag).bool();
        }
        return rules;
    }

    private static boolean isMetadata(JsonNode metadata) {
        if (metadata.size() > MOST_METADATA) {
            return false;
        }
        for (var entry : metadata.properties()) {
            if (entry.getKey().length() > LONGEST_KEY || !entry.getValue().isTextual() || entry.getValue().textValue().length() > LONGEST_VALUE) {
                return false;
            }
        }
        return true;
    }

    private static boolean namesEventType(JsonNode body) {
        return Json.has(body, "eventTypeId") || Json.has(body, "eventTypeSlug") && (Json.has(body, "username") || Json.has(body, "teamSlug"));
    }

    void addTo(Routes routes, Versions versions) {
        Set<String> bookings = versions.bookings();
        routes.add("POST", "/v2/bookings", bookings, OPTIONAL, this::create);
        routes.add("GET", "/v2/bookings", bookings, PERMISSION, new BookingList(world, view)::list);
        routes.add("GET", "/v2/bookings/{uid}", bookings, OPTIONAL, call -> Answer.ok(read(call.variable("uid"), call.caller())));
        routes.add("GET", "/v2/bookings/by-seat/{seatUid}", bookings, OPTIONAL, this::readBySeat);
    }

    // Making

    private Answer create(Call call) {
        if (Json.has(call.object(), "location") && Locations.wrong(call.object().get("location")) != null) {
            throw Refusal.badRequest("location property is wrong," + Locations.wrong(call.object().get("location")) + " ");
        }
        ObjectNode given = creation.checkStrictly(call.body());
        EventType eventType = eventType(given);
        checkAuthentication(eventType, call.caller());
        if (eventType.isManagedParent()) {
            throw Refusal.badRequest("Event type with id=" + eventType.id + " is the parent managed event type that can't be booked. You have to"
                    + " provide the child event type id aka id of event type that has been assigned to one of the users.");
        }
        if (eventType.isTeam() && eventType.hosts().isEmpty()) {
            throw Refusal.unprocessable("Can't book this team event type because it has no hosts. Please, add at least 1 host to event type with id="
                    + eventType.id + " belonging to team with id=" + eventType.teamId + " and try again.");
        }
        Answers.check(given, eventType);
        Order order = order(given, eventType, call.caller());
        if (eventType.occurrences() > 0) {
            return Answer.created(bookSeries(given, order));
        }
        BookingDesk.Booked booked = desk.book(order);
        ObjectNode data = made(booked, call.caller());
        if (booked.isNew()) {
            data.put("isPlatformManagedUserBooking", false);
        }
        return Answer.created(data);
    }

    private ArrayNode bookSeries(ObjectNode given, Order order) {
        int most = order.eventType.occurrences();
        int count = given.path("recurrenceCount").asInt(most);
        if (count > most) {
            throw Refusal.badRequest("Provided recurrence count is higher than the event type's recurring event count.");
        }
        return Json.array(desk.bookSeries(order, count).stream()
                .map(booked -> made(booked, order.caller).put("isPlatformManagedUserBooking", false)).toList());
    }

    /** A booking as its maker is shown it: of a seated one, with the maker's own seat. */
    ObjectNode made(BookingDesk.Booked booked, Account caller) {
        ObjectNode data = view.view(booked.booking(), view.showsAll(booked.booking(), caller));
        if (booked.seat() != null) {
            data.put("seatUid", booked.seat().seatUid);
        }
        return data;
    }

    private EventType eventType(ObjectNode given) {
        String slug = Json.text(given, "eventTypeSlug");
        EventType found;
        String missing;
        if (given.path("eventTypeId").asInt() != 0) {
            found = world.eventType(given.path("eventTypeId").asInt());
            missing = "Event type with id " + given.path("eventTypeId").asInt() + " not found.";
        } else if (Json.has(given, "username")) {
            String username = Json.text(given, "username");
            Account owner = world.accountsByName.get(username);
            if (owner == null || Json.has(given, "organizationSlug")) {
                throw Refusal.notFound("User with username " + username + " not found");
            }
            found = world.eventTypeOf(owner.id, slug);
            missing = "Event type with slug " + slug + " belonging to user " + username + " not found.";
        } else {
            String teamSlug = String.valueOf(Json.text(given, "teamSlug"));
            Team team = world.teams.values().stream().filter(some -> some.slug.equals(teamSlug)).findFirst()
                    .orElseThrow(() -> Refusal.notFound("Team with slug " + teamSlug + " not found"));
            found = world.eventTypes().stream()
                    .filter(eventType -> eventType.isTeam() && eventType.teamId == team.id && eventType.slug.equals(slug)).findFirst().orElse(null);
            missing = "Event type with slug " + slug + " belonging to team " + teamSlug + " not found.";
        }
        if (found == null) {
            throw Refusal.notFound(missing);
        }
        return found;
    }

    static void checkAuthentication(EventType eventType, Account caller) {
        if (!eventType.is("bookingRequiresAuthentication")) {
            return;
        }
        if (caller == null) {
            throw Refusal.unauthorized("checkBookingRequiresAuthentication - request must be authenticated by passing credentials belonging to event"
                    + " type owner, host or team or org admin or owner.");
        }
        if (!eventType.hosts().contains(caller.id)) {
            throw Refusal.forbidden("checkBookingRequiresAuthentication - user is not authorized to access this event type. User has to be either"
                    + " event type owner, host, team admin or owner or org admin or owner.");
        }
    }

    private static Order order(ObjectNode given, EventType eventType, Account caller) {
        Order order = new Order();
        order.eventType = eventType;
        order.caller = caller;
        order.start = Check.instant(Json.text(given, "start")).orElseThrow();
        order.minutes = minutes(given, eventType);
        JsonNode attendee = given.get("attendee");
        order.name = attendee.get("name");
        order.email = Json.text(attendee, "email");
        order.phoneNumber = Json.text(attendee, "phoneNumber");
        order.timeZone = Json.text(attendee, "timeZone");
        order.language = attendee.path("language").asText("en");
        order.guests = texts(given.get("guests"));
        order.verificationCode = Json.text(given, "emailVerificationCode");
        JsonNode place = Json.has(given, "location") ? given.get("location") : given.get("meetingUrl");
        if (place != null && !place.isNull()) {
            Locations.checkOffered(place, eventType);
            order.location = Locations.choice(place);
        }
        if (Json.has(given, "metadata")) {
            order.metadata = (ObjectNode) given.get("metadata");
        }
        if (Json.has(given, "bookingFieldsResponses")) {
            order.answers = (ObjectNode) given.get("bookingFieldsResponses");
        }
        return order;
    }

    static List<String> texts(JsonNode array) {
        if (array == null || array.isNull()) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    private static int minutes(ObjectNode given, EventType eventType) {
        if (!Json.has(given, "lengthInMinutes")) {
            return eventType.length;
        }
        if (eventType.lengths == null) {
            throw Refusal.badRequest("Can't specify 'lengthInMinutes' because event type does not have multiple possible lengths. Please, remove the"
                    + " 'lengthInMinutes' field from the request.");
        }
        int minutes = given.path("lengthInMinutes").asInt();
        List<String> lengths = texts(eventType.lengths);
        if (!lengths.contains(Integer.toString(minutes))) {
            throw Refusal.badRequest("Provided 'lengthInMinutes' is not one of the possible lengths for the event type. The possible lengths are: "
                    + String.join(", ", lengths));
        }
        return minutes;
    }

    // Reading

    /** @param uid a booking's, an occurrence's, or a series' */
    JsonNode read(String uid, Account caller) {
        Booking booking = world.booking(uid);
        if (booking != null) {
            return view.view(booking, view.showsAll(booking, caller));
        }
        List<Booking> series = world.series(uid);
        if (series.isEmpty()) {
            throw Refusal.notFound("Booking with uid=" + uid + " was not found in the database");
        }
        return view.series(series, caller);
    }

    private Answer readBySeat(Call call) {
        String seatUid = call.variable("seatUid");
        Booking booking = world.bookingBySeat(seatUid);
        if (booking == null) {
            throw Refusal.notFound("Booking with seatUid=" + seatUid + " was not found in the database");
        }
        // Whoever knows a seat sees at least this one.
        List<Attendee> shown = view.showsAll(booking, call.caller()) ? booking.attendees : List.of(booking.seat(seatUid));
        return Answer.ok(view.seated(booking, shown, false));
    }
}
