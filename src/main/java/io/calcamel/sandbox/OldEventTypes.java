package io.calcamel.sandbox;

import static io.calcamel.sandbox.Routes.Guard.OPEN;
import static io.calcamel.sandbox.Routes.Guard.PERMISSION;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;

/** {@code /v2/event-types} as in 2024-04-15: grouped as on Cal.com's own page, close to the tables of the database. */
final class OldEventTypes {

    private static final Rules NEW = Rules.rules()
            .field("length").min(1).number()
            .field("slug").string()
            .field("title").string()
            .optional("description").string()
            .optional("hidden").bool()
            .optional("locations").array()
            .optional("disableGuests").bool()
            .optional("slotInterval").number()
            .optional("minimumBookingNotice").number()
            .optional("beforeEventBuffer").number()
            .optional("afterEventBuffer").number();

    private final World world;
    private final EventTypes eventTypes;
    private final Faults faults;

    OldEventTypes(World world, EventTypes eventTypes, Faults faults) {
        this.world = world;
        this.eventTypes = eventTypes;
        this.faults = faults;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/v2/event-types", Versions.OLD_EVENT_TYPES, PERMISSION, this::list);
        routes.add("POST", "/v2/event-types", Versions.OLD_EVENT_TYPES, PERMISSION, this::create);
        routes.add("GET", "/v2/event-types/{id}", Versions.OLD_EVENT_TYPES, PERMISSION, this::read);
        routes.add("DELETE", "/v2/event-types/{id}", Versions.OLD_EVENT_TYPES, PERMISSION, this::delete);
        routes.add("GET", "/v2/event-types/{username}/public", Versions.OLD_EVENT_TYPES, OPEN, this::listPublic);
    }

    private Answer list(Call call) {
        Account owner = call.caller();
        ObjectNode profile = Json.object("slug", owner.username, "name", owner.name, "image", "", "eventTypesLockedByOrg", false);
        ArrayNode rows = Json.array(Shrink.list(faults, call, world.eventTypesOf(owner.id).stream().map(this::row).toList()));
        return Answer.ok(Json.object(
                "eventTypeGroups", Json.array(Json.object("teamId", null, "bookerUrl", world.webUrl, "membershipRole", null, "profile", profile,
                        "eventTypes", rows, "metadata", Json.object("membershipCount", 1, "readOnly", false))),
                "profiles", Json.array(Json.object("slug", owner.username, "name", owner.name, "image", "", "teamId", null, "membershipRole", null,
                        "membershipCount", 1, "readOnly", false))));
    }

    private ObjectNode row(EventType eventType) {
        JsonNode options = eventType.options;
        ArrayNode users = Json.array();
        eventType.hosts().forEach(host -> users.add(world.accounts.get(host).asUser()));
        return Json.object("id", eventType.id, "title", eventType.title, "slug", eventType.slug, "description", eventType.description,
                "length", eventType.length, "locations", eventType.locations, "position", 0, "offsetStart", options.get("offsetStart"),
                "hidden", options.get("hidden"), "userId", eventType.ownerId, "teamId", eventType.teamId, "eventName", options.get("customName"),
                "timeZone", null, "periodType", "UNLIMITED", "requiresConfirmation", options.path("confirmationPolicy").has("type"),
                "recurringEvent", options.get("recurrence"), "disableGuests", options.get("disableGuests"),
                "minimumBookingNotice", options.get("minimumBookingNotice"), "beforeEventBuffer", options.get("beforeEventBuffer"),
                "afterEventBuffer", options.get("afterEventBuffer"), "seatsPerTimeSlot", eventType.seats() > 0 ? eventType.seats() : null,
                "schedulingType", eventType.schedulingType, "scheduleId", options.get("scheduleId"), "price", options.get("price"),
                "currency", options.get("currency"), "slotInterval", options.get("slotInterval"), "metadata", Json.object(),
                "successRedirectUrl", options.get("successRedirectUrl"), "team", null, "users", users, "hosts", Json.array(),
                "children", Json.array(), "parentId", eventType.parentId);
    }

    private Answer create(Call call) {
        ObjectNode given = NEW.checkLeniently(call.body());
        if (world.eventTypeOf(call.caller().id, Json.text(given, "slug")) != null) {
            throw Refusal.badRequest("User already has an event type with this slug.");
        }
        EventType eventType = new EventType(eventTypes.nextId(), call.caller().id, null, Json.text(given, "title"), Json.text(given, "slug"),
                given.path("length").asInt());
        ObjectNode options = given.deepCopy();
        options.remove("locations");
        EventTypeInput.apply(options, eventType);
        world.add(eventType);
        return Answer.created(row(eventType));
    }

    private Answer read(Call call) {
        int id = call.checkedId("id");
        EventType eventType = world.eventType(id);
        if (eventType == null || !Objects.equals(eventType.ownerId, call.caller().id)) {
            throw Refusal.notFound("Event type with id " + id + " not found");
        }
        return Answer.ok(row(eventType));
    }

    private Answer delete(Call call) {
        call.checkedId("id");
        EventType eventType = eventTypes.deletable(call);
        world.remove(eventType);
        return Answer.ok(Json.object("id", eventType.id, "length", eventType.length, "slug", eventType.slug, "title", eventType.title));
    }

    private Answer listPublic(Call call) {
        Account owner = world.accountsByName.get(call.variable("username"));
        if (owner == null) {
            throw Refusal.notFound("User with username \"" + call.variable("username") + "\" not found");
        }
        return Answer.ok(Shrink.list(faults, call, world.eventTypesOf(owner.id).stream().filter(eventType -> !eventType.is("hidden"))
                .map(eventType -> Json.object("id", eventType.id, "slug", eventType.slug, "title", eventType.title, "length", eventType.length,
                        "description", eventType.description)).toList()));
    }
}
