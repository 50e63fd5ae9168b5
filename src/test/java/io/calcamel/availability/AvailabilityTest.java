package io.calcamel.availability;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import com.github.tomakehurst.wiremock.stubbing.Scenario;
import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** When is there time? Asked over HTTP; Cal.com is a stand-in that counts what it is asked. */
class AvailabilityTest {

    @RegisterExtension
    static final WireMockExtension CALCOM = WireMockExtension.newInstance()
            .options(wireMockConfig().dynamicPort().http2PlainDisabled(true).containerThreads(60).extensions(new SlotsStandIn())).build();

    private static final Hub HUB = new Hub();

    /** Started after the stand-in, whose address it needs; for all tests of the class. */
    private static final class Hub {

        private HubExtension running;

        HubExtension get() {
            if (running == null) {
                running = new HubExtension()
                        .with("calcom.base-url", CALCOM.baseUrl() + "/v2")
                        .with("calcom.budget.per-second", "10000").with("calcom.budget.per-minute", "10000")
                        .with("calcom.timeout.response", "1500").with("calcom.timeout.call", "2s").with("calcom.retries", "0")
                        .with("calcom.breaker.open", "100ms")
                        .with("availability.cache.refresh", "3s").with("availability.cache.fresh-empty", "1s");
                try {
                    running.beforeAll(null);
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }
            return running;
        }
    }

    private static final AtomicLong EVENT_TYPE = new AtomicLong(48_000);
    private long eventType;

    @BeforeEach
    void everyTestHasAnEventTypeOfItsOwn() {
        eventType = EVENT_TYPE.incrementAndGet();
        slots();
    }

    @AfterAll
    static void stop() {
        HUB.get().afterAll(null);
    }

    private static void slots() {
        CALCOM.stubFor(get(urlPathEqualTo("/v2/slots")).willReturn(aResponse().withTransformers("slots")));
    }

    private int asked() {
        return CALCOM.findAll(getRequestedFor(urlPathEqualTo("/v2/slots")).withQueryParam("eventTypeId",
                equalTo(String.valueOf(eventType)))).size();
    }

    private String path(String rest) {
        return "/api/availability?eventTypeId=" + eventType + rest;
    }

    private static final String MONDAY = "&start=2027-01-11&end=2027-01-11&timeZone=Europe/Berlin";

    private HttpResponse<String> ask(String rest) {
        return HUB.get().get(path(rest));
    }

    private HttpResponse<String> ask(String rest, String deadline) {
        return HUB.get().send(HttpRequest.newBuilder(HUB.get().uri(path(rest))).header("Authorization", "Bearer " + HubExtension.TOKEN)
                .header("X-Deadline-Ms", deadline));
    }

    private static List<Instant> starts(JsonNode answer) {
        List<Instant> starts = new ArrayList<>();
        answer.path("slots").forEach(day -> day.forEach(slot -> starts.add(OffsetDateTime.parse(slot.path("start").asText()).toInstant())));
        return starts;
    }

    @ParameterizedTest
    @CsvSource({"Europe/Berlin,2027-01-11", "America/Sao_Paulo,2027-01-11", "Asia/Kolkata,2027-01-11", "Pacific/Apia,2027-01-11", "UTC,2027-01-11",
        "Europe/Berlin,2027-03-28", "Europe/Berlin,2027-10-31", "America/New_York,2027-03-14", "America/New_York,2027-11-07",
        "Australia/Lord_Howe,2027-04-04", "Africa/Cairo,2027-04-30", "Asia/Kathmandu,2027-05-05"})
    void aLocalDayIsExactlyThatDay(String zoneName, LocalDate day) {
        ZoneId zone = ZoneId.of(zoneName);
        JsonNode answer = HubExtension.json(ask("&start=" + day + "&end=" + day + "&timeZone=" + zoneName));
        Instant begin = day.atStartOfDay(zone).toInstant();
        Instant end = day.plusDays(1).atStartOfDay(zone).toInstant();
        List<Instant> expected = new ArrayList<>();
        for (Instant start = Instant.ofEpochSecond(-Math.floorDiv(-begin.getEpochSecond(), 1800L) * 1800); start.isBefore(end); start = start.plusSeconds(1800)) {
            expected.add(start);
        }
        assertThat(starts(answer)).isEqualTo(expected);
        assertThat(answer.path("slots").fieldNames()).toIterable().containsExactly(day.toString());
        JsonNode first = answer.path("slots").path(day.toString()).path(0);
        assertThat(OffsetDateTime.parse(first.path("start").asText()).getOffset()).isEqualTo(zone.getRules().getOffset(expected.get(0)));
        assertThat(OffsetDateTime.parse(first.path("end").asText()).toInstant()).isEqualTo(expected.get(0).plusSeconds(1800));
        assertThat(answer.path("timeZone").asText()).isEqualTo(zoneName);
    }

