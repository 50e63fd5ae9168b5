package io.calcamel.sandbox;

import static io.calcamel.sandbox.Routes.Guard.KEY;
import static io.calcamel.sandbox.Routes.Guard.OPTIONAL;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** {@code /v2/teams}, which only the hosted edition has. */
final class Teams {

    private static final Rules NEW = Rules.rules().field("name").string().optional("slug").string().optional("bio").string();

    private final World world;
    private final EventTypes eventTypes;
    private final Faults faults;

    Teams(World world, EventTypes eventTypes, Faults faults) {
        this.world = world;
        this.eventTypes = eventTypes;
        this.faults = faults;
    }

    void addTo(Routes routes, Versions versions) {
        routes.add("GET", "/v2/teams", Versions.ALL, KEY, call -> Answer.ok(own(call).stream().map(team -> team.view(world.webUrl)).toList()));
        routes.add("POST", "/v2/teams", Versions.ALL, KEY, this::create);
        routes.add("GET", "/v2/teams/{teamId}", Versions.ALL, KEY, call -> Answer.ok(find(call).view(world.webUrl)));
        routes.add("GET", "/v2/teams/{teamId}/memberships", Versions.ALL, KEY, this::memberships);
        routes.add("GET", "/v2/teams/{teamId}/event-types", versions.eventTypes(), OPTIONAL, this::listEventTypes);
        routes.add("POST", "/v2/teams/{teamId}/event-types", versions.eventTypes(), KEY, this::createEventType);
        routes.add("GET", "/v2/teams/{teamId}/event-types/{id}", versions.eventTypes(), KEY, call -> Answer.ok(view(eventType(call), false)));
        routes.add("PATCH", "/v2/teams/{teamId}/event-types/{id}", versions.eventTypes(), KEY, this::changeEventType);
        routes.add("DELETE", "/v2/teams/{teamId}/event-types/{id}", versions.eventTypes(), KEY, this::deleteEventType);
        routes.add("GET", "/v2/teams/{teamId}/bookings", versions.bookings(), KEY, this::bookings);
    }

    private List<Team> own(Call call) {
        return world.teams.values().stream().filter(team -> team.memberIds.contains(call.caller().id)).toList();
    }

    private Answer create(Call call) {
        ObjectNode given = NEW.checkLeniently(call.body());
        int id = world.nextId(50_001);
        Team team = new Team(id, Json.text(given, "name"), given.path("slug").asText("team-" + id));
        team.memberIds.add(call.caller().id);
        world.teams.put(id, team);
        return Answer.created(team.view(world.webUrl));
    }

    private Team existing(Call call) {
        int id = call.checkedId("teamId");
        Team team = world.teams.get(id);
        if (team == null) {
            throw Refusal.notFound("Team with id " + id + " not found");
        }
        return team;
    }

    private Team find(Call call) {
        Team team = existing(call);
        if (!team.memberIds.contains(call.caller().id)) {
            throw Refusal.forbidden("RolesGuard - User with id=" + call.caller().id + " is not a member of the team with id=" + team.id);
        }
        return team;
    }

    private Answer memberships(Call call) {
        Team team = find(call);
        ArrayNode memberships = Json.array();
        for (int userId : team.memberIds) {
            Account user = world.accounts.get(userId);
            memberships.add(Json.object("id", team.id * 100 + memberships.size(), "userId", userId, "teamId", team.id, "accepted", true,
                    "role", memberships.isEmpty() ? "OWNER" : "MEMBER", "disableImpersonation", false,
                    "user", Json.object("avatarUrl", user.avatarUrl, "username", user.username, "name", user.name, "email", user.email,
                            "bio", user.bio, "metadata", Json.object())));
        }
        return Answer.ok(memberships);
    }

    // Event types

    private List<EventType> of(Team team) {
        return world.eventTypes().stream().filter(eventType -> eventType.isTeam() && eventType.teamId == team.id).toList();
    }

    private Answer listEventTypes(Call call) {
        Team team = existing(call);
        boolean member = call.caller() != null && team.memberIds.contains(call.caller().id);
        String slug = call.parameter("eventSlug");
        return Answer.ok(Shrink.list(faults, call, of(team).stream()
                .filter(eventType -> member || !eventType.is("hidden"))
                .filter(eventType -> slug == null || eventType.slug.equals(slug))
                .map(eventType -> view(eventType, true)).toList()));
    }

