package io.calcamel.company;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.HubExtension;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Companies as an administrator keeps them, and whose webhooks they are. */
class CompaniesTest {

    @RegisterExtension
    static final HubExtension HUB = new HubExtension().with("calcom.retries", "0");

    private static final String KEY = "cal_live_0123456789abcdef";
    private static final String SECRET = "a secret of their own";
    private static final AtomicInteger COUNT = new AtomicInteger();

    private static JsonNode answer(int status, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return HubExtension.json(answer);
    }

    private static JsonNode call(int status, String method, String path, String body) {
        return answer(status, HUB.administer(method, path, body));
    }

    private static String company() {
        String slug = "company-" + COUNT.incrementAndGet();
        call(201, "POST", "/api/companies", "{\"slug\":\"" + slug + "\",\"apiKey\":\"" + KEY + "\"}");
        return slug;
    }

    private static String give(String slug, String secret) {
        call(200, "POST", "/api/companies/" + slug + "/webhook-secrets", "{\"secret\":\"" + secret + "\"}");
        return call(200, "GET", "/api/companies/" + slug, null).at("/webhookSecrets/0/fingerprint").asText();
    }

    private static int deliver(String slug, String secret) {
        byte[] body = ("{\"triggerEvent\":\"PING\",\"createdAt\":\"2027-01-01T00:00:0" + COUNT.incrementAndGet() % 10 + "Z\"}").getBytes(StandardCharsets.UTF_8);
        return HUB.send(HUB.webhook("/webhooks/calcom/" + slug, body).header("X-Cal-Signature-256", HubExtension.sign(secret, body))).statusCode();
    }

    private static JsonNode secretOf(String slug, String fingerprint) {
        for (JsonNode secret : call(200, "GET", "/api/companies/" + slug, null).path("webhookSecrets")) {
            if (secret.path("fingerprint").asText().equals(fingerprint)) {
                return secret;
            }
        }
        throw new AssertionError(slug + " has no secret " + fingerprint);
    }

