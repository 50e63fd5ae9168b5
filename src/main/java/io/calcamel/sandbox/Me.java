package io.calcamel.sandbox;

import static io.calcamel.sandbox.Routes.Guard.KEY;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** {@code /v2/me} and {@code /v2/api-keys}: the account whose key is used. */
final class Me {

    private static final Rules CHANGES = Rules.rules()
            .optional("email").email()
            .optional("name").string()
            .optional("timeFormat").oneOf("isIn", 12, 24)
            .optional("defaultScheduleId").number()
            .optional("weekStart").oneOf("isIn", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
            .optional("timeZone").zone()
            .optional("locale").oneOf("isEnum", (Object[]) Languages.ALL)
            .optional("avatarUrl").string()
            .optional("bio").string()
            .optional("metadata").object();

    private static final Rules REFRESH = Rules.rules()
            .optional("apiKeyDaysValid").number().min(1)
            .optional("apiKeyNeverExpires").bool();

    private final World world;

    Me(World world) {
        this.world = world;
    }

    void addTo(Routes routes) {
        routes.add("GET", "/v2/me", Versions.ALL, KEY, call -> Answer.ok(call.caller().profile()));
        routes.add("PATCH", "/v2/me", Versions.ALL, KEY, this::change);
        routes.add("POST", "/v2/api-keys/refresh", Versions.ALL, KEY, Me::refresh);
    }

    private Answer change(Call call) {
        ObjectNode changes = CHANGES.checkLeniently(call.body());
        Account account = call.caller();
        if (changes.hasNonNull("defaultScheduleId")) {
            int id = changes.path("defaultScheduleId").asInt();
            Schedule schedule = world.schedules.get(id);
            if (schedule == null || schedule.ownerId != account.id) {
                throw Refusal.forbidden("User with ID=" + account.id + " does not own schedule with ID=" + id);
            }
            account.defaultScheduleId = id;
        }
        account.name = changes.path("name").asText(account.name);
        account.email = changes.path("email").asText(account.email);
        account.timeFormat = changes.path("timeFormat").asInt(account.timeFormat);
        account.weekStart = changes.path("weekStart").asText(account.weekStart);
        account.timeZone = changes.path("timeZone").asText(account.timeZone);
        account.locale = changes.path("locale").asText(account.locale);
        if (changes.has("bio")) {
            account.bio = Json.text(changes, "bio");
        }
        if (changes.has("avatarUrl")) {
            account.avatarUrl = Json.text(changes, "avatarUrl");
        }
        return Answer.ok(account.profile());
    }

    /** The community edition can't renew keys: it fails, and the old key goes on working. */
    private static Answer refresh(Call call) {
        REFRESH.checkLeniently(call.body());
        throw Refusal.bare(500, "Internal server error");
    }
}
