package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.SandboxExtension;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A long series at Cal.com's usual rate limits. */
class SeriesRateTest {

    @RegisterExtension
    static final SandboxExtension JOINED = new SandboxExtension().with("event-types.sync.at-start", "true").with("booking.every", "100")
            .with("calcom.budget.per-second", "2").with("calcom.budget.per-minute", "100");

    private static final Booker BOOKER = new Booker(JOINED);

    /** A call for each date, two in a second: more than fifteen seconds, a quarter of the lease. */
    @Test
    void aLongSeriesIsCheckedToTheEnd() {
        String key = UUID.randomUUID().toString();
        ObjectNode body = Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), Booker.email());
        body.putObject("recurrence").put("count", 34).put("interval", "monthly");
        HttpResponse<String> answer = BOOKER.book(key, body);
        assertThat(answer.statusCode()).isIn(202, 409);
        await().atMost(Duration.ofSeconds(70)).untilAsserted(() -> assertThat(JOINED.hub().db()
                .sql("SELECT status FROM booking_intent WHERE idempotency_key = :key").param("key", key).query(String.class).single())
                .as("after %d calls", JOINED.asked("/v2/slots").size()).isIn("done", "refused"));
    }
}
