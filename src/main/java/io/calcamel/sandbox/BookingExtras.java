package io.calcamel.sandbox;

import static io.calcamel.sandbox.Routes.Guard.PERMISSION;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/** What belongs to a booking: attendees, guests, its place, links for calendars, references, recordings. */
final class BookingExtras {

    private static final int MOST_GUESTS_AT_ONCE = 10;
    private static final int MOST_GUESTS = 30;

    private static final Rules ATTENDEE = Rules.rules()
            .field("name").string()
            .field("timeZone").zone()
            .optional("phoneNumber")
            .optional("language").oneOf("isEnum", (Object[]) Languages.ALL)
            .field("email").email();
    private static final Rules GUEST = Rules.rules()
            .field("email").email()
            .optional("name").string()
            .optional("timeZone").zone()
            .optional("phoneNumber")
            .optional("language").oneOf("isEnum", (Object[]) Languages.ALL);
    private static final Rules GUESTS = Rules.rules()
            .field("guests")
            .must("arrayMaxSize", "Cannot add more than 10 guests at a time", value -> value.isArray() && value.size() <= MOST_GUESTS_AT_ONCE)
            .must("arrayMinSize", "$ must contain at least 1 elements", value -> value.isArray() && !value.isEmpty())
            .array().eachInside(GUEST);

    private static final Rules REFERENCES = Rules.rules().optional("type").oneOf("isEnum", "google_calendar", "office365_calendar", "daily_video",
            "google_video", "office365_video", "zoom_video");

    private final World world;
    private final BookingView view;
    private final Notices notices;

    BookingExtras(World world, BookingView view, Notices notices) {
        this.world = world;
        this.view = view;
        this.notices = notices;
    }

    void addTo(Routes routes, Versions versions) {
        Set<String> all = versions.bookings();
        String booking = "/v2/bookings/{uid}";
        routes.add("GET", booking + "/attendees", all, PERMISSION, own(found -> Answer.ok(found.attendees.stream().map(Attendee::viewWithId).toList())));
        routes.add("GET", booking + "/attendees/{attendeeId}", all, PERMISSION, call -> Answer.ok(attendee(call, own(call)).viewWithId()));
        routes.add("POST", booking + "/attendees", all, PERMISSION, "Booking_attendees_add", this::addAttendee);
        routes.add("DELETE", booking + "/attendees/{attendeeId}", all, PERMISSION, "Booking_attendees_remove", this::removeAttendee);
        routes.add("POST", booking + "/guests", all, PERMISSION, "Booking_guests_add", this::addGuests);
        routes.add("PATCH", booking + "/location", all, PERMISSION, "Booking_location_update", this::changeLocation);
        routes.add("GET", booking + "/calendar-links", all, PERMISSION, call -> calendarLinks(find(call)));
        routes.add("GET", booking + "/references", all, PERMISSION, this::references);
        for (String nothing : List.of("/conferencing-sessions", "/recordings", "/transcripts")) {
            routes.add("GET", booking + nothing, all, PERMISSION, own(found -> Answer.ok(Json.array())));
        }
    }

    private Function<Call, Answer> own(Function<Booking, Answer> handler) {
        return call -> handler.apply(own(call));
    }

    private Booking find(Call call) {
        Booking booking = world.booking(call.variable("uid"));
        if (booking == null) {
            throw Refusal.notFound("Booking with uid " + call.variable("uid") + " not found");
        }
        return booking;
    }

    private boolean isHost(Account caller, Booking booking) {
        EventType eventType = world.eventType(booking.eventTypeId);
        return booking.host == caller || eventType != null && eventType.hosts().contains(caller.id);
    }

    /** A booking that there is not is refused as a stranger's is, and before the body is looked at. */
    private Booking own(Call call) {
        String uid = call.variable("uid");
        Booking booking = world.booking(uid);
        if (booking == null || !isHost(call.caller(), booking)) {
            throw Refusal.forbidden("BookingPbacGuard - user with id=" + call.caller().id + " does not have access to booking with uid=" + uid);
        }
        return booking;
    }

