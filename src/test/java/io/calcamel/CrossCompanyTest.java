package io.calcamel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every call of the OpenAPI document, with the token of one company and the ids of another: it is refused, or it answers with
 * nothing of the other's, and it changes nothing of the other's. A new route is walked as soon as the document has it.
 */
class CrossCompanyTest {

    @RegisterExtension
    static final SandboxExtension JOINED = new SandboxExtension();

    /** In every text of the other company's data, and nowhere else. */
    private static final String MARK = "zzforeign";
    private static final String SECRET = "the webhook secret of " + MARK;
    private static final long EVENT_TYPE = 99_000_001;
    private static final long TEAM = 99_000_002;
    private static final Set<String> WRITING = Set.of("post", "put", "patch");

    private static String token;
    private static int other;
    /** What the other company's things are called, by the names of parameters and fields; each is tried. */
    private static final Map<String, List<String>> FOREIGN = new LinkedHashMap<>();
    private static String before;

    @BeforeAll
    static void twoCompanies() {
        HubExtension hub = JOINED.hub();
        assertThat(hub.administer("POST", "/api/companies", "{\"slug\":\"ours\",\"apiKey\":\"cal_live_ours\"}").statusCode()).isEqualTo(201);
        token = HubExtension.json(hub.administer("POST", "/api/tokens", "{\"name\":\"ours\",\"company\":\"ours\"}")).path("token").asText();
        other = HubExtension.json(hub.administer("POST", "/api/companies", "{\"slug\":\"" + MARK + "\",\"name\":\"" + MARK
                + "\",\"apiKey\":\"cal_live_" + MARK + "\"}")).path("id").asInt();
        hub.administer("POST", "/api/companies/" + MARK + "/webhook-secrets", "{\"secret\":\"" + SECRET + "\"}");
        fill(hub);
        String tokenId = HubExtension.json(hub.administer("POST", "/api/tokens", "{\"name\":\"" + MARK + "\",\"company\":\"" + MARK + "\"}")).path("id").asText();
        name(hub, tokenId);
        before = state();
    }

    private static void fill(HubExtension hub) {
        hub.db().sql("""
                INSERT INTO event_type (company_id, calcom_event_type_id, title, slug, description, length, locations, booking_fields, team_id, hidden, content_hash, document)
                VALUES (:company, :type, 'zzforeign', 'zzforeign', 'zzforeign', 30, '[]', '[]', :team, false, '\\x00', '{"title":"zzforeign"}')""")
                .param("company", other).param("type", EVENT_TYPE).param("team", TEAM).update();
        hub.db().sql("INSERT INTO branch (company_id, slug, name) VALUES (:company, 'zzforeign', 'zzforeign')").param("company", other).update();
        hub.db().sql("""
                INSERT INTO branch_event_type (branch_id, company_id, calcom_event_type_id) SELECT id, company_id, :type FROM branch WHERE company_id = :company""")
                .param("company", other).param("type", EVENT_TYPE).update();
        hub.db().sql("INSERT INTO sync_run (company_id, cause, scope, status, dry_run, forced, ended_at, errors) VALUES (:company, 'command', 'all', 'complete', false, false, now(), '[{\"detail\":\"zzforeign\"}]')")
                .param("company", other).update();
        byte[] body = """
                {"triggerEvent":"BOOKING_CREATED","createdAt":"2026-11-01T08:00:00.000Z","payload":{"uid":"zzforeign-uid","bookingId":990003,"title":"zzforeign",
                "startTime":"2040-01-10T10:00:00Z","endTime":"2040-01-10T10:30:00Z","status":"ACCEPTED","eventTypeId":99000001,"organizer":{"email":"zzforeign@example.org"},
                "attendees":[{"name":"zzforeign","email":"zzforeign@example.com","timeZone":"UTC","phoneNumber":"+4930123456"}]}}""".getBytes(StandardCharsets.UTF_8);
        HttpResponse<String> delivered = hub.send(hub.webhook("/webhooks/calcom/" + MARK, body).header("X-Cal-Signature-256", HubExtension.sign(SECRET, body)));
        assertThat(delivered.statusCode()).as(delivered.body()).isEqualTo(200);
        await().until(() -> hub.db().sql("SELECT count(*) FROM appointment WHERE company_id = :company").param("company", other)
                .query(Long.class).single() == 1);
        hub.db().sql("""
                INSERT INTO booking_intent (company_id, idempotency_key, derived, kind, request_hash, request, stamp, status, response_status, response)
                VALUES (:company, 'zzforeign-key', false, 'book', '\\x00', '{"note":"zzforeign"}', 'zzforeign-stamp', 'done', 201, '{"note":"zzforeign"}')""")
                .param("company", other).update();
    }

