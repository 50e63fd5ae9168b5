package io.calcamel.sandbox;

import static io.calcamel.sandbox.Routes.Guard.KEY;
import static io.calcamel.sandbox.Routes.Guard.OPTIONAL;
import static io.calcamel.sandbox.Routes.Guard.PERMISSION;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/** {@code /v2/event-types} in the form of 2024-06-14, with the private links to them. */
final class EventTypes {

    private static final Rules FILTER = Rules.rules()
            .optional("username").string()
            .optional("eventSlug").string()
            .optional("usernames").array()
            .optional("orgSlug").string()
            .optional("orgId").number()
            .optional("sortCreatedAt").must("isIn", "SortCreatedAt must be either \"asc\" or \"desc\".",
                    value -> "asc".equals(value.asText()) || "desc".equals(value.asText()));

    private static final Rules NEW_LINK = Rules.rules()
            .optional("expiresAt").must("isDate", "$ must be a Date instance", Check::isDate)
            .optional("maxUsageCount").min(1).integer();

    private final World world;
    private final Faults faults;

    EventTypes(World world, Faults faults) {
        this.world = world;
        this.faults = faults;
    }

    void addTo(Routes routes, Versions versions) {
        routes.add("GET", "/v2/event-types", versions.eventTypes(), OPTIONAL, this::list);
        routes.add("POST", "/v2/event-types", versions.eventTypes(), PERMISSION, this::create);
        routes.add("GET", "/v2/event-types/{id}", versions.eventTypes(), PERMISSION, call -> Answer.ok(view(readable(call), false)));
        routes.add("PATCH", "/v2/event-types/{id}", versions.eventTypes(), PERMISSION, this::change);
        routes.add("DELETE", "/v2/event-types/{id}", versions.eventTypes(), PERMISSION, this::delete);

        routes.add("POST", "/v2/event-types/{id}/private-links", Versions.ALL, KEY, this::createLink);
        routes.add("GET", "/v2/event-types/{id}/private-links", Versions.ALL, KEY, this::listLinks);
        routes.add("PATCH", "/v2/event-types/{id}/private-links/{linkId}", Versions.ALL, KEY, this::changeLink);
        routes.add("DELETE", "/v2/event-types/{id}/private-links/{linkId}", Versions.ALL, KEY, this::deleteLink);
    }

    // Reading

    private Answer list(Call call) {
        checkFilter(call);
        String username = call.parameter("username");
        if (username != null) {
            Account owner = world.accountsByName.get(username);
            return answer(call, owner == null ? List.of() : ofUser(call, owner));
        }
        if (call.parameter("usernames") != null) {
            return Answer.ok(List.of(dynamic(call)));
        }
        return answer(call, call.caller() == null ? List.of() : sorted(call, world.eventTypesOf(call.caller().id)));
    }

    private static void checkFilter(Call call) {
        ObjectNode filter = Json.object();
        call.query().forEach((name, values) -> filter.put(name, values.get(0)));
        if (filter.has("usernames")) {
            filter.set("usernames", Json.array((Object[]) call.parameter("usernames").split(",")));
        }
        if (filter.has("orgId")) {
            filter.set("orgId", Query.number(call.parameter("orgId")));
        }
        FILTER.checkLeniently(filter);
    }

    private List<EventType> ofUser(Call call, Account owner) {
        String slug = call.parameter("eventSlug");
        return sorted(call, world.eventTypesOf(owner.id)).stream()
                .filter(eventType -> call.isCalledBy(owner) || !eventType.is("hidden"))
                .filter(eventType -> slug == null || eventType.slug.equals(slug))
                .toList();
    }

    private static List<EventType> sorted(Call call, Collection<EventType> eventTypes) {
        List<EventType> sorted = new ArrayList<>(eventTypes);
        if ("desc".equals(call.parameter("sortCreatedAt"))) {
            sorted.sort(Comparator.comparingInt((EventType eventType) -> eventType.id).reversed());
        }
        return sorted;
    }

    private ObjectNode dynamic(Call call) {
        EventType eventType = new EventType(0, 0, null, "Dynamic", "dynamic", 30);
        for (String username : call.parameter("usernames").split(",")) {
            Account account = world.accountsByName.get(username.trim());
            if (account != null) {
                eventType.hostIds.add(account.id);
            }
        }
        return view(eventType, true);
    }

