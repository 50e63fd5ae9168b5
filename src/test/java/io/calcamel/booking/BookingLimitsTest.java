package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Where a booking could go wrong that is well on most days: what Cal.com has and the hub does not know, two at once, far starts. */
class BookingLimitsTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient();

    private static final Booker BOOKER = new Booker(JOINED);
    private static final long LESSON = 2026364;
    private static final long SEATED = 2026365;
    private static final long ON_REQUEST = 2026366;
    private static final String VERSION = "2024-08-13";
    private static final Duration SOON = Duration.ofSeconds(15);

    @BeforeEach
    @AfterEach
    void allIsWell() {
        JOINED.allIsWell();
        hub().db().sql("UPDATE event_type SET is_active = true, length = 30 WHERE calcom_event_type_id = :id").param("id", Booker.PLAIN).update();
    }

    private static HubExtension hub() {
        return JOINED.hub();
    }

    private static HttpResponse<String> change(String id, String what, JsonNode body) {
        return BOOKER.post("/api/bookings/" + id + "/" + what, body, Map.of());
    }

    private static ObjectNode series(long eventType, String start, String email, int count, String interval) {
        ObjectNode body = Booker.body(eventType, start, email);
        body.putObject("recurrence").put("count", count).put("interval", interval);
        return body;
    }

    private static Instant week(String start, int n) {
        return Instant.parse(start).atZone(ZoneId.of("Europe/Berlin")).plusWeeks(n).toInstant();
    }

    private static List<JsonNode> standing(String email) {
        return BOOKER.inSandbox(email).stream().filter(booking -> booking.path("status").asText().equals("accepted")).toList();
    }

    private static String intentStatus(String key) {
        return hub().db().sql("SELECT status FROM booking_intent WHERE idempotency_key = :key").param("key", key).query(String.class).single();
    }

    /** What may be booked is refused, since the event type can no longer be booked. */
    @Test
    void whatMayBeBookedIsNotRefusedBecauseItsEventTypeIsGone() {
        String key = UUID.randomUUID().toString();
        String email = Booker.email();
        ObjectNode body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email);
        JOINED.faults("{\"500-after-success\": {\"match\": \"POST /v2/bookings$\", \"times\": 1}, \"500\": {\"match\": \"GET /v2/bookings\"}, \"webhooks-dropped\": true}");
        assertThat(BOOKER.book(key, body).statusCode()).isEqualTo(202);
        hub().db().sql("UPDATE event_type SET is_active = false WHERE calcom_event_type_id = :id").param("id", Booker.PLAIN).update();
        JOINED.faults("{}");
        await().atMost(SOON).untilAsserted(() -> assertThat(intentStatus(key)).isIn("done", "refused"));
        assertThat(standing(email)).hasSize(1);
        assertThat(intentStatus(key)).isEqualTo("done");
    }

    /** The look-up asks for bookings that end within the length that was synced; Cal.com's may be another by now. */
    @Test
    void aBookingIsFoundThoughItIsLongerThanTheSyncedEventType() {
        String key = UUID.randomUUID().toString();
        String email = Booker.email();
        ObjectNode body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email);
        hub().db().sql("UPDATE event_type SET length = 15 WHERE calcom_event_type_id = :id").param("id", Booker.PLAIN).update();
        JOINED.faults("{\"500-after-success\": {\"match\": \"POST /v2/bookings$\", \"times\": 1}, \"webhooks-dropped\": true}");
        BOOKER.book(key, body);
        await().atMost(SOON).until(() -> Set.of("done", "refused").contains(intentStatus(key)));
        assertThat(standing(email)).hasSize(1);
        assertThat(intentStatus(key)).isEqualTo("done");
    }

    /** Its caller sent no key. */
    @Test
    void aSeriesAfterASingleBookingIsNoMismatchOfKeys() {
        String start = BOOKER.freeStart(Booker.PLAIN);
        String email = Booker.email();
        JsonNode single = HubExtension.json(BOOKER.book(null, Booker.body(Booker.PLAIN, start, email)));
        assertThat(single.path("status").asText()).isEqualTo("confirmed");
        HttpResponse<String> answer = BOOKER.book(null, series(Booker.PLAIN, start, email, 2, "weekly"));
        assertThat(answer.body()).doesNotContain("idempotency_mismatch");
    }

    /** A start that no calendar knows: the caller gets 500, and the intent is taken up for ever. */
    @Test
    void aStartFarOutOfTimeIsRefused() {
        String key = UUID.randomUUID().toString();
        HttpResponse<String> answer = BOOKER.book(key, series(Booker.PLAIN, "+999999999-12-31T10:00:00Z", Booker.email(), 3, "weekly"));
        assertThat(answer.statusCode()).as(answer.body()).isBetween(400, 499);
        assertThat(hub().db().sql("SELECT count(*) FROM booking_intent WHERE idempotency_key = :key").param("key", key).query(Long.class).single()).isZero();
    }

    /** A person names the wrong uid: two people's appointments become one. */
    @Test
    void aBookingThatHasItsAppointmentIsNotJoinedWithAnother() {
        JsonNode other = BOOKER.booked(Booker.PLAIN);
        String key = UUID.randomUUID().toString();
        String email = Booker.email();
        ObjectNode body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email);
        JOINED.faults("{\"500\": {\"match\": \"/v2/bookings\"}}");
        HttpResponse<String> waiting = BOOKER.book(key, body);
        JOINED.faults("{}");
        hub().db().sql("UPDATE booking_intent SET next_attempt_at = NULL WHERE idempotency_key = :key").param("key", key).update();
        assertThat(waiting.statusCode()).as(waiting.body()).isEqualTo(202);
        String id = HubExtension.json(waiting).path("id").asText();
        List<HttpResponse<String>> answers = new ArrayList<>();
        await().atMost(SOON).until(() -> {
            answers.add(BOOKER.post("/api/appointments/" + id + "/resolve", Booker.object().put("calcomBookingUid", other.path("uid").asText()), Map.of()));
            return answers.get(answers.size() - 1).statusCode() != 503;
        });
        HttpResponse<String> resolved = answers.get(answers.size() - 1);
        assertThat(resolved.statusCode()).as(resolved.body()).isBetween(400, 499);
        assertThat(hub().getJson("/api/appointments/" + id).path("attendee").path("email").asText()).isEqualTo(email);
    }

    /** Waits for Cal.com however long that takes, three times over. */
    @Test
    void resolveKeepsToTheDeadline() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        JOINED.faults("{\"hang\": {\"match\": \"GET /v2/bookings/\"}}");
        long began = System.nanoTime();
        BOOKER.post("/api/appointments/" + booked.path("id").asText() + "/resolve", Booker.object().put("calcomBookingUid", booked.path("uid").asText()),
                Map.of("X-Deadline-Ms", "1000"));
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofMillis(1500));
    }

    /** The hub dies between the refusal and the end of the appointment that waits for it; here the database does. */
    @Test
    void theAppointmentOfARefusedIntentEnds() {
        String key = UUID.randomUUID().toString();
        String start = BOOKER.freeStart(Booker.PLAIN);
        JOINED.faults("{\"500\": {\"match\": \"bookings\"}}");
        HttpResponse<String> pending = BOOKER.book(key, Booker.body(Booker.PLAIN, start, Booker.email()));
        assertThat(pending.statusCode()).as(pending.body()).isEqualTo(202);
        String id = HubExtension.json(pending).path("id").asText();
        hub().db().sql("CREATE FUNCTION fails() RETURNS trigger AS 'BEGIN RAISE EXCEPTION ''the node dies''; END' LANGUAGE plpgsql").update();
        hub().db().sql("CREATE TRIGGER dies BEFORE UPDATE ON appointment FOR EACH ROW WHEN (NEW.status = 'rejected') EXECUTE FUNCTION fails()").update();
        try {
            JOINED.faults("{}");
            JOINED.ask("POST", "/bookings", VERSION, """
                    {"start": "%s", "eventTypeId": %d, "attendee": {"name": "Other", "email": "%s", "timeZone": "Europe/Berlin"}}"""
                    .formatted(Instant.parse(start), Booker.PLAIN, Booker.email()));
            await().atMost(SOON.multipliedBy(2)).until(() -> hub().db().sql("SELECT attempts FROM booking_intent WHERE idempotency_key = :key").param("key", key)
                    .query(Integer.class).single() >= 3);
            assertThat(intentStatus(key)).as("it ends together with its appointment").isNotEqualTo("refused");
        } finally {
            hub().db().sql("DROP TRIGGER dies ON appointment").update();
        }
        await().untilAsserted(() -> assertThat(hub().getJson("/api/appointments/" + id).path("status").asText()).isEqualTo("rejected"));
        assertThat(intentStatus(key)).isEqualTo("refused");
    }

    /** As many intents as a year leaves: an array is not searched by {@code = ANY}. */
    @Test
    void anIntentIsFoundByItsAppointmentThroughTheIndex() {
        List<String> plan = hub().hub().database().transaction().execute(transaction -> {
            transaction.setRollbackOnly();
            hub().db().sql("""
                    INSERT INTO booking_intent (company_id, derived, idempotency_key, kind, request_hash, request, stamp, status, appointment_ids)
                    SELECT 1, false, 'plan-' || n, 'book', '', '{}', 'plan-' || n, 'manual', ARRAY[n] FROM generate_series(1000000::bigint, 1003000) n""").update();
            hub().db().sql("ANALYZE booking_intent").update();
            return hub().db().sql("""
                    EXPLAIN SELECT * FROM booking_intent WHERE company_id = 1 AND appointment_ids @> ARRAY[5::bigint] AND kind IN ('book', 'series')
                        AND status NOT IN ('done', 'refused') ORDER BY id LIMIT 1""").query(String.class).list();
        });
        assertThat(String.join("\n", plan)).contains("booking_intent_open");
    }
}
