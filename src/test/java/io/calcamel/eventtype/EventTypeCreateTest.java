package io.calcamel.eventtype;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static io.calcamel.eventtype.FakeCalcom.type;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.calcamel.HubExtension;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Creating event types: what Cal.com is sent, what the caller gets, and what is said where it did not work. */
class EventTypeCreateTest {

    @RegisterExtension
    static final WireMockExtension SERVER = FakeCalcom.server();

    private static HubExtension hub;
    private static FakeCalcom calcom;

    @BeforeAll
    static void start() throws Exception {
        calcom = new FakeCalcom(SERVER);
        hub = FakeCalcom.hub(SERVER.baseUrl() + "/v2");
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
        calcom.personal();
        calcomAnswers(aResponse().withStatus(201).withBody("{\"status\":\"success\",\"data\":" + type(2003, "as-calcom-has-it") + "}"));
    }

    private static void calcomAnswers(ResponseDefinitionBuilder answer) {
        SERVER.stubFor(post("/v2/event-types").willReturn(answer));
    }

    private static ResponseDefinitionBuilder refusal(int status, String message) {
        return aResponse().withStatus(status).withBody("{\"status\":\"error\",\"error\":{\"code\":\"BadRequestException\",\"message\":\"" + message + "\",\"details\":{}}}");
    }

    private static JsonNode create(int status, String body) {
        HttpResponse<String> answer = hub.post("/api/event-types", body);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return HubExtension.json(answer);
    }

    @Test
    void isCreatedInCalcomAndStoredAsCalcomHasIt() {
        JsonNode created = create(201, """
                {"title":"First visit","length":45,"description":"All that is new","locations":[{"type":"link","link":"https://meet.example.com"}],
                 "bookingFields":[{"type":"text","slug":"insurance","label":"Insurance Provider","required":true,"placeholder":"e.g., AOK"},
                   {"type":"select","label":"Size","options":["S","M"]},{"type":"boolean","label":"Terms"},{"slug":"notes","required":true}]}""");

        SERVER.verify(1, postRequestedFor(urlPathEqualTo("/v2/event-types")).withRequestBody(equalToJson("""
                {"title":"First visit","slug":"first-visit","lengthInMinutes":45,"description":"All that is new",
                 "locations":[{"type":"link","link":"https://meet.example.com","public":true}],
                 "bookingFields":[
                   {"type":"text","slug":"insurance","label":"Insurance Provider","required":true,"hidden":false,"placeholder":"e.g., AOK"},
                   {"type":"select","slug":"size","label":"Size","required":false,"hidden":false,"placeholder":"","options":["S","M"]},
                   {"type":"boolean","slug":"terms","label":"Terms","required":false,"hidden":false},
                   {"slug":"notes","required":true}]}""")));
        assertThat(created.path("id").asLong()).isEqualTo(2003);
        assertThat(created.path("slug").asText()).as("Cal.com's word counts").isEqualTo("as-calcom-has-it");
        assertThat(created.path("lastSyncedAt").isTextual()).isTrue();
        assertThat(hub.getJson("/api/event-types/2003").path("isBookable").asBoolean()).isTrue();
        JsonNode run = hub.getJson("/api/sync-runs").path("items").path(0);
        assertThat(run.path("cause").asText()).isEqualTo("created");
        assertThat(run.path("created").asInt()).isEqualTo(1);

        calcom.personal(type(2003, "as-calcom-has-it"));
        assertThat(HubExtension.json(hub.post("/api/event-types/sync", "")).path("unchanged").asInt()).isEqualTo(1);
    }

    @Test
    void theOldFormIsTranslated() {
        SERVER.resetRequests();
        create(201, """
                {"title":"30 Min Consultation","slug":"30min-consultation","description":"Initial consultation","length":30,"locations":["inPerson"],
                 "customInputs":[{"label":"Insurance Provider","type":"text","required":true,"placeholder":"e.g., AOK, TK"},
                   {"label":"Story","type":"textLong"},{"label":"Age","type":"number"},{"label":"Name","type":"bool"},
                   {"label":"Story","type":"phone"},{"label":"Way","type":"radio","options":[{"type":"text","label":"Web"},{"type":"text","label":"Friend"}]}]}""");
        SERVER.verify(1, postRequestedFor(urlPathEqualTo("/v2/event-types")).withRequestBody(equalToJson("""
                {"title":"30 Min Consultation","slug":"30min-consultation","lengthInMinutes":30,"description":"Initial consultation",
                 "locations":[{"type":"address","address":"In person","public":true}],
                 "bookingFields":[
                   {"type":"text","slug":"insurance-provider","label":"Insurance Provider","required":true,"hidden":false,"placeholder":"e.g., AOK, TK"},
                   {"type":"textarea","slug":"story","label":"Story","required":false,"hidden":false,"placeholder":""},
                   {"type":"number","slug":"age","label":"Age","required":false,"hidden":false,"placeholder":""},
                   {"type":"boolean","slug":"name-2","label":"Name","required":false,"hidden":false},
                   {"type":"phone","slug":"story-2","label":"Story","required":false,"hidden":false,"placeholder":""},
                   {"type":"radio","slug":"way","label":"Way","required":false,"hidden":false,"options":["Web","Friend"]}]}""")));
    }

