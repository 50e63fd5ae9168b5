package io.calcamel.calcom;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import com.github.tomakehurst.wiremock.verification.LoggedRequest;
import io.calcamel.HubExtension;
import io.calcamel.http.Json;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** The client as its callers use it: our words in, our words or one of our errors out, over real HTTP. */
class CalcomTest {

    @RegisterExtension
    static final WireMockExtension CALCOM = WireMockExtension.newInstance().options(wireMockConfig().dynamicPort().http2PlainDisabled(true)).build();

    private static final String KEY = "cal_live_9f8e7d";

    private HubExtension hub;
    private ProducerTemplate routes;

    @BeforeEach
    void start() throws Exception {
        hub = new HubExtension()
                .with("calcom.base-url", CALCOM.baseUrl() + "/v2")
                .with("calcom.api-key", KEY)
                .with("calcom.budget.per-second", "1000")
                .with("calcom.timeout.response", "1500")
                .with("calcom.timeout.call", "3s")
                .with("calcom.breaker.open", "300ms")
                .with("calcom.max-answer", "100000");
        hub.beforeAll(null);
        routes = hub.hub().context().createProducerTemplate();
    }

    @AfterEach
    void stop() {
        hub.afterAll(null);
    }

    private Object ask(String route, Object words) {
        return ask(route, words, Map.of("companyId", 1));
    }

    private Object ask(String route, Object words, Map<String, Object> variables) {
        var exchange = routes.request("direct:" + route, call -> {
            call.getMessage().setBody(words);
            call.getMessage().setHeader("X-Internal", "ours");
            variables.forEach(call::setVariable);
        });
        if (exchange.getException() instanceof RuntimeException failure) {
            throw failure;
        }
        assertThat(exchange.getException()).isNull();
        return exchange.getMessage().getBody();
    }

    private CalcomError refusal(String route, Object words) {
        try {
            ask(route, words);
        } catch (CalcomException e) {
            return e.error();
        }
        throw new AssertionError("was answered");
    }

    private static void answers(String json) {
        CALCOM.stubFor(any(anyUrl()).willReturn(okJson(json)));
    }

    private static final SlotsQuery MONDAY = new SlotsQuery(48210, Instant.parse("2027-01-10T23:00:00Z"), Instant.parse("2027-01-11T23:00:00Z"), null);

    @Test
    void asksForSlotsInTheVersionOfSlotsAndReadsThem() {
        answers("{\"status\":\"success\",\"data\":{\"2027-01-11\":[{\"start\":\"2027-01-11T09:00:00.000+01:00\",\"end\":\"2027-01-11T09:30:00.000+01:00\"}]}}");

        assertThat(ask("calcom-slots", MONDAY)).isEqualTo(List.of(new Slot(Instant.parse("2027-01-11T08:00:00Z"), Instant.parse("2027-01-11T08:30:00Z"))));

        CALCOM.verify(1, getRequestedFor(urlPathEqualTo("/v2/slots"))
                .withQueryParam("eventTypeId", equalTo("48210"))
                .withQueryParam("start", equalTo("2027-01-10T23:00:00Z"))
                .withQueryParam("end", equalTo("2027-01-11T22:59:59.999Z"))
                .withQueryParam("format", equalTo("range"))
                .withHeader("Authorization", equalTo("Bearer " + KEY))
                .withHeader("cal-api-version", equalTo("2024-09-04")));
    }

    @Test
    void sendsNoHeaderOfOurs() {
        answers("{\"status\":\"success\",\"data\":[]}");
        ask("calcom-event-types", null);
        LoggedRequest sent = CALCOM.findAll(getRequestedFor(anyUrl())).get(0);
        assertThat(sent.getHeaders().keys()).containsExactlyInAnyOrder("Accept", "User-Agent", "Authorization", "cal-api-version",
                "Accept-Encoding", "Host", "Connection");
        assertThat(sent.getHeader("User-Agent")).isEqualTo("CalCamel");
    }

