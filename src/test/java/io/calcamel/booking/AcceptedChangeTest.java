package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import io.calcamel.Wire;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A change that was accepted (202) is made, or whoever asks is told that it was not. */
class AcceptedChangeTest {

    private static final Wire WIRE = new Wire();

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient().over(WIRE).with("booking.threads", "1").with("booking.waiting", "1")
            .with("calcom.breaker.fewest", "1000").with("calcom.breaker.calls", "1000");

    private static final Booker BOOKER = new Booker(JOINED);

    @BeforeAll
    static void beBusyForASecondOnly() {
        WIRE.replace("X-RateLimit-Reset-Default: 60", "X-RateLimit-Reset-Default: 01");
    }

    @BeforeEach
    void allIsWell() {
        JOINED.allIsWell();
    }

    private static HttpResponse<String> cancel(JsonNode booked, Map<String, String> headers) {
        return BOOKER.post("/api/bookings/" + booked.path("id").asText() + "/cancel", null, headers);
    }

    private static void isAccepted(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        assertThat(HubExtension.json(answer).path("pending").asText()).isEqualTo("cancel");
    }

    private static void isCancelledSoon(JsonNode booked) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() ->
                assertThat(BOOKER.inSandboxByUid(booked.path("uid").asText()).path("status").asText()).isEqualTo("cancelled"));
    }

    private static long open() {
        return JOINED.hub().db().sql("SELECT count(*) FROM booking_intent WHERE status NOT IN ('done', 'refused')").query(Long.class).single();
    }

    private static CompletableFuture<HttpResponse<String>> busy() {
        JsonNode body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), Booker.email());
        return CompletableFuture.supplyAsync(() -> BOOKER.book(null, body));
    }

    /** All threads and all places to wait are taken: a job takes the change up. */
    @Test
    void aCancellationThatFindsNoThreadIsMade() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        JOINED.faults("{\"slow\": {\"ms\": 1200, \"match\": \"POST /v2/bookings$\"}}");
        List<CompletableFuture<HttpResponse<String>>> others = IntStream.range(0, 4).mapToObj(i -> busy()).toList();
        await().until(() -> open() >= 4);
        isAccepted(cancel(booked, Map.of()));
        others.forEach(CompletableFuture::join);
        isCancelledSoon(booked);
    }

    /** The caller's patience ends before Cal.com is asked, which then has no time. */
    @Test
    void aCancellationIsMadeWhenCalcomHasTimeAgain() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        JOINED.faults("{\"slow\": {\"ms\": 1200, \"match\": \"POST /v2/bookings$\"}, \"429\": {\"match\": \"/cancel\", \"times\": 1}}");
        CompletableFuture<HttpResponse<String>> other = busy();
        await().until(() -> JOINED.hub().db().sql("SELECT count(*) FROM booking_intent WHERE status = 'sent'").query(Long.class).single() >= 1);
        isAccepted(cancel(booked, Map.of("X-Deadline-Ms", "300")));
        other.join();
        isCancelledSoon(booked);
    }

    /** Whoever waits is told, and nothing is done behind their back. */
    @Test
    void aCancellationThatNobodyWasToldOfIsDropped() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        String key = UUID.randomUUID().toString();
        JOINED.faults("{\"429\": {\"match\": \"/cancel\", \"times\": 1}}");
        HttpResponse<String> answer = cancel(booked, Map.of("Idempotency-Key", key));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(503);
        assertThat(JOINED.hub().db().sql("SELECT status || coalesce(next_attempt_at::text, ' never') FROM booking_intent WHERE idempotency_key = :key")
                .param("key", key).query(String.class).single()).isEqualTo("started never");
        await().untilAsserted(() -> assertThat(cancel(booked, Map.of("Idempotency-Key", key)).statusCode()).isEqualTo(200));
    }

    @Test
    void aCancellationIsTriedHoweverOftenCalcomFails() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        JOINED.faults("{\"500\": {\"match\": \"/cancel\", \"times\": 6}}");
        isAccepted(cancel(booked, Map.of()));
        isCancelledSoon(booked);
    }

    /** Until then somebody may still be spared the way. */
    @Test
    void aCancellationIsGivenUpWhenTheBookingHasStarted() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        Map<String, String> key = Map.of("Idempotency-Key", UUID.randomUUID().toString());
        JOINED.faults("{\"500\": {\"match\": \"/cancel\"}}");
        isAccepted(cancel(booked, key));
        JOINED.hub().db().sql("""
                UPDATE booking_intent SET created_at = now() - interval '2 hours', next_attempt_at = now(),
                    progress = jsonb_set(progress::jsonb, '{appointment,start}', '"2026-01-01T00:00:00Z"')::json
                WHERE idempotency_key = :key""").param("key", key.get("Idempotency-Key")).update();
        await().untilAsserted(() -> assertThat(cancel(booked, key).statusCode()).isEqualTo(503));
        HttpResponse<String> answer = cancel(booked, key);
        assertThat(HubExtension.json(answer).path("code").asText()).isEqualTo("unavailable");
        assertThat(answer.headers().firstValue("Idempotency-Replayed")).contains("true");
    }
}
