package io.calcamel.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** A company is connected by one call, and the doctor finds what breaks later; with the sandbox's real webhooks between them. */
class CompanyConnectTest {

    @RegisterExtension
    static final SandboxExtension JOINED = new SandboxExtension().with("company.quiet-after", "1ms");

    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final String BOOKINGS = "2024-08-13";

    private static JsonNode call(int status, String method, String path, String body) {
        HttpResponse<String> answer = JOINED.hub().administer(method, path, body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return HubExtension.json(answer);
    }

    private static JsonNode connect(String slug, String key, String more) {
        return call(200, "POST", "/api/companies/connect", "{\"slug\":\"" + slug + "\",\"apiKey\":\"" + key + "\"" + more + "}");
    }

    private static Map<String, String> outcomes(JsonNode report) {
        Map<String, String> outcomes = new TreeMap<>();
        report.path("steps").forEach(step -> outcomes.put(step.path("name").asText(), step.path("outcome").asText()));
        report.path("findings").forEach(step -> outcomes.put(step.path("name").asText(), step.path("outcome").asText()));
        return outcomes;
    }

    private static JsonNode finding(String slug, String name) {
        JsonNode report = call(200, "GET", "/api/companies/" + slug + "/doctor", null);
        for (JsonNode finding : report.path("findings")) {
            if (finding.path("name").asText().equals(name)) {
                return finding;
            }
        }
        throw new AssertionError(name + " is not in " + report);
    }

    /** Asks the sandbox's API as the host whose key it is. */
    private static JsonNode asHost(String key, String method, String path, String version, String body) {
        String base = key.contains("_eu_") ? JOINED.sandbox().euBaseUrl() : JOINED.sandbox().baseUrl();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (version != null) {
            request.header("cal-api-version", version);
        }
        try {
            HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
            return HubExtension.json(answer).path("data");
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode book(String key) {
        long type = asHost(key, "GET", "/event-types", "2024-06-14", null).path(0).path("id").asLong();
        JsonNode slots = asHost(key, "GET", "/slots?eventTypeId=" + type + "&start=" + Instant.now() + "&end=" + Instant.now().plusSeconds(14 * 86_400), "2024-09-04", null);
        List<String> starts = new ArrayList<>();
        slots.forEach(day -> day.forEach(slot -> starts.add(slot.path("start").asText())));
        return asHost(key, "POST", "/bookings", BOOKINGS, "{\"eventTypeId\":" + type + ",\"start\":\"" + Instant.parse(starts.get(starts.size() / 2)) + "\","
                + "\"attendee\":{\"name\":\"Ada\",\"email\":\"ada@example.org\",\"timeZone\":\"Europe/Berlin\"}}");
    }

    private static String subscription(String key) {
        return asHost(key, "GET", "/webhooks", null, null).path(0).path("id").asText();
    }

    private static String connected(String prefix) {
        String slug = prefix + "-" + COUNT.incrementAndGet();
        assertThat(connect(slug, key(slug), "").path("ok").asBoolean()).isTrue();
        return slug;
    }

    private static String key(String slug) {
        return "cal_live_" + slug;
    }

    @Test
    void isConnectedInOneGoAndTheSecondTimeNothingChanges() {
        String key = "cal_eu_acme";
        JsonNode before = book(key);
        JsonNode report = connect("acme", key, ",\"name\":\"Acme GmbH\",\"timeZone\":\"Europe/Berlin\"");
        assertThat(outcomes(report)).containsEntry("key", "ok").containsEntry("company", "created").containsEntry("subscription", "created")
                .containsEntry("event types", "changed").containsEntry("bookings", "changed").containsEntry("server", "self-hosted");
        assertThat(report.toString()).contains("/eu").doesNotContain(key);

        String token = call(201, "POST", "/api/tokens", "{\"name\":\"CRM\",\"company\":\"acme\"}").path("token").asText();
        HttpResponse<String> appointment = JOINED.hub().send(HttpRequest.newBuilder(JOINED.hub().uri("/api/appointments/" + before.path("uid").asText()))
                .header("Authorization", "Bearer " + token));
        assertThat(appointment.statusCode()).as(appointment.body()).isEqualTo(200);
        assertThat(HubExtension.json(appointment).path("status").asText()).isEqualTo("confirmed");
        assertThat(JOINED.hub().get("/api/appointments/" + before.path("uid").asText()).statusCode()).as("the default company's token").isEqualTo(404);

        String state = state();
        JsonNode again = connect("acme", key, ",\"name\":\"Acme GmbH\",\"timeZone\":\"Europe/Berlin\"");
        assertThat(outcomes(again)).containsEntry("company", "unchanged").containsEntry("subscription", "unchanged")
                .containsEntry("event types", "unchanged").containsEntry("bookings", "unchanged");
        assertThat(state()).isEqualTo(state);
        assertThat(outcomes(call(200, "POST", "/api/companies/connect", "{\"slug\":\"acme\"}"))).containsEntry("company", "unchanged");
        assertThat(asHost(key, "GET", "/webhooks", null, null)).as("one level, one subscription").hasSize(1);

        JsonNode later = book(key);
        await().until(() -> JOINED.hub().send(HttpRequest.newBuilder(JOINED.hub().uri("/api/appointments/" + later.path("uid").asText()))
                .header("Authorization", "Bearer " + token)).statusCode() == 200);
        await().untilAsserted(() -> assertThat(call(200, "GET", "/api/companies/acme/doctor", null).path("ok").asBoolean()).isTrue());
    }

    private static String state() {
        return JOINED.hub().db().sql("""
                SELECT (SELECT jsonb_agg(c ORDER BY id) FROM company c) || (SELECT jsonb_agg(w ORDER BY company_id, fingerprint) FROM webhook_secret w)
                || (SELECT jsonb_agg(b.updated_at ORDER BY uid) FROM booking b) || (SELECT jsonb_agg(a.updated_at ORDER BY id) FROM appointment a)""")
                .query(String.class).single();
    }

    @Test
    void theDefaultCompanyIsConnectedWithWhatTheEnvironmentSays() {
        assertThat(outcomes(call(200, "POST", "/api/companies/connect", "{\"slug\":\"default\"}"))).containsEntry("company", "unchanged").doesNotContainValue("failed");
        assertThat(call(409, "POST", "/api/companies/connect", "{\"slug\":\"default\",\"apiKey\":\"cal_live_other\"}").path("code").asText()).isEqualTo("set_by_environment");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            422 | api_key_refused | {"slug":"nobody","apiKey":"cal_invalid_key"}
            422 | api_key_refused | {"slug":"nobody","apiKey":"cal_expired_key"}
            422 | team_not_found  | {"slug":"nobody","apiKey":"cal_live_nobody","team":"no-such-team"}
            400 | bad_parameter   | {"slug":"nobody"}
            400 | bad_parameter   | {"slug":"nobody","apiKey":"cal_live_nobody","baseUrl":"nowhere"}
            503 | unavailable     | {"slug":"nobody","apiKey":"cal_live_nobody","baseUrl":"http://127.0.0.1:9/v2"}
            """)
    void whatCantBeConnectedIsNotStored(int status, String code, String body) {
        assertThat(call(status, "POST", "/api/companies/connect", body).path("code").asText()).isEqualTo(code);
        call(404, "GET", "/api/companies/nobody", null);
    }

    @Test
    void aTeamIsFoundByItsSlug() {
        String key = key("with-team");
        JsonNode teams = asHost(key, "GET", "/teams", null, null);
        String team = teams.path(0).path("slug").asText();
        connect("with-team", key, ",\"team\":\"" + team + "\"");
        JsonNode company = call(200, "GET", "/api/companies/with-team", null);
        assertThat(company.path("teamId").asLong()).isEqualTo(teams.path(0).path("id").asLong());
        assertThat(JOINED.asked("/v2/teams").stream().filter(request -> request.headers().toString().contains(key)).count())
                .as("asked for by us once, by this test once: the sync knows the team").isEqualTo(2);
    }

    @Test
    void whereTheScheduleIsQuickerItsSyncIsWaitedFor() {
        String slug = connected("in-step");
        JOINED.faults("{\"slow\":{\"ms\":1500,\"match\":\"/v2/event-types\"}}");
        try {
            CompletableFuture<JsonNode> schedule = CompletableFuture.supplyAsync(() -> call(200, "POST", "/api/event-types/sync", "{\"company\":\"" + slug + "\"}"));
            await().until(() -> call(200, "GET", "/api/sync-runs?status=running&company=" + slug, null).path("total").asInt() == 1);
            assertThat(outcomes(connect(slug, key(slug), ""))).containsEntry("event types", "unchanged").doesNotContainValue("failed");
            assertThat(schedule.join().path("status").asText()).isEqualTo("complete");
            assertThat(call(200, "GET", "/api/sync-runs?company=" + slug, null).path("total").asInt()).as("one when it was connected, and that one").isEqualTo(2);
        } finally {
            JOINED.faults("{}");
        }
    }

    @Test
    void whatApiV1CantDoIsSaid() {
        JsonNode report = connect("old-server", key("old-server"), ",\"apiVersion\":\"v1\"");
        assertThat(outcomes(report)).containsEntry("subscription", "skipped").doesNotContainValue("failed");
        assertThat(report.toString()).contains("company rotate-secret old-server --secret -");
        JsonNode found = call(200, "GET", "/api/companies/old-server/doctor", null);
        assertThat(outcomes(found)).containsEntry("key", "ok").containsEntry("subscription", "skipped").containsEntry("webhooks", "skipped");
        assertThat(found.path("ok").asBoolean()).as("nobody can do anything about it").isTrue();
    }

    @Test
    void aSubscriptionThatIsAwayIsFoundAndMadeAgain() {
        String slug = connected("deleted");
        asHost(key(slug), "DELETE", "/webhooks/" + subscription(key(slug)), null, null);
        assertThat(finding(slug, "subscription").path("detail").asText()).contains("no webhook subscription");
        assertThat(outcomes(connect(slug, key(slug), ""))).containsEntry("subscription", "created");
        assertThat(finding(slug, "subscription").path("outcome").asText()).isEqualTo("ok");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            it is paused              | {"active":false}
            it has a payload template | {"payloadTemplate":"{\\"x\\":\\"{{title}}\\"}"}
            it lacks BOOKING_CANCELLED | {"triggers":["BOOKING_CREATED","BOOKING_REQUESTED","BOOKING_REJECTED","BOOKING_RESCHEDULED","BOOKING_PAID","BOOKING_PAYMENT_INITIATED","BOOKING_NO_SHOW_UPDATED","MEETING_STARTED","MEETING_ENDED","AFTER_HOSTS_CAL_VIDEO_NO_SHOW","AFTER_GUESTS_CAL_VIDEO_NO_SHOW","RECORDING_READY","RECORDING_TRANSCRIPTION_GENERATED","OOO_CREATED","FORM_SUBMITTED","FORM_SUBMITTED_NO_EVENT","WRONG_ASSIGNMENT_REPORT"]}
            its secret is another     | {"secret":"somebody changed it"}
            """)
    void aSubscriptionThatSomebodySpoiltIsFoundAndMended(String found, String change) {
        String slug = connected("spoilt");
        asHost(key(slug), "PATCH", "/webhooks/" + subscription(key(slug)), null, change);
        JsonNode finding = finding(slug, "subscription");
        assertThat(finding.path("outcome").asText()).isEqualTo("failed");
        assertThat(finding.path("detail").asText()).contains(found);
        assertThat(finding.path("hint").asText()).contains("company connect --slug " + slug);
        assertThat(outcomes(connect(slug, key(slug), ""))).containsEntry("subscription", "changed");
        assertThat(finding(slug, "subscription").path("outcome").asText()).isEqualTo("ok");
    }

    @Test
    void aKeyThatIsNoLongerGoodIsFound() {
        String slug = connected("refused");
        call(200, "PATCH", "/api/companies/" + slug, "{\"apiKey\":\"cal_expired_since\"}");
        JsonNode finding = finding(slug, "key");
        assertThat(finding.path("detail").asText()).contains("refuses the key. It has expired.");
        assertThat(finding.path("hint").asText()).contains("--api-key");
        call(200, "PATCH", "/api/companies/" + slug, "{\"apiKey\":null}");
        assertThat(finding(slug, "key").path("detail").asText()).contains("no API key");
    }

    @Test
    void whoBooksThereIsBelievedToLiveInItsZoneAndToSpeakItsLanguage() {
        connect("tokyo", key("tokyo"), ",\"timeZone\":\"Asia/Tokyo\",\"language\":\"ja\"");
        String token = call(201, "POST", "/api/tokens", "{\"name\":\"CRM\",\"company\":\"tokyo\"}").path("token").asText();
        JsonNode type = asHost(key("tokyo"), "GET", "/event-types", "2024-06-14", null).path(0);
        JsonNode slots = asHost(key("tokyo"), "GET", "/slots?eventTypeId=" + type.path("id") + "&start=" + Instant.now().plusSeconds(86_400) + "&end=" + Instant.now().plusSeconds(9 * 86_400), "2024-09-04", null);
        String start = slots.elements().next().path(0).path("start").asText();
        HttpResponse<String> booked = JOINED.hub().send(HttpRequest.newBuilder(JOINED.hub().uri("/api/bookings")).header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString("{\"eventTypeId\":" + type.path("id") + ",\"start\":\"" + start
                        + "\",\"attendee\":{\"name\":\"Ada\",\"email\":\"ada@example.org\"}}")));
        assertThat(booked.statusCode()).as(booked.body()).isEqualTo(201);
        JsonNode attendee = HubExtension.json(booked).path("attendee");
        assertThat(attendee.path("timeZone").asText()).isEqualTo("Asia/Tokyo");
        assertThat(attendee.path("language").asText()).isEqualTo("ja");
    }

    @Test
    void theScheduleTellsTheLogWhatIsWrong() {
        String slug = connected("examined");
        asHost(key(slug), "DELETE", "/webhooks/" + subscription(key(slug)), null, null);
        Logger logger = (Logger) LoggerFactory.getLogger(CompanyDoctor.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            int id = call(200, "GET", "/api/companies/" + slug, null).path("id").asInt();
            JOINED.hub().hub().context().createProducerTemplate().sendBody("direct:company-examine-due", id);
            assertThat(log.list.stream().map(ILoggingEvent::getFormattedMessage).toList()).hasSize(1)
                    .allMatch(line -> line.contains("Company " + slug + ", subscription: Cal.com has no webhook subscription") && line.contains("company connect --slug"));
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void aKeyOfTheOtherRegionIsFound() {
        connect("moved", "cal_eu_moved", "");
        call(200, "PATCH", "/api/companies/moved", "{\"baseUrl\":\"" + JOINED.sandbox().baseUrl() + "\"}");
        JsonNode finding = finding("moved", "key");
        assertThat(finding.path("detail").asText()).contains("of another region").contains("/eu");
        assertThat(finding.path("hint").asText()).contains("--base-url " + JOINED.sandbox().euBaseUrl());
        assertThat(connect("moved", "cal_eu_moved", "").path("ok").asBoolean()).as("connecting again finds it").isTrue();
        assertThat(finding("moved", "key").path("outcome").asText()).isEqualTo("ok");
    }

    @Test
    void webhooksThatWentQuietAreFound() {
        String slug = connected("quiet");
        assertThat(finding(slug, "webhooks").path("outcome").asText()).isEqualTo("ok");
        JOINED.faults("{\"webhooks-dropped\":{}}");
        try {
            JsonNode booking = book(key(slug));
            await().untilAsserted(() -> assertThat(finding(slug, "webhooks").path("detail").asText()).contains("gone quiet"));
            assertThat(outcomes(connect(slug, key(slug), ""))).containsEntry("bookings", "changed");
            assertThat(booking.hasNonNull("uid")).isTrue();
        } finally {
            JOINED.faults("{}");
        }
    }

    @Test
    void whatWasBookedBeforeItWasConnectedIsNothingToWorryAbout() {
        String slug = "booked-before";
        JsonNode upcoming = book(key(slug));
        JsonNode cancelled = book(key(slug));
        asHost(key(slug), "POST", "/bookings/" + cancelled.path("uid").asText() + "/cancel", BOOKINGS, "{\"cancellationReason\":\"ill\"}");
        assertThat(upcoming.hasNonNull("uid")).isTrue();
        connect(slug, key(slug), "");
        assertThat(finding(slug, "webhooks").path("outcome").asText()).as(finding(slug, "webhooks").toString()).isEqualTo("ok");
    }

    @Test
    void anOlderServerThatKnowsFewerTriggersIsAllRight() {
        String slug = connected("older");
        asHost(key(slug), "PATCH", "/webhooks/" + subscription(key(slug)), null, "{\"triggers\":[\"BOOKING_CREATED\",\"BOOKING_REQUESTED\",\"BOOKING_REJECTED\","
                + "\"BOOKING_RESCHEDULED\",\"BOOKING_CANCELLED\",\"BOOKING_PAYMENT_INITIATED\",\"BOOKING_PAID\",\"BOOKING_NO_SHOW_UPDATED\",\"MEETING_STARTED\",\"MEETING_ENDED\"]}");
        assertThat(finding(slug, "subscription").path("detail").asText()).contains("10 triggers");
        assertThat(finding(slug, "subscription").path("outcome").asText()).isEqualTo("ok");
    }

    @Test
    void aKeyIsShownToTheServerThatTheCompanyWasStoredWithOnly() {
        String key = key("own-server");
        call(201, "POST", "/api/companies", "{\"slug\":\"own-server\",\"baseUrl\":\"http://127.0.0.1:9/v2\"}");
        assertThat(call(503, "POST", "/api/companies/connect", "{\"slug\":\"own-server\",\"apiKey\":\"" + key + "\"}").path("code").asText()).isEqualTo("unavailable");
        assertThat(JOINED.asked("/v2/me").stream().filter(request -> request.headers().toString().contains(key))).isEmpty();
    }

    @Test
    void aCompanyWhoseSecretsWereLostIsExaminedAndMended() {
        String slug = connected("lost-secret");
        int id = call(200, "GET", "/api/companies/" + slug, null).path("id").asInt();
        JOINED.hub().db().sql("DELETE FROM webhook_secret WHERE company_id = :company").param("company", id).update();
        call(200, "PATCH", "/api/companies/" + slug, "{\"name\":\"Lost\"}");
        assertThat(finding(slug, "secrets").path("outcome").asText()).isEqualTo("failed");
        assertThat(finding(slug, "subscription").path("detail").asText()).contains("its secret is another");
        assertThat(outcomes(connect(slug, key(slug), ""))).containsEntry("company", "changed").containsEntry("subscription", "changed");
        assertThat(finding(slug, "subscription").path("outcome").asText()).isEqualTo("ok");
    }

    @Test
    void twoWhoConnectItAtOnceConnectItOnce() {
        List<CompletableFuture<JsonNode>> both = List.of(CompletableFuture.supplyAsync(() -> connect("at-once", key("at-once"), "")),
                CompletableFuture.supplyAsync(() -> connect("at-once", key("at-once"), "")));
        both.forEach(report -> assertThat(report.join().path("ok").asBoolean()).as(report.join().toString()).isTrue());
        assertThat(call(200, "GET", "/api/companies/at-once", null).path("webhookSecrets")).hasSize(1);
        assertThat(asHost(key("at-once"), "GET", "/webhooks", null, null)).hasSize(1);
        assertThat(outcomes(connect("at-once", key("at-once"), ""))).containsEntry("company", "unchanged").containsEntry("subscription", "unchanged");
    }

    @Test
    void whatCalcomCouldNotTellIsNotHeldAgainstIt() {
        String slug = connected("mended");
        asHost(key(slug), "DELETE", "/webhooks/" + subscription(key(slug)), null, null);
        book(key(slug));
        assertThat(outcomes(connect(slug, key(slug), ""))).containsEntry("subscription", "created").containsEntry("bookings", "changed");
        assertThat(finding(slug, "webhooks").path("outcome").asText()).isEqualTo("ok");
    }

    @Test
    void aSecretIsRotatedHereAndInCalcom() {
        String slug = connected("rotated");
        String before = asHost(key(slug), "GET", "/webhooks", null, null).path(0).path("secret").asText();
        book(key(slug));
        await().until(() -> call(200, "GET", "/api/companies/" + slug, null).at("/webhookSecrets/0").hasNonNull("lastSignedAt"));
        assertThat(outcomes(call(200, "POST", "/api/companies/" + slug + "/webhook-secrets", "{}"))).containsEntry("subscription", "changed");
        assertThat(asHost(key(slug), "GET", "/webhooks", null, null).path(0).path("secret").asText()).isNotEqualTo(before);
        assertThat(finding(slug, "secrets").path("detail").asText()).contains("signed last at").contains("has not signed yet");
        JsonNode after = book(key(slug));
        await().until(() -> call(200, "GET", "/api/companies/" + slug, null).at("/webhookSecrets/0").hasNonNull("lastSignedAt"));
        assertThat(after.hasNonNull("uid")).isTrue();
    }
}
