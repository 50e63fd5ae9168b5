package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A caller of a hub that is joined with a sandbox: what callers send, and what came of it in the sandbox. */
final class Booker {

    static final long PLAIN = 2026361;

    private final SandboxExtension joined;
    private final Map<Long, Integer> taken = new HashMap<>();

    Booker(SandboxExtension joined) {
        this.joined = joined;
    }

    /** A hub whose times are short: outcomes are known in seconds. */
    static SandboxExtension impatient() {
        return new SandboxExtension().with("event-types.sync.at-start", "true").with("booking.every", "100").with("booking.settle", "2s")
                .with("calcom.timeout.response", "1500").with("calcom.timeout.call", "2s").with("booking.lease", "8s").with("calcom.breaker.open", "500ms");
    }

    private HubExtension hub() {
        return joined.hub();
    }

    HttpResponse<String> book(String key, JsonNode body) {
        return post("/api/bookings", body, key == null ? Map.of() : Map.of("Idempotency-Key", key));
    }

    HttpResponse<String> post(String path, JsonNode body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(hub().uri(path)).header("Authorization", "Bearer " + HubExtension.TOKEN)
                .POST(body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body.toString()));
        headers.forEach(request::header);
        return hub().send(request);
    }

    /** Books what will be changed. */
    JsonNode booked(long eventType) {
        HttpResponse<String> answer = book(null, body(eventType, freeStart(eventType), email()));
        if (answer.statusCode() != 201) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return HubExtension.json(answer);
    }

    static ObjectNode body(long eventType, String start, String email) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("eventTypeId", eventType).put("start", start);
        body.putObject("attendee").put("name", "Zoë Müller").put("email", email).put("timeZone", "Europe/Berlin").put("language", "de");
        return body;
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static String email() {
        return "zoe-" + UUID.randomUUID() + "@example.org";
    }

    /** A free start that no other caller of this one was given, nor one beside it. */
    synchronized String freeStart(long eventType) {
        JsonNode days = hub().getJson("/api/availability?eventTypeId=" + eventType + "&start=" + LocalDate.now().plusDays(2) + "&end="
                + LocalDate.now().plusDays(60) + "&maxAge=0").path("slots");
        List<String> starts = new ArrayList<>();
        days.forEach(day -> day.forEach(slot -> starts.add(slot.path("start").asText())));
        int next = taken.merge(eventType, 3, Integer::sum);
        return starts.get(next);
    }

    /** What the sandbox has of somebody, cancelled bookings too. */
    List<JsonNode> inSandbox(String email) {
        List<JsonNode> found = new ArrayList<>();
        joined.sandboxBookings().forEach(booking -> booking.path("attendees").forEach(attendee -> {
            if (attendee.path("email").asText().equals(email)) {
                found.add(booking);
            }
        }));
        return found;
    }

    JsonNode inSandboxByUid(String uid) {
        for (JsonNode booking : joined.sandboxBookings()) {
            if (booking.path("uid").asText().equals(uid)) {
                return booking;
            }
        }
        throw new AssertionError("the sandbox has no booking " + uid);
    }
}
