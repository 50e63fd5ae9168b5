package io.calcamel.sandbox;

import static io.calcamel.sandbox.Routes.Guard.OPEN;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** {@code GET /v2/slots} in the form of 2024-09-04, and {@code /v2/slots/available} in the old one. */
final class Slots {

    private static final DateTimeFormatter WITH_OFFSET = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSxxx");

    private static final Rules BY_ID = common(Rules.rules().field("eventTypeId").number());
    private static final Rules BY_USER = common(Rules.rules().field("eventTypeSlug").string().field("username").string()
            .optional("organizationSlug").string());
    private static final Rules BY_TEAM = common(Rules.rules().field("eventTypeSlug").string().field("teamSlug").string()
            .optional("organizationSlug").string());
    private static final Rules BY_USERS = common(Rules.rules().field("usernames").eachString()
            .must("arrayMinSize", "The array must contain at least 2 elements.", value -> value.size() >= 2).array()
            .field("organizationSlug").string());
    private static final Rules OLD = Rules.rules()
            .field("startTime").date()
            .field("endTime").date()
            .optional("eventTypeId").number()
            .optional("eventTypeSlug").string()
            .optional("usernameList").eachString().array()
            .optional("duration").must("min", "Duration must be a positive number", value -> value.isNumber() && value.intValue() >= 1).number()
            .optional("rescheduleUid").string()
            .optional("timeZone").string()
            .optional("orgSlug").string()
            .optional("slotFormat").must("isEnum", "slotFormat must be either 'range' or 'time'", Slots::isFormat);

    private static Rules common(Rules rules) {
        return rules.field("start").date().field("end").date().optional("timeZone").zone().optional("duration").number()
                .optional("format").must("isEnum", "slotFormat must be either 'range' or 'time'", Slots::isFormat).string()
                .optional("bookingUidToReschedule").string().optional("type").string();
    }

    private static boolean isFormat(com.fasterxml.jackson.databind.JsonNode value) {
        return List.of("range", "time").contains(value.asText().toLowerCase(Locale.ROOT));
    }

    /** An answer, and how long it is given again. */
    private record Cached(Answer answer, Instant until) {
    }

    private static final int MOST_CACHED = 1000;

    private final Map<String, Cached> cache = new HashMap<>();
    private final World world;
    private final Availability availability;
    private final Faults faults;

    Slots(World world, Availability availability, Faults faults) {
        this.world = world;
        this.availability = availability;
        this.faults = faults;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/v2/slots", Versions.NEW_SLOTS, OPEN, call -> cached(call, this::list));
        routes.add("GET", "/v2/slots/available", Versions.OLD_SLOTS, OPEN, call -> cached(call, this::listOld));
    }

    /** Cal.com remembers what it answered for two seconds; the sandbox only if a fault says so, and how long. */
    private Answer cached(Call call, Function<Call, Answer> handler) {
        int milliseconds = faults.milliseconds(Faults.Fault.SLOTS_CACHED, call.method(), call.path());
        if (milliseconds == 0) {
            cache.clear();
            return handler.apply(call);
        }
        Cached known = cache.get(call.asked());
        if (known != null && call.now().isBefore(known.until())) {
            return known.answer();
        }
        Answer answer = handler.apply(call);
        if (cache.size() >= MOST_CACHED) {
            cache.clear();
        }
        cache.put(call.asked(), new Cached(answer, call.now().plusMillis(milliseconds)));
        return answer;
    }

    private Answer list(Call call) {
        ObjectNode query = Json.object();
        call.query().forEach((name, values) -> query.put(name, values.get(0)));
        for (String number : List.of("eventTypeId", "duration")) {
            if (query.has(number)) {
                query.set(number, number(call.parameter(number)));
            }
        }
        if (query.has("usernames")) {
            query.set("usernames", Json.array((Object[]) call.parameter("usernames").split("\\s*,\\s*")));
        }
        EventType eventType = find(query);
        Span asked = new Span(start(query.path("start").asText()), end(query.path("end").asText()));
        ObjectNode data = Json.object();
        if (!faults.hits(Faults.Fault.EMPTY_SLOTS, call.method(), call.path())) {
            data = days(eventType, asked, query, "start", "range".equalsIgnoreCase(query.path("format").asText()) ? "end" : null);
        }
        return Answer.json(200, Json.object("data", data, "status", "success"));
    }

    /** As JavaScript's {@code parseInt} does: the digits at the beginning. */
    private static com.fasterxml.jackson.databind.JsonNode number(String text) {
        String digits = text.trim().replaceFirst("^(-?\\d{1,9}).*$", "$1");
        return digits.matches("-?\\d+") ? Query.number(digits) : Json.node(text);
    }

