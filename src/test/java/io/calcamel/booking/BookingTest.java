package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller books, in a sandbox where all is well or one thing goes wrong. */
class BookingTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient();

    private static final Booker BOOKER = new Booker(JOINED);
    private static final Executor CALLERS = Executors.newFixedThreadPool(20);

    @BeforeEach
    void allIsWell() {
        JOINED.allIsWell();
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

    @ParameterizedTest
    @ValueSource(ints = {300, 700, 1500})
    void anAnswerComesWithinTheDeadline(int deadline) {
        JOINED.faults("{\"slow\": {\"match\": \"POST /v2/bookings\", \"ms\": 1200, \"times\": 1}}");
        String email = Booker.email();
        String key = UUID.randomUUID().toString();
        ObjectNode body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email);
        long began = System.nanoTime();
        HttpResponse<String> answer = BOOKER.post("/api/bookings", body, Map.of("Idempotency-Key", key, "X-Deadline-Ms", String.valueOf(deadline)));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(deadline));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(deadline > 1200 ? 201 : 202);
        await().untilAsserted(() -> assertThat(BOOKER.book(key, body).statusCode()).isEqualTo(201));
        assertThat(BOOKER.inSandbox(email)).hasSize(1);
    }

    @Test
    void equalRequestsAtTheSameMomentWaitForTheFirst() {
        String email = Booker.email();
        String key = UUID.randomUUID().toString();
        ObjectNode body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email);
        JOINED.faults("{\"slow\": {\"match\": \"POST /v2/bookings\", \"ms\": 300}}");
        List<CompletableFuture<HttpResponse<String>>> callers = IntStream.range(0, 20).mapToObj(n -> CompletableFuture.supplyAsync(() -> BOOKER.book(key, body), CALLERS)).toList();
        assertThat(callers.stream().map(caller -> caller.join().statusCode()).distinct()).containsExactly(201);
        assertThat(callers.stream().map(caller -> caller.join().body()).distinct()).hasSize(1);
        assertThat(BOOKER.inSandbox(email)).hasSize(1);
    }

    @Test
    void withoutAKeyTheSameBookingIsARepetitionUntilItIsCancelled() {
        ObjectNode body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), Booker.email());
        JsonNode first = HubExtension.json(BOOKER.book(null, body));
        assertThat(HubExtension.json(BOOKER.book(null, body)).path("uid")).isEqualTo(first.path("uid"));
        assertThat(hub().post("/api/bookings/" + first.path("id").asText() + "/cancel", "{}").statusCode()).isEqualTo(200);
        JsonNode again = HubExtension.json(BOOKER.book(null, body));
        assertThat(again.path("status").asText()).isEqualTo("confirmed");
        assertThat(again.path("uid")).isNotEqualTo(first.path("uid"));
    }

    @Test
    void theOldFormOfTheBodyIsTaken() {
        ObjectNode body = Booker.object().put("eventTypeId", Booker.PLAIN).put("start", BOOKER.freeStart(Booker.PLAIN));
        body.putObject("responses").put("name", "John Doe").put("email", Booker.email()).put("phone", "+49 30 123456").put("notes", "First time patient");
        body.putObject("metadata").put("branch_id", 5).put("long", "x".repeat(600));
        HttpResponse<String> answer = BOOKER.book(null, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        JsonNode appointment = HubExtension.json(answer);
        assertThat(appointment.path("attendee").path("phoneNumber").asText()).isEqualTo("+4930123456");
        assertThat(appointment.path("responses").path("notes").asText()).isEqualTo("First time patient");
        assertThat(appointment.path("metadata").path("branch_id").asText()).isEqualTo("5");
        assertThat(appointment.path("metadata").path("long").asText()).hasSize(500);
        assertThat(appointment.path("metadataCut")).extracting(JsonNode::asText).containsExactly("long");
    }

    @Test
    void aTeamIsBookedLikeAnybody() {
        long team = 2026369;
        HttpResponse<String> answer = BOOKER.book(null, Booker.body(team, BOOKER.freeStart(team), Booker.email()));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    @Test
    void whoeverHasAPhoneOnlyIsBookedWithoutAnInventedAddress() {
        long callBack = 2026363;
        int branch = hub().db().sql("INSERT INTO branch (company_id, slug, name) VALUES (1, 'mitte', 'Mitte') RETURNING id").query(Integer.class).single();
        ObjectNode body = Booker.object().put("eventTypeId", callBack).put("start", BOOKER.freeStart(callBack)).put("branch", branch).put("appointmentId", "A-77");
        body.putObject("attendee").put("name", "Zoë Müller").put("phoneNumber", "0049 151 12345678");
        HttpResponse<String> answer = BOOKER.book(null, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        JsonNode appointment = HubExtension.json(answer);
        assertThat(appointment.path("attendee").path("phoneNumber").asText()).isEqualTo("+4915112345678");
        assertThat(appointment.path("attendee").path("email").isNull()).isTrue();
        assertThat(appointment.path("branch").asText()).as("by its slug, however it was named").isEqualTo("mitte");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"{\"start\":\"2030-01-01T10:00:00Z\"}|400|bad_parameter", "{\"eventTypeId\":1,\"start\":\"2030-01-01T10:00:00Z\"}|404|event_type_not_found",
            "{\"eventTypeId\":2026361,\"start\":\"tomorrow\",\"attendee\":{\"name\":\"Z\",\"email\":\"z@example.org\"}}|400|bad_parameter",
            "{\"eventTypeId\":2026361,\"start\":\"2030-01-01T10:00:00Z\",\"atendee\":{}}|400|bad_parameter",
            "{\"eventTypeId\":2026361,\"start\":\"2030-01-01T10:00:00Z\",\"attendee\":{\"name\":\"Z\"}}|422|missing_fields",
            "{\"eventTypeId\":2026361,\"branch\":\"nowhere\",\"start\":\"2030-01-01T10:00:00Z\",\"attendee\":{\"name\":\"Z\",\"email\":\"z@example.org\"}}|404|branch_not_found",
            "{\"eventTypeId\":2026362,\"start\":\"2030-01-01T10:00:00Z\",\"attendee\":{\"name\":\"Z\",\"email\":\"z@example.org\"}}|422|missing_fields",
            "{\"eventTypeId\":2026361,\"start\":\"2020-01-01T10:00:00Z\",\"attendee\":{\"name\":\"Z\",\"email\":\"z@example.org\"}}|422|out_of_bounds", "[]|400|bad_request"})
    void whatCannotBeBookedIsSaid(String body, int status, String code) {
        HttpResponse<String> answer = hub().post("/api/bookings", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(HubExtension.json(answer).path("code").asText()).isEqualTo(code);
    }
}
