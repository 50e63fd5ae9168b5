package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.sandbox.Accounts.Caller;
import io.calcamel.sandbox.Accounts.Kind;
import io.calcamel.sandbox.Faults.Fault;
import io.calcamel.sandbox.Routes.Guard;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The API with the world behind it: finds who answers a request, after looking at who asks and how often. */
final class Api {

    private static final String NO_KEY = "ApiAuthStrategy - No authentication method provided. Either pass an API key as 'Bearer' header or OAuth client"
            + " credentials as 'x-cal-secret-key' and 'x-cal-client-id' headers";
    private static final String NO_PERMISSION = "PermissionsGuard - no authentication provided. Provide either authorization bearer token containing"
            + " managed user access token or oAuth client id in 'x-cal-client-id' header.";
    private static final Map<String, String> PREFLIGHT = Map.of(
            "Access-Control-Allow-Methods", "GET,PATCH,DELETE,HEAD,POST,PUT,OPTIONS",
            "Access-Control-Allow-Headers", "x-cal-client-id,x-cal-secret-key,x-cal-platform-embed,cal-api-version,Accept,Authorization,Content-Type,Origin",
            "Access-Control-Max-Age", "86400");

    /**
     * A request as it came in.
     *
     * @param path without query, without that of its region, and without the prefixes that are rewritten
     * @param pathAndQuery the same with query
     */
    record Asked(String method, Region region, String path, String pathAndQuery, Map<String, List<String>> query, Map<String, String> headers,
            JsonNode body, String address) {

        /** The path with that of its region. */
        String fullPath() {
            return region.prefix + path;
        }

        boolean isOld() {
            return path.startsWith("/v1/");
        }

        /** What was sent as a key, in the way of the API's version; empty if nothing was. */
        String key() {
            String sent = isOld() ? query.getOrDefault("apiKey", List.of("")).get(0) : headers.getOrDefault("authorization", "");
            return sent.replaceFirst("Bearer ", "").trim();
        }
    }

    final World world;
    final Accounts accounts;
    final EventTypes eventTypes;
    final Notices notices;
    private final Routes routes = new Routes();
    private final Versions versions;
    private final RateLimits limits;
    private final Faults faults;
    private final V1 v1;
    private final boolean hosted;

    Api(World world, Sandbox.Settings settings, Faults faults, WebhookSender sender) {
        this.world = world;
        this.faults = faults;
        this.hosted = settings.teams();
        this.versions = new Versions(hosted);
        this.limits = new RateLimits(settings.requestsPerMinute());
        this.accounts = new Accounts(world, new Seed(world, hosted, settings.eventTypes()), settings.apiKey());
        Availability availability = new Availability(world);
        this.notices = new Notices(world, sender, hosted);
        BookingDesk desk = new BookingDesk(world, availability, notices);
        BookingView view = new BookingView(world);
        Bookings bookings = new Bookings(world, desk, view, hosted);
        BookingChanges changes = new BookingChanges(world, desk, bookings, view, availability, notices, faults);
        OldBookings oldBookings = new OldBookings(world, desk, view, changes, notices);
        Slots slots = new Slots(world, availability, faults);
        this.eventTypes = new EventTypes(world, faults);
        this.v1 = new V1(world, slots, oldBookings, changes, notices);
        new Me(world).addTo(routes);
        new Schedules(world).addTo(routes);
        new Subscriptions(world, hosted).addTo(routes);
        eventTypes.addTo(routes, versions);
        new OldEventTypes(world, eventTypes, faults).addTo(routes);
        slots.addTo(routes);
        new Reservations(world).addTo(routes);
        bookings.addTo(routes, versions);
        changes.addTo(routes, versions, hosted);
        new BookingExtras(world, view, notices).addTo(routes, versions);
        oldBookings.addTo(routes);
        if (hosted) {
            new Teams(world, eventTypes, faults).addTo(routes, versions);
        }
        if (settings.webhookUrl() != null) {
            Subscriptions.subscribe(world, accounts.demo(settings.apiKey()), settings.webhookUrl(), settings.webhookSecret());
        }
    }

    Answer answer(Asked asked) {
        Instant now = world.now();
        Map<String, String> headers = new HashMap<>();
        Answer answer;
        try {
            answer = route(asked, now, headers);
        } catch (Refusal refused) {
            answer = refused.answer(asked.pathAndQuery(), now);
        }
        headers.putAll(answer.headers());
        return new Answer(answer.status(), headers, answer.body());
    }