    private EventType eventType(Call call) {
        Team team = find(call);
        int id = call.checkedId("id");
        EventType eventType = world.eventType(id);
        if (eventType == null || !eventType.isTeam() || eventType.teamId != team.id) {
            throw Refusal.notFound("Event type with id " + id + " not found");
        }
        return eventType;
    }

    private Answer createEventType(Call call) {
        Team team = find(call);
        ObjectNode given = EventTypeInput.check(call.body(), EventTypeInput.NEW);
        EventTypeInput.checkTogether(given, null);
        if (of(team).stream().anyMatch(eventType -> eventType.slug.equals(Json.text(given, "slug")))) {
            throw Refusal.badRequest("Team already has an event type with this slug.");
        }
        EventType eventType = new EventType(eventTypes.nextId(), null, team.id, Json.text(given, "title"), Json.text(given, "slug"),
                given.path("lengthInMinutes").asInt());
        eventType.schedulingType = given.path("schedulingType").asText("collective");
        EventTypeInput.apply(given, eventType);
        host(given, eventType, team);
        world.add(eventType);
        return Answer.created(view(eventType, false));
    }

    private static void host(ObjectNode given, EventType eventType, Team team) {
        if (given.path("assignAllTeamMembers").asBoolean()) {
            eventType.hostIds.clear();
            eventType.hostIds.addAll(team.memberIds);
        } else if (given.has("hosts")) {
            eventType.hostIds.clear();
            for (JsonNode host : given.get("hosts")) {
                int id = host.path("userId").asInt();
                if (!team.memberIds.contains(id)) {
                    throw Refusal.notFound("User with id=" + id + " is not part of the team");
                }
                eventType.hostIds.add(id);
            }
        }
    }

    private Answer changeEventType(Call call) {
        EventType eventType = eventType(call);
        ObjectNode given = EventTypeInput.check(call.body(), EventTypeInput.CHANGES);
        EventTypeInput.checkTogether(given, eventType);
        EventTypeInput.apply(given, eventType);
        host(given, eventType, find(call));
        return Answer.ok(view(eventType, false));
    }

    private Answer deleteEventType(Call call) {
        EventType eventType = eventType(call);
        world.remove(eventType);
        return Answer.ok(Json.object("id", eventType.id, "title", eventType.title));
    }

    private ObjectNode view(EventType eventType, boolean visibleFieldsOnly) {
        ObjectNode view = eventTypes.view(eventType, visibleFieldsOnly);
        view.remove(List.of("users", "ownerId"));
        Team team = world.teams.get(eventType.teamId);
        ArrayNode hosts = Json.array();
        for (int id : eventType.hostIds) {
            Account host = world.accounts.get(id);
            hosts.add(Json.object("userId", id, "name", host.name, "username", host.username, "avatarUrl", host.avatarUrl,
                    "mandatory", "collective".equals(eventType.schedulingType), "priority", "medium"));
        }
        view.setAll(Json.object("teamId", team.id, "parentEventTypeId", eventType.parentId, "hosts", hosts,
                "assignAllTeamMembers", eventType.hostIds.containsAll(team.memberIds), "schedulingType", eventType.schedulingType,
                "team", Json.object("id", team.id, "slug", team.slug, "bannerUrl", null, "name", team.name, "logoUrl", null, "weekStart", "Monday",
                        "brandColor", null, "darkBrandColor", null, "theme", null),
                "emailSettings", Json.object("disableEmailsToAttendees", false, "disableEmailsToHosts", false),
                "rescheduleWithSameRoundRobinHost", false));
        return view;
    }

    private Answer bookings(Call call) {
        Team team = find(call);
        BookingView view = new BookingView(world);
        List<ObjectNode> found = world.bookings().stream().filter(booking -> {
            EventType eventType = world.eventType(booking.eventTypeId);
            return eventType != null && eventType.isTeam() && eventType.teamId == team.id;
        }).map(booking -> view.view(booking, true)).toList();
        return Answer.json(200, Json.object("status", "success", "data", found,
                "pagination", BookingList.pagination(found.size(), found.size(), Math.max(100, found.size()), 0)));
    }
}