    private static Attendee attendee(Call call, Booking booking) {
        int id = call.checkedId("attendeeId");
        return booking.attendees.stream().filter(some -> some.id == id).findFirst()
                .orElseThrow(() -> Refusal.notFound("Attendee with id " + id + " not found in booking " + booking.uid));
    }

    private Answer addAttendee(Call call) {
        Booking booking = own(call);
        ObjectNode given = ATTENDEE.checkLeniently(call.body());
        refuseKnown(booking, Json.text(given, "email"));
        Attendee attendee = new Attendee(world.nextId(7001), Json.text(given, "name"), Json.text(given, "email"), Json.text(given, "timeZone"),
                given.path("language").asText("en"), Json.text(given, "phoneNumber"));
        booking.attendees.add(attendee);
        booking.updatedAt = call.now();
        return Answer.created(attendee.viewWithId().put("bookingId", booking.id));
    }

    private static void refuseKnown(Booking booking, String email) {
        if (booking.attendees.stream().anyMatch(attendee -> attendee.email.equalsIgnoreCase(email)) || booking.host.email.equalsIgnoreCase(email)) {
            throw Refusal.trpc(400, "emails_must_be_unique_valid");
        }
    }

    private Answer removeAttendee(Call call) {
        Booking booking = own(call);
        Attendee attendee = attendee(call, booking);
        if (attendee == booking.booker()) {
            throw Refusal.badRequest("Cannot remove the primary attendee from a booking");
        }
        booking.attendees.remove(attendee);
        booking.updatedAt = call.now();
        return Answer.ok(Json.object("id", attendee.id, "bookingId", booking.id, "name", attendee.name, "email", attendee.email,
                "timeZone", attendee.timeZone));
    }

    private Answer addGuests(Call call) {
        ObjectNode given = GUESTS.checkLeniently(call.body());
        Booking booking = find(call);
        int more = given.path("guests").size();
        int free = Math.max(0, MOST_GUESTS - booking.attendees.size());
        if (more > free) {
            throw Refusal.badRequest("Cannot add " + more + " guests. Maximum total guests per booking is " + MOST_GUESTS + ", " + free + " can be added.");
        }
        if (!isHost(call.caller(), booking)) {
            throw Refusal.trpc(403, "you_do_not_have_permission");
        }
        List<String> guests = booking.guests();
        for (JsonNode guest : given.path("guests")) {
            refuseKnown(booking, Json.text(guest, "email"));
        }
        for (JsonNode guest : given.path("guests")) {
            guests.add(Json.text(guest, "email"));
            booking.attendees.add(new Attendee(world.nextId(7001), guest.path("name").asText(""), Json.text(guest, "email"),
                    guest.path("timeZone").asText(booking.host.timeZone), guest.path("language").asText("en"), Json.text(guest, "phoneNumber")));
        }
        booking.responses.set("guests", Json.array(guests));
        booking.updatedAt = call.now();
        return Answer.ok(view.view(booking, true));
    }

    private Answer changeLocation(Call call) {
        JsonNode location = call.object().get("location");
        if (location != null && !location.isNull()) {
            String wrong = location.isObject() ? wrong(location) : "Booking 'location' must have a 'type' property.";
            if (wrong != null) {
                throw Refusal.invalid(Json.array(Json.object("target", call.object(), "value", location, "property", "location",
                        "children", Json.array(), "constraints", Json.object("ValidateUpdateLocation", wrong))));
            }
        }
        Booking booking = world.booking(call.variable("uid"));
        if (booking == null) {
            throw Refusal.notFound("Booking with uid=" + call.variable("uid") + " not found");
        }
        EventType eventType = world.eventType(booking.eventTypeId);
        if (eventType != null && !eventType.hosts().contains(call.caller().id)) {
            throw Refusal.forbidden("User is not authorized to update this booking location. User must be the event type owner, host, team admin or"
                    + " owner, or org admin or owner.");
        }
        if (location != null && !location.isNull()) {
            move(booking, location);
        }
        return Answer.ok(view.view(booking, true));
    }