    private static void name(HubExtension hub, String tokenId) {
        List<String> things = new ArrayList<>(List.of(MARK + "-uid", MARK, String.valueOf(EVENT_TYPE), tokenId, "990003"));
        for (String table : List.of("appointment", "delivery", "branch", "booking_intent", "sync_run")) {
            things.addAll(hub.db().sql("SELECT id::text FROM " + table + " WHERE company_id = :company").param("company", other).query(String.class).list());
        }
        String branch = hub.db().sql("SELECT id::text FROM branch WHERE company_id = :company").param("company", other).query(String.class).single();
        FOREIGN.put("id", things);
        FOREIGN.put("uid", List.of(MARK + "-uid"));
        FOREIGN.put("company", List.of(MARK, String.valueOf(other)));
        FOREIGN.put("branch", List.of(MARK, branch));
        FOREIGN.put("name", List.of(MARK));
        FOREIGN.put("slug", List.of(MARK));
        FOREIGN.put("q", List.of(MARK));
        FOREIGN.put("email", List.of(MARK + "@example.com"));
        FOREIGN.put("phone", List.of("+4930123456"));
        FOREIGN.put("team", List.of(String.valueOf(TEAM)));
        FOREIGN.put("teamId", List.of(String.valueOf(TEAM)));
        FOREIGN.put("eventTypeId", List.of(String.valueOf(EVENT_TYPE)));
        FOREIGN.put("ids", List.of(String.valueOf(EVENT_TYPE)));
        FOREIGN.put("calcomBookingUid", List.of(MARK + "-uid"));
        FOREIGN.put("secret", hub.db().sql("SELECT fingerprint FROM webhook_secret WHERE company_id = :company").param("company", other).query(String.class).list());
    }

    /** All that is stored of the other company, but for when it was last looked at. */
    private static String state() {
        StringBuilder state = new StringBuilder();
        for (String table : List.of("appointment", "booking", "delivery", "branch", "branch_event_type", "event_type", "booking_intent", "webhook_secret", "reconcile_run")) {
            state.append(JOINED.hub().db().sql("SELECT coalesce(jsonb_agg(to_jsonb(t) - 'last_signed_at' - 'read_back_due_at' - 'read_back_attempts' - 'read_back_at'"
                    + " - 'read_back_note' - 'read_back_reason' - 'updated_at' ORDER BY to_jsonb(t)::text), '[]')::text FROM " + table + " t WHERE company_id = :company")
                    .param("company", other).query(String.class).single());
        }
        return state.toString();
    }

    static Stream<Arguments> operations() throws Exception {
        JsonNode document = HubExtension.json(JOINED.hub().send(HttpRequest.newBuilder(JOINED.hub().uri("/openapi.json"))));
        return StreamSupport.stream(((Iterable<Map.Entry<String, JsonNode>>) document.path("paths")::fields).spliterator(), false)
                .flatMap(path -> path.getValue().properties().stream().filter(operation -> operation.getValue().has("operationId"))
                        .map(operation -> Arguments.of(operation.getValue().path("operationId").asText(), operation.getKey(), path.getKey(), operation.getValue(), document)));
    }

