package io.calcamel.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import io.calcamel.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What becomes of deliveries in the inbox. */
class InboxWorkerTest {

    private static final String DATABASE = TestDatabase.create();

    /** Takes in and applies; it looks by itself only every ten minutes, so what is applied soon was woken for. */
    @RegisterExtension
    static final HubExtension HUB = new HubExtension().with("database.url", DATABASE).with("inbox.worker.poll-interval", "600s")
            .with("inbox.retry.delays", "0ms,0ms,1h");

    /** Only takes in. */
    @RegisterExtension
    static final HubExtension INTAKE = new HubExtension().with("database.url", DATABASE).with("inbox.worker.enabled", "false");

    private static int count;

    @Test
    void aDeliveryIsAppliedAtOnce() {
        List<Long> micros = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String uid = uid();
            long id = deliver(Deliveries.created(uid, 1));
            JsonNode settled = awaitStatus(id, "applied");
            micros.add(Duration.between(Instant.parse(settled.path("receivedAt").asText()), Instant.parse(settled.path("settledAt").asText())).toNanos() / 1000);
        }
        micros.sort(null);
        assertThat(micros.get(25)).as("median from stored to applied, in microseconds").isLessThan(100_000);
    }

    @Test
    void whatCantBeReadIsTriedAgainAndThenADeadLetterThatHoldsBackNothing() {
        String uid = uid();
        ObjectNode poison = Deliveries.with(Deliveries.created(uid, 1), payload -> payload.put("startTime", "half past nine"));
        long id = deliver(poison);
        long sameBooking = deliver(Deliveries.cancelled(uid, 2));
        long another = deliver(Deliveries.created(uid(), 1));
        awaitStatus(sameBooking, "applied");
        awaitStatus(another, "applied");

        JsonNode failed = await().until(() -> {
            wake();
            return find(id);
        }, delivery -> delivery.path("attempts").asInt() == 3);
        assertThat(failed.path("status").asText()).isEqualTo("failed");
        assertThat(failed.path("reason").asText()).isEqualTo("startTime is no ISO 8601 time with an offset");
        assertThat(Instant.parse(failed.path("nextAttemptAt").asText())).isAfter(Instant.now().plus(Duration.ofMinutes(50)));
        HUB.db().sql("UPDATE delivery SET next_attempt_at = now() WHERE id = :id").param("id", id).update();
        JsonNode dead = await().until(() -> {
            wake();
            return find(id);
        }, delivery -> delivery.path("status").asText().equals("dead"));
        assertThat(dead.path("attempts").asInt()).isEqualTo(4);
        assertThat(dead.path("nextAttemptAt").isNull()).isTrue();
        assertThat(dead.toString()).as("no value of the body").doesNotContain("half past nine");
    }

    @Test
    void whatARouteDidBeforeItFailedIsUndone() throws Exception {
        HUB.db().sql("CREATE TABLE side_effect (uid text)").update();
        ModelCamelContext context = (ModelCamelContext) HUB.hub().context();
        AdviceWith.adviceWith(context, "booking-rejected", route -> route.weaveAddLast()
                .to("sql:INSERT INTO side_effect VALUES (:#${variable.bookingUid})")
                .throwException(new IllegalStateException("the CRM is away")));
        String uid = uid();
        long id = deliver(Deliveries.rejected(uid, 1));
        JsonNode failed = awaitStatus(id, "failed");
        assertThat(failed.path("reason").asText()).as("a library's message may hold personal data").isEqualTo("java.lang.IllegalStateException");
        assertThat(HUB.get("/api/appointments/" + uid).statusCode()).isEqualTo(404);
        assertThat(HUB.db().sql("SELECT count(*) FROM side_effect").query(Long.class).single()).isZero();

        PluginHelper.getRoutesLoader(context).updateRoutes(PluginHelper.getResourceLoader(context)
                .resolveResource("file:routes/events/booking-rejected.camel.yaml"));
        HUB.db().sql("UPDATE delivery SET next_attempt_at = now(), status = 'failed' WHERE id = :id").param("id", id).update();
        wake();
        awaitStatus(id, "applied");
        assertThat(HUB.getJson("/api/appointments/" + uid).path("status").asText()).isEqualTo("rejected");
    }

    @Test
    void aNodeThatOnlyTakesInLeavesTheWorkToOthers() {
        String uid = uid();
        long id = HubExtension.json(INTAKE.deliver(Deliveries.created(uid, 1).toString())).path("id").asLong();
        assertThat(find(id).path("status").asText()).isEqualTo("pending");
        wake();
        awaitStatus(id, "applied");
        assertThat(INTAKE.getJson("/api/appointments/" + uid).path("status").asText()).isEqualTo("confirmed");
    }

    @Test
    void anEarlierDeliveryOfABookingGoesFirst() {
        String uid = uid();
        INTAKE.deliver(Deliveries.created(uid, 1).toString());
        for (int i = 2; i < 12; i++) {
            INTAKE.deliver(Deliveries.moved(uid, i, "Room " + i).toString());
        }
        wake();
        await().until(() -> HUB.db().sql("SELECT count(*) FROM delivery WHERE booking_uid = :uid AND status <> 'applied'").param("uid", uid)
                .query(Long.class).single() == 0);
        List<Long> settled = HUB.db().sql("SELECT id FROM delivery WHERE booking_uid = :uid ORDER BY settled_at, id").param("uid", uid).query(Long.class).list();
        assertThat(settled).isSorted();
    }

    @ParameterizedTest
    @CsvSource({
            "PING,ignored", "OOO_CREATED,ignored", "FORM_SUBMITTED,ignored", "FORM_SUBMITTED_NO_EVENT,ignored", "ROUTING_FORM_FALLBACK_HIT,ignored",
            "INSTANT_MEETING,ignored", "INSTANT_MEETING_ACCEPTED,ignored", "AFTER_HOSTS_CAL_VIDEO_NO_SHOW,ignored",
            "AFTER_GUESTS_CAL_VIDEO_NO_SHOW,ignored", "WRONG_ASSIGNMENT_REPORT,ignored", "CALENDAR_ENTRY_REJECTED,ignored",
            "DELEGATION_CREDENTIAL_ERROR,ignored", "DELEGATION_CREDENTIAL_SECRET_ROTATED,ignored",
            "DELEGATION_CREDENTIAL_SECRET_ROTATION_FAILED,ignored", "DELEGATION_CREDENTIAL_ROTATION_REQUIRED,ignored",
            "RECORDING_READY,applied", "RECORDING_TRANSCRIPTION_GENERATED,applied", "MEETING_STARTED,applied", "MEETING_ENDED,applied",
            "BOOKING_CREATED,applied", "BOOKING_REQUESTED,applied", "BOOKING_REJECTED,applied", "BOOKING_RESCHEDULED,applied",
            "BOOKING_CANCELLED,applied", "BOOKING_PAYMENT_INITIATED,applied", "BOOKING_PAID,applied", "BOOKING_NO_SHOW_UPDATED,applied",
            "BOOKING_LOCATION_UPDATED,applied", "BOOKING_REASSIGNED,applied", "SOMETHING_NEW,ignored"})
    void everyTriggerEventHasItsRoute(String trigger, String status) {
        ObjectNode delivery = trigger.startsWith("MEETING_") ? Deliveries.meeting(trigger, uid()) : Deliveries.created(uid(), 1);
        awaitStatus(deliver(delivery.put("triggerEvent", trigger)), status);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "{\"triggerEvent\":\"PING\"}                                             | ignored",
            "{\"triggerEvent\":\"PING\",\"payload\":null}                            | ignored",
            "{\"triggerEvent\":\"PING\",\"payload\":\"text\"}                        | ignored",
            "{\"triggerEvent\":\"PING\",\"payload\":[1]}                             | ignored",
            "{\"triggerEvent\":\"PING\",\"payload\":{\"title\":7}}                   | ignored",
            "{\"triggerEvent\":\"BOOKING_CREATED\"}                                  | unrecognised",
            "{\"triggerEvent\":\"BOOKING_CREATED\",\"payload\":\"text\"}             | unrecognised",
            "{\"triggerEvent\":\"BOOKING_CREATED\",\"payload\":{\"uid\":7}}          | unrecognised",
            "{\"triggerEvent\":\"BOOKING_CANCELLED\",\"payload\":{\"uid\":\"odd-1\",\"attendees\":{\"a\":1},\"responses\":[1],\"metadata\":\"m\"}}  | applied",
            "{\"triggerEvent\":\"BOOKING_CREATED\",\"createdAt\":5,\"payload\":{\"uid\":\"odd-2\",\"startTime\":5,\"attendees\":[null,1,\"x\"]}}     | applied",
            "{\"triggerEvent\":\"MEETING_STARTED\",\"uid\":\"odd-3\",\"id\":1e400,\"metadata\":{\"n\":1e400}}                                | applied"})
    void aFormThatCalComDoesNotHaveYetIsNoFault(String body, String status) {
        awaitStatus(HubExtension.json(HUB.deliver(body.strip())).path("id").asLong(), status);
    }

    @Test
    void aRecordingWithoutABookingIsIgnored() {
        awaitStatus(deliver(Deliveries.with(Deliveries.recordingReady("x", 1), payload -> payload.remove("uid"))), "ignored");
    }

    @Test
    void withoutATriggerEventADeliveryIsUnrecognised() {
        for (String body : List.of("false", "{\"uid\":\"zapier\",\"createdAt\":\"2026-11-22T13:30:00Z\"}", "event=BOOKING_CREATED", "{\"triggerEvent\":7}", "[]", "",
                "{\"triggerEvent\":\"PING\"} and more", "{\"triggerEvent\":\"PING\",\"n\":1" + "0".repeat(2_000) + "}",
                "{\"triggerEvent\":\"PING\",\"deep\":" + "[".repeat(2_000) + "]".repeat(2_000) + "}")) {
            long id = HubExtension.json(HUB.deliver(body)).path("id").asLong();
            assertThat(awaitStatus(id, "unrecognised").path("reason").asText()).isEqualTo("it has no trigger event");
        }
        assertThat(HUB.get("/api/appointments/zapier").statusCode()).isEqualTo(404);
    }

    @Test
    void theInboxIsListedByPages() {
        for (int i = 0; i < 5; i++) {
            deliver(Deliveries.noShow("paged-" + i, 1, "a@example.org", true));
        }
        List<Long> ids = new ArrayList<>();
        String next = "/api/deliveries?trigger=BOOKING_NO_SHOW_UPDATED&limit=2&from=2026-01-01T00:00:00%2B01:00";
        while (next != null) {
            JsonNode page = HUB.getJson(next);
            page.path("items").forEach(item -> ids.add(item.path("id").asLong()));
            assertThat(page.path("total").asInt()).isGreaterThanOrEqualTo(5);
            assertThat(page.path("items").size()).isLessThanOrEqualTo(2);
            next = page.path("next").textValue();
        }
        assertThat(ids).hasSizeGreaterThanOrEqualTo(5).doesNotHaveDuplicates().isSortedAccordingTo((a, b) -> Long.compare(b, a));
        assertThat(HUB.getJson("/api/deliveries?to=2026-01-01").path("total").asInt()).isZero();
    }

    private static String uid() {
        return "worker-" + ++count;
    }

    private static void wake() {
        deliver(Deliveries.noShow("wake-" + ++count, count, "a@example.org", true));
    }

    private static long deliver(ObjectNode delivery) {
        return HubExtension.json(HUB.deliver(delivery.toString())).path("id").asLong();
    }

    private static JsonNode awaitStatus(long id, String status) {
        return await().until(() -> find(id), delivery -> delivery.path("status").asText().equals(status));
    }

    private static JsonNode find(long id) {
        return HUB.getJson("/api/deliveries?limit=1&after=" + (id + 1)).path("items").path(0);
    }
}
