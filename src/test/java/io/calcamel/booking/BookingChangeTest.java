package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
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
    private static final String VERSION = "2024-08-13";

    @BeforeEach
    void allIsWell() {
        JOINED.allIsWell();
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

    /** Of a paid seat, and of a slot that the host has moved, deliveries name no seat: whoever sits there is known by e-mail. */
    @Test
    void seatsThatAreKnownByEmailAreNotCancelledTogether() {
        String start = BOOKER.freeStart(SEATED);
        JOINED.faults("{\"webhooks-dropped\": true}");
        String email = Booker.email();
        bookedElsewhere(SEATED, start, Booker.email());
        String uid = bookedElsewhere(SEATED, start, email);
        assertThat(JOINED.hub().deliver(Deliveries.seatPaid(uid, email, 1).toString()).statusCode()).isEqualTo(200);
        await().until(() -> JOINED.hub().get("/api/appointments/" + uid).statusCode() == 200);
        assertThat(code(change(uid, "cancel", null), 422)).isEqualTo("seat_required");
        assertThat(status(uid)).isEqualTo("accepted");
        assertThat(ok(change(uid, "cancel", Booker.object().put("all", true))).path("status").asText()).isEqualTo("cancelled");
    }

    /** Whoever has a seat there already is no proof that the seat was moved there. */
    @Test
    void aRefusedMoveOfASeatIsRefused() {
        String mine = Booker.email();
        String to = BOOKER.freeStart(SEATED);
        JsonNode one = HubExtension.json(BOOKER.book(null, Booker.body(SEATED, BOOKER.freeStart(SEATED), mine)));
        assertThat(BOOKER.book(null, Booker.body(SEATED, to, mine)).statusCode()).isEqualTo(201);
        assertThat(change(one.path("id").asText(), "reschedule", moveOfSeat(one, to)).statusCode()).isEqualTo(409);
        assertThat(status(one.path("uid").asText())).isEqualTo("accepted");
        JsonNode now = JOINED.hub().getJson("/api/appointments/" + one.path("id").asText());
        assertThat(now.path("attendees").get(0).path("status").asText()).isEqualTo("active");
    }

    @Test
    void aMoveOfASeatBehindAnErrorIsFound() {
        JsonNode one = HubExtension.json(BOOKER.book(null, Booker.body(SEATED, BOOKER.freeStart(SEATED), Booker.email())));
        String to = BOOKER.freeStart(SEATED);
        isMovedBehindAnError(one, moveOfSeat(one, to));
    }

    /** The oldest bookings of a day are listed first, the cancelled ones too; the moved one is the youngest. */
    @Test
    void aMoveIsFoundOnABusyDay() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        String start = BOOKER.freeStart(Booker.PLAIN);
        JOINED.faults("{\"webhooks-dropped\": true}");
        for (int i = 0; i < 100; i++) {
            cancelledElsewhere(bookedElsewhere(Booker.PLAIN, start, Booker.email()));
        }
        isMovedBehindAnError(booked, move(start));
    }

    /** Cal.com is sent milliseconds. */
    @Test
    void aMoveIsFoundThoughItWasWantedInMicroseconds() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        isMovedBehindAnError(booked, move(Instant.parse(BOOKER.freeStart(Booker.PLAIN)).plusNanos(1000).toString()));
    }

    /** A delivery may lack its times. */
    @Test
    void anAppointmentWithoutAStartCanBeMoved() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        JOINED.hub().db().sql("UPDATE appointment SET start_at = NULL, document = jsonb_set(document::jsonb, '{start}', 'null')::json WHERE id = :id")
                .param("id", booked.path("id").asLong()).update();
        ok(change(booked.path("id").asText(), "reschedule", move(BOOKER.freeStart(Booker.PLAIN))));
    }

    /** A delivery locks the uids that it names in their order; so must a seat's move, which names the booking that it leaves. */
    @Test
    void aMovedSeatAndItsWebhookDoNotWaitForEachOther() {
        List<JsonNode> two = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            two.add(HubExtension.json(BOOKER.book(null, Booker.body(SEATED, BOOKER.freeStart(SEATED), Booker.email()))));
        }
        two.sort(Comparator.comparing(one -> one.path("uid").asText()));
        JsonNode from = two.get(0);
        JsonNode to = two.get(1);
        JOINED.faults("{\"webhooks-dropped\": true}");
        CompletableFuture<HttpResponse<String>> moved = JOINED.hub().hub().database().transaction().execute(transaction -> {
            lock(from.path("uid").asText());
            CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(() ->
                    change(from.path("id").asText(), "reschedule", moveOfSeat(from, to.path("start").asText())));
            await().until(() -> JOINED.hub().db().sql("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").query(Long.class).single() > 0);
            lock(to.path("uid").asText());
            return answer;
        });
        ok(moved.join());
    }

    /** Cal.com lets a declined booking be confirmed, and declines none that is: the answer of before is not given again. */
    @Test
    void whatWasConfirmedAfterItWasDeclinedIsNotToldToBeDeclined() {
        JsonNode requested = BOOKER.booked(ON_REQUEST);
        String id = requested.path("id").asText();
        ok(change(id, "decline", null));
        assertThat(ok(change(id, "confirm", null)).path("status").asText()).isEqualTo("confirmed");
        assertThat(code(change(id, "decline", null), 409)).isEqualTo("already_confirmed");
        assertThat(status(requested.path("uid").asText())).isEqualTo("accepted");
    }

    /** The host moved it in Cal.com, twice, and no webhook came. */
    @Test
    void whatWasMovedElsewhereIsCancelledWhereItIsNow() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        List<String> starts = List.of(BOOKER.freeStart(Booker.PLAIN), BOOKER.freeStart(Booker.PLAIN));
        JOINED.faults("{\"webhooks-dropped\": true}");
        String uid = booked.path("uid").asText();
        for (String start : starts) {
            uid = JOINED.ask("POST", "/bookings/" + uid + "/reschedule", VERSION, "{\"start\": \"" + Instant.parse(start) + "\"}").path("uid").asText();
        }
        JsonNode cancelled = ok(change(booked.path("id").asText(), "cancel", null));
        assertThat(cancelled.path("status").asText()).isEqualTo("cancelled");
        assertThat(cancelled.path("id")).isEqualTo(booked.path("id"));
        assertThat(cancelled.path("uids")).hasSize(3);
        assertThat(status(uid)).isEqualTo("cancelled");
    }

    /** Cal.com says that it has cancelled, and shows it a moment later. */
    @Test
    void aCancellationIsToldWhenItShows() {
        JsonNode booked = BOOKER.booked(Booker.PLAIN);
        JOINED.faults("{\"late-cancel\": {\"ms\": 1000}}");
        HttpResponse<String> answer = change(booked.path("id").asText(), "cancel", null);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        await().untilAsserted(() -> assertThat(ok(change(booked.path("id").asText(), "cancel", null)).path("status").asText()).isEqualTo("cancelled"));
    }

    private static void isMovedBehindAnError(JsonNode booked, JsonNode move) {
        String key = UUID.randomUUID().toString();
        JOINED.faults("{\"500-after-success\": {\"match\": \"/reschedule\", \"times\": 1}, \"webhooks-dropped\": true}");
        BOOKER.post("/api/bookings/" + booked.path("id").asText() + "/reschedule", move, Map.of("Idempotency-Key", key));
        await().untilAsserted(() -> assertThat(intentStatus(key)).isIn("done", "refused"));
        assertThat(status(booked.path("uid").asText())).isEqualTo("cancelled");
        assertThat(intentStatus(key)).as("it was moved").isEqualTo("done");
    }

    private static JsonNode moveOfSeat(JsonNode booked, String start) {
        return Booker.object().put("start", start).put("seatUid", booked.path("attendees").get(0).path("seatUid").asText());
    }

    private static String bookedElsewhere(long eventType, String start, String email) {
        return JOINED.ask("POST", "/bookings", VERSION, """
                {"start": "%s", "eventTypeId": %d, "attendee": {"name": "Other", "email": "%s", "timeZone": "Europe/Berlin"}}"""
                .formatted(Instant.parse(start), eventType, email)).path("uid").asText();
    }

    private static void cancelledElsewhere(String uid) {
        JOINED.ask("POST", "/bookings/" + uid + "/cancel", VERSION, "{\"cancellationReason\": \"Other\"}");
    }

    private static String status(String uid) {
        return BOOKER.inSandboxByUid(uid).path("status").asText();
    }

    private static String intentStatus(String key) {
        return JOINED.hub().db().sql("SELECT status FROM booking_intent WHERE idempotency_key = :key").param("key", key).query(String.class).single();
    }

    private static void lock(String uid) {
        JOINED.hub().db().sql("SELECT pg_advisory_xact_lock(hashtextextended(:uid, 1))").param("uid", uid).query((row, n) -> n).list();
    }
}