    @Test
    void instantsAreBoundsToTheSecond() {
        JsonNode answer = HubExtension.json(ask("&start=2027-01-11T09:00:00%2B01:00&end=2027-01-11T09:30:00Z&timeZone=Europe/Berlin"));
        assertThat(starts(answer)).containsExactly(Instant.parse("2027-01-11T08:00:00Z"), Instant.parse("2027-01-11T08:30:00Z"),
                Instant.parse("2027-01-11T09:00:00Z"));
        assertThat(starts(HubExtension.json(ask("&start=2027-01-11T09:00:00&end=2027-01-11T10:00:00&timeZone=Europe/Berlin"))))
                .containsExactly(Instant.parse("2027-01-11T08:00:00Z"), Instant.parse("2027-01-11T08:30:00Z"));
        assertThat(asked()).as("parts of a day share an answer").isEqualTo(1);
    }

    @Test
    void theSecondAnswerIsTheCaches() {
        JsonNode first = HubExtension.json(ask(MONDAY));
        JsonNode second = HubExtension.json(ask(MONDAY + "&limit=2"));
        assertThat(first.path("source").asText()).isEqualTo("live");
        assertThat(second.path("source").asText()).isEqualTo("cache");
        assertThat(second.path("asOf")).isEqualTo(first.path("asOf"));
        assertThat(starts(second)).isEqualTo(starts(first).subList(0, 2));
        assertThat(asked()).isEqualTo(1);
        ask("&start=2027-01-11&end=2027-01-11&timeZone=Europe/Paris");
        ask(MONDAY + "&duration=60");
        assertThat(asked()).as("another zone and another duration are other questions").isEqualTo(3);
    }

