package io.calcamel.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.patch;
import static com.github.tomakehurst.wiremock.client.WireMock.patchRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompanyCommandsTest {

    @RegisterExtension
    static final WireMockExtension HUB = WireMockExtension.newInstance().options(wireMockConfig().dynamicPort().http2PlainDisabled(true)).build();

    private static final String KEY = "cal_live_0123456789abcdef";

    private final FakeTerminal terminal = new FakeTerminal();

    private int execute(String... args) {
        return terminal.with("CALCAMEL_URL", HUB.baseUrl()).execute(args);
    }

    private static String step(String name, String outcome, String detail, String hint) {
        return "{\"name\":\"" + name + "\",\"outcome\":\"" + outcome + "\",\"detail\":\"" + detail + "\",\"hint\":" + (hint == null ? "null" : "\"" + hint + "\"") + "}";
    }

    private static String connected(boolean isOk, String... steps) {
        return "{\"company\":\"acme\",\"ok\":" + isOk + ",\"steps\":[" + String.join(",", steps) + "]}";
    }

    private static String examined(boolean isOk, String... findings) {
        return connected(isOk, findings).replace("\"steps\"", "\"findings\"");
    }

    private static String company(int id, String slug, String secrets) {
        return "{\"id\":" + id + ",\"slug\":\"" + slug + "\",\"name\":\"Acme\\u001b[31m GmbH\",\"setBy\":\"api\",\"hasApiKey\":true,\"baseUrl\":\"https://api.cal.eu/v2\","
                + "\"apiVersion\":\"v2\",\"teamId\":77,\"teamSlug\":\"praxis\",\"organizationId\":null,\"timeZone\":\"Europe/Berlin\",\"language\":null,"
                + "\"webhookSecrets\":[" + secrets + "],\"createdAt\":\"2026-11-22T13:00:00Z\",\"updatedAt\":\"2026-11-22T14:00:00Z\"}";
    }

    private static String secret(String fingerprint, String lastSigned) {
        return "{\"fingerprint\":\"" + fingerprint + "\",\"createdAt\":\"2026-11-22T13:00:00Z\",\"lastSignedAt\":" + (lastSigned == null ? "null" : "\"" + lastSigned + "\"") + "}";
    }

    @Test
    void connectsWithAKeyFromStandardInputAndNeverPrintsIt() {
        HUB.stubFor(post("/api/companies/connect").willReturn(okJson(connected(true, step("key", "ok", "It is lena's.", null),
                step("event types", "changed", "12 seen.", null)))));
        terminal.withInput(("  " + KEY + "\r\nanything else\n").getBytes(UTF_8));
        assertThat(execute("company", "connect", "--slug", "acme", "--api-key", "-", "--base-url", "https://api.cal.eu/v2", "--team", "praxis", "--name", "Acme GmbH",
                "--organization", "9", "--time-zone", "Europe/Berlin", "--language", "de", "--api-version", "v2")).isZero();
        HUB.verify(1, postRequestedFor(urlEqualTo("/api/companies/connect")).withHeader("Authorization", equalTo("Bearer demo-admin-token"))
                .withRequestBody(equalToJson("{\"slug\":\"acme\",\"apiKey\":\"" + KEY + "\",\"baseUrl\":\"https://api.cal.eu/v2\",\"team\":\"praxis\",\"name\":\"Acme GmbH\","
                        + "\"organizationId\":9,\"timeZone\":\"Europe/Berlin\",\"language\":\"de\",\"apiVersion\":\"v2\"}")));
        assertThat(terminal.out().lines()).containsExactly("key          ok       It is lena's.", "event types  changed  12 seen.");
        assertThat(terminal.out() + terminal.err()).doesNotContain(KEY);
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void aStepThatFailedIsNoSuccessAndSaysWhatToDo() {
        HUB.stubFor(post("/api/companies/connect").willReturn(okJson(connected(false, step("key", "ok", "It is lena's.", null),
                step("subscription", "failed", "Nobody said where Cal.com reaches this hub.", "Set CALCAMEL_PUBLIC_URL.")))));
        assertThat(execute("company", "connect", "--slug", "acme")).isEqualTo(1);
        HUB.verify(1, postRequestedFor(urlEqualTo("/api/companies/connect")).withRequestBody(equalToJson("{\"slug\":\"acme\"}")));
        assertThat(terminal.out().lines()).containsExactly(
                "key           ok      It is lena's.",
                "subscription  failed  Nobody said where Cal.com reaches this hub.",
                "                      Set CALCAMEL_PUBLIC_URL.");
    }

    @Test
    void aRefusalIsSaidWithoutTheKey() {
        HUB.stubFor(post("/api/companies/connect").willReturn(aResponse().withStatus(422)
                .withBody("{\"title\":\"Cal.com refuses the API key\",\"code\":\"api_key_refused\",\"detail\":\"https://api.cal.com: It has expired.\",\"hint\":\"Make another.\"}")));
        assertThat(execute("company", "connect", "--slug", "acme", "--api-key", KEY)).isEqualTo(1);
        assertThat(terminal.err().lines()).containsExactly("Cal.com refuses the API key. https://api.cal.com: It has expired.", "Make another.");
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void whatTakesLongShowsHowFarItIs() {
        HUB.stubFor(post("/api/companies/connect").willReturn(okJson(connected(true)).withFixedDelay(4_400)));
        HUB.stubFor(get("/api/sync-runs?status=running&limit=1&company=acme").inScenario("connect").willReturn(aResponse().withStatus(404)).willSetStateTo("stored"));
        HUB.stubFor(get("/api/sync-runs?status=running&limit=1&company=acme").inScenario("connect").whenScenarioStateIs("stored")
                .withHeader("Authorization", equalTo("Bearer demo-admin-token")).willReturn(okJson("{\"items\":[{\"calls\":4,\"seen\":240}]}")));
        assertThat(execute("company", "connect", "--slug", "acme")).isZero();
        assertThat(terminal.err().lines()).containsExactly("Asking Cal.com: 4 calls, 240 event types so far");
    }

    @Test
    void theDoctorsFindingsAreLines() {
        HUB.stubFor(get("/api/companies/default/doctor").willReturn(okJson(examined(true, step("key", "ok", "It is lena's.", null)))));
        HUB.stubFor(get("/api/companies/acme/doctor").willReturn(okJson(examined(false, step("key", "failed", "It is refused.", "Make another.")))));
        assertThat(execute("company", "doctor")).isZero();
        assertThat(terminal.out().lines()).containsExactly("key  ok  It is lena's.");
        assertThat(execute("company", "doctor", "acme")).isEqualTo(1);
        assertThat(terminal.out().lines()).endsWith("key  failed  It is refused.", "             Make another.");
    }

    @Test
    void theDoctorSeesEveryCompanyAlsoWhereOneCantBeExamined() {
        HUB.stubFor(get("/api/companies?limit=500").willReturn(okJson("{\"total\":3,\"items\":[" + company(1, "default", "") + "," + company(2, "acme", "")
                + "],\"next\":\"/api/companies?limit=500&after=2\"}")));
        HUB.stubFor(get("/api/companies?limit=500&after=2").willReturn(okJson("{\"total\":3,\"items\":[" + company(3, "last", "") + "],\"next\":null}")));
        HUB.stubFor(get("/api/companies/default/doctor").willReturn(okJson(examined(true, step("key", "ok", "It is lena's.", null)))));
        HUB.stubFor(get("/api/companies/acme/doctor").willReturn(aResponse().withStatus(503).withBody("{\"title\":\"The hub can't answer right now\"}")));
        HUB.stubFor(get("/api/companies/last/doctor").willReturn(okJson(examined(true, step("key", "ok", "It is zoe's.", null)))));
        assertThat(execute("company", "doctor", "--all")).isEqualTo(1);
        assertThat(terminal.out().lines()).containsExactly("Company default", "key  ok  It is lena's.", "", "Company acme", "", "Company last", "key  ok  It is zoe's.", "");
        assertThat(terminal.err().lines()).containsExactly("acme: The hub can't answer right now.");
    }

    @Test
    void listsAllPages() {
        HUB.stubFor(get("/api/companies?limit=500").willReturn(okJson("{\"total\":2,\"items\":[" + company(1, "acme", secret("3f9a", "2026-11-22T15:00:00Z") + "," + secret("77aa", null))
                + "],\"next\":\"/api/companies?limit=500&after=1\"}")));
        HUB.stubFor(get("/api/companies?limit=500&after=1").willReturn(okJson("{\"total\":2,\"items\":[" + company(2, "berlin", secret("11aa", null)) + "],\"next\":\"@example.org/\"}")));
        assertThat(execute("company", "list")).isZero();
        assertThat(terminal.out().lines()).containsExactly(
                "ID  SLUG    NAME            KEY  SERVER                 TEAM    LAST WEBHOOK",
                "1   acme    Acme [31m GmbH  yes  https://api.cal.eu/v2  praxis  2026-11-22T15:00:00Z",
                "2   berlin  Acme [31m GmbH  yes  https://api.cal.eu/v2  praxis  never");
    }

    @Test
    void showsACompany() {
        HUB.stubFor(get("/api/companies/acme").willReturn(okJson(company(2, "acme", secret("3f9a", "2026-11-22T15:00:00Z") + "," + secret("77aa", null)))));
        assertThat(execute("company", "show", "acme")).isZero();
        assertThat(terminal.out().lines()).containsExactly(
                "id            2",
                "slug          acme",
                "name          Acme [31m GmbH",
                "set by        this API",
                "API key       yes",
                "server        https://api.cal.eu/v2, API v2",
                "team          praxis (77)",
                "organization  none",
                "time zone     Europe/Berlin",
                "language      not said",
                "created       2026-11-22T13:00:00Z",
                "changed       2026-11-22T14:00:00Z",
                "secret        3f9a, signed last at 2026-11-22T15:00:00Z",
                "secret        77aa, has not signed yet");
    }

    @Test
    void changesWhatIsNamedAndTakesAway() {
        HUB.stubFor(patch("/api/companies/acme").willReturn(okJson(company(2, "acme", ""))));
        terminal.withInput((KEY + "\n").getBytes(UTF_8));
        assertThat(execute("company", "update", "acme", "--name", "Acme", "--api-key", "-", "--team-id", "7", "--without", "team,time-zone", "--without", "organization")).isZero();
        HUB.verify(1, patchRequestedFor(urlEqualTo("/api/companies/acme")).withRequestBody(equalToJson("{\"name\":\"Acme\",\"apiKey\":\"" + KEY + "\",\"teamId\":7,"
                + "\"teamSlug\":null,\"timeZone\":null,\"organizationId\":null}")));
        assertThat(terminal.out()).contains("slug          acme").doesNotContain(KEY);
    }

    @Test
    void aSecretIsRotatedAndRetired() {
        HUB.stubFor(post("/api/companies/acme/webhook-secrets").willReturn(okJson(connected(true, step("subscription", "changed", "Its secret was another.", null)))));
        HUB.stubFor(delete("/api/companies/acme/webhook-secrets/3f9a").willReturn(okJson(company(2, "acme", secret("77aa", null)))));
        assertThat(execute("company", "rotate-secret", "acme")).isZero();
        HUB.verify(1, postRequestedFor(urlEqualTo("/api/companies/acme/webhook-secrets")).withRequestBody(equalToJson("{}")));
        terminal.withInput("a secret of their own\n".getBytes(UTF_8));
        assertThat(execute("company", "rotate-secret", "acme", "--secret", "-")).isZero();
        HUB.verify(1, postRequestedFor(urlEqualTo("/api/companies/acme/webhook-secrets")).withRequestBody(equalToJson("{\"secret\":\"a secret of their own\"}")));
        assertThat(terminal.out().lines()).containsOnly("subscription  changed  Its secret was another.");
        assertThat(execute("company", "retire-secret", "acme", "3f9a")).isZero();
        assertThat(terminal.out()).contains("secret        77aa, has not signed yet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"company", "company connect", "company connect --slug acme --api-key -", "company doctor acme --all", "company show", "company update acme",
        "company update acme --without slug", "company update acme --team a --without team", "company rotate-secret", "company retire-secret acme"})
    void whatMakesNoSenseIsSaid(String command) {
        assertThat(execute(command.split(" "))).isEqualTo(2);
        assertThat(terminal.err()).isNotEmpty();
        HUB.verify(0, getRequestedFor(anyUrl()));
    }

    @Test
    void whatPeopleTypeIsOnePartOfThePath() {
        HUB.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(404).withBody("{\"title\":\"There is no company of this id or slug\"}")));
        assertThat(execute("company", "show", "a/b?c d")).isEqualTo(1);
        HUB.verify(1, getRequestedFor(urlEqualTo("/api/companies/a%2Fb%3Fc%20d")));
    }
}
