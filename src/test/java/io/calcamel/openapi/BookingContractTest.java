package io.calcamel.openapi;

import static io.calcamel.HubExtension.TOKEN;
import static io.calcamel.HubExtension.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the calls that book take and answer, in a sandbox, held against the document. */
class BookingContractTest {

    @RegisterExtension
    static final SandboxExtension JOINED = new SandboxExtension().with("event-types.sync.at-start", "true").with("booking.every", "100")
            .with("booking.settle", "2s").with("booking.lease", "8s").with("booking.retry-manual", "false").with("calcom.timeout.response", "1500")
            .with("calcom.timeout.call", "2s").with("calcom.breaker.fewest", "2").with("calcom.breaker.calls", "2").with("calcom.breaker.open", "1s");

    private static final long PLAIN = 2026361;
    private static final long SEATED = 2026365;
    private static final long ON_REQUEST = 2026366;

    private static final Map<Long, Integer> TAKEN = new HashMap<>();
    private static Contract contract;

    @BeforeAll
    static void read() {
        HttpRequest.Builder branch = HttpRequest.newBuilder(hub().uri("/api/branches")).header("Authorization", "Bearer demo-admin-token")
                .POST(HttpRequest.BodyPublishers.ofString("{\"slug\":\"berlin\",\"name\":\"Berlin\",\"eventTypes\":[" + PLAIN + "]}"));
        assertThat(hub().send(branch).statusCode()).isEqualTo(201);
        contract = new Contract(json(hub().send(HttpRequest.newBuilder(hub().uri("/openapi.json")))));
    }

    @BeforeEach
    void allIsWell() {
        JOINED.allIsWell();
        await().until(() -> hub().getJson("/api/calcom/health").path("breaker").asText().equals("closed"));
    }

    private static HubExtension hub() {
        return JOINED.hub();
    }

