package io.calcamel.webhook;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.matchingJsonPath;
import static com.github.tomakehurst.wiremock.client.WireMock.ok;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.http.HttpHeader;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import io.calcamel.http.Json;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.builder.AdviceWith;
import org.apache.camel.model.ModelCamelContext;
import org.apache.camel.support.PluginHelper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Dead letters, who is told of them, and their replay. */
class ReplayTest {

    /** It keeps what it was told of: the same is not told twice. */
    @RegisterExtension
    static final WireMockExtension TOLD = WireMockExtension.newInstance().options(wireMockConfig().dynamicPort().http2PlainDisabled(true))
            .resetOnEachTest(false).build();

    private static final String PATH = "/alerts?channel=a%20b";
    private static final String SECRET = "schöner Schlüssel";

    private static HubExtension hub;
    private static int count;

    @BeforeAll
    static void start() throws Exception {
        hub = new HubExtension().with("inbox.worker.poll-interval", "50ms").with("inbox.retry.delays", "0ms,10ms").with("inbox.replay.per-second", "200")
                .with("inbox.replay.batch", "3").with("attention.url", TOLD.baseUrl() + PATH).with("attention.secret", SECRET)
                .with("attention.back-off", "20ms").with("attention.timeout", "500ms").with("attention.retries", "2").with("calcom.retries", "0");
        TOLD.stubFor(post(urlEqualTo(PATH)).willReturn(ok()));
        hub.beforeAll(null);
    }

    @AfterAll
    static void stop() {
        hub.afterAll(null);
    }

    @Test
    void theScheduleThatIsTheDefaultBeginsWithASecondAndEndsAfterAboutADay() throws IOException {
        String setting = Files.readAllLines(Path.of("application.properties")).stream().filter(line -> line.startsWith("inbox.retry.delays=")).findFirst().orElseThrow();
        List<Duration> delays = RetrySchedule.parse(setting.substring(setting.indexOf('=') + 1)).delays();
        assertThat(delays).isSorted().startsWith(Duration.ofSeconds(1)).anyMatch(delay -> delay.toMinutes() == 2);
        assertThat(delays.stream().reduce(Duration.ZERO, Duration::plus)).isBetween(Duration.ofHours(22), Duration.ofHours(26));
    }

    @Test
    void aDeadLetterIsToldOfSignedAndReplayedWhenTheFaultIsMended() throws Exception {
        ModelCamelContext context = (ModelCamelContext) hub.hub().context();
        AdviceWith.adviceWith(context, "booking-rejected", route -> route.weaveAddFirst().throwException(new IllegalStateException("zoe@example.org")));
        String uid = uid();
        long id = deliver(Deliveries.rejected(uid, 1));
        long other = deliver(Deliveries.created(uid(), 1));
        awaitStatus(other, "applied");
        JsonNode dead = awaitStatus(id, "dead");
        assertThat(dead.path("attempts").asInt()).isEqualTo(3);
        assertThat(dead.path("reason").asText()).isEqualTo("java.lang.IllegalStateException");

        LoggedRequest told = await().until(() -> told("dead_letter", id), found -> found.size() == 1).get(0);
        assertThat(told.getHeader("X-CalCamel-Signature-256")).isEqualTo(HubExtension.sign(SECRET, told.getBody()));
        assertThat(told.getHeader("Content-Type")).startsWith("application/json");
        assertThat(told.getHeaders().all().stream().map(HttpHeader::key).map(String::toLowerCase))
                .isSubsetOf("host", "content-type", "content-length", "transfer-encoding", "accept-encoding", "connection", "user-agent", "x-calcamel-signature-256");
        JsonNode matter = Json.MAPPER.readTree(told.getBody());
        assertThat(matter.properties().stream().map(field -> field.getKey())).containsExactly("kind", "company", "about", "reason", "at");
        assertThat(matter.path("company").asText()).isEqualTo("default");
        assertThat(matter.path("reason").asText()).isEqualTo("java.lang.IllegalStateException");
        assertThat(Instant.parse(matter.path("at").asText())).isBetween(Instant.now().minusSeconds(60), Instant.now());

        assertThat(replay(id).statusCode()).isEqualTo(202);
        assertThat(awaitStatus(id, "dead").path("attempts").asInt()).as("its schedule began anew").isEqualTo(3);
        PluginHelper.getRoutesLoader(context).updateRoutes(PluginHelper.getResourceLoader(context)
                .resolveResource("file:routes/events/booking-rejected.camel.yaml"));
        replay(id);
        JsonNode applied = awaitStatus(id, "applied");
        assertThat(applied.path("attempts").asInt()).isEqualTo(1);
        assertThat(applied.path("reason").isNull()).isTrue();
        JsonNode appointment = hub.getJson("/api/appointments/" + uid);
        assertThat(appointment.path("status").asText()).isEqualTo("rejected");
        assertThat(told("dead_letter", id)).as("the same is not told twice within an hour").hasSize(1);

        replay(id);
        await().untilAsserted(() -> assertThat(find(id).path("settledAt").asText()).isGreaterThan(applied.path("settledAt").asText()));
        assertThat(hub.getJson("/api/appointments/" + uid)).as("applied twice").isEqualTo(appointment);
    }

