package io.calcamel.eventtype;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.calcamel.HubExtension;
import io.calcamel.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The syncs that nobody asks for: at the start, and by schedule; and the old API. */
class EventTypeStartTest {

    @RegisterExtension
    static final WireMockExtension SERVER = FakeCalcom.server();

    private final FakeCalcom calcom = new FakeCalcom(SERVER);
    private HubExtension hub;

    private HubExtension start(String... settings) throws Exception {
        hub = FakeCalcom.hub(SERVER.baseUrl() + "/v2").with("event-types.sync.at-start", "true");
        for (int i = 0; i < settings.length; i += 2) {
            hub.with(settings[i], settings[i + 1]);
        }
        hub.beforeAll(null);
        return hub;
    }

    @AfterEach
    void stop() {
        hub.afterAll(null);
    }

    @Test
    void whatIsReadyForTheFirstTimeHasEventTypes() throws Exception {
        calcom.teams();
        calcom.personal(FakeCalcom.types(1, 3));
        String database = TestDatabase.create();
        start("database.url", database);
        assertThat(hub.getJson("/api/event-types").path("total").asInt()).isEqualTo(3);
        assertThat(hub.getJson("/api/sync-runs").path("items").path(0).path("cause").asText()).isEqualTo("start");
        hub.afterAll(null);

        calcom.answers("/v2/event-types", okJson(FakeCalcom.data(FakeCalcom.types(1, 4))).withFixedDelay(250));
        start("database.url", database);
        assertThat(hub.getJson("/api/event-types").path("total").asInt()).as("the next start does not wait").isEqualTo(3);
        await().until(() -> hub.getJson("/api/event-types").path("total").asInt() == 4);
    }

    @Test
    void isReadyWithoutCalcomAllTheSame() throws Exception {
        SERVER.stubFor(get(urlPathEqualTo("/v2/teams")).willReturn(aResponse().withStatus(503)));
        calcom.answers("/v2/event-types", aResponse().withStatus(503));
        start();
        assertThat(hub.getJson("/api/event-types").path("total").asInt()).isZero();
        assertThat(hub.getJson("/api/sync-runs").path("items").path(0).path("status").asText()).isEqualTo("failed");
    }

    @Test
    void webhooksAreTakenInWhileItWaitsForCalcom() throws Exception {
        calcom.personal(FakeCalcom.types(1, 3));
        AtomicBoolean isReady = new AtomicBoolean();
        hub = FakeCalcom.hub(SERVER.baseUrl() + "/v2").with("event-types.sync.at-start", "true").with("calcom.timeout.response", "5000").with("calcom.timeout.call", "5s");
        SERVER.stubFor(get(urlPathEqualTo("/v2/teams")).willReturn(okJson(FakeCalcom.data(List.of())).withFixedDelay(3_000)));
        CompletableFuture<Void> start = CompletableFuture.runAsync(() -> {
            try {
                hub.beforeAll(null);
                isReady.set(true);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        await().ignoreExceptions().untilAsserted(() -> assertThat(hub.deliver("{\"triggerEvent\":\"PING\",\"createdAt\":\"2026-10-01T08:00:00.000Z\"}").statusCode()).isEqualTo(200));
        assertThat(isReady).as("it was not ready yet").isFalse();
        assertThat(hub.get("/api/event-types").statusCode()).isEqualTo(503);
        start.join();
        assertThat(hub.getJson("/api/event-types").path("total").asInt()).isEqualTo(3);
    }

    @Test
    void aSyncThatWaitsDoesNotHoldTheStop() throws Exception {
        calcom.teams();
        SERVER.stubFor(get(urlPathEqualTo("/v2/teams")).willReturn(aResponse().withStatus(429)));
        String database = TestDatabase.create();
        start("database.url", database, "event-types.sync.at-start", "false", "calcom.budget.back-off", "60s", "calcom.budget.patience.background", "5m");
        Thread asking = new Thread(() -> hub.post("/api/event-types/sync", ""));
        asking.start();
        await().until(() -> hub.getJson("/api/sync-runs?status=running").path("total").asInt() == 1
                && hub.getJson("/api/calcom/health").path("rateLimit").path("waiting").asInt() > 0);
        Instant begin = Instant.now();
        hub.afterAll(null);
        assertThat(Duration.between(begin, Instant.now())).isLessThan(Duration.ofSeconds(10));
        asking.join();

        start("database.url", database, "event-types.sync.at-start", "false");
        assertThat(hub.getJson("/api/sync-runs").path("items").path(0).path("status").asText()).isEqualTo("interrupted");
    }

    @Test
    void theScheduleSyncsAndGoesOnAfterAFailure() throws Exception {
        calcom.teams();
        calcom.answers("/v2/event-types", aResponse().withStatus(500));
        start("event-types.sync.at-start", "false", "event-types.sync.every", "300ms", "event-types.sync.look-every", "50ms");
        await().until(() -> hub.getJson("/api/sync-runs?status=failed").path("total").asInt() >= 2);
        calcom.personal(FakeCalcom.types(1, 2));
        await().until(() -> hub.getJson("/api/event-types").path("total").asInt() == 2);
        assertThat(hub.getJson("/api/sync-runs?status=complete").path("items").path(0).path("cause").asText()).isEqualTo("schedule");
    }

    @Test
    void anOldServerIsSyncedInItsOwnWords() throws Exception {
        SERVER.stubFor(get(urlPathEqualTo("/v1/teams")).willReturn(okJson("{\"teams\":[{\"id\":7,\"slug\":\"praxis\",\"name\":\"Praxis\"}]}")));
        SERVER.stubFor(get(urlPathEqualTo("/v1/event-types")).willReturn(okJson("{\"event_types\":[" + old(1, "a") + "]}")));
        SERVER.stubFor(get(urlPathEqualTo("/v1/teams/7/event-types")).willReturn(okJson("{\"event_types\":[" + old(2, "b") + "]}")));
        start("calcom.api-version", "v1");
        assertThat(hub.getJson("/api/event-types").path("total").asInt()).isEqualTo(2);
        var one = hub.getJson("/api/event-types/2");
        assertThat(one.path("length").asInt()).isEqualTo(20);
        assertThat(one.path("requiresConfirmation").asBoolean()).isTrue();
        assertThat(one.path("recurrence").path("frequency").asText()).isEqualTo("weekly");
        assertThat(one.path("teamId").asLong()).isEqualTo(7);
    }

    private static String old(long id, String slug) {
        return "{\"id\":" + id + ",\"title\":\"T\",\"slug\":\"" + slug + "\",\"length\":20,\"hidden\":false,\"locations\":null,\"bookingFields\":null,"
                + "\"requiresConfirmation\":true,\"recurringEvent\":{\"freq\":2,\"count\":4,\"interval\":1},\"seatsPerTimeSlot\":null,\"description\":null}";
    }

    @Test
    void onlyTheTeamThatIsNamedIsSynced() throws Exception {
        calcom.teams(7, 8);
        calcom.personal(FakeCalcom.types(1, 1));
        calcom.team(8, FakeCalcom.type(81, "x"));
        start("calcom.team-slug", "team-8");
        assertThat(hub.getJson("/api/event-types").path("items").findValuesAsText("id")).containsExactly("1", "81");
        calcom.teams(7);
        assertThat(HubExtension.json(hub.post("/api/event-types/sync", "")).path("errors").path(0).path("code").asText()).isEqualTo("team_not_found");
    }
}
