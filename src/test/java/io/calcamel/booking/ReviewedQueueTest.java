package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.SandboxExtension;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A change that was accepted (202) is made, or the caller is told that it was not. */
class ReviewedQueueTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient().with("booking.threads", "1").with("booking.waiting", "1");

    private static final Booker BOOKER = new Booker(JOINED);

    @BeforeEach
    void allIsWell() {
        JOINED.faults("{}");
    }

    private static String status(JsonNode booked) {
        return BOOKER.inSandboxByUid(booked.path("uid").asText()).path("status").asText();
    }

    /** All threads and all places to wait are taken: a job takes the change up, and drops it. */
    @Test
    void aCancellationThatFindsNoThreadIsMade() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        List<JsonNode> others = IntStream.range(0, 4).mapToObj(i -> (JsonNode) Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), Booker.email())).toList();
        JOINED.faults("{\"slow\": {\"ms\": 1200, \"match\": \"POST /v2/bookings$\"}}");
        List<CompletableFuture<HttpResponse<String>>> busy = others.stream().map(body -> CompletableFuture.supplyAsync(() -> BOOKER.book(null, body))).toList();
        await().until(() -> JOINED.hub().db().sql("SELECT count(*) FROM booking_intent WHERE status <> 'done'").query(Long.class).single() >= 4);
        HttpResponse<String> answer = BOOKER.post("/api/bookings/" + booked.path("id").asText() + "/cancel", null, Map.of());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        busy.forEach(CompletableFuture::join);
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> assertThat(status(booked)).isEqualTo("cancelled"));
    }
}
