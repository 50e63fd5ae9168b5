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
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whether a booking was moved is told by what Cal.com has. */
class ReviewedMoveTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient().with("calcom.breaker.fewest", "1000").with("calcom.breaker.calls", "1000");

    private static final Booker BOOKER = new Booker(JOINED);
    private static final long SEATED = 2026365;
    private static final String VERSION = "2024-08-13";

    @BeforeEach
    void allIsWell() {
        JOINED.faults("{}");
    }

    private static String intentStatus(String key) {
        return JOINED.hub().db().sql("SELECT status FROM booking_intent WHERE idempotency_key = :key").param("key", key).query(String.class).single();
    }

    private static void isMovedBehindAnError(JsonNode booked, String start) {
        String key = UUID.randomUUID().toString();
        JOINED.faults("{\"500-after-success\": {\"match\": \"/reschedule\", \"times\": 1}, \"webhooks-dropped\": true}");
        BOOKER.post("/api/bookings/" + booked.path("id").asText() + "/reschedule", Booker.object().put("start", start), Map.of("Idempotency-Key", key));
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(intentStatus(key)).isIn("done", "refused"));
        assertThat(BOOKER.inSandboxByUid(booked.path("uid").asText()).path("status").asText()).isEqualTo("cancelled");
        assertThat(intentStatus(key)).as("it was moved").isEqualTo("done");
    }

    /** Whoever has a seat there already is no proof that the seat was moved there; Cal.com refused it. */
    @Test
    void aRefusedMoveOfASeatIsRefused() {
        String mine = Booker.email();
        String from = BOOKER.freeStart(SEATED);
        String to = BOOKER.freeStart(SEATED);
        JsonNode one = HubExtension.json(BOOKER.book(null, Booker.body(SEATED, from, mine)));
        assertThat(BOOKER.book(null, Booker.body(SEATED, to, mine)).statusCode()).isEqualTo(201);
        ObjectNode move = Booker.object().put("start", to).put("seatUid", one.path("attendees").get(0).path("seatUid").asText());
        HttpResponse<String> answer = BOOKER.post("/api/bookings/" + one.path("id").asText() + "/reschedule", move, Map.of());
        assertThat(BOOKER.inSandboxByUid(one.path("uid").asText()).path("status").asText()).isEqualTo("accepted");
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(409);
    }

    /** The oldest hundred bookings of a day are looked at, the cancelled ones too; the moved one is the youngest. */
    @Test
    void aMoveIsFoundOnABusyDay() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        String start = BOOKER.freeStart(Booker.PLAIN);
        JOINED.faults("{\"webhooks-dropped\": true}");
        for (int i = 0; i < 100; i++) {
            String uid = JOINED.ask("POST", "/bookings", VERSION, """
                    {"start": "%s", "eventTypeId": %d, "attendee": {"name": "Other", "email": "%s", "timeZone": "Europe/Berlin"}}"""
                    .formatted(Instant.parse(start), Booker.PLAIN, Booker.email())).path("uid").asText();
            JOINED.ask("POST", "/bookings/" + uid + "/cancel", VERSION, "{\"cancellationReason\": \"Other\"}");
        }
        isMovedBehindAnError(booked, start);
    }

    /** Cal.com is sent milliseconds. */
    @Test
    void aMoveIsFoundThoughItWasWantedInMicroseconds() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        isMovedBehindAnError(booked, Instant.parse(BOOKER.freeStart(Booker.PLAIN)).plusNanos(1000).toString());
    }
}
