package io.calcamel.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import io.calcamel.Told;
import io.calcamel.attention.Matter;
import io.calcamel.http.Json;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each difference between Cal.com, here the sandbox, and the appointments. Every test has a week of its own, which is what it reconciles. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReconcileTest {

    @RegisterExtension
    static final SandboxExtension BOTH = new SandboxExtension().with("reconcile.grace", "0s").with("reconcile.page", "3").with("reconcile.one-by-one", "3")
            .with("calcom.breaker.open", "100ms").with("calcom.retries", "0");

    private static final String VERSION = "2024-08-13";
    private static final String DROPPED = "{\"webhooks-dropped\":true}";

    private Told told;
    private long plain;
    private LocalDate week = LocalDate.parse("2032-01-05");

    @BeforeAll
    void listen() {
        assertThat(missed("default")).isZero();
        told = Told.by(BOTH.hub());
        plain = eventType("plain", "");
    }

    @BeforeEach
    void nextWeek() {
        week = week.plusWeeks(4);
    }

    @AfterEach
    void mend() {
        BOTH.faults("{}");
    }

    private static long eventType(String slug, String more) {
        return BOTH.ask("POST", "/event-types", "2024-06-14", "{\"title\":\"" + slug + "\",\"slug\":\"" + slug + "\",\"lengthInMinutes\":30" + more + "}").path("id").asLong();
    }

    /** A working day of the week, at nine in Berlin or so many half hours later. */
    private String at(int day, int halfHours) {
        return week.plusDays(day).atTime(9, 0).plusMinutes(30L * halfHours) + ":00Z";
    }

    private static JsonNode book(long type, String start, String email) {
        return BOTH.askAsBooker("POST", "/bookings", VERSION, "{\"eventTypeId\":" + type + ",\"start\":\"" + start
                + "\",\"attendee\":{\"name\":\"Zoë\",\"email\":\"" + email + "\",\"timeZone\":\"Europe/Berlin\"}}");
    }

    private String book(int day, int halfHours) {
        return book(plain, at(day, halfHours), "zoe@example.org").path("uid").asText();
    }

    private static JsonNode change(String uid, String how, String body) {
        return BOTH.askAsBooker("POST", "/bookings/" + uid + "/" + how, VERSION, body);
    }

    private static String reschedule(String uid, String start) {
        return change(uid, "reschedule", "{\"start\":\"" + start + "\"}").path("uid").asText();
    }

    private static JsonNode appointment(String uid) {
        return BOTH.hub().getJson("/api/appointments/" + uid);
    }

    private static void awaitStatus(String uid, String status) {
        await().untilAsserted(() -> assertThat(appointment(uid).path("status").asText()).isEqualTo(status));
    }

    private JsonNode reconcile(String more) {
        JsonNode run = HubExtension.json(BOTH.hub().post("/api/reconcile", "{\"from\":\"" + week + "\",\"to\":\"" + week.plusDays(7) + "\"" + more + "}"));
        assertThat(run.path("status").asText()).as(run.toString()).isEqualTo("complete");
        return run;
    }

    private JsonNode reconcile() {
        return reconcile("");
    }

    /** {@code kind action uid} of each difference. */
    private static List<String> found(JsonNode run) {
        List<String> found = new ArrayList<>();
        run.path("items").forEach(item -> found.add(item.path("kind").asText() + " " + item.path("action").asText() + " " + item.path("uid").asText()));
        return found;
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
    }

    private static double missed(String company) {
        MeterRegistry registry = BOTH.hub().hub().context().getRegistry().findSingleByType(MeterRegistry.class);
        Counter counter = registry.find("calcamel.webhooks.missed").tag("company", company).counter();
        return counter == null ? -1 : counter.count();
    }

    @Test
    void whatNothingToldOfIsMadeAnAppointmentOnceAndOnADryRunNot() {
        double before = missed("default");
        BOTH.faults(DROPPED);
        List<String> uids = List.of(book(0, 0), book(0, 1), book(0, 2), book(1, 0), book(1, 1), book(2, 0), book(3, 3));
        JsonNode dry = reconcile(",\"dryRun\":true");
        assertThat(found(dry)).containsExactlyInAnyOrderElementsOf(uids.stream().map(uid -> "unknown_here would_repair " + uid).toList());
        assertThat(dry.path("unknownHere").asInt()).isEqualTo(7);
        assertThat(dry.path("repaired").asInt()).isZero();
        uids.forEach(uid -> assertThat(BOTH.hub().get("/api/appointments/" + uid).statusCode()).isEqualTo(404));
        assertThat(missed("default")).isEqualTo(before);

        JsonNode run = reconcile();
        assertThat(found(run)).containsExactlyInAnyOrderElementsOf(uids.stream().map(uid -> "unknown_here repaired " + uid).toList());
        // Seven in pages of three, and nobody is asked for by himself.
        assertThat(run.path("calls").asInt()).isEqualTo(3);
        assertThat(missed("default")).isEqualTo(before + 7);
        uids.forEach(uid -> assertThat(appointment(uid).path("status").asText()).isEqualTo("confirmed"));
        assertThat(found(reconcile())).isEmpty();
        assertThat(BOTH.hub().getJson("/api/reconcile-runs/" + run.path("id").asText())).isEqualTo(run);
        assertThat(BOTH.hub().getJson("/api/reconcile-runs?limit=1&after=" + (run.path("id").asLong() + 1)).path("items").path(0).path("unknownHere").asInt()).isEqualTo(7);
    }

    @Test
    void aCancellationADeclineAndAConfirmationThatWereMissed() {
        long onRequest = eventType("asked-first", ",\"confirmationPolicy\":{\"type\":\"always\",\"blockUnconfirmedBookingsInBooker\":false}");
        String cancelled = book(0, 0);
        String declined = book(onRequest, at(1, 0), "ann@example.org").path("uid").asText();
        String confirmed = book(onRequest, at(2, 0), "bob@example.org").path("uid").asText();
        awaitStatus(cancelled, "confirmed");
        awaitStatus(declined, "requested");
        awaitStatus(confirmed, "requested");
        BOTH.faults(DROPPED);
        change(cancelled, "cancel", "{\"cancellationReason\":\"ill\"}");
        BOTH.ask("POST", "/bookings/" + declined + "/decline", VERSION, "{\"reason\":\"on holiday\"}");
        BOTH.ask("POST", "/bookings/" + confirmed + "/confirm", VERSION, null);

        JsonNode run = reconcile();
        assertThat(found(run)).containsExactlyInAnyOrder("missed_webhook repaired " + cancelled, "missed_webhook repaired " + declined, "missed_webhook repaired " + confirmed);
        JsonNode item = StreamSupport.stream(run.path("items").spliterator(), false).filter(one -> one.path("uid").asText().equals(cancelled)).findFirst().orElseThrow();
        assertThat(item.path("fields").path(0).toString()).isEqualTo("{\"name\":\"status\",\"here\":\"confirmed\",\"calcom\":\"cancelled\"}");
        assertThat(item.path("company").asText()).isEqualTo("default");
        assertThat(appointment(cancelled).path("status").asText()).isEqualTo("cancelled");
        assertThat(appointment(cancelled).path("cancellationReason").asText()).isEqualTo("ill");
        assertThat(appointment(declined).path("status").asText()).isEqualTo("rejected");
        assertThat(appointment(confirmed).path("status").asText()).isEqualTo("confirmed");
        assertThat(found(reconcile())).isEmpty();
    }

    @Test
    void aChainOfReschedulesIsOneAppointmentWhereverItLeads() {
        String first = book(0, 0);
        awaitStatus(first, "confirmed");
        BOTH.faults(DROPPED);
        String second = reschedule(first, at(1, 0));
        // Out of the week that is looked at.
        String third = reschedule(second, at(14, 0));
        String unknown = book(2, 0);
        String moved = reschedule(unknown, at(15, 0));

        JsonNode run = reconcile();
        assertThat(found(run)).contains("unknown_here repaired " + third, "missed_webhook repaired " + second, "unknown_here repaired " + moved);
        assertThat(texts(appointment(first).path("uids"))).containsExactly(first, second, third);
        assertThat(appointment(first).path("start").asText()).isEqualTo(at(14, 0));
        assertThat(appointment(first).path("status").asText()).isEqualTo("confirmed");
        assertThat(texts(appointment(moved).path("uids"))).containsExactly(unknown, moved);
        assertThat(BOTH.hub().db().sql("SELECT count(*) FROM appointment WHERE merged_into IS NULL AND start_at = :at::timestamptz").param("at", at(2, 0))
                .query(Long.class).single()).isZero();
        assertThat(found(reconcile())).isEmpty();
    }

    @Test
    void seatsThatWereTakenAndGivenUp() {
        long type = eventType("seated", ",\"seats\":{\"seatsPerTimeSlot\":3,\"showAttendeeInfo\":true,\"showAvailabilityCount\":true}");
        JsonNode one = book(type, at(0, 0), "one@example.org");
        String uid = one.path("uid").asText();
        await().untilAsserted(() -> assertThat(appointment(uid).path("attendees")).hasSize(1));
        BOTH.faults(DROPPED);
        book(type, at(0, 0), "two@example.org");
        book(type, at(0, 0), "three@example.org");
        assertThat(found(reconcile())).containsExactly("drift repaired " + uid);
        assertThat(appointment(uid).path("attendees").findValuesAsText("status")).containsExactly("active", "active", "active");

        change(uid, "cancel", "{\"seatUid\":\"" + one.path("seatUid").asText() + "\"}");
        // A seat that was taken a moment ago can be one that Cal.com's list does not have yet.
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            reconcile();
            assertThat(appointment(uid).path("attendees").findValuesAsText("status")).containsExactlyInAnyOrder("cancelled", "active", "active");
        });
        assertThat(appointment(uid).path("status").asText()).isEqualTo("confirmed");
        assertThat(found(reconcile())).isEmpty();
    }

    private void deliver(ObjectNode delivery) {
        BOTH.hub().deliver(delivery.toString());
        await().until(() -> BOTH.hub().count("pending") == 0);
    }

    private ObjectNode created(String uid, int halfHours) {
        ObjectNode delivery = Deliveries.created(uid, 1);
        ((ObjectNode) delivery.path("payload")).put("startTime", at(0, halfHours)).put("endTime", at(0, halfHours + 1));
        return delivery;
    }

    @Test
    void whatIsGoneThereIsListedAndLeftAsItIs() {
        deliver(created("gone-1", 0));
        deliver(created("gone-2", 1));
        JsonNode run = reconcile();
        assertThat(found(run)).containsExactlyInAnyOrder("gone_there listed gone-1", "gone_there listed gone-2");
        assertThat(run.path("goneThere").asInt()).isEqualTo(2);
        assertThat(run.path("items").path(0).path("appointment").asLong()).isEqualTo(appointment(run.path("items").path(0).path("uid").asText()).path("id").asLong());
        assertThat(appointment("gone-1").path("status").asText()).isEqualTo("confirmed");
        List<Matter> drift = told.of(Matter.Kind.DRIFT).stream().filter(matter -> matter.reason().contains("gone-1")).toList();
        assertThat(drift).hasSize(1);
        assertThat(drift.get(0).reason()).startsWith("2 appointments are not in Cal.com").contains("gone-2").doesNotContain("@");

        assertThat(found(reconcile())).hasSize(2);
        assertThat(told.of(Matter.Kind.DRIFT).stream().filter(matter -> matter.reason().contains("gone-1"))).as("told again").hasSize(1);
        deliver(created("gone-3", 2));
        deliver(created("gone-4", 3));
        JsonNode many = HubExtension.json(BOTH.hub().post("/api/reconcile", "{\"from\":\"" + week + "\",\"to\":\"" + week.plusDays(7) + "\"}"));
        assertThat(many.path("status").asText()).isEqualTo("partial");
        assertThat(many.at("/errors/0/code").asText()).isEqualTo("too_many_to_ask");
        assertThat(many.path("goneThere").asInt()).isEqualTo(3);
    }

    @Test
    void aFieldThatDriftedIsWhatCalcomSaysAlsoWhereNoChangeShows() throws Exception {
        String uid = book(0, 0);
        awaitStatus(uid, "confirmed");
        JsonNode before = appointment(uid);
        // As a change in Cal.com's database, which leaves updatedAt as it was.
        HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(BOTH.sandbox().baseUrl().replace("/v2", "/_sandbox/bookings/" + uid)))
                .method("PATCH", HttpRequest.BodyPublishers.ofString("{\"start\":\"" + at(1, 4) + "\"}")).build(), HttpResponse.BodyHandlers.ofString());
        JsonNode run = reconcile();
        assertThat(found(run)).containsExactly("drift repaired " + uid);
        assertThat(run.at("/items/0/fields").findValuesAsText("name")).containsExactly("start", "end");
        assertThat(run.at("/items/0/fields/0/here").asText()).isEqualTo(at(0, 0));
        JsonNode after = appointment(uid);
        assertThat(after.path("start").asText()).isEqualTo(at(1, 4));
        assertThat(after.path("id")).isEqualTo(before.path("id"));
        assertThat(found(reconcile())).isEmpty();
        // A delivery of before, which comes again or late, does not bring it back.
        BOTH.hub().db().sql("UPDATE delivery SET status = 'pending', next_attempt_at = now() WHERE booking_uid = :uid").param("uid", uid).update();
        await().until(() -> BOTH.hub().count("pending") == 0);
        assertThat(appointment(uid).path("start").asText()).isEqualTo(at(1, 4));
    }

    @Test
    void whatDeliveriesToldOfAStatusHoldsAndAPersonIsTold() {
        String uid = book(0, 0);
        awaitStatus(uid, "confirmed");
        ObjectNode forged = Deliveries.cancelled(uid, 1);
        deliver(forged);
        assertThat(appointment(uid).path("status").asText()).isEqualTo("cancelled");
        JsonNode run = reconcile();
        assertThat(found(run)).containsExactly("drift listed " + uid);
        assertThat(run.at("/items/0/fields").findValuesAsText("name")).contains("status");
        assertThat(appointment(uid).path("status").asText()).isEqualTo("cancelled");
        assertThat(told.of(Matter.Kind.DRIFT)).anyMatch(matter -> matter.reason().contains(uid));
    }

    @Test
    void aWebhookThatComesLateChangesNothing() {
        BOTH.faults("{\"webhooks-delayed\":{\"ms\":1500,\"match\":\"BOOKING_CREATED\"},\"webhooks-dropped\":{\"match\":\"BOOKING_CANCELLED\"}}");
        String uid = book(0, 0);
        change(uid, "cancel", "{\"cancellationReason\":\"ill\"}");
        assertThat(found(reconcile())).containsExactly("unknown_here repaired " + uid);
        assertThat(appointment(uid).path("status").asText()).isEqualTo("cancelled");
        await().untilAsserted(() -> assertThat(BOTH.hub().db().sql("SELECT count(*) FROM delivery WHERE booking_uid = :uid AND status = 'applied'").param("uid", uid)
                .query(Long.class).single()).isEqualTo(1));
        assertThat(appointment(uid).path("status").asText()).isEqualTo("cancelled");
        assertThat(appointment(uid).path("cancellationReason").asText()).isEqualTo("ill");
    }

    @Test
    void whatADeliveryWillTellIsLeftToIt() {
        BOTH.faults(DROPPED);
        String uid = book(0, 0);
        BOTH.hub().db().sql("""
                INSERT INTO delivery (company_id, trigger_event, booking_uid, body, body_hash, has_created_at, status, next_attempt_at)
                VALUES (1, 'BOOKING_CREATED', :uid, '', '', false, 'failed', now() + interval '1 hour')""").param("uid", uid).update();
        JsonNode run = reconcile();
        assertThat(found(run)).isEmpty();
        assertThat(run.path("waiting").asInt()).isEqualTo(1);
        assertThat(BOTH.hub().get("/api/appointments/" + uid).statusCode()).isEqualTo(404);
        BOTH.hub().db().sql("UPDATE delivery SET status = 'dead' WHERE booking_uid = :uid").param("uid", uid).update();
        assertThat(found(reconcile())).containsExactly("unknown_here repaired " + uid);
    }

    @Test
    void theWindowHasItsFirstInstantAndNotItsLast() {
        BOTH.faults(DROPPED);
        String before = book(0, 0);
        String first = book(0, 1);
        String last = book(0, 2);
        String after = book(0, 3);
        JsonNode run = HubExtension.json(BOTH.hub().post("/api/reconcile",
                "{\"from\":\"" + at(0, 1).replace("Z", "+00:00") + "\",\"to\":\"" + Instant.parse(at(0, 3)).toString().replace("T10:30:00Z", "T12:30:00+02:00") + "\"}"));
        assertThat(found(run)).containsExactlyInAnyOrder("unknown_here repaired " + first, "unknown_here repaired " + last);
        assertThat(found(reconcile())).containsExactlyInAnyOrder("unknown_here repaired " + before, "unknown_here repaired " + after);
        for (String bad : List.of("{\"from\":\"2032-01-02\",\"to\":\"2032-01-02\"}", "{\"to\":\"2020-01-01\"}", "{\"from\":7}", "{\"dryrun\":true}", "{\"dryRun\":\"yes\"}")) {
            assertThat(BOTH.hub().post("/api/reconcile", bad).statusCode()).as(bad).isEqualTo(400);
        }
    }

    @Test
    void withoutAWindowAllIsComparedAndTheNextTimeOnlyChangesAreAskedFor() {
        BOTH.faults(DROPPED);
        String far = book(plain, "2034-03-01T10:00:00Z", "zoe@example.org").path("uid").asText();
        JsonNode run = HubExtension.json(BOTH.hub().post("/api/reconcile", ""));
        assertThat(found(run)).contains("unknown_here repaired " + far);
        assertThat(run.path("to").isNull()).isTrue();
    }

    @Test
    void whoWasErasedStaysSo() {
        String uid = book(plain, at(1, 4), "erased@example.com").path("uid").asText();
        awaitStatus(uid, "confirmed");
        assertThat(BOTH.hub().post("/api/erasures", "{\"email\":\"erased@example.com\"}").statusCode()).isEqualTo(200);
        assertThat(found(reconcile())).as("what was taken out on purpose does not differ").isEmpty();
        BOTH.faults(DROPPED);
        change(uid, "cancel", "{\"cancellationReason\":\"erased@example.com is ill\"}");
        assertThat(found(reconcile())).containsExactly("missed_webhook repaired " + uid);
        assertThat(BOTH.hub().getJson("/api/appointments/" + uid).path("status").asText()).isEqualTo("cancelled");
        assertThat(BOTH.hub().db().sql("SELECT count(*) FROM booking WHERE facts::text LIKE '%erased@%'").query(Long.class).single()).isZero();
        assertThat(BOTH.hub().db().sql("SELECT count(*) FROM appointment WHERE document::text LIKE '%erased@%'").query(Long.class).single()).isZero();
        assertThat(found(reconcile())).isEmpty();
    }

    private static void company(String slug, String key, String more) {
        HttpResponse<String> made = BOTH.hub().administer("POST", "/api/companies", "{\"slug\":\"" + slug + "\",\"apiKey\":\"" + key + "\"" + more + "}");
        assertThat(made.statusCode()).as(made.body()).isBetween(200, 201);
    }

    private static JsonNode reconcileCompany(String slug) {
        return HubExtension.json(BOTH.hub().administer("POST", "/api/reconcile", "{\"company\":\"" + slug + "\"}"));
    }

    @Test
    void aCompanyWhoseCalcomFailsEndsWithItsErrorAndTheOthersGoOn() {
        company("refused", "cal_revoked_later", "");
        JsonNode refused = reconcileCompany("refused");
        assertThat(refused.path("status").asText()).isEqualTo("failed");
        assertThat(refused.at("/errors/0/code").asText()).isEqualTo("unauthorized");
        BOTH.faults("{\"500\":true}");
        JsonNode away = HubExtension.json(BOTH.hub().post("/api/reconcile", ""));
        assertThat(away.path("status").asText()).isEqualTo("failed");
        assertThat(away.at("/errors/0/code").asText()).isEqualTo("unavailable");
        BOTH.allIsWell();
        assertThat(found(reconcile())).isEmpty();
    }

    @Test
    void aCompanyWithoutBookingsHasNoDifferences() {
        company("empty", "cal_empty_company", "");
        JsonNode run = reconcileCompany("empty");
        assertThat(run.path("status").asText()).as(run.toString()).isEqualTo("complete");
        assertThat(run.path("seen").asInt()).isZero();
        assertThat(found(run)).isEmpty();
        assertThat(BOTH.hub().post("/api/reconcile", "{\"company\":\"empty\"}").statusCode()).isEqualTo(403);
        assertThat(BOTH.hub().administer("POST", "/api/reconcile", "{\"company\":\"nobody\"}").statusCode()).isEqualTo(404);
        assertThat(BOTH.hub().get("/api/reconcile-runs/" + run.path("id").asText()).statusCode()).isEqualTo(404);
    }

    @Test
    void anOldServerIsAskedInV1() {
        String key = "cal_old_server";
        company("old", key, ",\"apiVersion\":\"v1\",\"baseUrl\":\"" + BOTH.sandbox().baseUrl() + "\"");
        String uid = bookOf(key);
        JsonNode run = reconcileCompany("old");
        assertThat(run.path("status").asText()).as(run.toString()).isEqualTo("complete");
        assertThat(found(run)).containsExactly("unknown_here repaired " + uid);
        assertThat(found(reconcileCompany("old"))).isEmpty();
    }

    private String bookOf(String key) {
        try {
            HttpClient http = HttpClient.newHttpClient();
            String base = BOTH.sandbox().baseUrl();
            JsonNode types = Json.MAPPER.readTree(http.send(HttpRequest.newBuilder(URI.create(base + "/event-types"))
                    .header("Authorization", "Bearer " + key).header("cal-api-version", "2024-06-14").build(), HttpResponse.BodyHandlers.ofString()).body());
            long type = types.at("/data/0/id").asLong();
            JsonNode booking = Json.MAPPER.readTree(http.send(HttpRequest.newBuilder(URI.create(base + "/bookings"))
                    .header("cal-api-version", VERSION).header("Content-Type", "application/json").POST(HttpRequest.BodyPublishers.ofString("{\"eventTypeId\":" + type
                            + ",\"start\":\"" + at(0, 0) + "\",\"attendee\":{\"name\":\"Zoë\",\"email\":\"zoe@example.org\",\"timeZone\":\"Europe/Berlin\"}}")).build(),
                    HttpResponse.BodyHandlers.ofString()).body());
            return booking.at("/data/uid").asText();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