    private EventType find(ObjectNode query) {
        if (query.has("eventTypeId")) {
            BY_ID.checkStrictly(query);
            return existing(world.eventType(query.path("eventTypeId").asInt()));
        }
        if (query.has("username") && query.has("eventTypeSlug")) {
            BY_USER.checkStrictly(query);
            return existing(world.eventTypeOf(user(Json.text(query, "username")).id, Json.text(query, "eventTypeSlug")));
        }
        if (query.has("teamSlug") && query.has("eventTypeSlug")) {
            BY_TEAM.checkStrictly(query);
            String slug = Json.text(query, "teamSlug");
            Team team = world.teams.values().stream().filter(some -> some.slug.equals(slug)).findFirst()
                    .orElseThrow(() -> Refusal.notFound("Team with slug " + slug + " not found"));
            return existing(world.eventTypes().stream().filter(eventType -> eventType.isTeam() && eventType.teamId == team.id
                    && eventType.slug.equals(Json.text(query, "eventTypeSlug"))).findFirst().orElse(null));
        }
        BY_USERS.checkStrictly(query);
        EventType dynamic = new EventType(0, 0, null, "Dynamic", "dynamic", 30);
        dynamic.schedulingType = "collective";
        query.path("usernames").forEach(name -> dynamic.hostIds.add(user(name.textValue()).id));
        return dynamic;
    }

    private static EventType existing(EventType eventType) {
        if (eventType == null) {
            throw Refusal.notFound("Event Type not found");
        }
        return eventType;
    }

    private Account user(String name) {
        Account account = world.accountsByName.get(name);
        if (account == null) {
            throw Refusal.notFound("User with username " + name + " not found");
        }
        return account;
    }

    /** A date alone begins at midnight in UTC, whatever the time zone that is asked for: that one is for showing only. */
    private static Instant start(String text) {
        return Check.instant(text).orElseThrow();
    }

    /** An end at midnight in UTC means the whole day that begins then. */
    private static Instant end(String text) {
        Instant end = Check.instant(text).orElseThrow();
        if (LocalTime.ofInstant(end, ZoneOffset.UTC).equals(LocalTime.MIDNIGHT)) {
            end = end.plus(Duration.ofDays(1)).minusSeconds(1);
        }
        return end;
    }

    private ObjectNode days(EventType eventType, Span asked, ObjectNode query, String startName, String endName) {
        ZoneId zone = Check.zone(query.path("timeZone").asText("UTC")).orElse(ZoneOffset.UTC);
        Booking moved = world.booking(query.path("bookingUidToReschedule").asText(query.path("rescheduleUid").asText()));
        // None, or one that makes no sense, is the event type's own.
        int minutes = query.path("duration").asInt() > 0 ? query.path("duration").asInt() : eventType.length;
        ObjectNode days = Json.object();
        for (Map.Entry<Instant, Booking> slot : availability.slots(eventType, asked, minutes, moved).entrySet()) {
            Instant start = slot.getKey();
            ObjectNode shown = Json.object(startName, show(start, zone));
            if (endName != null) {
                shown.put(endName, show(start.plus(Duration.ofMinutes(minutes)), zone));
            }
            if (eventType.seats() > 0) {
                addSeats(shown, eventType, start, slot.getValue());
            }
            String date = start.atZone(zone).toLocalDate().toString();
            if (!days.has(date)) {
                days.set(date, Json.array());
            }
            ((ArrayNode) days.get(date)).add(shown);
        }
        return days;
    }

    private void addSeats(ObjectNode shown, EventType eventType, Instant start, Booking booking) {
        int booked = (booking == null ? 0 : booking.attendees.size()) + availability.reservedSeats(eventType, start);
        shown.put("seatsBooked", booked).put("seatsRemaining", eventType.seats() - booked).put("seatsTotal", eventType.seats());
        if (booking != null) {
            shown.put("bookingUid", booking.uid);
        }
    }

    /** UTC is written with a Z only under its own name. */
    private static String show(Instant instant, ZoneId zone) {
        boolean utc = List.of("UTC", "GMT", "Z").contains(zone.getId());
        return utc ? Json.instant(instant) : WITH_OFFSET.format(instant.atZone(zone));
    }

    private Answer listOld(Call call) {
        ObjectNode query = Json.object();
        call.query().forEach((name, values) -> query.put(name, values.get(0)));
        for (String number : List.of("eventTypeId", "duration")) {
            if (query.has(number)) {
                query.set(number, number(call.parameter(number)));
            }
        }
        for (String list : List.of("usernameList", "usernameList[]")) {
            if (query.has(list)) {
                query.set("usernameList", Json.array(call.query().get(list)));
            }
        }
        ObjectNode given = OLD.checkLeniently(query);
        EventType eventType = given.has("eventTypeId") ? world.eventType(given.path("eventTypeId").asInt())
                : given.has("usernameList") ? world.eventTypeOf(user(given.path("usernameList").path(0).asText()).id, given.path("eventTypeSlug").asText())
                : null;
        Span asked = new Span(Check.instant(Json.text(given, "startTime")).orElseThrow(), Check.instant(Json.text(given, "endTime")).orElseThrow());
        boolean range = "range".equalsIgnoreCase(given.path("slotFormat").asText());
        ObjectNode days = faults.hits(Faults.Fault.EMPTY_SLOTS, call.method(), call.path()) ? Json.object()
                : days(existing(eventType), asked, given, range ? "startTime" : "time", range ? "endTime" : null);
        return Answer.json(200, Json.object("data", Json.object("slots", days), "status", "success"));
    }

    /** Slots as API v1 gives them. */
    ObjectNode ofV1(EventType eventType, Instant start, Instant end, String timeZone) {
        return days(eventType, new Span(start, end), Json.object("timeZone", timeZone), "time", null);
    }
}
