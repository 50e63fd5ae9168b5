package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.function.Supplier;

/** {@code /_sandbox}: what only a stand-in has. Faults, everything that is stored, a new start. */
final class Control {

    private static final int MOST_AT_ONCE = 50_000;

    private final Supplier<Api> api;
    private final Runnable reset;
    private final Faults faults;
    private final RequestLog log;
    private final String demoKey;

    Control(Supplier<Api> api, Runnable reset, Faults faults, RequestLog log, String demoKey) {
        this.api = api;
        this.reset = reset;
        this.faults = faults;
        this.log = log;
        this.demoKey = demoKey;
    }

    static boolean isAskedFor(String path) {
        return path.equals("/") || path.equals("/_sandbox") || path.startsWith("/_sandbox/");
    }

    Answer answer(String method, String path, JsonNode body) {
        String what = method + " " + path.replaceFirst("^/_sandbox/", "");
        try {
            return switch (what) {
                case "GET /", "GET /_sandbox" -> index();
                case "GET faults" -> Answer.json(200, faults.view());
                case "PUT faults", "POST faults" -> {
                    faults.replace(body);
                    yield Answer.json(200, faults.view());
                }
                case "DELETE faults" -> {
                    faults.clear();
                    yield Answer.json(200, faults.view());
                }
                case "GET bookings" -> Answer.json(200, bookings());
                case "GET requests" -> Answer.json(200, log.view());
                case "POST reset" -> {
                    reset.run();
                    yield Answer.json(200, Json.object("status", "reset"));
                }
                case "POST event-types" -> Answer.json(201, makeEventTypes(body == null ? Json.object() : body));
                default -> method.equals("PATCH") && path.startsWith("/_sandbox/bookings/")
                        ? change(path.substring("/_sandbox/bookings/".length()), body)
                        : problem(404, "There is no " + method + " " + path + ". GET /_sandbox lists what there is.");
            };
        } catch (IllegalArgumentException e) {
            return problem(400, e.getMessage());
        } catch (Refusal refused) {
            return problem(507, refused.getMessage());
        }
    }

    private static Answer problem(int status, String message) {
        return Answer.json(status, Json.object("message", message));
    }

    private static Answer index() {
        return Answer.json(200, Json.object("what", "The sandbox: a stand-in for Cal.com's API, in memory",
                "api", Json.array("/v2", "/api/v2", "/v1", "/health", "/eu/v2"),
                "control", Json.array("GET /_sandbox/bookings", "PATCH /_sandbox/bookings/{uid}", "GET /_sandbox/requests", "GET /_sandbox/faults",
                        "PUT /_sandbox/faults", "DELETE /_sandbox/faults", "POST /_sandbox/event-types", "POST /_sandbox/reset"),
                "faults", Json.array((Object[]) Faults.names().split(", "))));
    }

    /** All bookings, cancelled ones too, with everybody who attends. */
    private ArrayNode bookings() {
        return Json.array(api.get().world.bookings().stream().map(Control::view).toList());
    }

    private static ObjectNode view(Booking booking) {
        return Json.object("id", booking.id, "uid", booking.uid, "status", booking.status.lower(), "start", booking.start, "end", booking.end,
                "eventTypeId", booking.eventTypeId, "title", booking.title, "host", booking.host.email, "location", booking.shownLocation(),
                "attendees", booking.attendees.stream().map(attendee -> {
                    ObjectNode view = attendee.viewWithId();
                    return attendee.seatUid == null ? view : view.put("seatUid", attendee.seatUid).set("metadata", attendee.metadata);
                }).toList(),
                "responses", booking.responses, "metadata", booking.metadata, "cancellationReason", booking.cancellationReason,
                "rescheduledFromUid", booking.fromUid, "rescheduledToUid", booking.toUid, "recurringBookingUid", booking.seriesUid,
                "createdAt", booking.createdAt, "updatedAt", booking.updatedAt);
    }

    /** Moves a booking in time, as if time had passed: the only thing that subscriptions hear of is that it has begun or ended. */
    private Answer change(String uid, JsonNode body) {
        Api now = api.get();
        World world = now.world;
        Booking booking = world.booking(uid);
        if (booking == null) {
            return problem(404, "There is no booking " + uid);
        }
        Instant start = Check.instant(String.valueOf(Json.text(body, "start")))
                .orElseThrow(() -> new IllegalArgumentException("Send {\"start\": \"2026-01-31T09:00:00Z\"}; the booking keeps its length."));
        boolean hadBegun = !booking.start.isAfter(world.now());
        boolean hadEnded = !booking.end.isAfter(world.now());
        world.move(booking, booking.host, start, start.plus(Duration.between(booking.start, booking.end)));
        if (booking.status == Booking.Status.ACCEPTED && !hadBegun && !booking.start.isAfter(world.now())) {
            now.notices.meeting(booking, "MEETING_STARTED");
        }
        if (booking.status == Booking.Status.ACCEPTED && !hadEnded && !booking.end.isAfter(world.now())) {
            now.notices.meeting(booking, "MEETING_ENDED");
        }
        return Answer.json(200, view(booking));
    }

    private static Account owner(Api now, String key) {
        Account owner = now.accounts.caller(key, Region.of(key)).account();
        if (owner == null) {
            throw new IllegalArgumentException("That key is no account's.");
        }
        return owner;
    }

    private ObjectNode makeEventTypes(JsonNode wanted) {
        int count = wanted.path("count").asInt(1);
        if (count < 1 || count > MOST_AT_ONCE) {
            throw new IllegalArgumentException("count is 1 to " + MOST_AT_ONCE + ".");
        }
        Api now = api.get();
        Account owner = owner(now, wanted.path("apiKey").asText(demoKey));
        int length = wanted.path("lengthInMinutes").asInt(30);
        String title = Objects.requireNonNullElse(Json.text(wanted, "title"), "Event type");
        ArrayNode ids = Json.array();
        for (int i = 0; i < count; i++) {
            int id = now.eventTypes.nextId();
            now.world.add(new EventType(id, owner.id, null, title + " " + id, "event-type-" + id, length));
            ids.add(id);
        }
        return Json.object("count", count, "ids", ids);
    }
}
