package io.calcamel.openapi;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static io.calcamel.HubExtension.SECRET;
import static io.calcamel.HubExtension.TOKEN;
import static io.calcamel.HubExtension.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.client.WireMock;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.Route;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The document that is served says what the running routes take and answer: no more, and no less. */
class OpenApiTest {

    @RegisterExtension
    static final WireMockExtension CALCOM = WireMockExtension.newInstance()
            .options(wireMockConfig().dynamicPort().http2PlainDisabled(true)).build();

    private static final String ADMIN_TOKEN = "demo-admin-token";

    private static HubExtension hub;
    private static Contract contract;

    @BeforeAll
    static void start() throws Exception {
        hub = new HubExtension().with("calcom.base-url", CALCOM.baseUrl() + "/v2")
                .with("calcom.budget.per-second", "10000").with("calcom.budget.per-minute", "10000").with("calcom.retries", "0")
                .with("calcom.breaker.fewest", "1000").with("calcom.breaker.calls", "1000");
        hub.beforeAll(null);
        contract = new Contract(json(hub.send(HttpRequest.newBuilder(hub.uri("/openapi.json")))));
        lives().forEach(delivery -> hub.deliver(delivery.toString()));
        await().until(() -> hub.count("pending") == 0);
        calcomHas(2026361, "");
        calcomHas(2026362, ",\"teamId\":77,\"schedulingType\":\"managed\"");
        assertThat(json(hub.post("/api/event-types/sync", "{\"ids\":[2026361,2026362]}")).path("created").asInt()).isEqualTo(2);
    }

    /** Only some are ever synced here: once all are, Cal.com is not asked for the slots of others any more. */
    private static void calcomHas(long id, String more) {
        CALCOM.stubFor(get("/v2/event-types/" + id).willReturn(okJson("{\"status\":\"success\",\"data\":" + type(id, more) + "}")));
    }

    private static String type(long id, String more) {
        return "{\"id\":" + id + ",\"lengthInMinutes\":30,\"title\":\"First visit\",\"slug\":\"first-visit\",\"description\":\"All that is new\","
                + "\"locations\":[{\"type\":\"integration\",\"integration\":\"cal-video\"}],\"minimumBookingNotice\":120,\"hidden\":false,"
                + "\"bookingFields\":[{\"type\":\"text\",\"slug\":\"insurance\",\"label\":\"Insurance\",\"required\":true}]" + more + "}";
    }

    /** Appointments of every form. */
    private static Stream<ObjectNode> lives() {
        return Stream.of(Deliveries.created("moved-1", 1), Deliveries.rescheduled("moved-2", "moved-1", 2, "2027-01-13"),
                Deliveries.meeting("MEETING_STARTED", "moved-2"), Deliveries.meeting("MEETING_ENDED", "moved-2"), Deliveries.recordingReady("moved-2", 5),
                Deliveries.noShow("moved-2", 6, "zoe@example.org", true), Deliveries.requested("asked", 1), Deliveries.cancelled("off", 2),
                Deliveries.rescheduleAsked("again", 2), Deliveries.rejected("no", 2), Deliveries.paymentInitiated("unpaid", 1),
                Deliveries.createdByPhone("phone", 1), Deliveries.seatTaken("seats", "seat-1", "mira@example.org", 1),
                Deliveries.seatTaken("seats", "seat-2", "zoe@example.org", 2), Deliveries.seatCancelled("seats", "mira@example.org", 3),
                Deliveries.with(Deliveries.created("nobody", 1), payload -> payload.putArray("attendees")),
                Deliveries.nested("PING", 1, Deliveries.payload(Deliveries.created("ping", 1))),
                Deliveries.nested("SOMETHING_NEW", 1, Deliveries.payload(Deliveries.created("new", 1))));
    }

    @AfterAll
    static void stop() {
        hub.afterAll(null);
    }

