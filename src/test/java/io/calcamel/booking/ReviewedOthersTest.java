package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.calcamel.Deliveries;
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

    /** Of a paid seat, and of a slot that the host has moved, deliveries name no seat: whoever sits there is known by e-mail. */
    @Test
    void seatsThatAreKnownByEmailAreNotCancelledTogether() {
        String start = BOOKER.freeStart(SEATED);
        JOINED.faults("{\"webhooks-dropped\": true}");
        String uid = null;
        String email = null;
        for (int i = 0; i < 2; i++) {
            email = Booker.email();
            uid = JOINED.ask("POST", "/bookings", "2024-08-13", """
                    {"start": "%s", "eventTypeId": %d, "attendee": {"name": "Other", "email": "%s", "timeZone": "Europe/Berlin"}}"""
                    .formatted(Instant.parse(start), SEATED, email)).path("uid").asText();
        }
        assertThat(JOINED.hub().deliver(Deliveries.seatPaid(uid, email, 1).toString()).statusCode()).isEqualTo(200);
        String id = uid;
        await().until(() -> JOINED.hub().get("/api/appointments/" + id).statusCode() == 200);
        HttpResponse<String> answer = cancel(uid);
        assertThat(BOOKER.inSandboxByUid(uid).path("status").asText()).as(answer.body()).isEqualTo("accepted");
    }
}
