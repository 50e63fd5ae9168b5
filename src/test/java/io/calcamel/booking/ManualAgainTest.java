package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who was told that a person sees to it is not forgotten. */
class ManualAgainTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient().with("calcom.breaker.open", "2s");

    private static final Booker BOOKER = new Booker(JOINED);

    private static String intentStatus(String key) {
        return JOINED.hub().db().sql("SELECT status FROM booking_intent WHERE idempotency_key = :key").param("key", key).query(String.class).single();
    }

    @Test
    void aManualBookingThatIsTriedAgainAndRefusedStaysWithThePerson() {
        List<String> starts = IntStream.range(0, 8).mapToObj(i -> BOOKER.freeStart(Booker.PLAIN)).toList();
        JOINED.faults("{\"500\": {\"match\": \"/v2/\"}}");
        JsonNode manual = null;
        String key = null;
        for (int i = 0; i < 8 && (manual == null || !manual.path("status").asText().equals("manual")); i++) {
            JOINED.hub().db().sql("UPDATE booking_intent SET next_attempt_at = NULL").update();
            key = UUID.randomUUID().toString();
            HttpResponse<String> answer = BOOKER.book(key, Booker.body(Booker.PLAIN, starts.get(i), Booker.email()));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
            manual = HubExtension.json(answer);
        }
        assertThat(manual.path("status").asText()).isEqualTo("manual");
        String mine = key;
        String start = manual.path("start").asText();
        JOINED.faults("{\"500\": {\"match\": \"POST /v2/bookings$\", \"times\": 1}}");
        await().until(() -> intentStatus(mine).equals("pending"));
        JOINED.ask("POST", "/bookings", "2024-08-13", """
                {"start": "%s", "eventTypeId": %d, "attendee": {"name": "Other", "email": "%s", "timeZone": "Europe/Berlin"}}"""
                .formatted(Instant.parse(start), Booker.PLAIN, Booker.email()));
        await().atMost(Duration.ofSeconds(15)).until(() -> !intentStatus(mine).equals("pending") && !intentStatus(mine).equals("sent"));
        JsonNode now = JOINED.hub().getJson("/api/appointments/" + manual.path("id").asText());
        assertThat(now.path("requiresManualBooking").asBoolean()).as(now.toString()).isTrue();
    }
}
