package io.calcamel.eventtype;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.calcamel.eventtype.FakeCalcom.type;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.calcamel.HubExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The sync as its callers see it: POST and GET, a Cal.com that misbehaves, and a real database. */
class EventTypeSyncTest {

    @RegisterExtension
    static final WireMockExtension SERVER = FakeCalcom.server();

    private static HubExtension hub;
    private static FakeCalcom calcom;

    @BeforeAll
    static void start() throws Exception {
        calcom = new FakeCalcom(SERVER);
        hub = FakeCalcom.hub(SERVER.baseUrl() + "/v2").with("event-types.sync.page", "4");
        hub.beforeAll(null);
    }

    @AfterAll
    static void stop() {
        hub.afterAll(null);
    }

    @BeforeEach
    void empty() {
        hub.db().sql("TRUNCATE event_type, branch, branch_event_type, sync_run").update();
        calcom.teams();
    }

    private static JsonNode sync(String body) {
        HttpResponse<String> answer = hub.post("/api/event-types/sync", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode report = HubExtension.json(answer);
        JsonNode row = hub.getJson("/api/sync-runs?limit=1").path("items").path(0);
        assertThat(row).as("every run is a row").isEqualTo(report);
        return report;
    }

    private static JsonNode sync() {
        return sync("");
    }

    private static void assertCounts(JsonNode report, String status, int seen, int created, int updated, int unchanged, int deactivated) {
        assertThat(report.path("status").asText()).as(report.toString()).isEqualTo(status);
        assertThat(Stream.of("seen", "created", "updated", "unchanged", "deactivated").map(name -> report.path(name).asInt()).toList())
                .as(report.toString()).isEqualTo(List.of(seen, created, updated, unchanged, deactivated));
    }

    private static List<Long> active() {
        return hub.db().sql("SELECT calcom_event_type_id FROM event_type WHERE is_active ORDER BY 1").query(Long.class).list();
    }

    /** Which version of each row there is: any write, even a lock, changes one of them. */
    private static List<Map<String, Object>> versions() {
        return hub.db().sql("SELECT calcom_event_type_id, xmin::text, xmax::text, ctid::text FROM event_type ORDER BY 1").query().listOfRows();
    }

    @Test
    void storesPersonalAndTeamEventTypesInColumnsAndWhole() {
        calcom.personal(type(11, "intro", ",\"unheardOf\":{\"x\":\"\\u0000\"}"), type(12, "long"));
        calcom.teams(7, 8);
        calcom.team(7, type(71, "team-intro", ",\"teamId\":7,\"schedulingType\":\"roundRobin\""));
        calcom.team(8, type(81, "other-team"));

        JsonNode report = sync();

        assertCounts(report, "complete", 4, 4, 0, 0, 0);
        assertThat(report.path("calls").asInt()).isEqualTo(4);
        assertThat(report.path("errors")).isEmpty();
        Map<String, Object> row = hub.db().sql("SELECT title, slug, description, length, locations::text AS locations, is_active, document::text AS document"
                + " FROM event_type WHERE company_id = 1 AND calcom_event_type_id = 11").query().singleRow();
        assertThat(row).containsEntry("title", "Title of intro").containsEntry("slug", "intro").containsEntry("description", "About intro")
                .containsEntry("length", 30).containsEntry("is_active", true)
                .containsEntry("locations", "[{\"type\":\"integration\",\"integration\":\"cal-video\"}]");
        assertThat((String) row.get("document")).contains("unheardOf", "\\u0000", "minimumBookingNotice");

        JsonNode list = hub.getJson("/api/event-types");
        assertThat(list.path("total").asInt()).isEqualTo(4);
        assertThat(list.path("items").findValuesAsText("id")).containsExactly("11", "12", "71", "81");
        JsonNode one = hub.getJson("/api/event-types/71");
        assertThat(one.path("teamId").asLong()).isEqualTo(7);
        assertThat(one.path("isActive").asBoolean()).isTrue();
        assertThat(one.path("isBookable").asBoolean()).isTrue();
        assertThat(one.path("bookingFields").path(1).path("slug").asText()).isEqualTo("insurance");
        assertThat(one.path("minimumBookingNotice").asInt()).isEqualTo(120);
        assertThat(one.has("document")).isFalse();
        assertThat(hub.getJson("/api/event-types/11?document=true").path("document").path("unheardOf").path("x").asText()).isEqualTo("\0");
        assertThat(hub.getJson("/api/event-types/81").path("teamId").asLong()).as("it is in the team's list").isEqualTo(8);
    }

    @Test
    void whatDidNotChangeIsNotTouchedButIsKnownToBeSynced() {
        calcom.personal(FakeCalcom.types(1, 10));
        sync();
        List<Map<String, Object>> before = versions();
        String synced = hub.getJson("/api/event-types/3").path("lastSyncedAt").asText();

        assertCounts(sync(), "complete", 10, 0, 0, 10, 0);

        assertThat(versions()).isEqualTo(before);
        JsonNode one = hub.getJson("/api/event-types/3");
        assertThat(Instant.parse(one.path("lastSyncedAt").asText())).isAfter(Instant.parse(synced));
        assertThat(Instant.parse(one.path("changedAt").asText())).isBefore(Instant.parse(synced));
    }

    @Test
    void theOrderOfFieldsIsNoChangeAndEveryValueIs() {
        calcom.personal("{\"id\":1,\"title\":\"t\",\"slug\":\"s\",\"lengthInMinutes\":30,\"locations\":[],\"bookingFields\":[],\"price\":0}");
        sync();
        calcom.personal("{\"price\":0,\"slug\":\"s\",\"title\":\"t\",\"bookingFields\":[],\"locations\":[],\"lengthInMinutes\":30,\"id\":1}");
        assertCounts(sync(), "complete", 1, 0, 0, 1, 0);
        calcom.personal("{\"price\":1,\"slug\":\"s\",\"title\":\"t\",\"bookingFields\":[],\"locations\":[],\"lengthInMinutes\":30,\"id\":1}");
        assertCounts(sync(), "complete", 1, 0, 1, 0, 0);
    }

    @Test
    void anEmptyListDeactivatesNothingHoweverOften() {
        calcom.personal(FakeCalcom.types(1, 3));
        sync();
        calcom.personal();
        for (String body : List.of("", "", "{\"force\":true}", "{\"force\":true}")) {
            JsonNode report = sync(body);
            assertCounts(report, "refused", 0, 0, 0, 0, 0);
            assertThat(report.path("errors").path(0).path("code").asText()).isEqualTo("empty_answer");
        }
        assertThat(active()).containsExactly(1L, 2L, 3L);
        assertThat(hub.getJson("/api/event-types/1").path("recentErrors").path(0).path("code").asText()).isEqualTo("empty_answer");
    }

    @Test
    void halfAListIsRefusedUntilItIsForcedAndThenTakesTwoSyncs() {
        calcom.personal(FakeCalcom.types(1, 10));
        sync();
        calcom.personal(FakeCalcom.types(1, 5));
        for (int i = 0; i < 3; i++) {
            JsonNode report = sync();
            assertCounts(report, "refused", 5, 0, 0, 5, 0);
            assertThat(report.path("missing").asInt()).isZero();
            assertThat(report.path("errors").path(0).path("code").asText()).isEqualTo("too_many_missing");
            assertThat(report.path("errors").path(0).path("hint").asText()).contains("--force");
        }
        assertThat(active()).hasSize(10);

        JsonNode forced = sync("{\"force\":true}");
        assertCounts(forced, "complete", 5, 0, 0, 5, 0);
        assertThat(forced.path("missing").asInt()).isEqualTo(5);
        assertThat(active()).as("force does not shorten the two phases").hasSize(10);
        assertCounts(sync(), "complete", 5, 0, 0, 5, 5);
        assertThat(active()).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void oneThatIsMissingTwiceIsDeactivatedAndComesBack() {
        calcom.personal(FakeCalcom.types(1, 10));
        sync();
        List<String> without = new ArrayList<>(FakeCalcom.types(1, 10));
        without.remove(4);
        calcom.personal(without);

        assertCounts(sync(), "complete", 9, 0, 0, 9, 0);
        assertThat(hub.getJson("/api/event-types/5").path("isActive").asBoolean()).isTrue();
        assertThat(hub.getJson("/api/event-types/5").path("missingInSyncs").asInt()).isEqualTo(1);
        assertCounts(sync(), "complete", 9, 0, 0, 9, 1);
        JsonNode gone = hub.getJson("/api/event-types/5");
        assertThat(gone.path("isActive").asBoolean()).isFalse();
        assertThat(gone.path("notBookableBecause").asText()).isEqualTo("inactive");
        assertThat(hub.getJson("/api/event-types?active=false").path("items").findValuesAsText("id")).containsExactly("5");
        assertCounts(sync(), "complete", 9, 0, 0, 9, 0);

        calcom.personal(FakeCalcom.types(1, 10));
        assertCounts(sync(), "complete", 10, 0, 1, 9, 0);
        assertThat(active()).hasSize(10);
    }

    @Test
    void onesThatWereMissingOnceStartAnewWhenTheyWereSeenBetween() {
        calcom.personal(FakeCalcom.types(1, 10));
        sync();
        for (int i = 0; i < 3; i++) {
            calcom.personal(FakeCalcom.types(1, 9));
            assertCounts(sync(), "complete", 9, 0, 0, 9, 0);
            calcom.personal(FakeCalcom.types(1, 10));
            assertCounts(sync(), "complete", 10, 0, 1, 9, 0);
        }
        assertThat(active()).hasSize(10);
    }

    @Test
    void aTeamsListThatFailsInTheMiddleDeactivatesNothingAnywhere() {
        calcom.teams(7, 8);
        calcom.personal(FakeCalcom.types(1, 10));
        calcom.team(7, type(71, "a"), type(72, "b"));
        calcom.team(8, type(81, "c"));
        sync();
        calcom.answers("/v2/teams/7/event-types", aResponse().withStatus(500).withBody("{\"status\":\"error\",\"error\":{\"code\":\"X\",\"message\":\"x\"}}"));
        calcom.personal(Stream.concat(FakeCalcom.types(1, 9).stream(), Stream.of(type(99, "new"))).toList());
        calcom.team(8, type(81, "renamed"));
        for (int i = 0; i < 3; i++) {
            JsonNode report = sync();
            assertThat(report.path("status").asText()).isEqualTo("partial");
            assertThat(report.path("missing").asInt() + report.path("deactivated").asInt()).isZero();
            assertThat(report.path("errors").path(0).path("teamId").asLong()).isEqualTo(7);
            assertThat(report.path("errors").path(0).path("code").asText()).isEqualTo("unavailable");
        }
        assertThat(active()).hasSize(14).contains(10L, 71L, 72L, 99L);
        assertThat(hub.getJson("/api/event-types/81").path("slug").asText()).as("what did arrive is stored").isEqualTo("renamed");
        assertThat(hub.getJson("/api/event-types/71").path("recentErrors")).hasSize(3);
        assertThat(hub.getJson("/api/event-types/81").path("recentErrors")).isEmpty();
    }

    static Stream<Arguments> failures() {
        return Stream.of(
                Arguments.of("500", aResponse().withStatus(500), "unavailable"),
                Arguments.of("429", aResponse().withStatus(429).withBody("{\"status\":\"error\",\"error\":{\"code\":\"ThrottlerException\",\"message\":\"Too many\"}}"), "rate_limited"),
                Arguments.of("time-out", okJson(FakeCalcom.data(List.of())).withFixedDelay(4_000), "unavailable"),
                Arguments.of("HTML", aResponse().withHeader("Content-Type", "text/html").withBody("<html>Maintenance</html>"), "unexpected_format"),
                Arguments.of("old shape", okJson("{\"status\":\"success\",\"data\":{\"eventTypeGroups\":[{\"eventTypes\":[{\"id\":1,\"length\":30}]}]}}"), "unexpected_format"),
                Arguments.of("old items", okJson("{\"status\":\"success\",\"data\":[{\"id\":1,\"title\":\"t\",\"slug\":\"s\",\"length\":30}]}"), "unexpected_format"),
                Arguments.of("refused key", aResponse().withStatus(401).withBody("{\"status\":\"error\",\"error\":{\"code\":\"UnauthorizedException\",\"message\":\"Invalid API Key\"}}"), "unauthorized"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("failures")
    void aFailedAnswerDeactivatesNothing(String name, ResponseDefinitionBuilder answer, String code) {
        calcom.personal(FakeCalcom.types(1, 3));
        sync();
        List<Map<String, Object>> before = versions();
        calcom.answers("/v2/event-types", answer);
        for (int i = 0; i < 2; i++) {
            JsonNode report = sync("{\"force\":true}");
            assertCounts(report, "failed", 0, 0, 0, 0, 0);
            assertThat(report.path("errors").path(0).path("code").asText()).isEqualTo(code);
            assertThat(report.path("errors").path(0).path("list").asText()).isEqualTo("personal");
        }
        assertThat(versions()).isEqualTo(before);
    }

    @Test
    void whenTheTeamsCantBeListedTheirEventTypesStay() {
        calcom.teams(7);
        calcom.personal(type(1, "a"));
        calcom.team(7, type(71, "b"));
        sync();
        calcom.answers("/v2/teams", aResponse().withStatus(503));
        assertThat(sync().path("status").asText()).isEqualTo("partial");
        calcom.teams();
        for (String body : List.of("", "{\"force\":true}", "{\"force\":true}")) {
            JsonNode report = sync(body);
            assertThat(report.path("status").asText()).as("no team at all, where there was one").isEqualTo("refused");
            assertThat(report.path("errors").path(0).path("code").asText()).isEqualTo("empty_answer");
        }
        assertThat(active()).containsExactly(1L, 71L);
    }

    @Test
    void aTeamThatIsGoneTakesForceAndTwoSyncs() {
        calcom.teams(7, 8);
        calcom.personal(type(1, "a"));
        calcom.team(7, type(71, "b"));
        calcom.team(8, type(81, "c"));
        sync();
        calcom.teams(7);
        assertThat(sync().path("errors").path(0).path("code").asText()).isEqualTo("too_many_missing");
        assertCounts(sync("{\"force\":true}"), "complete", 2, 0, 0, 2, 0);
        assertCounts(sync(), "complete", 2, 0, 0, 2, 1);
        assertThat(active()).containsExactly(1L, 71L);
    }

    @Test
    void oneThatMovesToATeamIsUpdatedNotLost() {
        calcom.teams(7);
        calcom.personal(type(1, "a"), type(2, "b"), type(3, "c"), type(4, "d"));
        calcom.team(7, type(71, "e"));
        sync();
        calcom.personal(type(1, "a"), type(2, "b"), type(3, "c"));
        calcom.team(7, type(71, "e"), type(4, "d"));
        assertCounts(sync(), "complete", 5, 0, 1, 4, 0);
        assertThat(hub.getJson("/api/event-types/4").path("teamId").asLong()).isEqualTo(7);
        sync();
        assertThat(active()).containsExactly(1L, 2L, 3L, 4L, 71L);
    }

    @Test
    void aSlugIsRenamedAndTwoSwapTheirs() {
        calcom.personal(type(1, "a"), type(2, "b"), type(3, "c"));
        sync();
        calcom.personal(type(1, "b"), type(2, "a"), type(3, "d"));
        assertCounts(sync(), "complete", 3, 0, 3, 0, 0);
        assertThat(hub.db().sql("SELECT calcom_event_type_id || slug FROM event_type ORDER BY 1").query(String.class).list())
                .containsExactly("1b", "2a", "3d");
        assertThat(hub.getJson("/api/event-types?slug=a").path("items").findValuesAsText("id")).containsExactly("2");
    }

    @Test
    void aManagedParentIsNotBookableAndItsChildIs() {
        calcom.teams(7);
        calcom.personal(type(2, "child", ",\"parentEventTypeId\":71"));
        calcom.team(7, type(71, "parent", ",\"teamId\":7,\"schedulingType\":\"managed\""));
        sync();
        JsonNode parent = hub.getJson("/api/event-types/71");
        assertThat(parent.path("isActive").asBoolean()).isTrue();
        assertThat(parent.path("isBookable").asBoolean()).isFalse();
        assertThat(parent.path("notBookableBecause").asText()).isEqualTo("managed_parent");
        JsonNode child = hub.getJson("/api/event-types/2");
        assertThat(child.path("isBookable").asBoolean()).isTrue();
        assertThat(child.path("notBookableBecause").isNull()).isTrue();
        assertThat(child.path("parentId").asLong()).isEqualTo(71);
    }

    @Test
    void aCompanyHasOneSyncAtATime() {
        calcom.personal(FakeCalcom.types(1, 2));
        calcom.answers("/v2/teams", okJson(FakeCalcom.data(List.of())).withFixedDelay(250));
        List<CompletableFuture<HttpResponse<String>>> both = IntStream.range(0, 2)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> hub.post("/api/event-types/sync", ""))).toList();
        List<Integer> statuses = both.stream().map(one -> one.join().statusCode()).sorted().toList();
        assertThat(statuses).containsExactly(200, 409);
        assertThat(both.stream().map(one -> HubExtension.json(one.join()).path("code").asText("")).toList()).contains("sync_running");
        assertCounts(sync(), "complete", 2, 0, 0, 2, 0);
    }

    @Test
    void aRunThatWasKilledIsReportedAndDoesNotBlockTheNext() {
        hub.db().sql("INSERT INTO sync_run (company_id, cause, scope, dry_run, forced) VALUES (1, 'schedule', 'all', false, false)").update();
        calcom.personal(type(1, "a"));
        assertCounts(sync(), "complete", 1, 1, 0, 0, 0);
        JsonNode runs = hub.getJson("/api/sync-runs");
        assertThat(runs.path("items").findValuesAsText("status")).containsExactly("complete", "interrupted");
    }

    @Test
    void aDryRunSaysWhatItWouldDoAndWritesNothing() {
        calcom.personal(FakeCalcom.types(1, 10));
        assertCounts(sync("{\"dryRun\":true}"), "complete", 10, 10, 0, 0, 0);
        assertThat(versions()).isEmpty();
        sync();
        List<Map<String, Object>> before = versions();
        String synced = hub.getJson("/api/event-types/10").path("lastSyncedAt").asText();
        List<String> changed = new ArrayList<>(FakeCalcom.types(1, 9));
        changed.set(0, type(1, "other"));
        calcom.personal(changed);
        for (int i = 0; i < 3; i++) {
            JsonNode report = sync("{\"dryRun\":true}");
            assertCounts(report, "complete", 9, 0, 1, 8, 0);
            assertThat(report.path("missing").asInt()).isEqualTo(1);
        }
        assertThat(versions()).isEqualTo(before);
        assertThat(hub.getJson("/api/event-types/10").path("lastSyncedAt").asText()).isEqualTo(synced);
    }

    @Test
    void aBatchOfIdsAsksForTheseOnly() {
        calcom.teams(7);
        calcom.personal(type(1, "a"), type(2, "b"));
        calcom.team(7, type(71, "c"), type(72, "d"));
        sync();
        SERVER.resetRequests();
        calcom.single(1, type(1, "renamed"));
        calcom.single(5, type(5, "new"));
        calcom.unknown(2);
        calcom.team(7, type(71, "c2"), type(72, "d2"));

        JsonNode report = sync("{\"ids\":[1,2,5,71,1]}");

        assertCounts(report, "complete", 3, 1, 2, 0, 0);
        assertThat(report.path("missing").asInt()).isEqualTo(1);
        assertThat(report.path("scope").asText()).isEqualTo("ids");
        SERVER.verify(0, getRequestedFor(urlPathEqualTo("/v2/event-types")));
        SERVER.verify(0, getRequestedFor(urlPathEqualTo("/v2/event-types/71")));
        assertThat(hub.getJson("/api/event-types/72").path("slug").asText()).as("nobody asked for it").isEqualTo("d");
        assertCounts(sync("{\"ids\":[2]}"), "complete", 0, 0, 0, 0, 1);
        assertThat(active()).containsExactly(1L, 5L, 71L, 72L);
    }

    @Test
    void oneOfABatchThatFailsIsReportedAndTheOthersAreStored() {
        calcom.single(1, type(1, "a"));
        calcom.answers("/v2/event-types/2", aResponse().withStatus(502));
        JsonNode report = sync("{\"ids\":[1,2]}");
        assertCounts(report, "partial", 1, 1, 0, 0, 0);
        assertThat(report.path("errors").path(0).path("eventTypeId").asLong()).isEqualTo(2);
    }

    @Test
    void aBranchSyncsWhatItOffers() {
        calcom.personal(type(1, "a"), type(2, "b"));
        sync();
        hub.db().sql("INSERT INTO branch (id, company_id, slug, name) VALUES (5, 1, 'berlin', 'Berlin')").update();
        hub.db().sql("INSERT INTO branch_event_type VALUES (5, 1, 2)").update();
        calcom.single(2, type(2, "changed"));
        assertCounts(sync("{\"branch\":5}"), "complete", 1, 0, 1, 0, 0);
        assertCounts(sync("{\"branch\":\"berlin\"}"), "complete", 1, 0, 0, 1, 0);
        assertThat(hub.getJson("/api/event-types/2").path("branches").path(0).asText()).isEqualTo("berlin");

        HttpResponse<String> unknown = hub.post("/api/event-types/sync", "{\"branch\":\"hamburg\"}");
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(HubExtension.json(unknown).path("code").asText()).isEqualTo("branch_not_found");
    }

    @Test
    void whatARefusedSyncBringsDoesNotMakeItsGapsLookSmall() {
        calcom.personal(FakeCalcom.types(1, 8));
        sync();
        calcom.personal(FakeCalcom.types(1001, 60));
        for (int i = 0; i < 3; i++) {
            assertThat(sync().path("status").asText()).as("the key of another account, say").isEqualTo("refused");
        }
        assertThat(active()).contains(1L, 8L);
    }

    @Test
    void aBranchesSyncDeactivatesNothing() {
        calcom.personal();
        calcom.teams(7);
        calcom.team(7, FakeCalcom.types(71, 4).toArray(String[]::new));
        sync();
        hub.db().sql("INSERT INTO branch (id, company_id, slug, name) VALUES (5, 1, 'berlin', 'Berlin')").update();
        hub.db().sql("INSERT INTO branch_event_type SELECT 5, 1, calcom_event_type_id FROM event_type").update();
        calcom.team(7);
        for (int i = 0; i < 3; i++) {
            assertThat(sync("{\"branch\":\"berlin\"}").path("status").asText()).isNotEqualTo("complete");
        }
        calcom.team(7, FakeCalcom.types(71, 2).toArray(String[]::new));
        calcom.unknown(73);
        calcom.unknown(74);
        sync("{\"branch\":\"berlin\"}");
        sync("{\"branch\":\"berlin\"}");
        assertThat(active()).containsExactly(71L, 72L, 73L, 74L);
    }

    @Test
    void oneThatLeftItsTeamIsAskedForAlone() {
        calcom.personal();
        calcom.teams(7);
        calcom.team(7, type(71, "stays"), type(72, "leaves"), type(73, "ends"));
        sync();
        calcom.team(7, type(71, "stays"));
        calcom.single(72, type(72, "leaves"));
        calcom.unknown(73);
        assertThat(sync("{\"ids\":[72,73]}").path("missing").asInt()).isEqualTo(1);
        JsonNode second = sync("{\"ids\":[72,73]}");
        assertThat(second.path("deactivated").asInt()).isEqualTo(1);
        assertThat(second.path("errors").findValuesAsText("eventTypeId")).containsExactly("73");
        assertThat(active()).containsExactly(71L, 72L);
    }

    @Test
    void whatATeamHadThatIsGoneCanBeSyncedById() {
        calcom.personal(type(1, "a"));
        calcom.teams(7);
        calcom.team(7, type(71, "b"));
        sync();
        calcom.answers("/v2/teams/7/event-types", aResponse().withStatus(404).withBody("{\"status\":\"error\",\"error\":{\"message\":\"Cannot GET /v2/teams\"}}"));
        calcom.unknown(71);
        sync("{\"ids\":[71]}");
        sync("{\"ids\":[71]}");
        assertThat(active()).containsExactly(1L);
    }

    @Test
    void aBodyThatIsCalledAFormIsReadAllTheSame() {
        calcom.personal(type(1, "a"));
        HttpResponse<String> answer = hub.send(HttpRequest.newBuilder(hub.uri("/api/event-types/sync")).header("Authorization", "Bearer " + HubExtension.TOKEN)
                .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString("{\"dryRun\":true}")));
        assertThat(HubExtension.json(answer).path("dryRun").asBoolean()).as(answer.body()).isTrue();
        assertThat(active()).isEmpty();
        assertThat(hub.post("/api/event-types/sync", "{\"dryRun\":true,\"dryRun\":false}").statusCode()).isEqualTo(400);
    }

    @Test
    void aRunThatCannotBeginLeavesNoLock() {
        hub.db().sql("ALTER TABLE sync_run ADD CONSTRAINT none_today CHECK (cause <> 'command')").update();
        try {
            assertThat(hub.post("/api/event-types/sync", "").statusCode()).isEqualTo(500);
        } finally {
            hub.db().sql("ALTER TABLE sync_run DROP CONSTRAINT none_today").update();
        }
        calcom.personal(type(1, "a"));
        assertThat(sync().path("status").asText()).isEqualTo("complete");
    }

    @Test
    void aCompanysTokenSyncsThatCompany() {
        calcom.personal(type(1, "a"));
        sync("{\"company\":1}");
        sync("{\"company\":\"default\"}");
        HttpResponse<String> other = hub.post("/api/event-types/sync", "{\"company\":\"other\"}");
        assertThat(other.statusCode()).isEqualTo(403);
        assertThat(HubExtension.json(other).path("code").asText()).isEqualTo("forbidden");
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(strings = {"{\"ids\":[]}", "{\"ids\":[\"x\"]}", "{\"ids\":5}", "{\"force\":\"yes\"}",
        "{\"dry_run\":true}", "[]", "{", "{\"branch\":{}}", "{\"ids\":[1],\"branch\":1}"})
    void anOrderThatCantBeReadIsRefused(String body) {
        assertThat(hub.post("/api/event-types/sync", body).statusCode()).isEqualTo(400);
        assertThat(hub.getJson("/api/sync-runs").path("total").asInt()).isZero();
    }

    @Test
    void listsByPageAndFilter() {
        calcom.teams(7);
        calcom.personal(FakeCalcom.types(1, 5));
        calcom.team(7, type(71, "haircut"));
        sync();
        JsonNode page = hub.getJson("/api/event-types?limit=4");
        assertThat(page.path("items").findValuesAsText("id")).containsExactly("1", "2", "3", "4");
        assertThat(page.path("total").asInt()).isEqualTo(6);
        assertThat(hub.getJson(page.path("next").asText()).path("items").findValuesAsText("id")).containsExactly("5", "71");
        assertThat(hub.getJson("/api/event-types?team=7").path("total").asInt()).isEqualTo(1);
        assertThat(hub.getJson("/api/event-types?q=HAIR").path("total").asInt()).isEqualTo(1);
        assertThat(hub.get("/api/event-types/999").statusCode()).isEqualTo(404);
        assertThat(hub.get("/api/event-types/abc").statusCode()).isEqualTo(400);
    }

    @Test
    void whatPostgresqlCantHoldAsTextIsStoredAllTheSame() {
        calcom.personal(type(1, "a").replace("Title of a", "NUL \\u0000 and half a pair \\ud83c"), type(2, "b"));
        assertCounts(sync(), "complete", 2, 2, 0, 0, 0);
        assertCounts(sync(), "complete", 2, 0, 0, 2, 0);
        assertThat(hub.getJson("/api/event-types/1").path("title").asText()).isEqualTo("NUL  and half a pair ?");
    }

    @Test
    void theDatabaseFailingInTheMiddleIsAFailedRun() {
        calcom.personal(FakeCalcom.types(1, 6));
        hub.db().sql("ALTER TABLE event_type ADD CONSTRAINT until_five CHECK (calcom_event_type_id < 5)").update();
        try {
            JsonNode report = sync();
            assertThat(report.path("status").asText()).isEqualTo("failed");
            assertThat(report.path("created").asInt()).as("the first page of four").isEqualTo(4);
        } finally {
            hub.db().sql("ALTER TABLE event_type DROP CONSTRAINT until_five").update();
        }
        assertCounts(sync(), "complete", 6, 2, 0, 4, 0);
        await().until(() -> hub.getJson("/api/sync-runs?status=running").path("total").asInt() == 0);
    }
}
