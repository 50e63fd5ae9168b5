package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What was left to a person is called off. */
class CalledOffTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient().with("calcom.timeout.response", "300").with("calcom.timeout.call", "400")
            .with("booking.settle", "500ms").with("calcom.breaker.fewest", "1000").with("calcom.breaker.calls", "1000");

    private static final Booker BOOKER = new Booker(JOINED);

    private static String intent(String key) {
        return JOINED.hub().db().sql("SELECT status || coalesce(' next', '') FROM booking_intent WHERE idempotency_key = :key").param("key", key)
                .query(String.class).single();
    }

    /** It was sent four times and never answered: it waits for a person, who then finds that the caller wants it no more. */
    @Test
    void whatIsLeftToAPersonCanBeCalledOff() {
        String key = UUID.randomUUID().toString();
        ObjectNode body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), Booker.email());
        JOINED.faults("{\"hang\": {\"match\": \"POST /v2/bookings$\"}}");
        JsonNode pending = HubExtension.json(BOOKER.book(key, body));
        await().atMost(Duration.ofSeconds(60)).until(() -> intent(key).contains("manual"));
        JOINED.faults("{}");
        HttpResponse<String> answer = BOOKER.post("/api/bookings/" + pending.path("id").asText() + "/cancel", null, Map.of());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    }
}
