package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A caller books, in a sandbox where all is well or one thing goes wrong. */
class BookingTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient();

    private static final Booker BOOKER = new Booker(JOINED);

    @BeforeEach
    void allIsWell() {
        JOINED.faults("{}");
    }

    private static HubExtension hub() {
        return JOINED.hub();
    }

    @Test
    void aBookingIsAnAppointmentWithCalcomsReferences() {
        String email = Booker.email();
        String start = BOOKER.freeStart(Booker.PLAIN);
        HttpResponse<String> answer = BOOKER.book(UUID.randomUUID().toString(), Booker.body(Booker.PLAIN, start, email));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        JsonNode appointment = HubExtension.json(answer);
        assertThat(appointment.path("status").asText()).isEqualTo("confirmed");
        assertThat(appointment.path("calcomBookingId").asLong()).isPositive();
        assertThat(appointment.path("calcomBookingUid").asText()).isEqualTo(appointment.path("uid").asText()).isNotEmpty();
        assertThat(answer.headers().firstValue("Location")).contains("/api/appointments/" + appointment.path("id").asLong());
        assertThat(BOOKER.inSandbox(email)).hasSize(1);
        await().untilAsserted(() -> assertThat(hub().getJson("/api/appointments?email=" + email).path("total").asInt()).isEqualTo(1));
    }

    @Test
    void theSameKeyIsTheSameBooking() {
        String email = Booker.email();
        ObjectNode body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email);
        String key = UUID.randomUUID().toString();
        HttpResponse<String> first = BOOKER.book(key, body);
        HttpResponse<String> second = BOOKER.book(key, body);
        assertThat(first.statusCode()).isEqualTo(201);
        assertThat(second.statusCode()).isEqualTo(201);
        assertThat(second.body()).isEqualTo(first.body());
        assertThat(second.headers().firstValue("Idempotency-Replayed")).contains("true");
        assertThat(BOOKER.inSandbox(email)).hasSize(1);
        HttpResponse<String> other = BOOKER.book(key, body.deepCopy().put("start", "2027-01-01T10:00:00Z"));
        assertThat(other.statusCode()).isEqualTo(422);
        assertThat(HubExtension.json(other).path("code").asText()).isEqualTo("idempotency_mismatch");
    }

    @Test
    void aTakenSlotIsRefusedWithThreeAlternatives() {
        String start = BOOKER.freeStart(Booker.PLAIN);
        assertThat(BOOKER.book(null, Booker.body(Booker.PLAIN, start, Booker.email())).statusCode()).isEqualTo(201);
        String late = Booker.email();
        HttpResponse<String> taken = BOOKER.book(null, Booker.body(Booker.PLAIN, start, late));
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(409);
        assertThat(HubExtension.json(taken).path("code").asText()).isEqualTo("slot_taken");
        assertThat(HubExtension.json(taken).path("alternatives")).hasSize(3);
        assertThat(BOOKER.inSandbox(late)).isEmpty();
    }

    @Test
    void whatSucceededBehindAnErrorIsFound() {
        JOINED.faults("{\"500-after-success\": {\"match\": \"POST /v2/bookings\", \"times\": 1}}");
        String email = Booker.email();
        HttpResponse<String> answer = BOOKER.book(UUID.randomUUID().toString(), Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        assertThat(BOOKER.inSandbox(email)).hasSize(1);
    }

    @Test
    void whatTimesOutIsPendingUntilItIsKnown() {
        JOINED.faults("{\"hang\": {\"match\": \"POST /v2/bookings\", \"times\": 1}}");
        String email = Booker.email();
        HttpResponse<String> answer = BOOKER.book(UUID.randomUUID().toString(), Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        JsonNode pending = HubExtension.json(answer);
        assertThat(pending.path("status").asText()).isEqualTo("pending");
        String location = answer.headers().firstValue("Location").orElseThrow();
        await().untilAsserted(() -> assertThat(hub().getJson(location).path("status").asText()).isEqualTo("confirmed"));
        assertThat(BOOKER.inSandbox(email)).hasSize(1);
        assertThat(hub().getJson("/api/appointments?email=" + email).path("total").asInt()).isEqualTo(1);
    }
}
