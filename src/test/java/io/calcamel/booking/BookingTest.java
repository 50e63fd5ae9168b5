package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A caller books, in a sandbox where all is well or one thing goes wrong. */
class BookingTest {

    @RegisterExtension
    static final SandboxExtension JOINED = new SandboxExtension().with("event-types.sync.at-start", "true").with("booking.every", "100")
            .with("booking.settle", "2s").with("calcom.timeout.response", "1500").with("calcom.timeout.call", "2s").with("booking.lease", "8s")
            .with("calcom.breaker.open", "1s");

    private static final long PLAIN = 2026361;

    @BeforeEach
    void allIsWell() {
        JOINED.faults("{}");
    }

    private static HubExtension hub() {
        return JOINED.hub();
    }

    static HttpResponse<String> book(String key, JsonNode body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(hub().uri("/api/bookings")).header("Authorization", "Bearer " + HubExtension.TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
        return hub().send(key == null ? request : request.header("Idempotency-Key", key));
    }

    static ObjectNode body(long eventType, String start, String email) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("eventTypeId", eventType).put("start", start);
        body.putObject("attendee").put("name", "Zoë Müller").put("email", email).put("timeZone", "Europe/Berlin").put("language", "de");
        return body;
    }

    /** Free starts that no other test takes. */
    static synchronized String freeStart(long eventType) {
        JsonNode days = HubExtension.json(hub().get("/api/availability?eventTypeId=" + eventType + "&start=" + java.time.LocalDate.now().plusDays(2) + "&end="
                + java.time.LocalDate.now().plusDays(60) + "&maxAge=0")).path("slots");
        List<String> starts = new ArrayList<>();
        days.forEach(day -> day.forEach(slot -> starts.add(slot.path("start").asText())));
        return starts.get(TAKEN++ * 3);
    }

    private static int TAKEN;

    private List<JsonNode> inSandbox(String email) {
        List<JsonNode> found = new ArrayList<>();
        JOINED.sandboxBookings().forEach(booking -> booking.path("attendees").forEach(attendee -> {
            if (attendee.path("email").asText().equals(email)) {
                found.add(booking);
            }
        }));
        return found;
    }

    private static String email() {
        return "zoe-" + UUID.randomUUID() + "@example.org";
    }

    @Test
    void aBookingIsAnAppointmentWithCalcomsReferences() {
        String email = email();
        String start = freeStart(PLAIN);
        HttpResponse<String> answer = book(UUID.randomUUID().toString(), body(PLAIN, start, email));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        JsonNode appointment = HubExtension.json(answer);
        assertThat(appointment.path("status").asText()).isEqualTo("confirmed");
        assertThat(appointment.path("calcomBookingId").asLong()).isPositive();
        assertThat(appointment.path("calcomBookingUid").asText()).isEqualTo(appointment.path("uid").asText()).isNotEmpty();
        assertThat(answer.headers().firstValue("Location")).contains("/api/appointments/" + appointment.path("id").asLong());
        assertThat(inSandbox(email)).hasSize(1);
        await().untilAsserted(() -> assertThat(hub().getJson("/api/appointments?email=" + email).path("total").asInt()).isEqualTo(1));
    }

    @Test
    void theSameKeyIsTheSameBooking() {
        String email = email();
        ObjectNode body = body(PLAIN, freeStart(PLAIN), email);
        String key = UUID.randomUUID().toString();
        HttpResponse<String> first = book(key, body);
        HttpResponse<String> second = book(key, body);
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Idempotency-Replayed")).contains("true");
        assertThat(inSandbox(email)).hasSize(1);
        HttpResponse<String> other = book(key, body.deepCopy().put("start", "2027-01-01T10:00:00Z"));
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(HubExtension.json(other).path("code").asText()).isEqualTo("idempotency_mismatch");
    }

    @Test
    void aTakenSlotIsRefusedWithThreeAlternatives() {
        String start = freeStart(PLAIN);
        assertThat(book(null, body(PLAIN, start, email())).statusCode()).isEqualTo(201);
        String late = email();
        HttpResponse<String> taken = book(null, body(PLAIN, start, late));
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(409);
        assertThat(HubExtension.json(taken).path("code").asText()).isEqualTo("slot_taken");
        assertThat(HubExtension.json(taken).path("alternatives")).hasSize(3);
        assertThat(inSandbox(late)).isEmpty();
    }

    @Test
    void whatSucceededBehindAnErrorIsFound() {
        JOINED.faults("{\"500-after-success\": {\"match\": \"POST /v2/bookings\", \"times\": 1}}");
        String email = email();
        HttpResponse<String> answer = book(UUID.randomUUID().toString(), body(PLAIN, freeStart(PLAIN), email));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(inSandbox(email)).hasSize(1);
    }

    @Test
    void whatTimesOutIsPendingUntilItIsKnown() {
        JOINED.faults("{\"hang\": {\"match\": \"POST /v2/bookings\", \"times\": 1}}");
        String email = email();
        HttpResponse<String> answer = book(UUID.randomUUID().toString(), body(PLAIN, freeStart(PLAIN), email));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        JsonNode pending = HubExtension.json(answer);
        assertThat(pending.path("status").asText()).isEqualTo("pending");
        String location = answer.headers().firstValue("Location").orElseThrow();
        await().untilAsserted(() -> assertThat(hub().getJson(location).path("status").asText()).isEqualTo("confirmed"));
        assertThat(inSandbox(email)).hasSize(1);
        assertThat(hub().getJson("/api/appointments?email=" + email).path("total").asInt()).isEqualTo(1);
    }
}