    private Answer route(Asked asked, Instant now, Map<String, String> headers) {
        if (asked.method().equals("OPTIONS")) {
            return Answer.empty(204, PREFLIGHT);
        }
        if (asked.path().equals("/health") && asked.method().equals("GET")) {
            limit(RateLimits.GENERAL, accounts.caller(asked.key(), asked.region()), asked, now, headers);
            return Answer.text(200, "text/html; charset=utf-8", "OK");
        }
        if (asked.isOld()) {
            return v1(asked, now, headers);
        }
        String version = faults.hits(Fault.OLD_SHAPE, asked.method(), asked.fullPath()) ? Versions.OLDEST
                : versions.of(asked.headers().get("cal-api-version"));
        Routes.Match match = routes.find(asked.method(), asked.path(), version);
        if (match == null) {
            throw Refusal.noRoute(asked.method(), asked.pathAndQuery());
        }
        Caller caller = accounts.caller(asked.key(), asked.region());
        if (caller.kind() == Kind.UNKNOWN_KEY) {
            throw Refusal.unauthorized("CustomThrottlerGuard - Invalid API Key");
        }
        if (asked.headers().containsKey("x-cal-client-id") && asked.headers().containsKey("x-cal-secret-key")
                && match.route().guard() != Guard.OPEN) {
            // No such client is known here.
            throw Refusal.unauthorized("ApiAuthStrategy - oAuth client - client with id=" + asked.headers().get("x-cal-client-id") + " not found");
        }
        Routes.Route route = match.route();
        limit(route.limit() == null ? RateLimits.GENERAL : route.limit(), caller, asked, now, headers);
        admit(route.guard(), caller);
        return route.handler().apply(new Call(asked.method(), asked.fullPath(), asked.pathAndQuery(), asked.query(), asked.headers(), asked.body(),
                match.variables(), caller.account(), now));
    }

    private void limit(String limit, Caller caller, Asked asked, Instant now, Map<String, String> headers) {
        String name = caller.name() == null ? asked.address() : caller.name();
        RateLimits.Standing standing = limits.count(limit, name, caller.kind() == Kind.UNKNOWN_TOKEN, now);
        headers.putAll(standing.headers());
        if (standing.exceeded()) {
            throw Refusal.tooManyRequests();
        }
    }

    private static void admit(Guard guard, Caller caller) {
        if (guard == Guard.OPEN || caller.kind() == Kind.ACCOUNT) {
            return;
        }
        switch (caller.kind()) {
            case NOBODY -> {
                if (guard == Guard.PERMISSION) {
                    throw Refusal.forbidden(NO_PERMISSION);
                }
                if (guard == Guard.KEY) {
                    throw Refusal.unauthorized(NO_KEY);
                }
            }
            case EXPIRED_KEY -> throw Refusal.unauthorized("ApiAuthStrategy - api key - Your api key is expired");
            default -> {
                if (guard == Guard.PERMISSION) {
                    throw Refusal.forbidden("PermissionsGuard - no oAuth client found for access token");
                }
                throw Refusal.unauthorized("ApiAuthStrategy - access token - Invalid Access Token.");
            }
        }
    }

    private Answer v1(Asked asked, Instant now, Map<String, String> headers) {
        Caller caller = accounts.caller(asked.key(), asked.region());
        RateLimits.Standing standing = limits.count(RateLimits.GENERAL, caller.name() == null ? asked.address() : caller.name(), false, now);
        standing.headers().forEach((name, value) -> headers.put(name.replace("-Default", ""), value));
        if (standing.exceeded()) {
            return Answer.json(429, Json.object("message", "Rate limit exceeded. Try again in 60 seconds."));
        }
        return v1.answer(new Call(asked.method(), asked.fullPath(), asked.pathAndQuery(), asked.query(), asked.headers(), asked.body(), Map.of(),
                caller.account(), now), caller);
    }

    /** The answer to somebody who has asked too often, for a fault that pretends so. */
    Answer tooManyRequests(Asked asked) {
        Answer answer = Refusal.tooManyRequests().answer(asked.pathAndQuery(), world.now());
        Map<String, String> headers = new HashMap<>(limits.usedUp());
        headers.putAll(answer.headers());
        return new Answer(answer.status(), headers, answer.body());
    }
}
