package io.calcamel.sandbox;

import static io.calcamel.sandbox.TestSandbox.EVENT_TYPES;
import static io.calcamel.sandbox.TestSandbox.KEY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.calcamel.sandbox.TestSandbox.NoReply;
import io.calcamel.sandbox.TestSandbox.Reply;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What goes wrong when it is told to. */
class FaultsTest {

    private TestSandbox sandbox;

    @BeforeEach
    void start() throws IOException {
        sandbox = TestSandbox.selfHosted();
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    private Reply me() {
        return sandbox.get("/v2/me", null);
    }

    @Test
    void aFaultHoldsUntilAnotherSetTakesItsPlace() {
        assertThat(sandbox.faults("{'500': true}").status()).isEqualTo(200);
        assertThat(me().text()).isEqualTo("{\"statusCode\":500,\"message\":\"Internal server error\"}");
        assertThat(me().status()).isEqualTo(500);
        assertThat(sandbox.faults("{}").body()).isEmpty();
        assertThat(me().status()).isEqualTo(200);
    }

    @Test
    void aNumberSaysHowOften() {
        sandbox.faults("{'429': 2}");
        Reply first = me();
        assertThat(first.status()).isEqualTo(429);
        assertThat(first.body().path("error").path("details").isTextual()).isTrue();
        assertThat(first.headers()).containsEntry("x-ratelimit-remaining-default", "0").doesNotContainKey("retry-after");
        assertThat(me().status()).isEqualTo(429);
        assertThat(me().status()).isEqualTo(200);
    }

    @Test
    void aMatchPicksRequestsByPathOrByPattern() {
        sandbox.faults("{'html': {'match': '/v2/event-types', 'times': 1}, '500': {'match': 'POST .*reschedule'}}");
        assertThat(me().status()).isEqualTo(200);
        Reply page = sandbox.get("/v2/event-types", EVENT_TYPES);
        assertThat(page.status()).isEqualTo(502);
        assertThat(page.headers().get("content-type")).startsWith("text/html");
        assertThat(sandbox.get("/v2/event-types", EVENT_TYPES).status()).isEqualTo(200);
        assertThat(sandbox.act("nope", "cancel", null, "{}").status()).isEqualTo(404);
        assertThat(sandbox.act("nope", "reschedule", null, "{'start': '2030-01-15T10:00:00Z'}").status()).isEqualTo(500);
    }

    @Test
    void anErrorAfterSuccessHasDoneTheWork() {
        int eventType = sandbox.plainEventType();
        sandbox.faults("{'500-after-success': {'match': 'POST /v2/bookings', 'times': 1}}");
        assertThat(sandbox.book(eventType, "2030-01-14T10:00:00Z").status()).isEqualTo(500);
        Reply stored = sandbox.call("GET", "/_sandbox/bookings", null, null, null);
        assertThat(stored.body()).hasSize(1);
        assertThat(stored.body().path(0).path("attendees").path(0).path("email").asText()).isEqualTo("zoe@example.com");
    }

    @Test
    void aConnectionMayDropAndAnAnswerMayNeverCome() {
        sandbox.faults("{'drop-connection': 1}");
        // The client repeats a GET on a fresh connection by itself, so it takes a POST to see it.
        assertThatThrownBy(() -> sandbox.call("POST", "/v2/bookings", null, TestSandbox.BOOKINGS, "{}")).isInstanceOf(NoReply.class);
        sandbox.faults("{'slow': {'ms': 60, 'times': 1}}");
        long before = System.nanoTime();
        assertThat(me().status()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isGreaterThan(Duration.ofMillis(55));
    }

    @Test
    void theOldShapeComesAsIfTheVersionWereMissing() {
        sandbox.faults("{'old-shape': {'match': '/v2/event-types'}}");
        assertThat(sandbox.get("/v2/event-types", EVENT_TYPES).data().has("eventTypeGroups")).isTrue();
    }

    @Test
    void listsMayBeEmptyOrHalf() {
        int all = sandbox.get("/v2/event-types", EVENT_TYPES).data().size();
        sandbox.faults("{'half-event-types': true}");
        assertThat(sandbox.get("/v2/event-types", EVENT_TYPES).data()).hasSize(all / 2);
        sandbox.faults("{'empty-event-types': true, 'empty-slots': true}");
        assertThat(sandbox.get("/v2/event-types", EVENT_TYPES).data()).isEmpty();
        assertThat(sandbox.slots("eventTypeId=" + sandbox.plainEventType() + "&start=2030-01-14&end=2030-01-14").data()).isEmpty();
    }

    @Test
    void slotsMayBeAnsweredFromACache() {
        int eventType = sandbox.plainEventType();
        String query = "eventTypeId=" + eventType + "&start=2030-01-14&end=2030-01-14";
        sandbox.faults("{'slots-cached': 2000}");
        assertThat(sandbox.slots(query).data().path("2030-01-14")).hasSize(16);
        sandbox.book(eventType, "2030-01-14T10:00:00Z");
        assertThat(sandbox.slots(query).data().path("2030-01-14")).as("just booked, but still offered").hasSize(16);
        sandbox.wait(Duration.ofSeconds(2));
        assertThat(sandbox.slots(query).data().path("2030-01-14")).hasSize(15);
    }

    @Test
    void aLateCancellationIsReadAsItWasBefore() {
        String uid = sandbox.book(sandbox.plainEventType(), "2030-01-14T10:00:00Z").data().path("uid").asText();
        sandbox.faults("{'late-cancel': 500}");
        sandbox.act(uid, "cancel", null, "{}");
        assertThat(sandbox.get("/v2/bookings/" + uid, TestSandbox.BOOKINGS).data().path("status").asText()).isEqualTo("accepted");
        sandbox.wait(Duration.ofMillis(600));
        assertThat(sandbox.get("/v2/bookings/" + uid, TestSandbox.BOOKINGS).data().path("status").asText()).isEqualTo("cancelled");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rateLimited", "slowMs", "timeout", "error500", "error500AfterSuccess", "emptySlots", "emptyEventTypes", "halfEventTypes",
        "dropWebhooks", "doubleWebhooks", "delayWebhooks", "swapWebhooks", "EMPTY_SLOTS"})
    void namesThatPeopleGuessAreUnderstood(String name) {
        assertThat(sandbox.faults("{'" + name + "': true}").status()).isEqualTo(200);
    }

    @Test
    void aNameThatNobodyKnowsIsAnsweredWithTheNearest() {
        Reply refused = sandbox.faults("{'500': true, 'webhooks-drop': true}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).contains("Did you mean webhooks-dropped").contains("half-event-types");
        assertThat(me().status()).as("none of the set is in force").isEqualTo(200);
        assertThat(sandbox.faults("{'500': {'often': 3}}").message()).contains("no option often");
        assertThat(sandbox.faults("[]").status()).isEqualTo(400);
    }

    @Test
    void aResetForgetsEverything() {
        sandbox.book(sandbox.plainEventType(), "2030-01-14T10:00:00Z");
        sandbox.faults("{'500': true}");
        assertThat(sandbox.call("POST", "/_sandbox/reset", null, null, null).status()).isEqualTo(200);
        assertThat(sandbox.call("GET", "/_sandbox/bookings", null, null, null).body()).isEmpty();
        assertThat(sandbox.sandbox().requests()).isEmpty();
        assertThat(me().status()).isEqualTo(200);
        assertThat(sandbox.sandbox().requests()).singleElement().satisfies(request -> {
            assertThat(request.method()).isEqualTo("GET");
            assertThat(request.path()).isEqualTo("/v2/me");
            assertThat(request.headers()).containsEntry("authorization", "Bearer " + KEY);
            assertThat(request.status()).isEqualTo(200);
        });
    }

    @Test
    void manyEventTypesAreMadeAtOnce() {
        Reply made = sandbox.call("POST", "/_sandbox/event-types", null, null, "{'count': 300}");
        assertThat(made.body().path("ids")).hasSize(300);
        assertThat(sandbox.get("/v2/event-types", EVENT_TYPES).data().size()).isGreaterThan(300);
    }
}