    private Answer answer(Call call, List<EventType> eventTypes) {
        return Answer.ok(Shrink.list(faults, call, eventTypes.stream().map(eventType -> view(eventType, true)).toList()));
    }

    /** @throws Refusal 404 if the caller may not see the event type, as if there were none */
    private EventType readable(Call call) {
        int id = call.id("id");
        EventType eventType = world.eventType(id);
        if (eventType == null || !mayChange(call.caller(), eventType)) {
            throw Refusal.notFound("Event type with id " + id + " not found");
        }
        return eventType;
    }

    private boolean mayChange(Account caller, EventType eventType) {
        Team team = eventType.isTeam() ? world.teams.get(eventType.teamId) : null;
        return Objects.equals(eventType.ownerId, caller.id) || team != null && team.memberIds.contains(caller.id);
    }

    ObjectNode view(EventType eventType, boolean visibleFieldsOnly) {
        ObjectNode view = Json.object("id", eventType.id, "ownerId", eventType.ownerId == null ? Json.OMITTED : eventType.ownerId,
                "lengthInMinutes", eventType.length, "lengthInMinutesOptions", Json.given(eventType.lengths), "title", eventType.title,
                "slug", eventType.slug, "description", eventType.description, "locations", eventType.locations,
                "bookingFields", visibleFieldsOnly ? BookingFields.visible(eventType.bookingFields) : eventType.bookingFields,
                "metadata", eventType.lengths == null ? Json.object() : Json.object("multipleDuration", eventType.lengths));
        view.setAll(eventType.options);
        ArrayNode users = Json.array();
        eventType.hosts().forEach(host -> users.add(world.accounts.get(host).asUser()));
        view.set("users", users);
        Account first = eventType.hosts().isEmpty() ? null : world.accounts.get(eventType.hosts().get(0));
        Team team = eventType.isTeam() ? world.teams.get(eventType.teamId) : null;
        view.put("bookingUrl", team != null ? world.webUrl + "/team/" + team.slug + "/" + eventType.slug
                : first == null ? "" : world.webUrl + "/" + first.username + "/" + eventType.slug);
        return view;
    }

    // Writing

    private Answer create(Call call) {
        ObjectNode given = EventTypeInput.check(call.body(), EventTypeInput.NEW);
        if (given.hasNonNull("locations")) {
            Locations.checkConnected(Locations.ofEventType(given.get("locations"), false));
        }
        EventTypeInput.checkTogether(given, null);
        EventTypeInput.checkPersonalContact(given);
        if (world.eventTypeOf(call.caller().id, Json.text(given, "slug")) != null) {
            throw Refusal.badRequest("User already has an event type with this slug.");
        }
        checkSchedule(call.caller(), given);
        EventType eventType = new EventType(nextId(), call.caller().id, null, Json.text(given, "title"), Json.text(given, "slug"),
                given.path("lengthInMinutes").asInt());
        EventTypeInput.apply(given, eventType);
        // What the core refuses is already in the database.
        world.add(eventType);
        checkCore(eventType);
        return Answer.created(view(eventType, false));
    }

    /** The next id that no event type has: some were given theirs on purpose. */
    int nextId() {
        int id = world.nextId(2001);
        while (world.eventType(id) != null) {
            id = world.nextId(2001);
        }
        return id;
    }

    private static void checkCore(EventType eventType) {
        if (eventType.seats() > 0 && eventType.occurrences() > 0) {
            throw Refusal.trpc(400, "Recurring Events and Offer Seats cannot be active at the same time.");
        }
    }

    private void checkSchedule(Account owner, ObjectNode given) {
        if (given.hasNonNull("scheduleId")) {
            Schedule schedule = world.schedules.get(given.path("scheduleId").intValue());
            if (schedule == null || schedule.ownerId != owner.id) {
                throw Refusal.notFound("User with ID=" + owner.id + " does not own schedule with ID=" + given.path("scheduleId").intValue());
            }
        }
    }

