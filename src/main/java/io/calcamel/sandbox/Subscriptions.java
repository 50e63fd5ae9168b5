package io.calcamel.sandbox;

import static io.calcamel.sandbox.Routes.Guard.KEY;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/** {@code /v2/webhooks} and {@code /v2/event-types/{id}/webhooks}. */
final class Subscriptions {

    private static final String[] TRIGGERS = {"BOOKING_CREATED", "BOOKING_PAYMENT_INITIATED", "BOOKING_PAID", "BOOKING_RESCHEDULED",
        "BOOKING_REQUESTED", "BOOKING_CANCELLED", "BOOKING_REJECTED", "BOOKING_NO_SHOW_UPDATED", "FORM_SUBMITTED", "MEETING_ENDED",
        "MEETING_STARTED", "RECORDING_READY", "RECORDING_TRANSCRIPTION_GENERATED", "OOO_CREATED", "AFTER_HOSTS_CAL_VIDEO_NO_SHOW",
        "AFTER_GUESTS_CAL_VIDEO_NO_SHOW", "FORM_SUBMITTED_NO_EVENT", "DELEGATION_CREDENTIAL_ERROR", "WRONG_ASSIGNMENT_REPORT"};

    /** Those that only the hosted edition knows. */
    private static final String[] HOSTED_TRIGGERS = {"BOOKING_LOCATION_UPDATED", "BOOKING_REASSIGNED", "INSTANT_MEETING",
        "INSTANT_MEETING_ACCEPTED", "ROUTING_FORM_FALLBACK_HIT", "CALENDAR_ENTRY_REJECTED"};

    private static final Set<String> NEVER_ALLOWED = Set.of("169.254.169.254", "metadata.google.internal", "100.100.100.200", "[fd00:ec2::254]");
    private static final int MOST_AT_ONCE = 250;

    private static final Rules PAGE = Rules.rules()
            .optional("take").number().min(1).max(MOST_AT_ONCE)
            .optional("skip").number().min(0);

    private final World world;
    private final Rules creation;
    private final Rules changes;

    Subscriptions(World world, boolean hosted) {
        this.world = world;
        List<Object> triggers = new ArrayList<>(List.of(TRIGGERS));
        if (hosted) {
            triggers.addAll(List.of(HOSTED_TRIGGERS));
        }
        creation = rules(triggers.toArray(), hosted, false);
        changes = rules(triggers.toArray(), hosted, true);
    }

    private static Rules rules(Object[] triggers, boolean hosted, boolean allOptional) {
        Rules rules = Rules.rules().optional("payloadTemplate").string();
        (allOptional ? rules.optional("active") : rules.field("active")).bool();
        (allOptional ? rules.optional("subscriberUrl") : rules.field("subscriberUrl")).string();
        (allOptional ? rules.optional("triggers") : rules.field("triggers")).eachOneOf("isEnum", triggers).array();
        rules.optional("secret").string();
        return hosted ? rules.optional("version").oneOf("isEnum", "2021-10-20", "2026-07-27")
                : rules.optional("version").oneOf("isEnum", "2021-10-20");
    }

    void addTo(Routes routes) {
        routes.add("POST", "/v2/webhooks", Versions.ALL, KEY, call -> create(call, call.caller().id, null));
        routes.add("GET", "/v2/webhooks", Versions.ALL, KEY, call -> list(call, call.caller().id, null));
        routes.add("GET", "/v2/webhooks/{webhookId}", Versions.ALL, KEY, call -> Answer.ok(own(call).row()));
        routes.add("PATCH", "/v2/webhooks/{webhookId}", Versions.ALL, KEY, call -> change(call, own(call)));
        routes.add("DELETE", "/v2/webhooks/{webhookId}", Versions.ALL, KEY, call -> delete(own(call)));

        routes.add("POST", "/v2/event-types/{id}/webhooks", Versions.ALL, KEY, call -> create(call, null, eventType(call).id));
        routes.add("GET", "/v2/event-types/{id}/webhooks", Versions.ALL, KEY, call -> list(call, null, eventType(call).id));
        routes.add("DELETE", "/v2/event-types/{id}/webhooks", Versions.ALL, KEY, this::deleteAll);
        routes.add("GET", "/v2/event-types/{id}/webhooks/{webhookId}", Versions.ALL, KEY, call -> Answer.ok(ofEventType(call).view()));
        routes.add("PATCH", "/v2/event-types/{id}/webhooks/{webhookId}", Versions.ALL, KEY, call -> change(call, ofEventType(call)));
        routes.add("DELETE", "/v2/event-types/{id}/webhooks/{webhookId}", Versions.ALL, KEY, call -> delete(ofEventType(call)));
    }