    /** Holds the request against the document too, where it is one that is taken. */
    private static JsonNode answers(int status, String operation, String id, JsonNode body, String... headers) {
        Contract.Operation documented = contract.operations().get(operation);
        HttpRequest.Builder request = HttpRequest.newBuilder(hub().uri(documented.path().replace("{id}", id))).header("Authorization", "Bearer " + TOKEN)
                .POST(body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body.toString()));
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (status < 300 && body != null) {
            JsonNode schema = documented.json().at("/requestBody/content/application~1json/schema");
            assertThat(contract.violations(schema, body)).as(operation + ": " + body).isEmpty();
        }
        return contract.answers(operation, status, hub().send(request));
    }

    private static JsonNode book(int status, JsonNode body, String... headers) {
        return answers(status, "booking-create", "", body, headers);
    }

    private static String code(JsonNode problem) {
        return problem.path("code").asText();
    }

    private static String[] key() {
        return new String[] {"Idempotency-Key", UUID.randomUUID().toString()};
    }

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static ObjectNode body(long eventType, String start) {
        ObjectNode body = object().put("eventTypeId", eventType).put("start", start);
        body.putObject("attendee").put("name", "Zoë Müller").put("email", "zoe-" + UUID.randomUUID() + "@example.org");
        return body;
    }

    private static JsonNode booked(long eventType) {
        return book(201, body(eventType, freeStart(eventType)));
    }

    /** None that was given before, nor one beside it. */
    private static String freeStart(long eventType) {
        JsonNode days = hub().getJson("/api/availability?eventTypeId=" + eventType + "&start=" + LocalDate.now().plusDays(2) + "&end="
                + LocalDate.now().plusDays(60) + "&maxAge=0").path("slots");
        List<String> starts = new ArrayList<>();
        days.forEach(day -> day.forEach(slot -> starts.add(slot.path("start").asText())));
        return starts.get(TAKEN.merge(eventType, 3, Integer::sum));
    }

    @Test
    void bookings() {
        contract.operations().get("booking-create").json().at("/requestBody/content/application~1json/examples").forEach(example -> {
            ObjectNode body = example.path("value").deepCopy();
            if (!body.has("recurrence")) {
                String[] key = key();
                JsonNode first = book(201, body.put("start", freeStart(PLAIN)), key);
                assertThat(book(201, body, key)).isEqualTo(first);
                assertThat(code(book(422, body.put("start", "2027-01-01T10:00:00Z"), key))).isEqualTo("idempotency_mismatch");
            }
        });
        ObjectNode rich = body(PLAIN, freeStart(PLAIN));
        rich.putObject("metadata").put("crmId", 17).putObject("nested").put("a", 1);
        rich.put("branch", "berlin").put("appointmentId", 4711).put("lengthInMinutes", 30).putObject("location").put("type", "integration").put("integration", "cal-video");
        assertThat(book(201, rich).path("metadataCut")).hasSize(1);
        assertThat(book(201, body(ON_REQUEST, freeStart(ON_REQUEST))).path("status").asText()).isEqualTo("requested");
    }

    @Test
    void refusals() {
        JsonNode taken = body(PLAIN, booked(PLAIN).path("start").asText());
        String[] key = key();
        JsonNode refused = book(409, taken, key);
        assertThat(refused.path("alternatives")).hasSize(3);
        assertThat(book(409, taken, key)).isEqualTo(refused);
        assertThat(book(422, object().put("eventTypeId", 2026362).put("start", "2027-01-01T10:00:00Z")).path("fields").size()).isGreaterThan(2);
        assertThat(code(book(422, body(PLAIN, "2020-01-01T10:00:00Z")))).isEqualTo("out_of_bounds");
        book(400, body(PLAIN, "tomorrow"));
        book(400, object().put("eventTypeId", PLAIN).put("strat", "2027-01-01T10:00:00Z"));
        book(404, body(1, "2027-01-01T10:00:00Z"));
        assertThat(code(book(404, body(PLAIN, "2027-01-01T10:00:00Z").put("branch", "hamburg")))).isEqualTo("branch_not_found");
        ObjectNode any = body(PLAIN, taken.path("start").asText()).put("branch", "berlin").put("name", "Consultation");
        book(400, any);
        any.remove("eventTypeId");
        assertThat(book(409, any).path("alternatives").findValuesAsText("eventTypeId")).containsOnly(String.valueOf(PLAIN));
        assertThat(code(book(404, any.put("name", "Surgery")))).isEqualTo("event_type_not_found");
        HttpResponse<String> anonymous = hub().send(HttpRequest.newBuilder(hub().uri("/api/bookings")).POST(HttpRequest.BodyPublishers.noBody()));
        contract.answers("booking-create", 401, anonymous);
    }

    @Test
    void whatIsNotBookedYet() {
        ObjectNode body = body(PLAIN, freeStart(PLAIN));
        JOINED.faults("{\"hang\": {\"match\": \"POST /v2/bookings$\", \"times\": 1}}");
        JsonNode pending = book(202, body, "X-Deadline-Ms", "500");
        assertThat(pending.path("status").asText()).isEqualTo("pending");
        String id = pending.path("id").asText();
        assertThat(code(answers(409, "booking-reschedule", id, object().put("start", "2027-01-01T10:00:00Z")))).isEqualTo("booking_pending");
        await().untilAsserted(() -> assertThat(book(201, body).path("id").asText()).isEqualTo(id));
    }

    @Test
    void whatAPersonHasToBook() {
        JsonNode other = booked(PLAIN);
        JsonNode byHand = JOINED.ask("POST", "/bookings", "2024-08-13", """
                {"start": "%s", "eventTypeId": %d, "attendee": {"name": "By hand", "email": "by-hand@example.org", "timeZone": "Europe/Berlin"}}"""
                .formatted(Instant.parse(freeStart(PLAIN)), PLAIN));
        List<String> starts = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            starts.add(freeStart(PLAIN));
        }
        JOINED.faults("{\"500\": true}");
        JsonNode manual = starts.stream().map(start -> book(202, body(PLAIN, start), "X-Deadline-Ms", "3000"))
                .filter(answer -> answer.path("status").asText().equals("manual")).findFirst().orElseThrow();
        assertThat(manual.path("manualBookingReason").asText()).startsWith("unavailable");
        String id = manual.path("id").asText();
        answers(503, "booking-cancel", other.path("id").asText(), null, key());
        answers(503, "booking-reschedule", other.path("id").asText(), object().put("start", starts.get(0)));
        answers(503, "appointment-resolve", id, object().put("calcomBookingUid", byHand.path("uid").asText()));

        allIsWell();
        assertThat(code(answers(404, "appointment-resolve", id, object().put("calcomBookingUid", "no-such-booking")))).isEqualTo("booking_not_found");
        answers(404, "appointment-resolve", "no-such-appointment", object().put("calcomBookingUid", "no-such-booking"));
        answers(400, "appointment-resolve", id, object());
        JsonNode resolved = answers(200, "appointment-resolve", id, object().put("calcomBookingUid", byHand.path("uid").asText()));
        assertThat(resolved.path("uid")).isEqualTo(byHand.path("uid"));
        assertThat(code(answers(409, "appointment-resolve", id, object().put("calcomBookingUid", "another")))).isEqualTo("not_waiting");
    }

    @Test
    void reschedules() {
        JsonNode booked = booked(PLAIN);
        String uid = booked.path("uid").asText();
        ObjectNode move = object().put("start", freeStart(PLAIN)).put("reason", "Something came up");
        String[] key = key();
        JsonNode moved = answers(200, "booking-reschedule", uid, move, key);
        assertThat(moved.path("uids")).hasSize(2);
        assertThat(answers(200, "booking-reschedule", uid, move, key)).isEqualTo(moved);
        JsonNode taken = object().put("start", booked(PLAIN).path("start").asText());
        assertThat(answers(409, "booking-reschedule", uid, taken).path("alternatives")).hasSize(3);
        answers(400, "booking-reschedule", uid, object());
        answers(404, "booking-reschedule", "no-such-booking", move);
    }

    @Test
    void cancellations() {
        JsonNode booked = booked(PLAIN);
        String uid = booked.path("uid").asText();
        ObjectNode why = object().put("cancellationReason", "Ill");
        String[] key = key();
        JOINED.faults("{\"hang\": {\"match\": \"POST /v2/bookings/.*/cancel\", \"times\": 1}}");
        JsonNode pending = answers(202, "booking-cancel", uid, why, key[0], key[1], "X-Deadline-Ms", "500");
        assertThat(pending.path("pending").asText()).isEqualTo("cancel");
        await().untilAsserted(() -> assertThat(answers(200, "booking-cancel", uid, why, key).path("status").asText()).isEqualTo("cancelled"));
        assertThat(answers(200, "booking-cancel", uid, null).path("status").asText()).isEqualTo("cancelled");
        assertThat(code(answers(422, "booking-cancel", uid, object().put("cancellationReason", "Away"), key))).isEqualTo("idempotency_mismatch");
        answers(400, "booking-cancel", uid, object().put("why", "Ill"));
        answers(404, "booking-cancel", "no-such-booking", null);
    }

    @Test
    void seats() {
        String start = freeStart(SEATED);
        book(201, body(SEATED, start));
        JsonNode booked = book(201, body(SEATED, start));
        String uid = booked.path("uid").asText();
        assertThat(code(answers(422, "booking-cancel", uid, null))).isEqualTo("seat_required");
        ObjectNode seat = object().put("seatUid", booked.at("/attendees/0/seatUid").asText());
        assertThat(answers(200, "booking-cancel", uid, seat).path("status").asText()).isEqualTo("confirmed");
        assertThat(answers(200, "booking-cancel", uid, object().put("all", true)).path("status").asText()).isEqualTo("cancelled");
    }

    @Test
    void whatTheHostSays() {
        String wanted = booked(ON_REQUEST).path("id").asText();
        assertThat(answers(200, "booking-confirm", wanted, null).path("status").asText()).isEqualTo("confirmed");
        String unwanted = booked(ON_REQUEST).path("id").asText();
        assertThat(answers(200, "booking-decline", unwanted, object().put("reason", "On holiday")).path("status").asText()).isEqualTo("rejected");
        answers(404, "booking-confirm", "no-such-booking", null);
        answers(404, "booking-decline", "no-such-booking", null);
        answers(400, "booking-decline", unwanted, object().put("reason", 1));
    }
}