    @Test
    void everyWrongFieldIsNamedAndCalcomIsNotAsked() {
        SERVER.resetRequests();
        JsonNode problem = create(422, """
                {"slug":"Ärzte & Söhne","length":0,"colour":"red","locations":["nowhere",{"type":"link"}],
                 "bookingFields":[{"type":"txt","label":"A"},{"type":"text"},{"type":"radio","label":"B"},{"type":"text","slug":"email","label":"C"}]}""");
        assertThat(problem.path("code").asText()).isEqualTo("invalid_event_type");
        assertThat(problem.path("fields").findValuesAsText("field")).containsExactlyInAnyOrder("title", "slug", "length", "colour", "locations[0]",
                "locations[1].link", "bookingFields[0].type", "bookingFields[1].label", "bookingFields[2].options", "bookingFields[3].slug");
        assertThat(problem.path("detail").asText()).contains("arzte-sohne");
        SERVER.verify(0, postRequestedFor(urlPathEqualTo("/v2/event-types")));
        assertThat(create(400, "[]").path("code").asText()).isEqualTo("bad_request");
    }

    @ParameterizedTest
    @CsvSource({"400,Recurring Events and Offer Seats cannot be active at the same time.,422,invalid_request", "500,Internal server error,503,unavailable"})
    void whatIsLeftBehindByARefusalIsNamed(int calcomSays, String message, int status, String code) {
        calcomAnswers(refusal(calcomSays, message));
        calcom.personal(type(5, "other"), type(77, "course"));
        JsonNode problem = create(status, "{\"title\":\"Course\",\"length\":60}");
        assertThat(problem.path("code").asText()).isEqualTo(code);
        assertThat(problem.path("existingId").asLong()).isEqualTo(77);
        assertThat(problem.path("detail").asText()).contains("with id 77", "all the same");

        calcom.personal(type(5, "other"));
        problem = create(status, "{\"title\":\"Course\",\"length\":60}");
        assertThat(problem.path("existingId").isNull()).isTrue();
        assertThat(problem.path("detail").asText()).contains("nothing was created");

        calcom.answers("/v2/event-types", aResponse().withStatus(502));
        assertThat(create(status, "{\"title\":\"Course\",\"length\":60}").path("detail").asText()).contains("could not be found out");
        assertThat(hub.getJson("/api/event-types").path("total").asInt()).isZero();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{\"title\":\"a\\u0000b\",\"length\":30}                                                                   | title",
        "{\"title\":\"\\ud800x\",\"length\":30}                                                                    | title",
        "{\"title\":\"A\",\"length\":30,\"bookingFields\":[{\"type\":\"text\",\"label\":\"L\",\"requird\":true}]}    | bookingFields[0].requird",
        "{\"title\":\"A\",\"length\":30,\"bookingFields\":[{\"type\":\"text\",\"label\":\"L\",\"hidden\":\"ja\"}]}   | bookingFields[0].hidden",
        "{\"title\":\"A\",\"length\":30,\"bookingFields\":[{\"type\":\"text\",\"label\":\"L\",\"placeholder\":{}}]} | bookingFields[0].placeholder",
        "{\"title\":\"A\",\"length\":30,\"locations\":[{\"type\":\"address\",\"address\":5}]}                       | locations[0].address"})
    void whatWouldBeDroppedOrRefusedWithoutAReasonIsNamed(String body, String field) {
        JsonNode problem = create(422, body);
        assertThat(problem.path("code").asText()).isEqualTo("invalid_event_type");
        assertThat(problem.path("fields").findValuesAsText("field")).containsExactly(field);
    }

    @Test
    void aSlugThatIsTakenIsAConflict() {
        calcom.personal(type(77, "course"));
        hub.post("/api/event-types/sync", "");
        calcomAnswers(refusal(400, "User already has an event type with this slug."));
        JsonNode problem = create(409, "{\"title\":\"Course\",\"length\":60}");
        assertThat(problem.path("code").asText()).isEqualTo("already_exists");
        assertThat(problem.path("detail").asText()).contains("before, with id 77");
    }

    @Test
    void afterATimeOutItIsLookedFor() {
        calcomAnswers(aResponse().withStatus(201).withFixedDelay(4_000));
        calcom.personal(type(77, "course"));
        assertThat(create(503, "{\"title\":\"Course\",\"length\":60}").path("existingId").asLong()).isEqualTo(77);
    }

    @Test
    void aRefusedKeyIsOneCall() {
        SERVER.resetRequests();
        calcomAnswers(refusal(401, "Invalid API Key"));
        assertThat(create(502, "{\"title\":\"Course\",\"length\":60}").path("code").asText()).isEqualTo("unauthorized");
        assertThat(SERVER.getAllServeEvents()).hasSize(1);
    }
}
