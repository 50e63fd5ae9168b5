package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import io.calcamel.Told;
import io.calcamel.attention.Matter;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller books a series. */
class SeriesTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient();

    private static final Booker BOOKER = new Booker(JOINED);
    private static final long WEEKLY_LESSON = 2026364;
    private static final long SEATED = 2026365;
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final String VERSION = "2024-08-13";

    @BeforeEach
    void allIsWell() {
        JOINED.allIsWell();
        JOINED.hub().db().sql("UPDATE event_type SET is_active = true, length = 30 WHERE calcom_event_type_id = :id").param("id", Booker.PLAIN).update();
    }

    private static ObjectNode series(long eventType, String start, String email, int count) {
        ObjectNode body = Booker.body(eventType, start, email);
        body.putObject("recurrence").put("count", count).put("interval", "weekly");
        return body;
    }

    private static String intentStatus(String key) {
        return JOINED.hub().db().sql("SELECT status FROM booking_intent WHERE idempotency_key = :key").param("key", key).query(String.class).single();
    }

    private static JsonNode created(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
        return HubExtension.json(answer);
    }

    private static Instant week(String start, int n) {
        return Instant.parse(start).atZone(BERLIN).plusWeeks(n).toInstant();
    }

    private static List<JsonNode> standing(String email) {
        return BOOKER.inSandbox(email).stream().filter(booking -> booking.path("status").asText().equals("accepted")).toList();
    }

    /** Somebody else takes a slot, past the hub. */
    private static void takeOutside(Instant start) {
        JOINED.ask("POST", "/bookings", VERSION, """
                {"start": "%s", "eventTypeId": %d, "attendee": {"name": "Other", "email": "%s", "timeZone": "Europe/Berlin"}}"""
                .formatted(start, Booker.PLAIN, Booker.email()));
    }

    private static Set<String> seriesOf(JsonNode answer) {
        Set<String> uids = new HashSet<>(List.of(answer.path("seriesUid").asText()));
        answer.path("items").forEach(item -> uids.add(item.path("appointment").path("seriesUid").asText()));
        return uids;
    }

    @ParameterizedTest
    @ValueSource(longs = {Booker.PLAIN, WEEKLY_LESSON})
    void aSeriesIsAsManyAppointmentsOfOneSeries(long eventType) {
        String email = Booker.email();
        String start = BOOKER.freeStart(eventType);
        JsonNode answer = created(BOOKER.book(UUID.randomUUID().toString(), series(eventType, start, email, 3)));
        assertThat(answer.path("items")).hasSize(3);
        assertThat(seriesOf(answer)).hasSize(1);
        for (int n = 0; n < 3; n++) {
            JsonNode appointment = answer.path("items").get(n).path("appointment");
            assertThat(Instant.parse(appointment.path("start").asText())).isEqualTo(week(start, n));
            assertThat(appointment.path("status").asText()).isEqualTo("confirmed");
        }
        assertThat(standing(email)).hasSize(3);
        assertThat(JOINED.sandbox().requests().stream().filter(request -> request.method().equals("POST") && request.path().equals("/v2/bookings")
                && String.valueOf(request.body()).contains(email)).count()).isEqualTo(eventType == WEEKLY_LESSON ? 1 : 3);
        await().untilAsserted(() -> assertThat(JOINED.hub().getJson("/api/appointments?email=" + email).path("total").asInt()).isEqualTo(3));
    }

    @Test
    void oneDateTakenIsNothingBookedAndAlternativesForIt() {
        String email = Booker.email();
        String start = BOOKER.freeStart(Booker.PLAIN);
        takeOutside(week(start, 1));
        HttpResponse<String> answer = BOOKER.book(null, series(Booker.PLAIN, start, email, 3));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        JsonNode problem = HubExtension.json(answer);
        assertThat(problem.path("code").asText()).isEqualTo("slot_taken");
        assertThat(problem.path("items")).hasSize(3);
        assertThat(problem.path("items").get(1).path("code").asText()).isEqualTo("slot_taken");
        assertThat(problem.path("items").get(1).path("alternatives")).hasSize(3);
        assertThat(problem.path("items").get(0).has("code")).isFalse();
        assertThat(BOOKER.inSandbox(email)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(longs = {Booker.PLAIN, WEEKLY_LESSON})
    void bestEffortBooksTheOthers(long eventType) {
        String email = Booker.email();
        String start = BOOKER.freeStart(eventType);
        created(BOOKER.book(null, Booker.body(eventType, week(start, 1).toString(), Booker.email())));
        ObjectNode wanted = series(eventType, start, email, 3);
        ((ObjectNode) wanted.path("recurrence")).put("bestEffort", true);
        JsonNode answer = created(BOOKER.book(null, wanted));
        assertThat(answer.path("items").get(1).path("code").asText()).isEqualTo("slot_taken");
        assertThat(answer.path("items").get(1).path("alternatives")).hasSize(3);
        assertThat(answer.path("items").get(2).path("appointment").path("status").asText()).isEqualTo("confirmed");
        assertThat(standing(email)).hasSize(2);
    }

    /** The sandbox lists slots from its cache, as Cal.com does: so the third date passes the check and is taken all the same. */
    @Test
    void whatWasBookedIsCancelledWhenALaterDateFails() {
        String email = Booker.email();
        String start = BOOKER.freeStart(Booker.PLAIN);
        JOINED.faults("{\"slots-cached\": {\"ms\": 60000}}");
        HttpResponse<String> warm = BOOKER.book(null, series(Booker.PLAIN, Instant.parse(start).minusSeconds(60).toString(), Booker.email(), 3));
        assertThat(warm.statusCode()).as("a start that is no slot").isEqualTo(409);
        takeOutside(week(start, 2));
        HttpResponse<String> answer = BOOKER.book(UUID.randomUUID().toString(), series(Booker.PLAIN, start, email, 3));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        assertThat(HubExtension.json(answer).path("items").get(2).path("code").asText()).isEqualTo("slot_taken");
        assertThat(BOOKER.inSandbox(email)).hasSize(2);
        assertThat(standing(email)).isEmpty();
        await().untilAsserted(() -> assertThat(JOINED.hub().getJson("/api/appointments?status=confirmed&email=" + email).path("total").asInt()).isZero());
    }

    @ParameterizedTest
    @ValueSource(strings = {"500-after-success", "drop-connection", "hang", "500"})
    void aSeriesBehindAFaultIsBookedOnce(String fault) {
        for (long eventType : List.of(Booker.PLAIN, WEEKLY_LESSON)) {
            String email = Booker.email();
            String start = BOOKER.freeStart(eventType);
            JOINED.faults("{\"" + fault + "\": {\"match\": \"POST /v2/bookings$\", \"times\": 1}}");
            String key = UUID.randomUUID().toString();
            ObjectNode body = series(eventType, start, email, 3);
            assertThat(BOOKER.book(key, body).statusCode()).isIn(201, 202);
            await().untilAsserted(() -> assertThat(BOOKER.book(key, body).statusCode()).isEqualTo(201));
            assertThat(standing(email)).hasSize(3);
            assertThat(seriesOf(created(BOOKER.book(key, body)))).hasSize(1);
            await().untilAsserted(() -> assertThat(JOINED.hub().getJson("/api/appointments?email=" + email).path("total").asInt()).isEqualTo(3));
        }
    }

    @Test
    void aFailedCompensationIsTriedUntilItSucceeds() {
        Told told = Told.by(JOINED.hub());
        String email = Booker.email();
        String start = BOOKER.freeStart(Booker.PLAIN);
        JOINED.faults("{\"slots-cached\": {\"ms\": 60000}}");
        BOOKER.book(null, series(Booker.PLAIN, Instant.parse(start).minusSeconds(60).toString(), Booker.email(), 3));
        takeOutside(week(start, 2));
        JOINED.faults("{\"slots-cached\": {\"ms\": 60000}, \"500\": {\"match\": \"/cancel\", \"times\": 3}}");
        String key = UUID.randomUUID().toString();
        HttpResponse<String> answer = BOOKER.post("/api/bookings", series(Booker.PLAIN, start, email, 3), Map.of("Idempotency-Key", key, "X-Deadline-Ms", "1000"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        String begun = "UPDATE booking_intent SET created_at = now() - cast(:ago AS interval), next_attempt_at = now() WHERE idempotency_key = :key AND status = 'compensating'";
        await().until(() -> JOINED.hub().db().sql(begun).param("ago", "1 hour").param("key", key).update() == 1);
        await().until(() -> !told.of(Matter.Kind.COMPENSATION_FAILED).isEmpty());
        assertThat(told.of(Matter.Kind.COMPENSATION_FAILED).get(0).about()).as("a booking that still stands")
                .isIn(standing(email).stream().map(booking -> booking.path("uid").asText()).toList());
        assertThat(JOINED.hub().db().sql(begun).param("ago", "0").param("key", key).update()).isEqualTo(1);
        List<String> codes = new ArrayList<>();
        await().untilAsserted(() -> {
            HttpResponse<String> again = BOOKER.book(key, series(Booker.PLAIN, start, email, 3));
            codes.add(String.valueOf(again.statusCode()));
            assertThat(again.statusCode()).isEqualTo(409);
        });
        assertThat(standing(email)).isEmpty();
    }

    /** Without the seat Cal.com cancels the booking with everybody's. */
    @Test
    void undoingASeriesLeavesOtherPeoplesSeatsAlone() {
        String start = BOOKER.freeStart(SEATED);
        String other = Booker.email();
        assertThat(BOOKER.book(null, Booker.body(SEATED, start, other)).statusCode()).isEqualTo(201);
        JOINED.faults("{\"slots-cached\": {\"ms\": 60000}}");
        BOOKER.book(null, series(SEATED, Instant.parse(start).minusSeconds(60).toString(), Booker.email(), 2));
        for (int i = 0; i < 4; i++) {
            JOINED.ask("POST", "/bookings", VERSION, """
                    {"start": "%s", "eventTypeId": %d, "attendee": {"name": "Other", "email": "%s", "timeZone": "Europe/Berlin"}}"""
                    .formatted(week(start, 1), SEATED, Booker.email()));
        }
        HttpResponse<String> answer = BOOKER.book(UUID.randomUUID().toString(), series(SEATED, start, Booker.email(), 2));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
        assertThat(standing(other)).as("the seat of somebody else").hasSize(1);
    }

    /** While nobody knows whether its first date is booked. */
    @Test
    void aSeriesWhoseEventTypeIsGoneComesToAnEnd() {
        String key = UUID.randomUUID().toString();
        String email = Booker.email();
        ObjectNode body = series(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email, 2);
        JOINED.faults("{\"500-after-success\": {\"match\": \"POST /v2/bookings$\", \"times\": 1}, \"500\": {\"match\": \"GET /v2/bookings\"}, \"webhooks-dropped\": true}");
        assertThat(BOOKER.book(key, body).statusCode()).isEqualTo(202);
        JOINED.hub().db().sql("UPDATE event_type SET is_active = false WHERE calcom_event_type_id = :id").param("id", Booker.PLAIN).update();
        JOINED.faults("{}");
        await().atMost(Duration.ofSeconds(25)).until(() -> Set.of("done", "refused").contains(intentStatus(key)));
        assertThat(standing(email)).hasSize(intentStatus(key).equals("done") ? 2 : 0);
    }

    /** The length that was synced is not Cal.com's any more. */
    @Test
    void aSeriesIsFoundThoughItsDatesAreLongerThanTheSyncedEventType() {
        String key = UUID.randomUUID().toString();
        String email = Booker.email();
        ObjectNode body = series(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email, 2);
        JOINED.hub().db().sql("UPDATE event_type SET length = 15 WHERE calcom_event_type_id = :id").param("id", Booker.PLAIN).update();
        JOINED.faults("{\"500-after-success\": {\"match\": \"POST /v2/bookings$\", \"times\": 1}, \"webhooks-dropped\": true}");
        BOOKER.book(key, body);
        await().untilAsserted(() -> assertThat(intentStatus(key)).isEqualTo("done"));
        assertThat(standing(email)).hasSize(2);
    }

    /** A webhook made the first date's appointment before those that wait were noted. */
    @Test
    void noDateOfASeriesWaitsForEver() {
        String key = UUID.randomUUID().toString();
        String email = Booker.email();
        ObjectNode body = series(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email, 2);
        JOINED.faults("{\"500-after-success\": {\"match\": \"POST /v2/bookings$\", \"times\": 1}, \"500\": {\"match\": \"GET /v2/bookings\"}}");
        assertThat(BOOKER.book(key, body).statusCode()).isEqualTo(202);
        JOINED.faults("{}");
        await().until(() -> intentStatus(key).equals("done"));
        assertThat(standing(email)).hasSize(2);
        assertThat(JOINED.hub().getJson("/api/appointments?status=pending&email=" + email).path("total").asInt()).isZero();
    }

    /** More dates than Cal.com's own series has: each is booked alone, and Cal.com gives each a series of its own. */
    @Test
    void aSeriesThatIsLongerThanCalcomsIsOneSeries() {
        JsonNode answer = created(BOOKER.book(null, series(WEEKLY_LESSON, BOOKER.freeStart(WEEKLY_LESSON), Booker.email(), 5)));
        assertThat(answer.path("items")).hasSize(5);
        assertThat(seriesOf(answer)).hasSize(1);
    }

    /** The others are wanted still, and booked when Cal.com is back. */
    @Test
    void oneDateOfASeriesThatWaitsIsCalledOffAlone() {
        String key = UUID.randomUUID().toString();
        String email = Booker.email();
        ObjectNode body = series(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email, 3);
        JOINED.faults("{\"500\": {\"match\": \"/v2/slots\"}}");
        JsonNode items = HubExtension.json(BOOKER.book(key, body)).path("items");
        assertThat(items.get(0).path("appointment").path("status").asText()).isEqualTo("manual");
        String id = items.get(1).path("appointment").path("id").asText();
        HttpResponse<String> answer = BOOKER.post("/api/bookings/" + id + "/cancel", null, Map.of());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(JOINED.hub().getJson("/api/appointments/" + id).path("status").asText()).isEqualTo("cancelled");
        JsonNode first = JOINED.hub().getJson("/api/appointments/" + items.get(0).path("appointment").path("id").asText());
        assertThat(first.path("status").asText()).isNotEqualTo("cancelled");
        JOINED.faults("{}");
        await().untilAsserted(() -> assertThat(intentStatus(key)).isEqualTo("done"));
        assertThat(standing(email)).hasSize(2);
        JsonNode done = created(BOOKER.book(key, body));
        assertThat(done.path("items").get(1).path("code").asText()).isEqualTo("already_cancelled");
        assertThat(JOINED.hub().getJson("/api/appointments/" + id).path("status").asText()).isEqualTo("cancelled");
    }

    @Test
    void aSeriesOfWhichAllDatesAreCalledOffIsNotBooked() {
        String key = UUID.randomUUID().toString();
        String email = Booker.email();
        JOINED.faults("{\"500\": {\"match\": \"/v2/slots\"}}");
        JsonNode items = HubExtension.json(BOOKER.book(key, series(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email, 2))).path("items");
        items.forEach(item -> assertThat(BOOKER.post("/api/bookings/" + item.path("appointment").path("id").asText() + "/cancel", null, Map.of()).statusCode())
                .isEqualTo(200));
        assertThat(intentStatus(key)).isEqualTo("refused");
        assertThat(JOINED.hub().getJson("/api/appointments?status=cancelled&email=" + email).path("total").asInt()).isEqualTo(2);
    }

    /** The last date is taken while the series is on its way; the hub, here its database, dies when its appointments are to end. */
    @Test
    void aRefusedSeriesEndsWithItsAppointments() {
        String key = UUID.randomUUID().toString();
        String email = Booker.email();
        String start = BOOKER.freeStart(Booker.PLAIN);
        JOINED.faults("{\"500\": {\"match\": \"/v2/bookings\"}}");
        assertThat(BOOKER.book(key, series(Booker.PLAIN, start, email, 2)).statusCode()).isEqualTo(202);
        JOINED.hub().db().sql("CREATE SEQUENCE deaths").update();
        JOINED.hub().db().sql("""
                CREATE FUNCTION dies() RETURNS trigger AS 'BEGIN PERFORM nextval(''deaths''); RAISE EXCEPTION ''the node dies''; END' LANGUAGE plpgsql""").update();
        JOINED.hub().db().sql("CREATE TRIGGER dies BEFORE UPDATE ON appointment FOR EACH ROW WHEN (NEW.status = 'rejected') EXECUTE FUNCTION dies()").update();
        try {
            JOINED.faults("{}");
            takeOutside(Instant.parse(start));
            await().atMost(Duration.ofSeconds(25)).until(() -> JOINED.hub().db().sql("SELECT is_called FROM deaths").query(Boolean.class).single());
            assertThat(intentStatus(key)).isNotEqualTo("refused");
        } finally {
            JOINED.hub().db().sql("DROP TRIGGER dies ON appointment").update();
        }
        await().atMost(Duration.ofSeconds(25)).until(() -> intentStatus(key).equals("refused"));
        assertThat(JOINED.hub().getJson("/api/appointments?status=rejected&email=" + email).path("total").asInt()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"2.5", "2.0001"})
    void halfAnOccurrenceIsRefused(String count) {
        ObjectNode body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), Booker.email());
        body.putObject("recurrence").put("count", new BigDecimal(count));
        assertThat(BOOKER.book(null, body).statusCode()).isEqualTo(400);
    }

    @Test
    void aMisspeltFieldOfTheRecurrenceIsRefused() {
        ObjectNode body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), Booker.email());
        body.putObject("recurrence").put("count", 2).put("intervall", "daily");
        assertThat(BOOKER.book(null, body).statusCode()).isEqualTo(400);
    }
}
