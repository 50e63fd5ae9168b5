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
        ObjectNode profile = Json.object("slug", owner.username, "name", owner.name, "image", "/avatar.svg");
        ArrayNode rows = Json.array(Shrink.list(faults, call, world.eventTypesOf(owner.id).stream().map(eventType -> listed(eventType, owner)).toList()));
        return Answer.ok(Json.object(
                "eventTypeGroups", Json.array(Json.object("teamId", null, "bookerUrl", world.webUrl, "membershipRole", null, "profile", profile,
                        "eventTypes", rows, "metadata", Json.object("membershipCount", 1, "readOnly", false))),
                "profiles", Json.array(Json.object("slug", owner.username, "name", owner.name, "image", "/avatar.svg", "membershipCount", 1,
                        "readOnly", false, "teamId", null, "membershipRole", null)),
                "allUsersAcrossAllEventTypes", Json.object()));
    }

    private static ObjectNode listed(EventType eventType, Account owner) {
        ObjectNode row = EventTypeRow.of(eventType, owner);
        row.setAll(Json.object("hashedLink", Json.array(), "team", null, "hosts", Json.array(), "children", Json.array(),
                "userIds", Json.array(eventType.hosts()),
                "safeDescription", eventType.description.isEmpty() ? Json.OMITTED : "<p>" + eventType.description + "</p>"));
        return row;
    }

    /** One event type with all that its page needs. */
    private ObjectNode page(EventType eventType, Account caller) {
        ObjectNode row = EventTypeRow.common(eventType);
        row.remove("metadata");
        row.setAll(Json.object("aiPhoneCallConfig", null, "customInputs", Json.array(), "autoTranslateInstantMeetingTitleEnabled", true,
                "fieldTranslations", Json.array(), "hashedLink", Json.array(), "maxActiveBookingsPerBooker", null,
                "maxActiveBookingPerBookerOfferReschedule", false, "redirectUrlOnNoRoutingFormResponse", null, "forwardParamsSuccessRedirect", true,
                "owner", Json.object("id", eventType.ownerId, "timeZone", caller.timeZone), "parent", null, "hostGroups", Json.array(), "team", null,
                "users", Json.array(user(caller)), "schedule", null, "hosts", Json.array(), "children", Json.array(), "scheduleName", null,
                "bookerUrl", world.webUrl, "metadata", Json.object(), "webhooks", Json.array(), "workflows", Json.array(),
                "destinationCalendar", null, "secondaryEmailId", null));
        return Json.object("eventType", row, "locationOptions", Json.array(), "destinationCalendar", null, "team", null,
                "teamMembers", Json.array(), "currentUserMembership", null, "isUserOrganizationAdmin", false);
    }

    private static ObjectNode user(Account account) {
        return Json.object("name", account.name, "avatarUrl", account.avatarUrl, "username", account.username, "id", account.id,
                "email", account.email, "locale", account.locale, "defaultScheduleId", account.defaultScheduleId, "isPlatformManaged", false,
                "timeZone", account.timeZone, "avatar", "/avatar.svg");
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
        return Answer.created(EventTypeRow.of(eventType, call.caller()));
    }

    private Answer read(Call call) {
        int id = call.checkedId("id");
        EventType eventType = world.eventType(id);
        if (eventType == null || !Objects.equals(eventType.ownerId, call.caller().id)) {
            throw Refusal.notFound("Event type with id " + id + " not found");
        }
        return Answer.ok(page(eventType, call.caller()));
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
