package io.calcamel.openapi;

import static io.calcamel.HubExtension.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import io.calcamel.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the calls about companies take and answer, in a sandbox, held against the document. */
class CompanyContractTest {

    @RegisterExtension
    static final SandboxExtension JOINED = new SandboxExtension();

    private static Contract contract;

    @BeforeAll
    static void read() {
        contract = new Contract(json(hub().send(HttpRequest.newBuilder(hub().uri("/openapi.json")))));
    }

    private static HubExtension hub() {
        return JOINED.hub();
    }

    /** Holds the request against the document too, where it is one that is taken. */
    private static JsonNode answers(int status, String operation, String company, String body) {
        Contract.Operation documented = contract.operations().get(operation);
        JsonNode schema = documented.json().at("/requestBody/content/application~1json/schema");
        if (status < 300 && body != null) {
            assertThat(contract.violations(schema, parse(body))).as(operation + ": " + body).isEmpty();
        }
        String path = documented.path().replace("{company}", company);
        return contract.answers(operation, status, hub().administer(documented.method(), path, body));
    }

    private static JsonNode parse(String body) {
        try {
            return Json.MAPPER.readTree(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String code(JsonNode problem) {
        return problem.path("code").asText();
    }

    @Test
    void connecting() {
        JsonNode report = answers(200, "company-connect", "", """
                {"slug": "acme", "apiKey": "cal_eu_acme", "name": "Acme GmbH", "timeZone": "Europe/Berlin", "language": "de", "team": null}""");
        assertThat(report.path("steps").findValuesAsText("name")).containsExactly("key", "server", "teams", "company", "subscription", "event types", "bookings");
        answers(200, "company-connect", "", "{\"slug\": \"acme\"}");
        assertThat(code(answers(422, "company-connect", "", "{\"slug\": \"nobody\", \"apiKey\": \"cal_invalid_key\"}"))).isEqualTo("api_key_refused");
        assertThat(code(answers(422, "company-connect", "", "{\"slug\": \"nobody\", \"apiKey\": \"cal_live_key\", \"team\": \"none\"}"))).isEqualTo("team_not_found");
        assertThat(code(answers(409, "company-connect", "", "{\"slug\": \"default\", \"apiKey\": \"cal_live_key\"}"))).isEqualTo("set_by_environment");
        answers(400, "company-connect", "", "{\"slug\": \"nobody\"}");
        answers(400, "company-connect", "", "[]");
        answers(503, "company-connect", "", "{\"slug\": \"nobody\", \"apiKey\": \"cal_live_key\", \"baseUrl\": \"http://127.0.0.1:9/v2\"}");

        assertThat(answers(200, "company-doctor", "acme", null).path("findings")).hasSizeGreaterThanOrEqualTo(4);
        answers(404, "company-doctor", "nobody", null);
        answers(200, "company-update", "acme", "{\"apiKey\": \"cal_expired_since\"}");
        assertThat(answers(200, "company-doctor", "acme", null).path("ok").asBoolean()).isFalse();
    }

    @Test
    void administering() {
        String body = contract.operations().get("company-create").json().at("/requestBody/content/application~1json/example").toString()
                .replace("\"acme\"", "\"by-example\"").replace("cal_live_…", "cal_live_key");
        answers(201, "company-create", "", body);
        assertThat(code(answers(409, "company-create", "", body))).isEqualTo("company_exists");
        answers(400, "company-create", "", "{\"slug\": \"Not So\"}");
        answers(200, "company-list", "", null);
        assertThat(contract.answers("company-list", 200, hub().administer("GET", "/api/companies?limit=1", null)).path("next").isTextual()).isTrue();
        contract.answers("company-list", 400, hub().administer("GET", "/api/companies?limit=0", null));
        contract.answers("company-list", 401, hub().get("/api/companies"));
        assertThat(answers(200, "company-get", "default", null).path("setBy").asText()).isEqualTo("environment");
        answers(200, "company-get", "by-example", null);
        answers(404, "company-get", "nobody", null);
        answers(200, "company-update", "by-example", contract.operations().get("company-update").json().at("/requestBody/content/application~1json/example").toString());
        answers(200, "company-update", "by-example", "{\"name\": \"Another\", \"teamId\": 7, \"teamSlug\": null, \"apiVersion\": null, \"organizationId\": 9, \"timeZone\": null}");
        answers(400, "company-update", "by-example", "{\"name\": null}");
        answers(404, "company-update", "nobody", "{}");
        assertThat(code(answers(409, "company-update", "default", "{\"teamSlug\": null}"))).isEqualTo("set_by_environment");
    }

    @Test
    void secrets() {
        answers(200, "company-connect", "", "{\"slug\": \"rotating\", \"apiKey\": \"cal_live_rotating\"}");
        String old = answers(200, "company-get", "rotating", null).at("/webhookSecrets/0/fingerprint").asText();
        answers(200, "webhook-secret-rotate", "rotating", "{}");
        answers(200, "webhook-secret-rotate", "rotating", null);
        answers(400, "webhook-secret-rotate", "rotating", "{\"secret\": \"short\"}");
        answers(404, "webhook-secret-rotate", "nobody", "{}");
        assertThat(code(answers(409, "webhook-secret-rotate", "default", "{}"))).isEqualTo("set_by_environment");

        retire(200, "rotating", old);
        assertThat(code(retire(404, "rotating", old))).isEqualTo("secret_not_found");
        String second = answers(200, "company-get", "rotating", null).at("/webhookSecrets/1/fingerprint").asText();
        String last = retire(200, "rotating", second).at("/webhookSecrets/0/fingerprint").asText();
        assertThat(code(retire(409, "rotating", last))).isEqualTo("last_secret");
        assertThat(code(retire(409, "default", last))).isEqualTo("set_by_environment");
        assertThat(code(retire(404, "nobody", last))).isEqualTo("company_not_found");
    }

    private static JsonNode retire(int status, String company, String fingerprint) {
        return contract.answers("webhook-secret-retire", status, hub().administer("DELETE", "/api/companies/" + company + "/webhook-secrets/" + fingerprint, null));
    }

    @Test
    void theAdministratorSyncsAnyCompany() {
        answers(200, "company-connect", "", "{\"slug\": \"synced\", \"apiKey\": \"cal_live_synced\"}");
        answers(200, "event-types-sync-command", "", "{\"company\": \"synced\"}");
        answers(404, "event-types-sync-command", "", "{\"company\": \"nobody\"}");
        assertThat(contract.answers("sync-run-list", 200, hub().administer("GET", "/api/sync-runs?company=synced", null)).path("total").asInt()).isEqualTo(2);
        contract.answers("sync-run-list", 404, hub().administer("GET", "/api/sync-runs?company=nobody", null));
        contract.answers("sync-run-list", 403, hub().get("/api/sync-runs?company=synced"));
        contract.answers("sync-run-list", 200, hub().get("/api/sync-runs?company=default"));
    }
}