    @Test
    void whoIsToldCanBeAwayAndNothingElseChanges() {
        UUID away = deadLettersAre(aResponse().withStatus(503));
        long refused = deliver(poison());
        awaitStatus(refused, "dead");
        await().until(() -> tries("dead_letter", refused).size() == 3);
        TOLD.removeStubMapping(away);
        away = deadLettersAre(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER));
        long reset = deliver(poison());
        awaitStatus(reset, "dead");
        awaitStatus(deliver(Deliveries.created(uid(), 1)), "applied");
        TOLD.removeStubMapping(away);
        away = deadLettersAre(ok().withFixedDelay(4000));
        long slow = deliver(poison());
        awaitStatus(slow, "dead");
        await().atMost(Duration.ofSeconds(5)).until(() -> tries("dead_letter", slow).size() == 3);
        TOLD.removeStubMapping(away);
        long next = deliver(poison());
        await().until(() -> told("dead_letter", next).size() == 1);
    }

    @Test
    void whatTheDoctorFindsByItselfIsToldOnce() {
        ProducerTemplate schedule = hub.hub().context().createProducerTemplate();
        schedule.sendBody("direct:company-examine-due", 1);
        await().until(() -> told("connection", "key").size() == 1);
        schedule.sendBody("direct:company-examine-due", 1);
        long last = deliver(poison());
        await().until(() -> told("dead_letter", last).size() == 1);
        assertThat(told("connection", "key")).hasSize(1);
    }

    @Test
    void manyAreReplayedByFilterAndTimeInOrder() {
        String uid = uid();
        List<Long> ids = new ArrayList<>();
        ids.add(deliver(Deliveries.with(Deliveries.created(uid, 1), payload -> payload.put("x", "Σ"))));
        for (int i = 2; i < 12; i++) {
            ids.add(deliver(Deliveries.reassigned(uid, i, "host-" + i + "@example.com")));
        }
        ids.forEach(id -> awaitStatus(id, "applied"));
        JsonNode appointment = hub.getJson("/api/appointments/" + uid);
        String from = find(ids.get(1)).path("receivedAt").asText();
        String filter = "{\"trigger\":\"BOOKING_REASSIGNED\",\"status\":\"applied\",\"from\":\"" + from + "\"";

        assertThat(hub.post("/api/deliveries/replay", filter + ",\"dryRun\":true}").body()).isEqualTo("{\"matching\":10,\"replayed\":0,\"dryRun\":true,\"next\":null}");
        HttpResponse<String> none = hub.post("/api/deliveries/replay", filter + ",\"to\":\"" + from + "\"}");
        assertThat(none.body()).isEqualTo("{\"matching\":0,\"replayed\":0,\"dryRun\":false,\"next\":null}");
        Instant before = Instant.now();
        HttpResponse<String> replayed = hub.post("/api/deliveries/replay", filter + "}");
        assertThat(replayed.statusCode()).isEqualTo(202);
        assertThat(replayed.body()).isEqualTo("{\"matching\":10,\"replayed\":10,\"dryRun\":false,\"next\":null}");
        List<Long> due = hub.db().sql("SELECT id FROM delivery WHERE booking_uid = :uid AND trigger_event = 'BOOKING_REASSIGNED' ORDER BY next_attempt_at").param("uid", uid)
                .query(Long.class).list();
        assertThat(due).isEqualTo(ids.subList(1, 11));
        await().until(() -> ids.stream().skip(1).allMatch(id -> Instant.parse(find(id).path("settledAt").asText("2000-01-01T00:00:00Z")).isAfter(before)));
        assertThat(hub.db().sql("SELECT id FROM delivery WHERE booking_uid = :uid AND trigger_event = 'BOOKING_REASSIGNED' ORDER BY settled_at").param("uid", uid)
                .query(Long.class).list()).as("in order").isEqualTo(ids.subList(1, 11));
        assertThat(Instant.parse(find(ids.get(10)).path("settledAt").asText())).as("not all at once").isAfter(before.plusMillis(40));
        assertThat(hub.getJson("/api/appointments/" + uid)).isEqualTo(appointment);
        assertThat(find(ids.get(0)).path("settledAt").asText()).as("not of this filter").isLessThan(before.toString());
    }

    @Test
    void whatComesInDoesNotWaitForAReplayOfItsBooking() {
        String uid = uid();
        long first = deliver(Deliveries.created(uid, 1));
        awaitStatus(first, "applied");
        hub.db().sql("UPDATE delivery SET status = 'pending', next_attempt_at = now() + interval '1 hour' WHERE id = :id").param("id", first).update();
        awaitStatus(deliver(Deliveries.cancelled(uid, 2)), "applied");
        replay(first);
        awaitStatus(first, "applied");
        assertThat(hub.getJson("/api/appointments/" + uid).path("status").asText()).isEqualTo("cancelled");
    }

    @Test
    void aReplayWithoutAFilterOrWithAWrongOneIsRefused() {
        for (String body : List.of("", "{}", "{\"dryRun\":true}", "{\"status\":null}", "{\"status\":\"done\"}", "{\"from\":\"yesterday\"}", "{\"trigger\":7}",
                "{\"status\":\"dead\",\"dry_run\":true}", "{\"status\":\"dead\",\"dryRun\":\"yes\"}", "{\"status\":\"dead\",\"after\":\"1\"}")) {
            HttpResponse<String> answer = hub.post("/api/deliveries/replay", body);
            assertThat(answer.statusCode()).as(body + answer.body()).isEqualTo(400);
            assertThat(HubExtension.json(answer).path("code").asText()).isEqualTo("bad_parameter");
        }
        assertThat(HubExtension.json(hub.post("/api/deliveries/replay", "[]")).path("code").asText()).isEqualTo("bad_request");
        assertThat(hub.post("/api/deliveries/seven/replay", "").statusCode()).isEqualTo(400);
    }

    @Test
    void aDeliveryIsItsCompanysOnly() {
        long id = deliver(Deliveries.created(uid(), 1));
        awaitStatus(id, "applied");
        hub.db().sql("INSERT INTO company (slug, name) VALUES ('stranger', 'Stranger')").update();
        String token = HubExtension.json(hub.administer("POST", "/api/tokens", "{\"name\":\"s\",\"company\":\"stranger\"}")).path("token").asText();
        for (HttpRequest.Builder call : List.of(HttpRequest.newBuilder(hub.uri("/api/deliveries/" + id)),
                HttpRequest.newBuilder(hub.uri("/api/deliveries/" + id + "/replay")).POST(HttpRequest.BodyPublishers.noBody()))) {
            HttpResponse<String> answer = hub.send(call.header("Authorization", "Bearer " + token));
            assertThat(answer.statusCode()).isEqualTo(404);
            assertThat(HubExtension.json(answer).path("code").asText()).isEqualTo("delivery_not_found");
        }
        HttpResponse<String> all = hub.send(HttpRequest.newBuilder(hub.uri("/api/deliveries/replay")).header("Authorization", "Bearer " + token)
                .POST(HttpRequest.BodyPublishers.ofString("{\"from\":\"2020-01-01\"}")));
        assertThat(HubExtension.json(all).path("matching").asInt()).isZero();
        JsonNode own = hub.getJson("/api/deliveries/" + id + "?body=true");
        assertThat(own.path("body").asText()).contains("Zoë Müller");
        assertThat(hub.getJson("/api/deliveries/" + id).has("body")).isFalse();
    }

    /** Each once, however often it was tried. */
    private static List<LoggedRequest> told(String kind, Object about) {
        Set<String> bodies = new HashSet<>();
        return tries(kind, about).stream().filter(request -> bodies.add(request.getBodyAsString())).toList();
    }

    private static List<LoggedRequest> tries(String kind, Object about) {
        return TOLD.findAll(postRequestedFor(urlEqualTo(PATH)).withRequestBody(matchingJsonPath("$[?(@.kind == '" + kind + "' && @.about == '" + about + "')]")));
    }

    private static UUID deadLettersAre(ResponseDefinitionBuilder answer) {
        return TOLD.stubFor(post(urlEqualTo(PATH)).withRequestBody(matchingJsonPath("$[?(@.kind == 'dead_letter')]")).willReturn(answer)).getId();
    }

    private static ObjectNode poison() {
        return Deliveries.with(Deliveries.created(uid(), 1), payload -> payload.put("startTime", "half past nine"));
    }

    private static HttpResponse<String> replay(long id) {
        return hub.post("/api/deliveries/" + id + "/replay", "");
    }

    private static String uid() {
        return "replay-" + ++count;
    }

    private static long deliver(ObjectNode delivery) {
        return HubExtension.json(hub.deliver(delivery.toString())).path("id").asLong();
    }

    private static JsonNode awaitStatus(long id, String status) {
        return await().until(() -> find(id), delivery -> delivery.path("status").asText().equals(status));
    }

    private static JsonNode find(long id) {
        return hub.getJson("/api/deliveries/" + id);
    }
}