    @BeforeEach
    void calcomIsWell() {
        CALCOM.resetAll();
        CALCOM.stubFor(get(urlPathEqualTo("/v2/slots")).willReturn(okJson("{\"status\":\"success\",\"data\":{\"2027-01-11\":["
                + "{\"start\":\"2027-01-11T09:00:00.000Z\",\"end\":\"2027-01-11T09:30:00.000Z\"}]}}")));
        CALCOM.stubFor(get(urlPathEqualTo("/v2/me")).willReturn(okJson("{\"status\":\"success\",\"data\":{\"id\":7,\"username\":\"lena\","
                + "\"email\":\"lena@example.org\",\"timeZone\":\"Europe/Berlin\"}}")));
    }

    private static void calcomAnswers(ResponseDefinitionBuilder answer) {
        CALCOM.stubFor(any(anyUrl()).willReturn(answer));
    }

    @Test
    void hasExactlyTheRunningRoutes() {
        Map<String, String> running = new TreeMap<>();
        Map<String, String> documented = new TreeMap<>();
        for (Route route : hub.hub().context().getRoutes()) {
            if (route.getEndpoint() instanceof PlatformHttpEndpoint endpoint) {
                running.put(endpoint.getHttpMethodRestrict() + " " + endpoint.getPath(), route.getRouteId() + ": " + route.getDescription());
            }
        }
        contract.operations().values().forEach(operation -> documented.put(operation.method() + " " + operation.path(),
                operation.id() + ": " + operation.json().path("summary").asText()));
        assertThat(documented).isEqualTo(running);
    }

    @Test
    void everyRouteTakesTheTokenThatItSays() {
        contract.operations().values().forEach(operation -> {
            JsonNode security = operation.json().path("security");
            int expected = security.isEmpty() ? 200 : 401;
            assertThat(hub.send(request(operation, Map.of(), null)).statusCode()).as(operation.id()).isEqualTo(expected);
            if (security.findValue("companyToken") != null) {
                assertThat(hub.send(request(operation, Map.of(), TOKEN)).statusCode()).as(operation.id()).isNotEqualTo(401);
            }
            if (security.findValue("adminToken") != null) {
                assertThat(hub.send(request(operation, Map.of(), TOKEN)).statusCode() == 401).as(operation.id()).isEqualTo(security.findValue("companyToken") == null);
                assertThat(hub.send(request(operation, Map.of(), ADMIN_TOKEN)).statusCode()).as(operation.id()).isNotEqualTo(401);
            }
        });
    }

    @Test
    void everyParameterIsReadAndItsWrongValuesAreNamed() {
        int tried = 0;
        for (Contract.Operation operation : contract.operations().values()) {
            String token = operation.json().path("security").findValue("adminToken") == null ? TOKEN : ADMIN_TOKEN;
            Map<String, JsonNode> parameters = contract.parameters(operation, "query");
            for (JsonNode parameter : parameters.values()) {
                for (String wrong : wrongValues(contract.follow(parameter.path("schema")))) {
                    String name = parameter.path("name").asText();
                    // The parameters that it stands in for are left out in the second try.
                    boolean refused = Stream.of(true, false).anyMatch(all -> {
                        Map<String, String> query = examples(parameters, all);
                        query.put(name, wrong);
                        return isRefused(hub.send(request(operation, query, token)), name);
                    });
                    assertThat(refused).as(operation.id() + " with " + name + "=" + wrong.replace("\0", "NUL")).isTrue();
                    tried++;
                }
            }
            for (JsonNode parameter : contract.parameters(operation, "header").values()) {
                if (contract.follow(parameter.path("schema")).path("type").asText().equals("integer")) {
                    String name = parameter.path("name").asText();
                    for (String wrong : wrongValues(parameter.path("schema"))) {
                        HttpRequest.Builder request = request(operation, examples(parameters, true), token);
                        assertThat(isRefused(hub.send(request.header(name, wrong.replace("\0", "x"))), name)).as(name + "=" + wrong).isTrue();
                    }
                }
            }
            HttpResponse<String> right = parameters.isEmpty() ? null : hub.send(request(operation, examples(parameters, true), token));
            assertThat(right == null ? 200 : right.statusCode()).as(operation.id() + " with its examples").isNotEqualTo(400);
        }
        assertThat(tried).isGreaterThan(50);
    }