    private Answer change(Call call) {
        ObjectNode given = EventTypeInput.check(call.body(), EventTypeInput.CHANGES);
        int id = call.id("id");
        EventType eventType = world.eventType(id);
        if (given.hasNonNull("locations")) {
            Locations.checkConnected(Locations.ofEventType(given.get("locations"), false));
        }
        if (eventType == null || eventType.isTeam() || !Objects.equals(eventType.ownerId, call.caller().id)) {
            throw Refusal.notFound("Event type with id " + id + " not found");
        }
        EventTypeInput.checkTogether(given, eventType);
        EventTypeInput.checkPersonalContact(given);
        checkSchedule(call.caller(), given);
        EventType same = given.hasNonNull("slug") ? world.eventTypeOf(call.caller().id, Json.text(given, "slug")) : null;
        if (same != null && same != eventType) {
            throw Refusal.trpc(400, "error_event_type_url_duplicate");
        }
        boolean seated = given.has("seats") ? given.path("seats").has("seatsPerTimeSlot") : eventType.seats() > 0;
        boolean recurring = given.has("recurrence") ? given.path("recurrence").has("interval") : eventType.occurrences() > 0;
        if (seated && recurring && (given.has("seats") || given.has("recurrence"))) {
            throw Refusal.trpc(400, "Recurring Events and Offer Seats cannot be active at the same time.");
        }
        EventTypeInput.apply(given, eventType);
        return Answer.ok(view(eventType, false));
    }

    private Answer delete(Call call) {
        EventType eventType = deletable(call);
        world.remove(eventType);
        return Answer.ok(Json.object("id", eventType.id, "lengthInMinutes", eventType.length, "slug", eventType.slug, "title", eventType.title));
    }

    EventType deletable(Call call) {
        int id = call.id("id");
        EventType eventType = world.eventType(id);
        if (eventType == null) {
            throw Refusal.notFound("Event type with ID=" + id + " does not exist.");
        }
        if (!Objects.equals(eventType.ownerId, call.caller().id)) {
            throw Refusal.forbidden("User with ID=" + call.caller().id + " does not own event type with ID=" + id);
        }
        return eventType;
    }

    // Private links

    private EventType linked(Call call) {
        int id = call.checkedId("id");
        EventType eventType = world.eventType(id);
        if (eventType == null) {
            throw Refusal.notFound("Event type with id " + id + " not found");
        }
        if (!mayChange(call.caller(), eventType)) {
            throw Refusal.forbidden("User does not have permission to access this event type");
        }
        return eventType;
    }

    private Answer createLink(Call call) {
        EventType eventType = linked(call);
        ObjectNode given = NEW_LINK.checkLeniently(call.body());
        Instant expiresAt = expiry(given);
        PrivateLink link = new PrivateLink(world.uid(), eventType.id, expiresAt, given.path("maxUsageCount").asInt(1));
        world.add(link);
        return Answer.created(link.view(world.webUrl, call.now()));
    }

    private static Instant expiry(JsonNode given) {
        return given.hasNonNull("expiresAt") ? Check.instant(Json.text(given, "expiresAt")).orElseThrow() : null;
    }

    private Answer listLinks(Call call) {
        EventType eventType = linked(call);
        return Answer.ok(world.privateLinks.values().stream().filter(link -> link.eventTypeId() == eventType.id)
                .map(link -> link.view(world.webUrl, call.now())).toList());
    }

    private PrivateLink link(Call call) {
        EventType eventType = linked(call);
        PrivateLink link = world.privateLinks.get(call.variable("linkId"));
        if (link == null || link.eventTypeId() != eventType.id) {
            throw Refusal.notFound("Private link with id " + call.variable("linkId") + " not found");
        }
        return link;
    }

    private Answer changeLink(Call call) {
        PrivateLink link = link(call);
        ObjectNode given = NEW_LINK.checkLeniently(call.body());
        PrivateLink changed = new PrivateLink(link.id(), link.eventTypeId(), given.has("expiresAt") ? expiry(given)
                : given.has("maxUsageCount") ? null : link.expiresAt(), given.path("maxUsageCount").asInt(link.mostUses()));
        world.privateLinks.put(link.id(), changed);
        return Answer.ok(changed.view(world.webUrl, call.now()));
    }

    private Answer deleteLink(Call call) {
        PrivateLink link = link(call);
        world.privateLinks.remove(link.id());
        return Answer.ok(Json.object("linkId", link.id(), "message", "Private link deleted successfully"));
    }
}