    private static String wrong(JsonNode location) {
        String field = switch (location.path("type").asText("")) {
            case "address", "attendeeAddress" -> "address";
            case "link" -> "link";
            case "phone", "attendeePhone" -> "phone";
            case "attendeeDefined" -> "location";
            case "integration" -> "integration";
            case "" -> null;
            default -> "";
        };
        if (field == null) {
            return "Booking 'location' must have a 'type' property.";
        }
        if (field.isEmpty()) {
            return "Unsupported booking location type '" + location.path("type").asText() + "'.";
        }
        boolean fits = location.path(field).isTextual() && !location.path(field).textValue().isEmpty()
                && (!field.equals("link") || Check.isUrl(location.path(field).textValue()))
                && (!field.equals("phone") || Check.isPhoneNumber(location.path(field).textValue()));
        return fits ? null : "Validation failed for " + location.path("type").asText() + " location: " + field + " is not valid";
    }

    private void move(Booking booking, JsonNode location) {
        String before = booking.shownLocation();
        Locations.Choice choice = Locations.choice(location);
        String given = Objects.requireNonNullElse(Json.text(location, "address"), Objects.requireNonNullElse(Json.text(location, "link"),
                Objects.requireNonNullElse(Json.text(location, "phone"), Objects.requireNonNullElse(Json.text(location, "location"), choice.value()))));
        booking.location = given;
        booking.videoUrl = Locations.isCalVideo(given) ? world.webUrl + "/video/" + booking.uid : null;
        booking.responses.set("location", choice.view());
        booking.updatedAt = world.now();
        notices.locationChanged(booking, before);
    }

    private Answer calendarLinks(Booking booking) {
        String start = Json.instantToTheSecond(booking.start);
        String end = Json.instantToTheSecond(booking.end);
        String short1 = start.replaceAll("[-:]", "");
        String short2 = end.replaceAll("[-:]", "");
        String place = encode(booking.shownLocation());
        return Answer.ok(Json.array(
                link("Google Calendar", "googleCalendar", "https://calendar.google.com/calendar/r/eventedit?dates=" + short1 + "/" + short2
                        + "&text=" + encode(booking.title) + "&details=&location=" + place),
                link("Microsoft Office", "microsoftOffice", "https://outlook.office.com/calendar/0/deeplink/compose?body=&enddt=" + end
                        + "&path=%2Fcalendar%2Faction%2Fcompose&rru=addevent&startdt=" + start + "&subject=" + encode(booking.title)
                        + "&location=" + place),
                link("Microsoft Outlook", "microsoftOutlook", "https://outlook.live.com/calendar/0/deeplink/compose?body=&enddt=" + end
                        + "&path=%2Fcalendar%2Faction%2Fcompose&rru=addevent&startdt=" + start + "&subject=" + encode(booking.title)
                        + "&location=" + place),
                link("ICS", "ics", "data:text/calendar," + encode("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:" + booking.uid
                        + "\r\nSUMMARY:" + booking.title + "\r\nDTSTART:" + short1 + "\r\nDTEND:" + short2 + "\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"))));
    }

    private static ObjectNode link(String label, String id, String link) {
        return Json.object("label", label, "id", id, "link", link);
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private Answer references(Call call) {
        ObjectNode query = Json.object();
        call.query().forEach((name, values) -> query.put(name, values.get(0)));
        String type = Json.text(REFERENCES.checkLeniently(query), "type");
        Booking booking = find(call);
        if (booking.host != call.caller()) {
            throw Refusal.badRequest("Booking with uid " + booking.uid + " does not belong to user");
        }
        if (type != null && !type.equals("daily_video")) {
            return Answer.ok(Json.array());
        }
        return Answer.ok(booking.videoUrl == null ? Json.array()
                : Json.array(Json.object("type", "daily_video", "eventUid", "room-" + booking.id, "id", booking.id, "destinationCalendarId", null)));
    }
}