    @Test
    void aThousandAskersOfAColdKeyCauseOneCall() {
        CALCOM.stubFor(get(urlPathEqualTo("/v2/slots")).willReturn(aResponse().withTransformers("slots").withFixedDelay(200)));
        ExecutorService askers = Executors.newFixedThreadPool(200);
        try {
            List<CompletableFuture<Integer>> answers = IntStream.range(0, 1000)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> ask(MONDAY).statusCode(), askers)).toList();
            assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(200));
        } finally {
            askers.shutdown();
        }
        assertThat(asked()).isEqualTo(1);
    }

    @Test
    void fiftyColdKeysAreFiftyCalls() {
        ExecutorService askers = Executors.newFixedThreadPool(200);
        try {
            List<CompletableFuture<Integer>> answers = IntStream.range(0, 1000).mapToObj(i -> CompletableFuture.supplyAsync(() ->
                    ask("&start=" + LocalDate.of(2027, 3, 1).plusDays(i % 50) + "&end=" + LocalDate.of(2027, 3, 1).plusDays(i % 50)).statusCode(), askers)).toList();
            assertThat(answers).allSatisfy(answer -> assertThat(answer.join()).isEqualTo(200));
        } finally {
            askers.shutdown();
        }
        assertThat(asked()).isEqualTo(50);
    }

    @Test
    void whatIsAskedAgainIsRefreshedInTheBackground() {
        JsonNode first = HubExtension.json(ask(MONDAY));
        await().untilAsserted(() -> {
            JsonNode again = HubExtension.json(ask(MONDAY));
            assertThat(again.path("source").asText()).as("nobody waits for a refresh").isEqualTo("cache");
            assertThat(again.path("asOf")).isNotEqualTo(first.path("asOf"));
        });
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void maxAgeDemandsAFreshAnswer() {
        ask(MONDAY);
        assertThat(HubExtension.json(ask(MONDAY + "&maxAge=0")).path("source").asText()).isEqualTo("live");
        assertThat(HubExtension.json(ask(MONDAY + "&maxAge=3600")).path("source").asText()).isEqualTo("cache");
    }

    @Test
    void anEmptyAnswerIsAskedOnceMoreBeforeItIsBelieved() {
        CALCOM.stubFor(get(urlPathEqualTo("/v2/slots")).inScenario("empty").whenScenarioStateIs(Scenario.STARTED).willSetStateTo("filled")
                .willReturn(okJson("{\"status\":\"success\",\"data\":{}}")));
        CALCOM.stubFor(get(urlPathEqualTo("/v2/slots")).inScenario("empty").whenScenarioStateIs("filled").willReturn(aResponse().withTransformers("slots")));
        assertThat(starts(HubExtension.json(ask(MONDAY)))).hasSize(48);
        assertThat(asked()).isEqualTo(2);
    }

    @Test
    void noSlotsIsAnAnswerThatIsKeptShorter() {
        CALCOM.stubFor(get(urlPathEqualTo("/v2/slots")).willReturn(okJson("{\"status\":\"success\",\"data\":{}}")));
        JsonNode none = HubExtension.json(ask(MONDAY));
        assertThat(none.path("slots").isObject()).isTrue();
        assertThat(none.path("slots")).isEmpty();
        slots();
        await().untilAsserted(() -> assertThat(starts(HubExtension.json(ask(MONDAY)))).hasSize(48));
    }

    @Test
    void whenCalcomFailsAStaleAnswerIsMarkedAsSuch() {
        JsonNode known = HubExtension.json(ask(MONDAY));
        CALCOM.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(500).withBody("{\"statusCode\":500,\"message\":\"Internal server error\"}")));
        JsonNode stale = HubExtension.json(ask(MONDAY + "&maxAge=0"));
        assertThat(stale.path("source").asText()).isEqualTo("stale");
        assertThat(stale.path("asOf")).isEqualTo(known.path("asOf"));
        assertThat(stale.path("ageSeconds").isIntegralNumber()).isTrue();
        assertThat(starts(stale)).hasSize(48);
        HttpResponse<String> unknown = ask("&start=2027-02-01&end=2027-02-01");
        assertThat(unknown.statusCode()).isEqualTo(503);
        assertThat(HubExtension.json(unknown).path("code").asText()).isEqualTo("unavailable");
        assertThat(unknown.headers().firstValue("Retry-After")).isPresent();
        slots();
        await().untilAsserted(() -> assertThat(HubExtension.json(ask(MONDAY + "&maxAge=0")).path("source").asText()).isEqualTo("live"));
    }

    @Test
    void theDeadlineBoundsTheWait() {
        ask(MONDAY);
        CALCOM.stubFor(any(anyUrl()).willReturn(aResponse().withTransformers("slots").withFixedDelay(1000)));
        long begin = System.nanoTime();
        HttpResponse<String> none = ask("&start=2027-02-01&end=2027-02-01", "150");
        HttpResponse<String> stale = ask(MONDAY + "&maxAge=0", "150");
        assertThat(System.nanoTime() - begin).isLessThan(900_000_000L);
        assertThat(none.statusCode()).isEqualTo(503);
        assertThat(HubExtension.json(stale).path("source").asText()).isEqualTo("stale");
        await().untilAsserted(() -> assertThat(HubExtension.json(ask("&start=2027-02-01&end=2027-02-01", "5000")).path("source").asText())
                .as("what came too late is kept").isEqualTo("cache"));
    }

    @Test
    void aRefusalIsToldAsItIs() {
        CALCOM.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(404).withBody("{\"status\":\"error\",\"error\":{\"code\":\"NotFoundException\","
                + "\"message\":\"Event Type not found\",\"details\":{}}}")));
        HttpResponse<String> refused = ask(MONDAY);
        assertThat(refused.statusCode()).isEqualTo(404);
        assertThat(HubExtension.json(refused).path("code").asText()).isEqualTo("event_type_not_found");
    }

    @Test
    void aBookingAReschedulingAndACancellationDropWhatTheyTouch() {
        ask(MONDAY);
        ask("&start=2027-01-20&end=2027-01-20&timeZone=Europe/Berlin");
        String uid = "availability-" + eventType;
        HUB.get().deliver(Deliveries.created(uid, 1).toString());
        await().untilAsserted(() -> assertThat(HubExtension.json(ask(MONDAY)).path("source").asText()).isEqualTo("live"));
        assertThat(HubExtension.json(ask("&start=2027-01-20&end=2027-01-20&timeZone=Europe/Berlin")).path("source").asText()).isEqualTo("cache");
    }

    @ParameterizedTest
    @ValueSource(strings = {"&end=2027-01-11", "&start=2027-01-11", "&start=tomorrow&end=2027-01-11", "&start=2027-01-12&end=2027-01-11",
        "&start=2027-13-01&end=2027-01-11", "&start=2027-01-01&end=2027-12-31", MONDAY + "1", "&start=2027-01-11&end=2027-01-11&timeZone=europe/berlin",
        "&start=2027-01-11&end=2027-01-11&timeZone=%2B02:00", MONDAY + "&duration=0", MONDAY + "&duration=x", MONDAY + "&limit=0", MONDAY + "&maxAge=-1",
        "&start=99999-01-01&end=99999-01-02", "&start=2027-01-11T00:00:00Z&end=2027-01-11T00:00:00Z"})
    void badParametersAreNamed(String rest) {
        HttpResponse<String> refused = ask(rest);
        assertThat(refused.statusCode()).as(refused.body()).isEqualTo(400);
        assertThat(HubExtension.json(refused).path("code").asText()).isEqualTo("bad_parameter");
        assertThat(asked()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "abc", "0", "-1", "1.5", "99999999999999999999"})
    void badIdsAreNamed(String id) {
        assertThat(HUB.get().get("/api/availability?eventTypeId=" + id + MONDAY).statusCode()).isEqualTo(400);
    }

    @Test
    void jobsThatWaitForTheBudgetDoNotStandInTheWayOfSomebodyOnTheLine() throws Exception {
        HubExtension slow = new HubExtension().with("calcom.base-url", CALCOM.baseUrl() + "/v2").with("calcom.budget.per-second", "1000")
                .with("calcom.budget.per-minute", "100").with("calcom.budget.live-share", "50").with("availability.cache.refresh", "1ms");
        slow.beforeAll(null);
        try {
            for (int round = 0; round < 2; round++) {
                for (int day = 0; day < 50; day++) {
                    slow.get(path("&start=" + LocalDate.of(2027, 5, 1).plusDays(day) + "&end=" + LocalDate.of(2027, 5, 1).plusDays(day)));
                }
            }
            JsonNode answer = HubExtension.json(slow.get(path("&start=2027-09-01&end=2027-09-01")));
            assertThat(answer.path("source").asText()).isEqualTo("live");
        } finally {
            long begin = System.nanoTime();
            slow.afterAll(null);
            assertThat(System.nanoTime() - begin).as("and not in the way of a stop").isLessThan(5_000_000_000L);
        }
    }

    @Test
    void aRefreshThatFailsIsNotRepeatedByEveryQuestion() {
        ask(MONDAY);
        CALCOM.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(404).withBody("{\"status\":\"error\",\"error\":{\"message\":\"Event Type not found\"}}")));
        await().untilAsserted(() -> {
            assertThat(HubExtension.json(ask(MONDAY)).path("source").asText()).isEqualTo("cache");
            assertThat(asked()).isEqualTo(2);
        });
        for (int i = 0; i < 50; i++) {
            ask(MONDAY);
        }
        assertThat(asked()).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "0", "-1"})
    void aBadTeamIsNamed(String team) {
        assertThat(HUB.get().get("/api/teams/" + team + "/availability?eventTypeId=1&date=2027-01-11").statusCode()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-5", "soon", "1e3"})
    void aBadDeadlineIsNamed(String deadline) {
        assertThat(ask(MONDAY, deadline).statusCode()).isEqualTo(400);
    }
}
