package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import io.calcamel.Wire;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;

/** An outage of the sandbox, as a hub that reaches it over a line sees it: its connections are refused. */
final class Outage {

    /** Of every booking, in milliseconds. */
    static final long DEADLINE = 2_000;

    /** What a caller sends, with a key and an address of its own. */
    record Call(String key, String email, ObjectNode body) {

        static Call of(String start) {
            String email = Booker.email();
            return new Call(UUID.randomUUID().toString(), email, Booker.body(Booker.PLAIN, start, email));
        }

        String start() {
            return body.path("start").asText();
        }
    }

    private final SandboxExtension joined;
    private final Booker booker;
    private final Wire wire;

    Outage(SandboxExtension joined, Wire wire) {
        this.joined = joined;
        this.booker = new Booker(joined);
        this.wire = wire;
    }

    void begin() {
        wire.down();
    }

    /** The sandbox can be reached again. */
    void back() {
        wire.up();
    }

    /** The sandbox can be reached again, and the hub knows: its breaker is closed. */
    void end() {
        wire.down();
        wire.up();
        await().untilAsserted(() -> assertThat(joined.hub().getJson("/api/calcom/health").path("operational").asBoolean()).isTrue());
    }

    HttpResponse<String> book(Call call) {
        return booker.post("/api/bookings", call.body(), Map.of("Idempotency-Key", call.key(), "X-Deadline-Ms", String.valueOf(DEADLINE)));
    }

    /** Books what can't be booked now. */
    JsonNode manual(Call call) {
        HttpResponse<String> answer = book(call);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        JsonNode appointment = HubExtension.json(answer);
        assertThat(appointment.path("status").asText()).isEqualTo("manual");
        assertThat(appointment.path("requiresManualBooking").asBoolean()).isTrue();
        assertThat(answer.headers().firstValue("Location")).contains("/api/appointments/" + appointment.path("id").asLong());
        return appointment;
    }

    /** An appointment as it is by now. */
    JsonNode now(JsonNode appointment) {
        return joined.hub().getJson("/api/appointments/" + appointment.path("id").asText());
    }

    /** Somebody books directly in the sandbox, whose webhooks come through all the while. */
    JsonNode byHand(String start, String contact) {
        return joined.askAsBooker("POST", "/bookings", "2024-08-13", "{\"eventTypeId\":" + Booker.PLAIN + ",\"start\":\"" + start
                + "\",\"attendee\":{\"name\":\"Zoë\",\"timeZone\":\"Europe/Berlin\"," + contact + "}}");
    }

    static String email(String address) {
        return "\"email\":\"" + address + "\"";
    }
}