    @Test
    void isCreatedShownAndChanged() {
        JsonNode created = call(201, "POST", "/api/companies", """
                {"slug":"acme","name":"Acme GmbH","apiKey":"%s","baseUrl":"https://api.cal.eu/v2","teamSlug":"praxis","teamId":7,"organizationId":9,
                 "timeZone":"Europe/Berlin","language":"de"}""".formatted(KEY));
        assertThat(created.toString()).doesNotContain(KEY);
        assertThat(created.path("hasApiKey").asBoolean()).isTrue();
        assertThat(created.path("name").asText()).isEqualTo("Acme GmbH");
        assertThat(created.path("baseUrl").asText()).isEqualTo("https://api.cal.eu/v2");
        assertThat(created.path("webhookSecrets")).hasSize(1);

        JsonNode changed = call(200, "PATCH", "/api/companies/acme", "{\"teamSlug\":null,\"teamId\":null,\"name\":\"Acme\",\"apiVersion\":\"v1\"}");
        assertThat(changed.path("teamSlug").isNull()).isTrue();
        assertThat(changed.path("apiVersion").asText()).isEqualTo("v1");
        assertThat(changed.path("language").asText()).as("what is not named stays").isEqualTo("de");
        assertThat(changed.path("hasApiKey").asBoolean()).isTrue();
        assertThat(call(200, "GET", "/api/companies/" + changed.path("id").asInt(), null)).isEqualTo(changed);

        call(200, "PATCH", "/api/companies/acme", "{\"apiKey\":null}");
        assertThat(call(200, "GET", "/api/companies/acme", null).path("hasApiKey").asBoolean()).isFalse();
        assertThat(call(409, "POST", "/api/companies", "{\"slug\":\"acme\"}").path("code").asText()).isEqualTo("company_exists");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            slug           | {}
            slug           | {"slug":"Acme"}
            slug           | {"slug":"12"}
            slug           | {"slug":"a/b"}
            slug           | {"slug":"-a"}
            apiKey         | {"slug":"bad","apiKey":"two words here"}
            teamSlug       | {"slug":"bad","teamSlug":"a\\u0000b"}
            teamSlug       | {"slug":"bad","teamSlug":"\\ud800"}
            baseUrl        | {"slug":"bad","baseUrl":"ftp://example.com"}
            baseUrl        | {"slug":"bad","baseUrl":"https://user:pass@example.com"}
            apiVersion     | {"slug":"bad","apiVersion":"v3"}
            teamId         | {"slug":"bad","teamId":"7"}
            timeZone       | {"slug":"bad","timeZone":"Mars/Olympus"}
            language       | {"slug":"bad","language":"Deutsch!"}
            api_key        | {"slug":"bad","api_key":"cal_live_0123456789abcdef"}
            name           | {"slug":"bad","name":""}
            """)
    void whatCantBeIsNamed(String parameter, String body) {
        assertThat(call(400, "POST", "/api/companies", body).path("detail").asText()).contains("'" + parameter + "'");
        assertThat(HUB.administer("GET", "/api/companies/bad", null).statusCode()).isEqualTo(404);
    }

    @Test
    void aPageLeadsToTheNext() {
        company();
        company();
        JsonNode first = call(200, "GET", "/api/companies?limit=1", null);
        assertThat(first.at("/items/0/slug").asText()).isEqualTo("default");
        assertThat(first.at("/items/0/setBy").asText()).isEqualTo("environment");
        assertThat(first.path("total").asInt()).isGreaterThanOrEqualTo(3);
        JsonNode second = call(200, "GET", first.path("next").asText(), null);
        assertThat(second.at("/items/0/id").asInt()).isGreaterThan(1);
    }

    @Test
    void whatTheEnvironmentSaysIsNotChangedHere() {
        for (String body : new String[] {"{\"apiKey\":\"" + KEY + "\"}", "{\"baseUrl\":\"https://api.cal.eu/v2\"}", "{\"teamSlug\":null}"}) {
            assertThat(call(409, "PATCH", "/api/companies/default", body).path("code").asText()).isEqualTo("set_by_environment");
        }
        assertThat(call(409, "POST", "/api/companies/default/webhook-secrets", "{}").path("hint").asText()).contains("CALCOM_WEBHOOK_SECRET");
        assertThat(call(200, "PATCH", "/api/companies/default", "{\"timeZone\":\"Europe/Vienna\"}").path("timeZone").asText()).isEqualTo("Europe/Vienna");
    }

    @Test
    void anOldServerThatDoesNotAnswerIsExaminedToo() {
        call(201, "POST", "/api/companies", "{\"slug\":\"old-server\",\"apiKey\":\"" + KEY + "\",\"baseUrl\":\"http://127.0.0.1:9\",\"apiVersion\":\"v1\"}");
        JsonNode found = call(200, "GET", "/api/companies/old-server/doctor", null).at("/findings/0");
        assertThat(found.path("name").asText()).isEqualTo("key");
        assertThat(found.path("outcome").asText()).isEqualTo("failed");
    }

    @Test
    void twoSecretsAreLiveAndItIsKnownWhichOneSigns() {
        String slug = company();
        String old = give(slug, SECRET + " 1");
        assertThat(deliver(slug, SECRET + " 1")).isEqualTo(200);
        String young = give(slug, SECRET + " 2");
        assertThat(deliver(slug, SECRET + " 1")).as("the old one is good still").isEqualTo(200);
        await().until(() -> secretOf(slug, old).hasNonNull("lastSignedAt"));
        assertThat(secretOf(slug, young).hasNonNull("lastSignedAt")).isFalse();
        assertThat(deliver(slug, SECRET + " 2")).isEqualTo(200);
        await().until(() -> secretOf(slug, young).hasNonNull("lastSignedAt"));

        JsonNode after = call(200, "DELETE", "/api/companies/" + slug + "/webhook-secrets/" + old, null);
        assertThat(after.path("webhookSecrets")).hasSize(1);
        assertThat(deliver(slug, SECRET + " 1")).isEqualTo(401);
        assertThat(deliver(slug, SECRET + " 2")).isEqualTo(200);
        assertThat(call(409, "DELETE", "/api/companies/" + slug + "/webhook-secrets/" + young, null).path("code").asText()).isEqualTo("last_secret");
        assertThat(call(404, "DELETE", "/api/companies/" + slug + "/webhook-secrets/" + old, null).path("code").asText()).isEqualTo("secret_not_found");
    }

    @Test
    void aCompanyWithoutKeyGetsASecretAllTheSame() {
        String slug = company();
        call(200, "PATCH", "/api/companies/" + slug, "{\"apiKey\":null}");
        JsonNode report = call(200, "POST", "/api/companies/" + slug + "/webhook-secrets", "{\"secret\":\"" + SECRET + " without a key\"}");
        assertThat(report.path("ok").asBoolean()).as("Cal.com could not be told").isFalse();
        assertThat(deliver(slug, SECRET + " without a key")).isEqualTo(200);
    }

    @Test
    void aThirdSecretEndsTheFirst() {
        String slug = company();
        for (int i = 1; i <= 3; i++) {
            give(slug, SECRET + " " + i);
        }
        assertThat(deliver(slug, SECRET + " 1")).isEqualTo(401);
        assertThat(deliver(slug, SECRET + " 2")).isEqualTo(200);
        assertThat(deliver(slug, SECRET + " 3")).isEqualTo(200);
    }

    @Test
    void theSecretThatCalcomSignsWithOutlivesRotationsThatItWasNotToldOf() {
        String slug = company();
        String signs = give(slug, SECRET + " 1");
        assertThat(deliver(slug, SECRET + " 1")).isEqualTo(200);
        await().until(() -> secretOf(slug, signs).hasNonNull("lastSignedAt"));
        give(slug, SECRET + " 2");
        String newest = give(slug, SECRET + " 3");
        assertThat(deliver(slug, SECRET + " 1")).as("what Cal.com signs with still").isEqualTo(200);
        assertThat(deliver(slug, SECRET + " 3")).isEqualTo(200);
        await().until(() -> secretOf(slug, newest).hasNonNull("lastSignedAt"));
        give(slug, SECRET + " 4");
        assertThat(deliver(slug, SECRET + " 1")).as("another has signed since").isEqualTo(401);
    }

    @Test
    void aSecretThatAnotherNodeStoredIsGoodAtOnce() {
        String slug = company();
        give(slug, SECRET + " here");
        assertThat(deliver(slug, SECRET + " here")).isEqualTo(200);
        int id = call(200, "GET", "/api/companies/" + slug, null).path("id").asInt();
        CompanyStore otherNode = new CompanyStore(HUB.hub().database().client(), HUB.hub().database().transaction(), new Vault("master-key-of-the-tests-0123456789"));
        otherNode.addSecret(id, SECRET + " there");
        assertThat(deliver(slug, SECRET + " there")).isEqualTo(200);
    }

    @Test
    void noCompanysSecretSignsForAnother() {
        String one = company();
        String two = company();
        give(one, SECRET + " of one");
        assertThat(deliver(two, SECRET + " of one")).isEqualTo(401);
        assertThat(deliver(one, HubExtension.SECRET)).isEqualTo(401);
    }

    @Test
    void aCopyOfTheDatabaseTellsNeitherKeysNorSecrets() {
        String slug = company();
        give(slug, SECRET + " at rest");
        String stored = String.join("\n", HUB.db().sql("SELECT c::text || encode(c.calcom_api_key, 'escape') FROM company c WHERE slug = :slug").param("slug", slug)
                .query(String.class).single(), HUB.db().sql("SELECT w::text || encode(w.secret, 'escape') FROM webhook_secret w WHERE secret IS NOT NULL")
                .query(String.class).list().toString());
        assertThat(stored).contains(slug).doesNotContain(KEY).doesNotContain(SECRET);
    }
}
