package io.calcamel.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventTypeCommandsTest {

    @RegisterExtension
    static final WireMockExtension HUB = WireMockExtension.newInstance().options(wireMockConfig().dynamicPort().http2PlainDisabled(true)).build();

    private final FakeTerminal terminal = new FakeTerminal();

    private int execute(String... args) {
        String[] all = new String[args.length + 2];
        System.arraycopy(args, 0, all, 0, args.length);
        all[args.length] = "--url";
        all[args.length + 1] = HUB.baseUrl();
        return terminal.execute(all);
    }

    private static String report(String status, String errors) {
        return "{\"id\":7,\"status\":\"" + status + "\",\"dryRun\":false,\"seen\":12,\"created\":1,\"updated\":2,\"unchanged\":9,\"missing\":0,"
                + "\"deactivated\":0,\"errors\":[" + errors + "]}";
    }

    @Test
    void syncsAndShowsATable() {
        HUB.stubFor(post("/api/event-types/sync").willReturn(okJson(report("complete", ""))));
        assertThat(terminal.with("CALCAMEL_API_TOKEN", "secret").execute("sync-event-types", "--url", HUB.baseUrl(), "--ids", "1,2,3", "--force", "--dry-run",
                "--company", "1", "--branch", "berlin")).isZero();
        HUB.verify(1, postRequestedFor(urlPathEqualTo("/api/event-types/sync")).withHeader("Authorization", equalTo("Bearer secret"))
                .withRequestBody(equalToJson("{\"company\":\"1\",\"branch\":\"berlin\",\"ids\":[1,2,3],\"force\":true,\"dryRun\":true}")));
        assertThat(terminal.out().lines()).containsExactly("status       complete", "seen         12", "created      1", "updated      2",
                "unchanged    9", "missing      0", "deactivated  0");
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void anyCompanyIsSyncedWithTheAdministratorsToken() {
        HUB.stubFor(post("/api/event-types/sync").willReturn(okJson(report("complete", "")).withFixedDelay(2_400)));
        HUB.stubFor(get("/api/sync-runs?status=running&limit=1&company=acme").withHeader("Authorization", equalTo("Bearer admin"))
                .willReturn(okJson("{\"items\":[{\"calls\":4,\"seen\":240}]}")));
        terminal.with("CALCAMEL_API_TOKEN", "secret").with("CALCAMEL_ADMIN_TOKEN", "admin");
        assertThat(execute("sync-event-types", "--company", "acme")).isZero();
        HUB.verify(1, postRequestedFor(urlPathEqualTo("/api/event-types/sync")).withHeader("Authorization", equalTo("Bearer admin"))
                .withRequestBody(equalToJson("{\"company\":\"acme\",\"force\":false,\"dryRun\":false}")));
        assertThat(terminal.err().lines()).containsExactly("Asking Cal.com: 4 calls, 240 event types so far");
    }

    @Test
    void withoutACompanyItIsTheOneOfTheToken() {
        HUB.stubFor(post("/api/event-types/sync").willReturn(okJson(report("complete", ""))));
        assertThat(execute("sync-event-types", "--company", "acme")).isZero();
        HUB.verify(1, postRequestedFor(urlPathEqualTo("/api/event-types/sync")).withHeader("Authorization", equalTo("Bearer demo-admin-token")));
        terminal.with("CALCAMEL_ADMIN_TOKEN", "admin");
        assertThat(execute("sync-event-types")).isZero();
        HUB.verify(1, postRequestedFor(urlPathEqualTo("/api/event-types/sync")).withHeader("Authorization", equalTo("Bearer demo-api-token")));
    }

    @Test
    void aSyncThatIsRefusedFailsAndSaysWhatToDo() {
        HUB.stubFor(post("/api/event-types/sync").willReturn(okJson(report("refused",
                "{\"list\":\"team\",\"teamId\":7,\"code\":\"too_many_missing\",\"title\":\"t\",\"detail\":\"Of 4 active ones 2 are missing.\",\"hint\":\"sync with --force\"}"))));
        assertThat(execute("sync-event-types")).isEqualTo(1);
        assertThat(terminal.out()).contains("status       refused", "event types of team 7, too_many_missing: Of 4 active ones 2 are missing.", "sync with --force");
    }

    @Test
    void whatTakesLongShowsHowFarItIs() {
        HUB.stubFor(post("/api/event-types/sync").willReturn(okJson(report("complete", "")).withFixedDelay(2_400)));
        HUB.stubFor(get("/api/sync-runs?status=running&limit=1").willReturn(okJson("{\"items\":[{\"calls\":4,\"seen\":240}]}")));
        assertThat(execute("sync-event-types")).isZero();
        assertThat(terminal.err().lines()).containsExactly("Asking Cal.com: 4 calls, 240 event types so far");
    }

    @Test
    void saysWhatTheHubSays() {
        HUB.stubFor(post("/api/event-types/sync").willReturn(aResponse().withStatus(409)
                .withBody("{\"title\":\"They are being synced already\",\"code\":\"sync_running\",\"hint\":\"Wait for it to end.\"}")));
        assertThat(execute("sync-event-types")).isEqualTo(1);
        assertThat(terminal.err().lines()).containsExactly("They are being synced already.", "Wait for it to end.");
        assertThat(terminal.execute("sync-event-types", "--ids", "x")).isEqualTo(2);
        assertThat(terminal.execute("sync-event-types", "--url", "nonsense")).isEqualTo(2);
    }

    @Test
    void showsAnEventType() {
        HUB.stubFor(get("/api/event-types/2026361").willReturn(okJson("""
                {"id":2026361,"title":"First\\u001b[31m visit","slug":"first-visit","length":30,"teamId":7,"isActive":true,"missingInSyncs":1,
                 "isBookable":false,"notBookableBecause":"managed_parent","requiresConfirmation":true,"lastSyncedAt":"2026-11-22T18:00:00Z",
                 "changedAt":"2026-11-01T09:00:00Z","branches":["berlin","hamburg"],
                 "bookingFields":[{"type":"name","slug":"name","required":true},
                   {"type":"select","slug":"size","required":false,"label":"Size","options":["S","M"],"hidden":true}],
                 "recentErrors":[{"at":"2026-11-22T17:30:00Z","code":"unavailable","detail":"It did not answer in time."}]}""")));
        assertThat(execute("event-type", "show", "2026361")).isZero();
        assertThat(terminal.out().lines()).containsExactly(
                "id            2026361",
                "title         First [31m visit",
                "slug          first-visit",
                "length        30 min",
                "of            team 7",
                "active        yes, but the last complete sync did not find it: one more, and it is deactivated",
                "bookable      no: a managed event type is booked by its children, which have ids of their own",
                "confirmation  by the host",
                "last sync     2026-11-22T18:00:00Z",
                "last change   2026-11-01T09:00:00Z",
                "branches      berlin, hamburg",
                "",
                "FIELD          TYPE    REQUIRED  LABEL",
                "name           name    yes",
                "size (hidden)  select  no        Size [S, M]",
                "",
                "Recent errors:",
                "2026-11-22T17:30:00Z  unavailable  It did not answer in time.");
    }

    @Test
    void anUnknownEventTypeIsAnError() {
        HUB.stubFor(get("/api/event-types/5").willReturn(aResponse().withStatus(404)
                .withBody("{\"title\":\"No sync has found this event type\",\"code\":\"event_type_not_found\",\"hint\":\"Sync it.\"}")));
        assertThat(execute("event-type", "show", "5")).isEqualTo(1);
        assertThat(terminal.err()).contains("No sync has found this event type", "Sync it.");
        assertThat(terminal.execute("event-type")).isEqualTo(2);
        assertThat(terminal.execute("event-type", "show")).isEqualTo(2);
    }
}