    @Test
    void theOtherCompanyHasWhatCouldBeSeen() {
        String theirs = HubExtension.json(JOINED.hub().administer("POST", "/api/tokens", "{\"name\":\"theirs\",\"company\":\"" + MARK + "\"}")).path("token").asText();
        for (String path : List.of("/api/appointments/" + MARK + "-uid", "/api/deliveries", "/api/event-types/" + EVENT_TYPE, "/api/sync-runs")) {
            assertThat(JOINED.hub().send(HttpRequest.newBuilder(JOINED.hub().uri(path)).header("Authorization", "Bearer " + theirs)).body()).as(path).contains(MARK);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("operations")
    void givesAndTakesNothingOfAnotherCompany(String id, String method, String path, JsonNode operation, JsonNode document) {
        List<JsonNode> parameters = new ArrayList<>();
        operation.path("parameters").forEach(parameter -> parameters.add(resolved(parameter, document)));
        for (int round = 0; round < rounds(parameters); round++) {
            String target = target(path, parameters, round);
            HttpRequest.Builder request = HttpRequest.newBuilder(JOINED.hub().uri(target)).header("Authorization", "Bearer " + token)
                    .header("Content-Type", "application/json").header("Idempotency-Key", MARK + "-key")
                    .method(method.toUpperCase(), WRITING.contains(method) ? HttpRequest.BodyPublishers.ofString(body(operation, document)) : HttpRequest.BodyPublishers.noBody());
            HttpResponse<String> answer = JOINED.hub().send(request);
            String call = method + " " + target + ": " + answer.statusCode() + " " + answer.body();
            assertThat(answer.statusCode()).as(call).isNotEqualTo(500);
            // What the caller itself has sent may come back.
            String given = answer.statusCode() >= 400 ? "" : answer.body();
            if (!path.equals("/openapi.json")) {
                assertThat(withoutEcho(given)).as(call).doesNotContain(MARK);
            }
            if (path.startsWith("/api/companies") || path.startsWith("/api/tokens") || path.startsWith("/api/branches")) {
                assertThat(answer.statusCode()).as(call).isEqualTo(401);
            }
        }
        assertThat(state()).as(id + " changed something of the other company").isEqualTo(before);
    }

    /** A page's link repeats what was asked for. */
    private static String withoutEcho(String body) {
        return body.replaceAll("\"next\":\"[^\"]*\"", "");
    }

    private static JsonNode resolved(JsonNode node, JsonNode document) {
        return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
    }

    private static int rounds(List<JsonNode> parameters) {
        return parameters.stream().mapToInt(parameter -> FOREIGN.getOrDefault(parameter.path("name").asText(), List.of("")).size()).max().orElse(1);
    }

    private static String target(String path, List<JsonNode> parameters, int round) {
        String target = path;
        StringBuilder query = new StringBuilder();
        for (JsonNode parameter : parameters) {
            String name = parameter.path("name").asText();
            List<String> foreign = FOREIGN.get(name);
            String value = foreign != null ? foreign.get(round % foreign.size()) : parameter.path("example").asText("");
            if (parameter.path("in").asText().equals("path")) {
                target = target.replace("{" + name + "}", encode(value));
            } else if (parameter.path("in").asText().equals("query") && !value.isEmpty() && (foreign != null || parameter.path("required").asBoolean())) {
                query.append(query.isEmpty() ? "?" : "&").append(name).append('=').append(encode(value));
            }
        }
        return target + query;
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    /** The document's own example, with the other company's ids. */
    private static String body(JsonNode operation, JsonNode document) {
        JsonNode content = resolved(operation.path("requestBody"), document).path("content").path("application/json");
        JsonNode example = content.has("example") ? content.path("example") : content.at("/examples").elements().hasNext()
                ? resolved(content.path("examples").elements().next(), document).path("value") : content.path("example");
        if (!example.isObject()) {
            return "{}";
        }
        ObjectNode body = example.deepCopy();
        for (String field : List.of("company", "branch", "calcomBookingUid", "eventTypeId", "teamId")) {
            if (body.has(field)) {
                String value = FOREIGN.get(field).get(0);
                body.set(field, value.matches("\\d+") ? body.numberNode(Long.parseLong(value)) : body.textNode(value));
            }
        }
        if (body.has("ids")) {
            body.set("ids", body.arrayNode().add(EVENT_TYPE));
        }
        return body.toString();
    }
}