    @Test
    void theOldFormatIsNoEmptyAnswer() {
        answers("{\"status\":\"success\",\"data\":{\"slots\":{\"2027-01-11\":[{\"time\":\"2027-01-11T08:00:00.000Z\"}]}}}");
        assertThat(refusal("calcom-slots", MONDAY)).isEqualTo(CalcomError.UNEXPECTED_FORMAT);
        answers("{\"status\":\"success\",\"data\":{\"eventTypeGroups\":[]}}");
        assertThat(refusal("calcom-event-types", null)).isEqualTo(CalcomError.UNEXPECTED_FORMAT);
        answers("{\"status\":\"success\",\"data\":[{\"id\":1,\"title\":\"t\",\"slug\":\"s\",\"length\":30}]}");
        assertThat(refusal("calcom-event-types", null)).isEqualTo(CalcomError.UNEXPECTED_FORMAT);
        CALCOM.stubFor(any(anyUrl()).willReturn(aResponse().withBody("<html>maintenance</html>")));
        assertThat(refusal("calcom-event-types", null)).isEqualTo(CalcomError.UNEXPECTED_FORMAT);
    }

    @Test
    void aServerWithoutTeamsHasNone() {
        CALCOM.stubFor(get("/v2/teams").willReturn(aResponse().withStatus(404).withBody("{\"status\":\"error\",\"error\":{\"code\":\"NotFoundException\","
                + "\"message\":\"Cannot GET /v2/teams\",\"details\":{}}}")));
        assertThat(ask("calcom-teams", null)).isEqualTo(List.of());
    }

    @Test
    void aQuestionThatFailsInPassingIsAskedAgainAndAChangeIsNot() {
        CALCOM.stubFor(get("/v2/me").inScenario("stumbles").whenScenarioStateIs(Scenario.STARTED).willSetStateTo("well")
                .willReturn(aResponse().withStatus(502).withBody("<html>bad gateway</html>")));
        CALCOM.stubFor(get("/v2/me").inScenario("stumbles").whenScenarioStateIs("well")
                .willReturn(okJson("{\"status\":\"success\",\"data\":{\"id\":7,\"username\":\"lena\",\"email\":\"lena@example.org\",\"timeZone\":\"Europe/Berlin\"}}")));
        assertThat(ask("calcom-me", null)).isEqualTo(new Account(7, "lena", "lena@example.org", "Europe/Berlin", null));

        CALCOM.stubFor(post("/v2/event-types").willReturn(aResponse().withStatus(502)));
        assertThat(refusal("calcom-event-type-create", new NewEventType("Intro", "intro", null, 30, null, null))).isEqualTo(CalcomError.UNAVAILABLE);
        CALCOM.verify(1, postRequestedFor(urlPathEqualTo("/v2/event-types")));
    }

