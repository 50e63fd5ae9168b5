package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.SandboxExtension;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A change that was accepted (202) is made, or the caller is told that it was not. */
class ReviewedPatienceTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient().with("booking.threads", "1").with("booking.waiting", "1");

    private static final Booker BOOKER = new Booker(JOINED);

    @BeforeEach
    void allIsWell() {
        JOINED.faults("{}");
    }

    /** The caller's patience ends before Cal.com is asked; what then fails in passing is dropped. */
    @Test
    void aCancellationThatWasAcceptedIsNotDroppedWhenCalcomIsBusy() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        JsonNode other = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), Booker.email());
        JOINED.faults("{\"slow\": {\"ms\": 1200, \"match\": \"POST /v2/bookings$\"}, \"429\": {\"match\": \"/cancel\", \"times\": 1}}");
        CompletableFuture<HttpResponse<String>> busy = CompletableFuture.supplyAsync(() -> BOOKER.book(null, other));
        await().until(() -> JOINED.hub().db().sql("SELECT count(*) FROM booking_intent WHERE status = 'sent'").query(Long.class).single() >= 1);
        HttpResponse<String> answer = BOOKER.post("/api/bookings/" + booked.path("id").asText() + "/cancel", null, Map.of("X-Deadline-Ms", "300"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        busy.join();
        await().untilAsserted(() -> assertThat(JOINED.hub().db().sql("SELECT status FROM booking_intent WHERE kind = 'cancel' ORDER BY id DESC LIMIT 1")
                .query(String.class).single()).isNotEqualTo("sent"));
        String status = JOINED.hub().db().sql("SELECT status || coalesce(next_attempt_at::text, ' never') FROM booking_intent WHERE kind = 'cancel' ORDER BY id DESC LIMIT 1")
                .query(String.class).single();
        assertThat(status).doesNotContain("never");
    }
}