    private static boolean isRefused(HttpResponse<String> answer, String name) {
        return answer.statusCode() == 400 && json(answer).path("code").asText().equals("bad_parameter")
                && json(answer).path("detail").asText().contains("'" + name + "'");
    }

    private static Map<String, String> examples(Map<String, JsonNode> parameters, boolean all) {
        Map<String, String> query = new LinkedHashMap<>();
        parameters.forEach((name, parameter) -> {
            boolean isInsteadOfAnother = parameter.path("description").asText().startsWith("Instead of `eventTypeId`");
            if (all && !isInsteadOfAnother || parameter.path("required").asBoolean()) {
                query.put(name, parameter.path("example").asText());
            }
        });
        return query;
    }

    /** No text may have a NUL in it, which tells that a parameter of any type is read. */
    private static List<String> wrongValues(JsonNode schema) {
        List<String> wrong = new ArrayList<>(List.of("\0"));
        if (schema.path("type").asText().equals("integer")) {
            wrong.add("x");
            wrong.add("1.5");
        }
        if (schema.has("minimum")) {
            wrong.add(String.valueOf(schema.path("minimum").asLong() - 1));
        }
        if (schema.has("maximum")) {
            wrong.add(String.valueOf(schema.path("maximum").asLong() + 1));
        }
        if (schema.path("type").asText().equals("boolean") || schema.has("enum") || schema.has("pattern")) {
            wrong.add("no such value");
        }
        return wrong;
    }

