package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An old server of one's own, which is asked in API v1: booking, reschedule and cancel, by one property. */
class OldServerBookingTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient().with("calcom.api-version", "v1");

    private static final Booker BOOKER = new Booker(JOINED);

    private static JsonNode change(String id, String what, JsonNode body) {
        HttpResponse<String> answer = BOOKER.post("/api/bookings/" + id + "/" + what, body, Map.of());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return HubExtension.json(answer);
    }

    @Test
    void aBookingIsMadeMovedAndCancelled() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        assertThat(booked.path("status").asText()).isEqualTo("confirmed");
        assertThat(booked.path("calcomBookingId").asLong()).isPositive();
        String start = BOOKER.freeStart(Booker.PLAIN);
        JsonNode moved = change(booked.path("id").asText(), "reschedule", Booker.object().put("start", start));
        assertThat(Instant.parse(moved.path("start").asText())).isEqualTo(Instant.parse(start));
        assertThat(moved.path("id")).isEqualTo(booked.path("id"));
        assertThat(moved.path("uids")).hasSize(2);
        JsonNode cancelled = change(booked.path("uid").asText(), "cancel", Booker.object().put("cancellationReason", "Ill"));
        assertThat(cancelled.path("status").asText()).isEqualTo("cancelled");
        assertThat(BOOKER.inSandboxByUid(moved.path("uid").asText()).path("status").asText()).isEqualTo("cancelled");
        assertThat(JOINED.sandbox().requests()).filteredOn(request -> "CalCamel".equals(request.headers().get("user-agent")))
                .isNotEmpty().noneMatch(request -> request.path().startsWith("/v2/bookings"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"500-after-success", "hang"})
    void aBookingBehindAFaultIsFound(String fault) {
        JOINED.faults("{\"" + fault + "\": {\"match\": \"POST /v1/bookings\", \"times\": 1}}");
        String email = Booker.email();
        String key = UUID.randomUUID().toString();
        JsonNode body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email);
        await().untilAsserted(() -> assertThat(BOOKER.book(key, body).statusCode()).isEqualTo(201));
        assertThat(BOOKER.inSandbox(email)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"500-after-success", "hang"})
    void aMoveBehindAFaultHappensOnce(String fault) {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        String start = BOOKER.freeStart(Booker.PLAIN);
        JOINED.faults("{\"" + fault + "\": {\"match\": \"POST /v1/bookings\", \"times\": 1}}");
        BOOKER.post("/api/bookings/" + booked.path("id").asText() + "/reschedule", Booker.object().put("start", start), Map.of());
        await().untilAsserted(() -> assertThat(JOINED.hub().getJson("/api/appointments/" + booked.path("id").asText())
                .path("uids")).hasSize(2));
        assertThat(BOOKER.inSandbox(booked.path("attendee").path("email").asText())).hasSize(2);
    }

    @Test
    void aSeriesIsBookedDateByDate() {
        String email = Booker.email();
        var body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), email);
        body.putObject("recurrence").put("count", 3).put("interval", "weekly");
        assertThat(BOOKER.book(null, body).statusCode()).isEqualTo(201);
        assertThat(BOOKER.inSandbox(email)).hasSize(3);
    }

    /** The oldest bookings of a day are listed first, the cancelled ones too; the moved one is the youngest. */
    @Test
    void aMoveIsFoundOnABusyDay() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        String start = BOOKER.freeStart(Booker.PLAIN);
        for (int i = 0; i < 100; i++) {
            String uid = JOINED.ask("POST", "/bookings", "2024-08-13", """
                    {"start": "%s", "eventTypeId": %d, "attendee": {"name": "Other", "email": "%s", "timeZone": "Europe/Berlin"}}"""
                    .formatted(Instant.parse(start), Booker.PLAIN, Booker.email())).path("uid").asText();
            JOINED.ask("POST", "/bookings/" + uid + "/cancel", "2024-08-13", "{\"cancellationReason\": \"Other\"}");
        }
        JOINED.faults("{\"500-after-success\": {\"match\": \"POST /v1/bookings\", \"times\": 1}, \"webhooks-dropped\": true}");
        assertThat(change(booked.path("id").asText(), "reschedule", Booker.object().put("start", start)).path("uids")).hasSize(2);
        assertThat(BOOKER.inSandbox(booked.path("attendee").path("email").asText())).hasSize(2);
    }
}
