package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.SandboxExtension;
import io.calcamel.Told;
import io.calcamel.Wire;
import io.calcamel.attention.Matter;
import io.calcamel.booking.Outage.Call;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** With {@code booking.retry-manual=false}, what could not be booked is booked by people only. */
class LeftToPeopleTest {

    private static final Wire WIRE = new Wire();

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient().over(WIRE).with("booking.retry-manual", "false");

    private static final Outage OUTAGE = new Outage(JOINED, WIRE);
    private static final Rush.Starts STARTS = new Rush.Starts();

    @Test
    void whatIsLeftToPeopleStaysTheirsAndIsResolved() {
        Told told = Told.by(JOINED.hub());
        Call wanted = Call.of(STARTS.next());
        Call other = Call.of(STARTS.next());
        OUTAGE.begin();
        JsonNode first = OUTAGE.manual(wanted);
        JsonNode second = OUTAGE.manual(other);
        OUTAGE.end();
        await().untilAsserted(() -> assertThat(told.of(Matter.Kind.MANUAL_BOOKING)).extracting(Matter::about)
                .containsExactly(first.path("id").asText(), second.path("id").asText()));
        assertThat(told.of(Matter.Kind.MANUAL_BOOKING)).allSatisfy(matter -> {
            assertThat(matter.reason()).isEqualTo("unavailable");
            assertThat(matter.company()).isEqualTo(1);
        });
        await().during(Duration.ofSeconds(4)).atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(200)).untilAsserted(() -> {
            assertThat(OUTAGE.now(first).path("status").asText()).isEqualTo("manual");
            assertThat(JOINED.hub().db().sql("SELECT count(*) FROM booking_intent WHERE next_attempt_at IS NOT NULL").query(Long.class).single()).isZero();
        });
        assertThat(new Booker(JOINED).inSandbox(wanted.email())).isEmpty();

        String someoneElse = Booker.email();
        String uid = OUTAGE.byHand(wanted.body().path("start").asText(), Outage.email(someoneElse)).path("uid").asText();
        await().untilAsserted(() -> assertThat(JOINED.hub().getJson("/api/appointments/" + uid).path("status").asText()).isEqualTo("confirmed"));
        assertThat(OUTAGE.now(first).path("status").asText()).as("nobody knows that it is this one").isEqualTo("manual");
        HttpResponse<String> resolved = new Booker(JOINED).post("/api/appointments/" + first.path("id").asText() + "/resolve",
                Booker.object().put("calcomBookingUid", uid), Map.of());
        assertThat(resolved.statusCode()).as(resolved.body()).isEqualTo(200);
        JsonNode joined = OUTAGE.now(first);
        assertThat(joined.path("uid").asText()).isEqualTo(uid);
        assertThat(joined.path("status").asText()).isEqualTo("confirmed");
        assertThat(joined.path("requiresManualBooking").asBoolean()).isFalse();
        assertThat(JOINED.hub().getJson("/api/appointments/" + uid).path("id")).as("one appointment").isEqualTo(joined.path("id"));
        assertThat(OUTAGE.book(wanted).statusCode()).isEqualTo(201);
        List<String> stillManual = JOINED.hub().getJson("/api/appointments?requiresManualBooking=true").path("items").findValuesAsText("id");
        assertThat(stillManual).containsExactly(second.path("id").asText());
    }
}