    private Answer create(Call call, Integer userId, Integer eventTypeId) {
        ObjectNode given = creation.checkLeniently(call.body());
        checkTriggers(given);
        checkUrl(Json.text(given, "subscriberUrl"));
        if (find(userId, eventTypeId, Json.text(given, "subscriberUrl")) != null) {
            throw Refusal.conflict("Webhook with this subscriber url already exists for this " + (userId != null ? "user" : "event type"));
        }
        Subscription subscription = new Subscription(world.uuid(), userId, eventTypeId, call.now());
        apply(given, subscription);
        world.add(subscription);
        return Answer.created(subscription.view());
    }

    private static void apply(ObjectNode given, Subscription subscription) {
        subscription.url = given.path("subscriberUrl").asText(subscription.url);
        subscription.active = given.path("active").asBoolean(subscription.active);
        if (given.has("secret")) {
            subscription.secret = Json.text(given, "secret");
        }
        if (given.has("payloadTemplate")) {
            subscription.payloadTemplate = Json.text(given, "payloadTemplate");
        }
        if (given.hasNonNull("triggers")) {
            List<String> triggers = new ArrayList<>();
            given.path("triggers").forEach(trigger -> triggers.add(trigger.textValue()));
            subscription.triggers = triggers;
        }
    }

    /** There is such a trigger, but only an organization may have it. */
    private static void checkTriggers(ObjectNode given) {
        for (JsonNode trigger : given.path("triggers")) {
            if (trigger.asText().equals("DELEGATION_CREDENTIAL_ERROR")) {
                throw Refusal.badRequest("DELEGATION_CREDENTIAL_ERROR trigger is only available for organization webhooks");
            }
        }
    }

    /** Private addresses are fine for the self-hosted edition; the addresses of clouds' metadata never are. */
    private static void checkUrl(String url) {
        URI uri;
        try {
            uri = new URI(url);
        } catch (URISyntaxException e) {
            throw Refusal.badRequest("Webhook URL is not allowed: Invalid URL format");
        }
        if (uri.getScheme() == null || uri.getHost() == null) {
            throw Refusal.badRequest("Webhook URL is not allowed: Invalid URL format");
        }
        if (!Set.of("http", "https").contains(uri.getScheme())) {
            throw Refusal.badRequest("Webhook URL is not allowed: Only HTTP and HTTPS URLs are allowed");
        }
        if (NEVER_ALLOWED.contains(uri.getHost())) {
            throw Refusal.badRequest("Webhook URL is not allowed: Blocked hostname");
        }
    }

    private Subscription find(Integer userId, Integer eventTypeId, String url) {
        return world.subscriptions.values().stream()
                .filter(subscription -> Objects.equals(subscription.userId, userId) && Objects.equals(subscription.eventTypeId, eventTypeId)
                        && subscription.url.equals(url))
                .findFirst().orElse(null);
    }