    @Test
    void hangingDrippingAndBrokenServersAreUnavailableInTime() {
        CALCOM.stubFor(any(anyUrl()).willReturn(okJson("{}").withFixedDelay(5_000)));
        assertInTime();
        CALCOM.stubFor(any(anyUrl()).willReturn(okJson("{\"status\":\"success\",\"data\":{\"padding\":\"" + "x".repeat(2000) + "\"}}")
                .withChunkedDribbleDelay(100, 20_000)));
        assertInTime();
        CALCOM.stubFor(any(anyUrl()).willReturn(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER)));
        assertInTime();
    }

    private void assertInTime() {
        long begin = System.nanoTime();
        assertThatThrownBy(() -> ask("calcom-slots", MONDAY, Map.of("companyId", 1, "deadline", Instant.now().plusMillis(500))))
                .isInstanceOf(CalcomException.class).extracting(e -> ((CalcomException) e).error()).isEqualTo(CalcomError.UNAVAILABLE);
        assertThat(System.nanoTime() - begin).isLessThan(3_000_000_000L);
    }

    @Test
    void anAnswerThatIsTooLargeIsNotRead() {
        answers("{\"status\":\"success\",\"data\":[\"" + "x".repeat(200_000) + "\"]}");
        assertThat(refusal("calcom-event-types", null)).isEqualTo(CalcomError.UNEXPECTED_FORMAT);
    }

    @Test
    void theBreakerOpensAfterFailuresAndClosesByItself() {
        CALCOM.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(503)));
        for (int i = 0; i < 3; i++) {
            assertThat(refusal("calcom-slots", MONDAY)).isEqualTo(CalcomError.UNAVAILABLE);
        }
        JsonNode health = hub.getJson("/api/calcom/health");
        assertThat(health.path("operational").asBoolean()).isFalse();
        assertThat(health.path("breaker").asText()).isEqualTo("open");
        int asked = CALCOM.findAll(getRequestedFor(anyUrl())).size();

        answers("{\"status\":\"success\",\"data\":{\"id\":7,\"username\":\"lena\",\"email\":\"lena@example.org\",\"timeZone\":\"Europe/Berlin\"}}");
        assertThat(CALCOM.findAll(getRequestedFor(anyUrl()))).as("an open breaker asks nothing").hasSize(asked);
        await().untilAsserted(() -> {
            JsonNode again = hub.getJson("/api/calcom/health");
            assertThat(again.path("operational").asBoolean()).isTrue();
            assertThat(again.path("breaker").asText()).isEqualTo("closed");
        });
    }

    @Test
    void refusalsDoNotOpenTheBreaker() {
        CALCOM.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(404).withBody("{\"status\":\"error\",\"error\":{\"code\":\"NotFoundException\",\"message\":\"Event Type not found\"}}")));
        for (int i = 0; i < 12; i++) {
            assertThat(refusal("calcom-slots", MONDAY)).isEqualTo(CalcomError.EVENT_TYPE_NOT_FOUND);
        }
    }

    @Test
    void after429TheKeyIsSilentUntilTheReset() {
        CALCOM.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(429).withHeader("X-RateLimit-Remaining-Default", "0")
                .withHeader("X-RateLimit-Reset-Default", "60").withBody("{\"status\":\"error\",\"error\":{\"code\":\"ThrottlerException\",\"message\":\"Too many requests\",\"details\":\"x\"}}")));
        assertThat(refusal("calcom-slots", MONDAY)).isEqualTo(CalcomError.RATE_LIMITED);
        answers("{\"status\":\"success\",\"data\":{}}");
        assertThat(refusal("calcom-slots", MONDAY)).isEqualTo(CalcomError.RATE_LIMITED);
        assertThat(CALCOM.findAll(getRequestedFor(anyUrl()))).hasSize(1);
        JsonNode health = hub.getJson("/api/calcom/health");
        assertThat(health.path("rateLimit").path("waitMs").asLong()).isBetween(50_000L, 61_000L);
        assertThat(health.path("error").path("code").asText()).isEqualTo("rate_limited");
    }

    @Test
    void aRefusedKeyIsNoFaultOfOurCaller() {
        CALCOM.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(401).withBody("{\"status\":\"error\",\"error\":{\"code\":\"UnauthorizedException\","
                + "\"message\":\"CustomThrottlerGuard - Invalid API Key\",\"details\":{}}}")));
        JsonNode health = hub.getJson("/api/calcom/health");
        assertThat(health.path("operational").asBoolean()).isFalse();
        assertThat(health.path("error").path("code").asText()).isEqualTo("unauthorized");
        assertThat(Json.write(health)).doesNotContain(KEY);
    }

    @Test
    void theDebugLogIsSwitchedWhileTheHubRunsAndTellsNothingPersonal() {
        CALCOM.stubFor(any(anyUrl()).willReturn(okJson("{\"status\":\"success\",\"data\":{\"id\":7,\"uid\":\"p7Kd\",\"status\":\"accepted\","
                + "\"start\":\"2027-01-11T08:00:00Z\",\"end\":\"2027-01-11T08:30:00Z\",\"title\":\"Intro with Mira Okafor\",\"hosts\":[{\"email\":\"lena@example.org\"}],"
                + "\"attendees\":[{\"name\":\"Mira Okafor\",\"email\":\"mira@example.org\",\"phoneNumber\":\"+4915112345678\"}],"
                + "\"bookingFieldsResponses\":{\"status\":\"divorced\",\"age\":471199}}}")));
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Logger calls = (Logger) LoggerFactory.getLogger("calcom");
        calls.addAppender(log);
        calls.setLevel(Level.INFO);
        try {
            ask("calcom-booking", "p7Kd");
            assertThat(log.list).isEmpty();
            assertThat(debug("enabled=true", "demo-admin-token").statusCode()).isEqualTo(200);
            ask("calcom-booking", "p7Kd");
            assertThat(log.list).hasSize(1);
            assertThat(log.list.get(0).getFormattedMessage()).contains("GET /v2/bookings/p7Kd -> 200", " ms", "accepted", "2027-01-11T08:00:00Z")
                    .doesNotContain("Mira", "mira", "lena", "4915", "divorced", "471199", KEY);
            debug("enabled=false", "demo-admin-token");
            ask("calcom-booking", "p7Kd");
            assertThat(log.list).hasSize(1);
            assertThat(debug("enabled=true", HubExtension.TOKEN).statusCode()).as("a company's token is no administrator's").isEqualTo(401);
            assertThat(debug("", "demo-admin-token").statusCode()).isEqualTo(400);
        } finally {
            calls.detachAppender(log);
        }
    }

    private HttpResponse<String> debug(String query, String token) {
        return hub.send(HttpRequest.newBuilder(hub.uri("/api/calcom/debug?" + query)).PUT(HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer " + token));
    }

    @Test
    void aCallThatWaitsForTheBudgetHoldsNoTrialOfTheBreaker() throws Exception {
        hub.afterAll(null);
        hub = new HubExtension().with("calcom.base-url", CALCOM.baseUrl() + "/v2").with("calcom.api-key", KEY).with("calcom.retries", "0")
                .with("calcom.breaker.fewest", "2").with("calcom.breaker.calls", "2").with("calcom.breaker.open", "100ms")
                .with("calcom.budget.per-minute", "10").with("calcom.budget.per-second", "1000").with("calcom.budget.live-share", "80");
        hub.beforeAll(null);
        routes = hub.hub().context().createProducerTemplate();
        CALCOM.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(503)));
        refusal("calcom-slots", MONDAY);
        refusal("calcom-slots", MONDAY);
        answers("{\"status\":\"success\",\"data\":{}}");
        // The background lane's share of the minute is used up: these wait.
        for (int i = 0; i < 2; i++) {
            routes.asyncSend("direct:calcom-slots", call -> {
                call.getMessage().setBody(MONDAY);
                call.setVariable("companyId", 1);
                call.setVariable("lane", "background");
            });
        }
        await().ignoreExceptions().untilAsserted(() -> assertThat(ask("calcom-slots", MONDAY)).isEqualTo(List.of()));
    }

    @Test
    void whatCannotBeSentHoldsNoPermissionOfTheBreaker() throws Exception {
        hub.afterAll(null);
        hub = new HubExtension().with("calcom.base-url", "http://127.0.0.1:99999/v2").with("calcom.retries", "0").with("calcom.budget.per-second", "1000");
        hub.beforeAll(null);
        routes = hub.hub().context().createProducerTemplate();
        for (int i = 0; i < 20; i++) {
            assertThat(refusal("calcom-slots", MONDAY)).isEqualTo(CalcomError.UNAVAILABLE);
        }
        assertThat(hub.getJson("/api/calcom/health").path("breaker").asText()).as("our own fault is none of the server's").isEqualTo("closed");
    }

    @Test
    void aFullSlotIsNoneToOffer() {
        answers("{\"status\":\"success\",\"data\":{\"2027-01-11\":[{\"start\":\"2027-01-11T08:00:00Z\",\"seatsRemaining\":0},"
                + "{\"start\":\"2027-01-11T09:00:00Z\",\"seatsRemaining\":1}]}}");
        assertThat(ask("calcom-slots", MONDAY)).isEqualTo(List.of(new Slot(Instant.parse("2027-01-11T09:00:00Z"), null)));
    }
}
