package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One cancels, and others must not be cancelled with it. */
class ReviewedOthersTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient().with("calcom.breaker.fewest", "1000").with("calcom.breaker.calls", "1000");

    private static final Booker BOOKER = new Booker(JOINED);
    private static final long SEATED = 2026365;

    @BeforeEach
    void allIsWell() {
        JOINED.faults("{}");
    }

    private static HttpResponse<String> cancel(String id) {
        return BOOKER.post("/api/bookings/" + id + "/cancel", null, Map.of());
    }

    /** One date of a series that waits for a person is called off: the others are, too, and nobody is told. */
    @Test
    void oneDateOfASeriesThatWaitsIsCalledOffAlone() {
        ObjectNode body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), Booker.email());
        body.putObject("recurrence").put("count", 3).put("interval", "weekly");
        JOINED.faults("{\"500\": {\"match\": \"/v2/slots\"}}");
        JsonNode items = HubExtension.json(BOOKER.book(null, body)).path("items");
        assertThat(items.get(0).path("appointment").path("status").asText()).isEqualTo("manual");
        HttpResponse<String> answer = cancel(items.get(1).path("appointment").path("id").asText());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode first = JOINED.hub().getJson("/api/appointments/" + items.get(0).path("appointment").path("id").asText());
        assertThat(first.path("status").asText()).isNotEqualTo("cancelled");
    }
}
