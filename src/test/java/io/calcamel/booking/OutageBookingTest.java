package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import io.calcamel.Wire;
import io.calcamel.booking.Outage.Call;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Callers book while Cal.com, here the sandbox, can't be reached: they are told so in time, and nothing is lost or booked twice. */
class OutageBookingTest {

    private static final int BOOKINGS = 50;
    private static final Wire WIRE = new Wire();

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient().over(WIRE);

    private static final Rush.Starts STARTS = new Rush.Starts();

    private static final Outage OUTAGE = new Outage(JOINED, WIRE);

    @BeforeEach
    void theLineIsUp() {
        OUTAGE.end();
        // A hub that has run for a while: its classes are loaded.
        assertThat(OUTAGE.book(Call.of(STARTS.next())).statusCode()).isEqualTo(201);
    }

    @Test
    void whatIsBookedInAnOutageIsBookedAfterwardsOrLeftWithAReason() throws Exception {
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < BOOKINGS; i++) {
            calls.add(Call.of(STARTS.next()));
        }
        OUTAGE.begin();
        Map<String, JsonNode> told = new ConcurrentHashMap<>();
        Map<String, Long> took = new ConcurrentHashMap<>();
        ExecutorService callers = Executors.newFixedThreadPool(32);
        calls.forEach(call -> callers.execute(() -> {
            long began = System.nanoTime();
            JsonNode appointment = OUTAGE.manual(call);
            took.put(call.key(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began));
            told.put(call.key(), appointment);
        }));
        callers.shutdown();
        assertThat(callers.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
        assertThat(told).as("told manual").hasSize(BOOKINGS);
        assertThat(took.values()).as("milliseconds").allMatch(milliseconds -> milliseconds <= Outage.DEADLINE);
        Set<String> listed = new HashSet<>(JOINED.hub().getJson("/api/appointments?requiresManualBooking=true&limit=500").path("items").findValuesAsText("id"));
        told.values().forEach(appointment -> assertThat(listed).contains(appointment.path("id").asText()));

        List<Call> late = calls.subList(0, 7);
        late.forEach(call -> OUTAGE.byHand(call.body().path("start").asText(), Outage.email(Booker.email())));
        // Who asks again is told the same, and nothing more comes of it.
        assertThat(OUTAGE.manual(calls.get(20)).path("id")).isEqualTo(told.get(calls.get(20).key()).path("id"));
        OUTAGE.back();

        Booker booker = new Booker(JOINED);
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(JOINED.hub().db()
                .sql("SELECT id FROM booking_intent WHERE next_attempt_at IS NOT NULL").query(Long.class).list()).isEmpty());
        for (Call call : calls) {
            JsonNode appointment = OUTAGE.now(told.get(call.key()));
            int answer = OUTAGE.book(call).statusCode();
            if (late.contains(call)) {
                assertThat(appointment.path("status").asText()).as(appointment.toString()).isEqualTo("manual");
                assertThat(appointment.path("requiresManualBooking").asBoolean()).isTrue();
                assertThat(appointment.path("manualBookingReason").asText()).startsWith("slot_taken: ");
                assertThat(booker.inSandbox(call.email())).isEmpty();
                assertThat(answer).isEqualTo(202);
            } else {
                assertThat(appointment.path("status").asText()).as(appointment.toString()).isEqualTo("confirmed");
                assertThat(appointment.path("requiresManualBooking").asBoolean()).isFalse();
                assertThat(appointment.path("manualBookingReason").isNull()).as(appointment.toString()).isTrue();
                assertThat(booker.inSandbox(call.email())).hasSize(1);
                assertThat(answer).isEqualTo(201);
            }
        }
        System.out.printf("%nOutage: %d bookings told manual, the slowest in %d ms (deadline %d ms); back again: %d booked, %d left with a reason%n%n",
                told.size(), took.values().stream().mapToLong(Long::longValue).max().orElse(0), Outage.DEADLINE, calls.size() - late.size(), late.size());
    }

    @Test
    void whatSomebodyElseGetsWhenItIsTriedAgainIsLeftWithAReason() {
        Call call = Call.of(STARTS.next());
        OUTAGE.begin();
        JsonNode told = OUTAGE.manual(call);
        JOINED.faults("{\"500\": {\"match\": \"POST /v2/bookings$\", \"times\": 1}}");
        OUTAGE.back();
        await().untilAsserted(() -> assertThat(JOINED.faults().isEmpty()).as("it was free, and tried again").isTrue());
        OUTAGE.byHand(call.start(), Outage.email(Booker.email()));
        await().untilAsserted(() -> assertThat(JOINED.hub().db().sql("SELECT next_attempt_at IS NULL FROM booking_intent WHERE idempotency_key = :key")
                .param("key", call.key()).query(Boolean.class).single()).isTrue());
        JsonNode left = OUTAGE.now(told);
        assertThat(left.path("status").asText()).as(left.toString()).isEqualTo("manual");
        assertThat(left.path("requiresManualBooking").asBoolean()).isTrue();
        assertThat(left.path("manualBookingReason").asText()).startsWith("slot_taken: ");
        assertThat(OUTAGE.book(call).statusCode()).as("a person sees to it").isEqualTo(202);
    }

    @Test
    void whatIsCancelledInAnOutageIsNotBookedAfterwards() {
        Call cancelled = Call.of(STARTS.next());
        Call wanted = Call.of(STARTS.next());
        OUTAGE.begin();
        JsonNode first = OUTAGE.manual(cancelled);
        HttpResponse<String> answer = new Booker(JOINED).post("/api/bookings/" + first.path("id").asText() + "/cancel", null, Map.of());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(HubExtension.json(answer).path("status").asText()).isEqualTo("cancelled");
        JsonNode second = OUTAGE.manual(wanted);
        OUTAGE.back();
        await().untilAsserted(() -> assertThat(OUTAGE.now(second).path("status").asText()).isEqualTo("confirmed"));
        assertThat(JOINED.hub().db().sql("SELECT status FROM booking_intent WHERE idempotency_key = :key AND next_attempt_at IS NULL")
                .param("key", cancelled.key()).query(String.class).single()).isEqualTo("refused");
        assertThat(OUTAGE.now(first).path("status").asText()).isEqualTo("cancelled");
        assertThat(OUTAGE.now(first).path("requiresManualBooking").asBoolean()).isFalse();
        assertThat(new Booker(JOINED).inSandbox(cancelled.email())).isEmpty();
        HttpResponse<String> again = OUTAGE.book(cancelled);
        assertThat(again.statusCode()).isEqualTo(409);
        assertThat(HubExtension.json(again).path("code").asText()).isEqualTo("already_cancelled");
        assertThat(OUTAGE.book(Call.of(cancelled.body().path("start").asText())).statusCode()).as("its start is free for others").isEqualTo(201);
    }

    @Test
    void whatIsMadeByHandJoinsByItself() {
        String start = STARTS.next();
        Call byEmail = Call.of(start);
        Call byPhone = Call.of(STARTS.next());
        ((ObjectNode) byPhone.body().path("attendee")).put("phoneNumber", "+49 151 23456789").put("email", Booker.email());
        OUTAGE.begin();
        JsonNode first = OUTAGE.manual(byEmail);
        JsonNode second = OUTAGE.manual(byPhone);
        String uid = OUTAGE.byHand(start, Outage.email(byEmail.email().toUpperCase())).path("uid").asText();
        String other = OUTAGE.byHand(byPhone.body().path("start").asText(), Outage.email(Booker.email()) + ",\"phoneNumber\":\"+4915123456789\"").path("uid").asText();
        await().untilAsserted(() -> {
            assertThat(OUTAGE.now(first).path("uid").asText()).isEqualTo(uid);
            assertThat(OUTAGE.now(second).path("uid").asText()).isEqualTo(other);
        });
        for (JsonNode joined : List.of(OUTAGE.now(first), OUTAGE.now(second))) {
            assertThat(joined.path("status").asText()).isEqualTo("confirmed");
            assertThat(joined.path("requiresManualBooking").asBoolean()).isFalse();
        }
        assertThat(OUTAGE.book(byEmail).statusCode()).as("asked again, still in the outage").isEqualTo(201);
        OUTAGE.back();
        await().untilAsserted(() -> assertThat(JOINED.hub().db().sql("SELECT status FROM booking_intent WHERE idempotency_key IN (:one, :other)")
                .param("one", byEmail.key()).param("other", byPhone.key()).query(String.class).list()).containsExactly("done", "done"));
        assertThat(OUTAGE.book(byEmail).statusCode()).isEqualTo(201);
        assertThat(HubExtension.json(OUTAGE.book(byPhone)).path("uid").asText()).isEqualTo(other);
        for (String at : List.of(start, byPhone.body().path("start").asText())) {
            long booked = JOINED.sandboxBookings().findValuesAsText("start").stream().filter(found -> Instant.parse(found).equals(Instant.parse(at))).count();
            assertThat(booked).as("bookings at " + at).isEqualTo(1);
        }
    }
}