    /** A request with the examples of the path; without a signature. */
    private static HttpRequest.Builder request(Contract.Operation operation, Map<String, String> query, String token) {
        String path = operation.path();
        for (Map.Entry<String, JsonNode> parameter : contract.parameters(operation, "path").entrySet()) {
            path = path.replace("{" + parameter.getKey() + "}", parameter.getValue().path("example").asText());
        }
        String queryString = query.entrySet().stream().map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), UTF_8)).collect(Collectors.joining("&"));
        HttpRequest.Builder request = HttpRequest.newBuilder(hub.uri(path + (queryString.isEmpty() ? "" : "?" + queryString)))
                .method(operation.method(), HttpRequest.BodyPublishers.noBody());
        return token == null ? request : request.header("Authorization", "Bearer " + token);
    }

    private static JsonNode answers(String operation, int status, HttpResponse<String> answer) {
        return contract.answers(operation, status, answer);
    }

    private static JsonNode isDocumented(String operation, String documentedAs, HttpResponse<String> answer) {
        return contract.isDocumented(operation, documentedAs, answer);
    }

    @Test
    void appointmentsAreAsDocumented() {
        JsonNode page = answers("appointment-list", 200, hub.get("/api/appointments?limit=500"));
        assertThat(page.path("items").findValuesAsText("status")).contains("confirmed", "requested", "cancelled", "reschedule_requested", "rejected",
                "awaiting_payment");
        assertThat(answers("appointment-list", 200, hub.get("/api/appointments?limit=1")).path("next").isTextual()).isTrue();
        answers("appointment-list", 400, hub.get("/api/appointments?status=x"));
        answers("appointment-list", 401, hub.send(HttpRequest.newBuilder(hub.uri("/api/appointments"))));
        for (String uid : List.of("moved-1", "seats", "phone", "off")) {
            answers("appointment-get", 200, hub.get("/api/appointments/" + uid));
        }
        answers("appointment-get", 400, hub.get("/api/appointments/%00"));
        answers("appointment-get", 404, hub.get("/api/appointments/unknown"));
    }

    @Test
    void deliveriesAreAsDocumented() {
        hub.deliver("a template's own text".getBytes(UTF_8), "text/plain");
        await().until(() -> hub.count("unrecognised") > 0);
        JsonNode page = answers("delivery-list", 200, hub.get("/api/deliveries?limit=500"));
        assertThat(page.path("items").findValuesAsText("status")).contains("applied", "ignored", "unrecognised");
        answers("delivery-list", 400, hub.get("/api/deliveries?limit=501"));
        answers("delivery-list", 401, hub.send(HttpRequest.newBuilder(hub.uri("/api/deliveries"))));

        String one = "/api/deliveries/" + page.at("/items/0/id").asText();
        assertThat(answers("delivery-get", 200, hub.get(one + "?body=true")).path("body").asText()).isEqualTo("a template's own text");
        answers("delivery-get", 200, hub.get(one));
        answers("delivery-get", 404, hub.get("/api/deliveries/999999"));
        answers("delivery-replay", 202, hub.post(one + "/replay", ""));
        answers("delivery-replay", 400, hub.post("/api/deliveries/x/replay", ""));
        answers("delivery-replay", 404, hub.post("/api/deliveries/999999/replay", ""));
        answers("delivery-replay-matching", 202, hub.post("/api/deliveries/replay", "{\"status\":\"unrecognised\",\"trigger\":null}"));
        answers("delivery-replay-matching", 200, hub.post("/api/deliveries/replay", "{\"to\":\"2030-01-01\",\"dryRun\":true}"));
        answers("delivery-replay-matching", 400, hub.post("/api/deliveries/replay", "{}"));
        answers("delivery-replay-matching", 401, hub.send(HttpRequest.newBuilder(hub.uri("/api/deliveries/replay")).POST(HttpRequest.BodyPublishers.noBody())));
    }

    @Test
    void webhooksAreAsDocumented() {
        String delivery = Deliveries.created("twice", 1).toString();
        assertThat(answers("webhook-receive", 200, hub.deliver(delivery)).path("duplicate").asBoolean()).isFalse();
        assertThat(answers("webhook-receive", 200, hub.deliver(delivery)).path("duplicate").asBoolean()).isTrue();
        byte[] body = delivery.getBytes(UTF_8);
        answers("webhook-receive", 401, hub.send(hub.webhook("/webhooks/calcom", body)));
        answers("webhook-receive", 413, hub.send(hub.webhook("/webhooks/calcom", new byte[1_048_577])));
        answers("webhook-receive-company", 200, hub.send(hub.webhook("/webhooks/calcom/default", body)
                .header("X-Cal-Signature-256", HubExtension.sign(SECRET, body))));
        answers("webhook-receive-company", 404, hub.send(hub.webhook("/webhooks/calcom/nobody", body)));
    }

    private static String slots(int eventType, String rest) {
        return "/api/availability?eventTypeId=" + eventType + "&start=2027-01-11&end=2027-01-11" + rest;
    }

    @Test
    void availabilityIsAsDocumented() {
        assertThat(answers("availability-get", 200, hub.get(slots(1, "&timeZone=Europe/Berlin"))).at("/slots/2027-01-11")).hasSize(1);
        assertThat(answers("availability-get", 200, hub.get(slots(1, "&timeZone=Europe/Berlin"))).path("source").asText()).isEqualTo("cache");
        answers("team-availability-get", 200, hub.get("/api/teams/77/availability?eventTypeId=2&date=2027-01-11"));
        answers("availability-get", 400, hub.get(slots(1, "&limit=0")));
        answers("team-availability-get", 400, hub.get("/api/teams/77/availability?eventTypeId=2"));
        answers("availability-get", 401, hub.send(HttpRequest.newBuilder(hub.uri(slots(1, "")))));

        calcomAnswers(aResponse().withStatus(503));
        assertThat(answers("availability-get", 200, hub.get(slots(1, "&timeZone=Europe/Berlin&maxAge=0"))).path("source").asText()).isEqualTo("stale");
        answers("availability-get", 503, hub.get(slots(3, "")));
    }

    @Test
    void whatCalcomRefusesIsDocumented() {
        record Refusal(int status, String message, int ours, String code) {
        }
        List<Refusal> refusals = List.of(new Refusal(404, "Event Type not found", 404, "event_type_not_found"),
                new Refusal(404, "No such thing", 404, "not_found"),
                new Refusal(401, "Invalid API Key", 502, "unauthorized"), new Refusal(403, "Forbidden", 403, "forbidden"),
                new Refusal(400, "start must be a date", 422, "invalid_request"), new Refusal(410, "Gone", 501, "unsupported"),
                new Refusal(400, "'lengthInMinutes' is not one", 422, "invalid_fields"), new Refusal(404, "Cannot GET /v2/slots", 501, "unsupported"),
                new Refusal(500, "Internal server error", 503, "unavailable"));
        int eventType = 100;
        for (Refusal refusal : refusals) {
            calcomAnswers(aResponse().withStatus(refusal.status()).withBody("{\"status\":\"error\",\"error\":{\"code\":\"Exception\",\"message\":\""
                    + refusal.message() + "\",\"details\":{}}}"));
            JsonNode problem = answers("availability-get", refusal.ours(), hub.get(slots(++eventType, "")));
            assertThat(problem.path("code").asText()).as(refusal.toString()).isEqualTo(refusal.code());
            answers("team-availability-get", refusal.ours(), hub.get("/api/teams/77/availability?date=2027-01-11&eventTypeId=" + ++eventType));
        }
        calcomAnswers(okJson("{\"status\":\"success\",\"data\":[1]}"));
        answers("availability-get", 502, hub.get(slots(++eventType, "")));
    }

    @Test
    void explanationsAreAsDocumented() {
        assertThat(answers("availability-explain", 200, hub.get(slots(4, "").replace("?", "/explain?"))).path("hasSlots").asBoolean()).isTrue();
        answers("availability-explain", 200, hub.get("/api/availability/explain?eventTypeId=4&start=2020-01-01&end=2020-01-01"));
        answers("availability-explain", 400, hub.get("/api/availability/explain?eventTypeId=4"));
        calcomAnswers(aResponse().withStatus(503));
        assertThat(answers("availability-explain", 200, hub.get(slots(4, "").replace("?", "/explain?"))).path("hasSlots").asBoolean()).isFalse();
    }

    @Test
    void eventTypesAreAsDocumented() {
        answers("event-type-list", 200, hub.get("/api/event-types?limit=1"));
        answers("event-type-list", 400, hub.get("/api/event-types?active=x"));
        assertThat(answers("event-type-get", 200, hub.get("/api/event-types/2026361?document=true")).has("document")).isTrue();
        assertThat(answers("event-type-get", 200, hub.get("/api/event-types/2026362")).path("notBookableBecause").asText()).isEqualTo("managed_parent");
        answers("event-type-get", 400, hub.get("/api/event-types/x"));
        answers("event-type-get", 404, hub.get("/api/event-types/5"));
        assertThat(answers("availability-get", 422, hub.get(slots(2026362, ""))).path("code").asText()).isEqualTo("not_bookable");
        answers("team-availability-get", 404, hub.get("/api/teams/78/availability?date=2027-01-11&eventTypeId=2026362"));
        assertThat(answers("availability-explain", 200, hub.get(slots(2026361, "").replace("?", "/explain?")))
                .at("/steps/2/facts/minimumBookingNotice").asInt()).isEqualTo(120);
    }

    @Test
    void theCreationOfEventTypesIsAsDocumented() {
        CALCOM.stubFor(post("/v2/event-types").willReturn(aResponse().withStatus(201)
                .withBody("{\"status\":\"success\",\"data\":" + type(2026370, "") + "}")));
        contract.operations().get("event-type-create").json().at("/requestBody/content/application~1json/examples").forEach(example ->
                answers("event-type-create", 201, hub.post("/api/event-types", example.path("value").toString())));
        answers("event-type-create", 400, hub.post("/api/event-types", "[]"));
        assertThat(answers("event-type-create", 422, hub.post("/api/event-types", "{}")).path("fields")).hasSize(2);

        CALCOM.stubFor(get("/v2/event-types").willReturn(okJson("{\"status\":\"success\",\"data\":[" + type(2026370, "") + "]}")));
        Map.of("User already has an event type with this slug.", 409, "Seats and recurrence exclude each other.", 422).forEach((message, status) -> {
            CALCOM.stubFor(post("/v2/event-types").willReturn(aResponse().withStatus(400)
                    .withBody("{\"status\":\"error\",\"error\":{\"code\":\"BadRequestException\",\"message\":\"" + message + "\"}}")));
            JsonNode problem = answers("event-type-create", status, hub.post("/api/event-types", "{\"title\":\"First visit\",\"length\":30}"));
            assertThat(problem.path("existingId").asLong()).isEqualTo(2026370);
        });
        CALCOM.stubFor(post("/v2/event-types").willReturn(aResponse().withStatus(500)));
        answers("event-type-create", 503, hub.post("/api/event-types", "{\"title\":\"Second visit\",\"length\":30}"));
    }

    @Test
    void syncsAreAsDocumented() {
        CALCOM.stubFor(get("/v2/event-types").willReturn(okJson("{\"status\":\"success\",\"data\":[" + type(2026380, "") + "]}").withFixedDelay(1000)));
        CompletableFuture<HttpResponse<String>> slow = CompletableFuture.supplyAsync(() -> hub.post("/api/event-types/sync", "{\"dryRun\":true}"));
        await().until(() -> hub.getJson("/api/sync-runs?status=running").path("total").asInt() == 1);
        answers("sync-run-list", 200, hub.get("/api/sync-runs?status=running"));
        answers("event-types-sync-command", 409, hub.post("/api/event-types/sync", ""));
        assertThat(answers("event-types-sync-command", 200, slow.join()).at("/errors/0/code").asText()).isEqualTo("too_many_missing");

        answers("event-types-sync-command", 400, hub.post("/api/event-types/sync", "{\"ids\":\"all\"}"));
        answers("event-types-sync-command", 400, hub.post("/api/event-types/sync", "no JSON"));
        answers("event-types-sync-command", 403, hub.post("/api/event-types/sync", "{\"company\":\"another\"}"));
        answers("event-types-sync-command", 404, hub.post("/api/event-types/sync", "{\"branch\":\"nowhere\"}"));
        calcomAnswers(aResponse().withStatus(503));
        assertThat(answers("event-types-sync-command", 200, hub.post("/api/event-types/sync", "")).path("errors")).isNotEmpty();
        assertThat(answers("event-type-get", 200, hub.get("/api/event-types/2026361")).path("recentErrors")).isNotEmpty();
        answers("sync-run-list", 200, hub.get("/api/sync-runs?limit=1"));
        answers("sync-run-list", 400, hub.get("/api/sync-runs?status=x"));
    }

    @Test
    void reconcilingIsAsDocumented() {
        CALCOM.stubFor(get(urlPathEqualTo("/v2/bookings")).willReturn(okJson("{\"status\":\"success\",\"data\":[],\"pagination\":{\"hasNextPage\":false}}")
                .withFixedDelay(700)));
        CALCOM.stubFor(get(WireMock.urlPathMatching("/v2/bookings/.+")).willReturn(aResponse().withStatus(404).withHeader("Content-Type", "application/json")
                .withBody("{\"status\":\"error\",\"error\":{\"code\":\"NotFoundException\",\"message\":\"Booking was not found in the database\"}}")));
        CompletableFuture<HttpResponse<String>> slow = CompletableFuture.supplyAsync(() -> hub.post("/api/reconcile", "{\"from\":\"2020-01-01\",\"dryRun\":true}"));
        await().until(() -> hub.getJson("/api/reconcile-runs?status=running").path("total").asInt() == 1);
        answers("reconcile-command", 409, hub.post("/api/reconcile", ""));
        JsonNode report = answers("reconcile-command", 200, slow.join());
        assertThat(report.path("items").findValuesAsText("kind")).as(report.toString()).contains("gone_there");
        answers("reconcile-command", 400, hub.post("/api/reconcile", "{\"from\":\"soon\"}"));
        answers("reconcile-command", 403, hub.post("/api/reconcile", "{\"company\":\"another\"}"));
        calcomAnswers(aResponse().withStatus(503));
        assertThat(answers("reconcile-command", 200, hub.post("/api/reconcile", "{\"to\":\"2031-01-01\"}")).path("errors")).isNotEmpty();
        answers("reconcile-run-list", 200, hub.get("/api/reconcile-runs?limit=1"));
        answers("reconcile-run-list", 400, hub.get("/api/reconcile-runs?status=x"));
        answers("reconcile-run-get", 200, hub.get("/api/reconcile-runs/" + report.path("id").asLong()));
        answers("reconcile-run-get", 404, hub.get("/api/reconcile-runs/999999"));
    }

    @Test
    void theStateOfCalcomIsAsDocumented() {
        assertThat(answers("calcom-health", 200, hub.get("/api/calcom/health")).path("operational").asBoolean()).isTrue();
        calcomAnswers(aResponse().withStatus(401)
                .withBody("{\"status\":\"error\",\"error\":{\"code\":\"UnauthorizedException\",\"message\":\"Invalid API Key\"}}"));
        assertThat(answers("calcom-health", 200, hub.get("/api/calcom/health")).path("error").path("code").asText()).isEqualTo("unauthorized");
        Contract.Operation debug = contract.operations().get("calcom-debug-set");
        answers("calcom-debug-set", 200, hub.send(request(debug, Map.of("enabled", "false"), ADMIN_TOKEN)));
        answers("calcom-debug-set", 400, hub.send(request(debug, Map.of(), ADMIN_TOKEN)));
        answers("calcom-debug-set", 401, hub.send(request(debug, Map.of("enabled", "true"), TOKEN)));
    }

    @Test
    void tokensAreAsDocumented() {
        Contract.Operation create = contract.operations().get("token-create");
        String example = create.json().at("/requestBody/content/application~1json/example").toString();
        JsonNode issued = answers("token-create", 201, administer("POST", "/api/tokens", example));
        answers("token-create", 400, administer("POST", "/api/tokens", "{}"));
        answers("token-create", 401, hub.post("/api/tokens", example));
        answers("token-create", 404, administer("POST", "/api/tokens", "{\"name\":\"a\",\"company\":\"nobody\"}"));
        assertThat(answers("token-list", 200, administer("GET", "/api/tokens?limit=1", "")).path("items")).hasSize(1);
        answers("token-list", 400, administer("GET", "/api/tokens?limit=0", ""));
        answers("token-list", 401, hub.get("/api/tokens"));
        assertThat(answers("token-revoke", 200, administer("DELETE", "/api/tokens/" + issued.path("id"), "")).path("status").asText()).isEqualTo("revoked");
        answers("token-revoke", 400, administer("DELETE", "/api/tokens/x", ""));
        answers("token-revoke", 404, administer("DELETE", "/api/tokens/999999", ""));
    }

    @Test
    void branchesAreAsDocumented() {
        String example = contract.operations().get("branch-create").json().at("/requestBody/content/application~1json/example").toString();
        JsonNode created = answers("branch-create", 201, administer("POST", "/api/branches", example));
        assertThat(code(answers("branch-create", 409, administer("POST", "/api/branches", example)))).isEqualTo("branch_exists");
        answers("branch-create", 400, administer("POST", "/api/branches", "{}"));
        answers("branch-create", 401, hub.post("/api/branches", example));
        answers("branch-create", 404, administer("POST", "/api/branches", example.replace("default", "nobody")));
        String path = "/api/branches/berlin";
        JsonNode named = answers("branch-update", 200, administer("PATCH", path, "{\"slugPattern\":\"FIRST-*\",\"eventTypes\":[2026361]}"));
        assertThat(named.at("/eventTypes/0/by").asText()).isEqualTo("explicit");
        assertThat(answers("branch-update", 200, administer("PATCH", path, "{\"slugPattern\":\"first-*\"}")).path("eventTypes")).hasSize(2);
        answers("branch-update", 400, administer("PATCH", path, "{\"company\":\"default\"}"));
        assertThat(code(answers("branch-update", 404, administer("PATCH", path, "{\"eventTypes\":[5]}")))).isEqualTo("event_type_not_found");
        answers("branch-get", 200, administer("GET", "/api/branches/" + created.path("id"), ""));
        answers("branch-get", 404, administer("GET", path + "?company=nobody", ""));
        answers("branch-list", 200, administer("GET", "/api/branches?company=default&limit=1", ""));
        answers("branch-list", 400, administer("GET", "/api/branches?limit=0", ""));
        answers("branch-list", 404, administer("GET", "/api/branches?company=nobody", ""));
        assertThat(answers("event-type-get", 200, hub.get("/api/event-types/2026361")).at("/branches/0").asText()).isEqualTo("berlin");

        String any = "/api/availability?branch=berlin&start=2027-01-11&end=2027-01-11";
        JsonNode slots = answers("availability-get", 200, hub.get(any + "&name=first%20VISIT"));
        assertThat(slots.at("/slots/2027-01-11/0/eventTypeId").asLong()).as("the other one is booked by its children").isEqualTo(2026361);
        assertThat(code(answers("availability-get", 404, hub.get(any + "&name=Surgery")))).isEqualTo("event_type_not_found");
        assertThat(code(answers("availability-get", 404, hub.get(any + "&eventTypeId=1")))).isEqualTo("event_type_not_found");
        assertThat(code(answers("availability-get", 404, hub.get(slots(1, "&branch=hamburg"))))).isEqualTo("branch_not_found");
        answers("availability-get", 400, hub.get(any));
        answers("availability-get", 400, hub.get(any + "&name=First%20visit&eventTypeId=2026361"));
        answers("branch-delete", 200, administer("DELETE", path, ""));
        answers("branch-delete", 404, administer("DELETE", path, ""));
    }

    private static String code(JsonNode problem) {
        return problem.path("code").asText();
    }

    private static HttpResponse<String> administer(String method, String path, String body) {
        return hub.send(HttpRequest.newBuilder(hub.uri(path)).header("Authorization", "Bearer " + ADMIN_TOKEN)
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void theServersOwnErrorsAreAsDocumented() {
        for (String operation : contract.operations().keySet()) {
            assertThat(isDocumented(operation, "default", hub.get("/nothing")).path("status").asInt()).isEqualTo(404);
            HttpRequest.Builder delete = HttpRequest.newBuilder(hub.uri("/api/deliveries")).DELETE();
            assertThat(isDocumented(operation, "default", hub.send(delete)).path("status").asInt()).isEqualTo(405);
        }
    }

    @Test
    void isServedToEverybodyAndAlwaysTheSame() {
        HttpResponse<String> served = hub.send(HttpRequest.newBuilder(hub.uri("/openapi.json?CamelHttpResponseCode=404"))
                .header("CamelHttpResponseCode", "404").header("X-Custom", "evil"));
        assertThat(answers("openapi-get", 200, served)).isEqualTo(contract.document());
        assertThat(served.headers().map().toString()).doesNotContain("evil");
        assertThat(served.body()).isEqualTo(hub.get("/openapi.json").body());
        assertThat(contract.document().at("/info/version").asText()).isEqualTo("development");
    }
}
