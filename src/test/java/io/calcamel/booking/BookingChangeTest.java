package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A caller reschedules, cancels, confirms and declines. */
class BookingChangeTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient();

    private static final Booker BOOKER = new Booker(JOINED);
    private static final long SEATED = 2026365;
    private static final long ON_REQUEST = 2026366;

    @BeforeEach
    void allIsWell() {
        JOINED.faults("{}");
    }

    private static HttpResponse<String> change(String id, String what, JsonNode body) {
        return BOOKER.post("/api/bookings/" + id + "/" + what, body, Map.of());
    }

    private static JsonNode ok(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return HubExtension.json(answer);
    }

    private static String code(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return HubExtension.json(answer).path("code").asText();
    }

    private static JsonNode move(String start) {
        return Booker.object().put("start", start).put("reason", "Something came up");
    }

    @Test
    void aMovedBookingIsTheSameAppointment() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        String start = BOOKER.freeStart(Booker.PLAIN);
        JsonNode moved = ok(change(booked.path("uid").asText(), "reschedule", move(start)));
        assertThat(moved.path("id")).isEqualTo(booked.path("id"));
        assertThat(moved.path("start").asText()).isEqualTo(start.replace(".000", ""));
        assertThat(moved.path("uids")).hasSize(2);
        assertThat(moved.path("calcomRescheduleUid").asText()).isEqualTo(moved.path("uid").asText()).isNotEqualTo(booked.path("uid").asText());

        // By the old uid, without a key, once more: it is there already.
        JsonNode again = ok(change(booked.path("uid").asText(), "reschedule", move(start)));
        assertThat(again.path("uid")).isEqualTo(moved.path("uid"));
        String other = BOOKER.freeStart(Booker.PLAIN);
        JsonNode byId = ok(change(booked.path("id").asText(), "reschedule", move(other)));
        assertThat(byId.path("uids")).hasSize(3);
    }

    @Test
    void aMoveToATakenStartIsRefusedWithAlternatives() {
        JsonNode first = BOOKER.booked(Booker.PLAIN);
        JsonNode second = BOOKER.booked(Booker.PLAIN);
        HttpResponse<String> answer = change(second.path("uid").asText(), "reschedule", move(first.path("start").asText()));
        assertThat(code(answer, 409)).isEqualTo("slot_taken");
        assertThat(HubExtension.json(answer).path("alternatives")).hasSize(3);
        assertThat(JOINED.hub().getJson("/api/appointments/" + second.path("id").asText()).path("start")).isEqualTo(second.path("start"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"500-after-success", "drop-connection", "hang", "500"})
    void aMoveBehindAFaultHappensOnce(String fault) {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        String start = BOOKER.freeStart(Booker.PLAIN);
        JOINED.faults("{\"" + fault + "\": {\"match\": \"POST /v2/bookings/.*/reschedule\", \"times\": 1}}");
        HttpResponse<String> answer = BOOKER.post("/api/bookings/" + booked.path("id").asText() + "/reschedule", move(start),
                Map.of("Idempotency-Key", UUID.randomUUID().toString()));
        assertThat(answer.statusCode()).as(answer.body()).isIn(200, 202);
        await().untilAsserted(() -> {
            JsonNode now = JOINED.hub().getJson("/api/appointments/" + booked.path("id").asText());
            assertThat(now.path("start").asText()).isEqualTo(start.replace(".000", ""));
            assertThat(now.path("uids")).hasSize(2);
        });
        assertThat(BOOKER.inSandbox(booked.path("attendee").path("email").asText())).hasSize(2);
    }

    @Test
    void aCancelledBookingStaysCancelledHoweverOftenItIs() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        JsonNode cancelled = ok(change(booked.path("id").asText(), "cancel", Booker.object().put("cancellationReason", "Ill")));
        assertThat(cancelled.path("status").asText()).isEqualTo("cancelled");
        assertThat(cancelled.path("cancellationReason").asText()).isEqualTo("Ill");
        assertThat(ok(change(booked.path("uid").asText(), "cancel", null)).path("status").asText()).isEqualTo("cancelled");
        assertThat(BOOKER.inSandboxByUid(booked.path("uid").asText()).path("status").asText()).isEqualTo("cancelled");
        assertThat(code(change("no-such-uid", "cancel", null), 404)).isEqualTo("appointment_not_found");
    }

    @ParameterizedTest
    @ValueSource(strings = {"500-after-success", "drop-connection", "hang"})
    void aCancellationBehindAFaultIsFinished(String fault) {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        JOINED.faults("{\"" + fault + "\": {\"match\": \"POST /v2/bookings/.*/cancel\", \"times\": 1}}");
        assertThat(change(booked.path("id").asText(), "cancel", null).statusCode()).isIn(200, 202);
        await().untilAsserted(() -> assertThat(JOINED.hub().getJson("/api/appointments/" + booked.path("id").asText()).path("status").asText())
                .isEqualTo("cancelled"));
        assertThat(BOOKER.inSandboxByUid(booked.path("uid").asText()).path("status").asText()).isEqualTo("cancelled");
    }

    @Test
    void aRequestIsConfirmedOrDeclined() {
        JsonNode requested = BOOKER.booked(ON_REQUEST);
        assertThat(requested.path("status").asText()).isEqualTo("requested");
        assertThat(ok(change(requested.path("id").asText(), "confirm", null)).path("status").asText()).isEqualTo("confirmed");
        assertThat(ok(change(requested.path("id").asText(), "confirm", null)).path("status").asText()).isEqualTo("confirmed");
        JsonNode other = BOOKER.booked(ON_REQUEST);
        JsonNode declined = ok(change(other.path("id").asText(), "decline", Booker.object().put("reason", "On holiday")));
        assertThat(declined.path("status").asText()).isEqualTo("rejected");
    }

    @Test
    void aSeatIsCancelledAloneUnlessAllAreMeant() {
        String start = BOOKER.freeStart(SEATED);
        JsonNode one = HubExtension.json(BOOKER.book(null, Booker.body(SEATED, start, Booker.email())));
        String mine = Booker.email();
        JsonNode two = HubExtension.json(BOOKER.book(null, Booker.body(SEATED, start, mine)));
        assertThat(two.path("uid")).isEqualTo(one.path("uid"));
        assertThat(code(change(one.path("id").asText(), "cancel", null), 422)).isEqualTo("seat_required");
        String seat = "";
        for (JsonNode attendee : two.path("attendees")) {
            seat = attendee.path("email").asText().equals(mine) ? attendee.path("seatUid").asText() : seat;
        }
        JsonNode left = ok(change(one.path("id").asText(), "cancel", Booker.object().put("seatUid", seat)));
        assertThat(left.path("status").asText()).isEqualTo("confirmed");
        assertThat(left.path("attendees").findValuesAsText("status")).containsExactlyInAnyOrder("active", "cancelled");
        assertThat(ok(change(one.path("id").asText(), "cancel", Booker.object().put("all", true))).path("status").asText()).isEqualTo("cancelled");
    }
}
