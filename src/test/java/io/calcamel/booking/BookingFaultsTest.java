package io.calcamel.booking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import io.calcamel.Wire;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Many callers book while things go wrong again and again, and once all has settled each booking is there once or not at all,
 * as its caller was told. {@code -Dbookings=500} for as many as the acceptance asks for.
 */
class BookingFaultsTest {

    /** To book, and to look whether it is booked. */
    private static final String CALLS = "(POST|GET) /v2/bookings$";

    private static final Wire WIRE = new Wire();

    /** What is slow is done 1.8 seconds after it came, and waits for a connection for 0.7: then the sandbox is through with it. */
    @RegisterExtension
    static final SandboxExtension JOINED = Booker.impatient().over(WIRE).with("booking.settle", "3s").with("calcom.timeout.connect", "700")
            .with("calcom.timeout.response", "1200").with("calcom.breaker.calls", "20").with("calcom.breaker.fewest", "20");

    private static final Rush.Starts STARTS = new Rush.Starts();

    @BeforeEach
    void allIsWell() {
        JOINED.allIsWell();
        WIRE.heal();
    }

    @ParameterizedTest
    @CsvSource({"slow,1800", "hang,0", "500,0", "500-after-success,0", "drop-connection,0"})
    void bookedOnceWhileRequestsFail(String fault, int milliseconds) {
        run(new FaultOfSandbox(JOINED, fault, CALLS, milliseconds), true);
    }

    @ParameterizedTest
    @CsvSource({"webhooks-dropped,0", "webhooks-doubled,0", "webhooks-swapped,0", "webhooks-delayed,1500"})
    void bookedOnceWhileWebhooksFail(String fault, int milliseconds) {
        run(new FaultOfSandbox(JOINED, fault, "", milliseconds), !fault.equals("webhooks-dropped"));
    }

    @Test
    void bookedOnceWhileAnswersAreLost() {
        run("answer cut off", () -> WIRE.loseAnswers(CALLS, 3));
    }

    @Test
    void bookedOnceWhileTheWebhookComesBeforeTheAnswer() {
        run("webhook before the answer", () -> WIRE.delayAnswers("POST /v2/bookings$", 2, Duration.ofMillis(700)));
    }

    @Test
    void bookedOnceWhileTheAnswerComesTooLate() {
        run("webhook, and no answer", () -> WIRE.delayAnswers("POST /v2/bookings$", 2, Duration.ofMillis(2500)));
    }

    @Test
    void whatWasRefusedIsNotAskedForAgainSinceItCouldNotBeLooked() {
        Booker booker = new Booker(JOINED);
        String start = STARTS.next();
        assertThat(booker.book(null, Booker.body(Booker.PLAIN, start, Booker.email())).statusCode()).isEqualTo(201);
        int before = asked();
        JOINED.faults("{\"500\": {\"match\": \"GET /v2/bookings$\", \"times\": 3}}");
        String key = UUID.randomUUID().toString();
        ObjectNode late = Booker.body(Booker.PLAIN, start, Booker.email());
        assertThat(booker.book(key, late).statusCode()).as("taken, but by whom?").isEqualTo(202);
        await().untilAsserted(() -> assertThat(booker.book(key, late).statusCode()).isEqualTo(409));
        JsonNode refusal = HubExtension.json(booker.book(key, late));
        assertThat(refusal.path("code").asText()).isEqualTo("slot_taken");
        assertThat(refusal.path("alternatives")).hasSize(3);
        assertThat(asked() - before).as("asked").isEqualTo(1);
    }

    private static int asked() {
        return (int) JOINED.asked("/v2/bookings").stream().filter(request -> request.method().equals("POST")).count();
    }

    private static void run(FaultOfSandbox fault, boolean allWebhooksCome) {
        Rush rush = new Rush(JOINED, fault.name(), STARTS, Rush.BOOKINGS, Duration.ofMillis(250));
        try (fault) {
            fault.begin();
            rush.call();
        }
        finish(rush, fault.hits(), allWebhooksCome);
    }

    private static void run(String name, Runnable spoil) {
        Rush rush = new Rush(JOINED, name, STARTS, Rush.BOOKINGS, Duration.ofMillis(250));
        spoil.run();
        rush.call();
        WIRE.heal();
        finish(rush, WIRE.hits(), true);
    }

    private static void finish(Rush rush, long hits, boolean allWebhooksCome) {
        rush.settle(allWebhooksCome);
        rush.compare(hits);
        assertThat(JOINED.hub().count("dead") + JOINED.hub().count("failed")).as("deliveries that could not be applied").isZero();
    }
}
