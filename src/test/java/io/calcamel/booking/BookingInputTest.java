package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What callers send that is not what they mean, and how long they wait for the answer. */
class BookingInputTest {

    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient().with("calcom.breaker.fewest", "1000").with("calcom.breaker.calls", "1000");

    private static final Booker BOOKER = new Booker(JOINED);
    private static final long SEATED = 2026365;

    @BeforeEach
    void allIsWell() {
        JOINED.allIsWell();
    }

    private static String seatOf(JsonNode appointment, String email) {
        for (JsonNode attendee : appointment.path("attendees")) {
            if (attendee.path("email").asText().equals(email)) {
                return attendee.path("seatUid").asText();
            }
        }
        throw new AssertionError(appointment.toString());
    }

    /** Without a key: the appointment stands, since others sit there, but the caller does not any more. */
    @Test
    void aSeatThatWasGivenUpIsBookedAgain() {
        String start = BOOKER.freeStart(SEATED);
        String mine = Booker.email();
        BOOKER.book(null, Booker.body(SEATED, start, Booker.email()));
        JsonNode booked = HubExtension.json(BOOKER.book(null, Booker.body(SEATED, start, mine)));
        HttpResponse<String> cancelled = BOOKER.post("/api/bookings/" + booked.path("id").asText() + "/cancel",
                Booker.object().put("seatUid", seatOf(booked, mine)), Map.of());
        assertThat(cancelled.statusCode()).as(cancelled.body()).isEqualTo(200);
        assertThat(BOOKER.book(null, Booker.body(SEATED, start, mine)).statusCode()).isEqualTo(201);
        assertThat(BOOKER.inSandbox(mine)).as("seats of one who was told 201").hasSize(1);
    }

    /** A delivery of the same booking is being applied, which takes as long as somebody's own steps in routes/custom take. */
    @Test
    void anAnswerDoesNotWaitForADelivery() throws Exception {
        String start = BOOKER.freeStart(SEATED);
        JsonNode first = HubExtension.json(BOOKER.book(null, Booker.body(SEATED, start, Booker.email())));
        JOINED.faults("{\"webhooks-dropped\": true}");
        CompletableFuture<HttpResponse<String>> answer = JOINED.hub().hub().database().transaction().execute(transaction -> {
            JOINED.hub().db().sql("SELECT pg_advisory_xact_lock(hashtextextended(:uid, 1))").param("uid", first.path("uid").asText()).query((row, n) -> n).list();
            CompletableFuture<HttpResponse<String>> asked = CompletableFuture.supplyAsync(() -> BOOKER.post("/api/bookings",
                    Booker.body(SEATED, start, Booker.email()), Map.of("X-Deadline-Ms", "1000")));
            try {
                asked.get(4, TimeUnit.SECONDS);
            } catch (Exception e) {
                // seen below
            }
            return asked.isDone() ? asked : null;
        });
        assertThat(answer).as("an answer within four seconds, asked for in one").isNotNull();
    }

    /** The index of addresses takes 2700 bytes. */
    @Test
    void anAddressThatIsTooLongIsRefused() {
        String domain = IntStream.range(0, 150).mapToObj(i -> UUID.randomUUID().toString()).collect(Collectors.joining("."));
        JOINED.faults("{\"500\": {\"match\": \"/v2/bookings\"}}");
        HttpResponse<String> answer = BOOKER.book(null, Booker.body(Booker.PLAIN, BOOKER.freeStart(Booker.PLAIN), "zoe@" + domain + ".example"));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    }

    /** 02:30 does not exist on that night in Berlin; nothing is booked at another time than the one that was agreed. */
    @Test
    void aTimeThatDoesNotExistIsRefused() {
        ObjectNode body = Booker.body(Booker.PLAIN, "2027-03-28T02:30:00", Booker.email());
        HttpResponse<String> answer = BOOKER.book(null, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
    }
}