    private Answer list(Call call, Integer userId, Integer eventTypeId) {
        ObjectNode page = Json.object("take", MOST_AT_ONCE, "skip", 0);
        for (String name : List.of("take", "skip")) {
            if (call.parameter(name) != null) {
                page.set(name, Query.number(call.parameter(name)));
            }
        }
        PAGE.checkLeniently(page);
        return Answer.ok(world.subscriptions.values().stream()
                .filter(subscription -> Objects.equals(subscription.userId, userId) && Objects.equals(subscription.eventTypeId, eventTypeId))
                // Ids are random, so their order is none that a client could rely on.
                .sorted(java.util.Comparator.comparing(subscription -> subscription.id))
                .skip(page.path("skip").asInt()).limit(page.path("take").asInt())
                .map(Subscription::view).toList());
    }

    private Subscription own(Call call) {
        Subscription subscription = find(call);
        if (!Objects.equals(subscription.userId, call.caller().id)) {
            throw Refusal.forbidden("IsUserWebhookGuard - user with id=(" + call.caller().id + ") is not the owner of webhook with id=("
                    + subscription.id + ")");
        }
        return subscription;
    }

    private Subscription find(Call call) {
        Subscription subscription = world.subscriptions.get(call.variable("webhookId"));
        if (subscription == null) {
            throw Refusal.notFound("Webhook (" + call.variable("webhookId") + ") not found");
        }
        return subscription;
    }

    private EventType eventType(Call call) {
        String guard = "IsUserEventTypeWebhookGuard - ";
        String id = call.variable("id");
        EventType eventType = world.eventType(id.matches("\\d{1,9}") ? Integer.parseInt(id) : -1);
        if (eventType == null) {
            throw Refusal.notFound(guard + "Event type (" + id + ") not found");
        }
        if (!Objects.equals(eventType.ownerId, call.caller().id)) {
            throw Refusal.forbidden(guard + "User (" + call.caller().id + ") is not the owner of event type (" + eventType.id + ")");
        }
        return eventType;
    }

    private Subscription ofEventType(Call call) {
        EventType eventType = eventType(call);
        Subscription subscription = find(call);
        if (!Objects.equals(subscription.eventTypeId, eventType.id)) {
            throw Refusal.forbidden("IsUserEventTypeWebhookGuard - Webhook (" + subscription.id + ") is not associated with event type ("
                    + eventType.id + ")");
        }
        return subscription;
    }

    private Answer change(Call call, Subscription subscription) {
        ObjectNode given = changes.checkLeniently(call.body());
        checkTriggers(given);
        if (given.hasNonNull("subscriberUrl")) {
            checkUrl(Json.text(given, "subscriberUrl"));
            Subscription other = find(subscription.userId, subscription.eventTypeId, Json.text(given, "subscriberUrl"));
            if (other != null && other != subscription) {
                throw Refusal.taken();
            }
        }
        apply(given, subscription);
        return Answer.ok(subscription.view());
    }

    private Answer delete(Subscription subscription) {
        world.subscriptions.remove(subscription.id);
        return Answer.ok(subscription.view());
    }

    private Answer deleteAll(Call call) {
        EventType eventType = eventType(call);
        List<String> ids = world.subscriptions.values().stream()
                .filter(subscription -> Objects.equals(subscription.eventTypeId, eventType.id)).map(subscription -> subscription.id).toList();
        ids.forEach(world.subscriptions::remove);
        return Answer.ok(ids.size() + " webhooks deleted");
    }

    /** The webhook that the demo account is given at the start. */
    static void subscribe(World world, Account account, String url, String secret) {
        Subscription subscription = new Subscription(world.uuid(), account.id, null, world.now());
        subscription.url = url;
        subscription.secret = secret;
        subscription.active = true;
        subscription.triggers = List.of(TRIGGERS);
        world.add(subscription);
    }

    /** Who is to be told that something happened to a booking of that event type and host. */
    static List<Subscription> interested(World world, EventType eventType, int hostId, String trigger) {
        return world.subscriptions.values().stream()
                .filter(subscription -> subscription.active && subscription.triggers.contains(trigger))
                .filter(subscription -> subscription.eventTypeId == null
                        ? Integer.valueOf(hostId).equals(subscription.userId)
                        : subscription.eventTypeId == eventType.id || subscription.eventTypeId.equals(eventType.parentId))
                .toList();
    }
}
