package io.calcamel.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.deleteRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TokenCommandsTest {

    @RegisterExtension
    static final WireMockExtension HUB = WireMockExtension.newInstance().options(wireMockConfig().dynamicPort().http2PlainDisabled(true)).build();

    private static final String SECRET = "calcamel_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ";

    private final FakeTerminal terminal = new FakeTerminal();

    private int execute(String... args) {
        return terminal.with("CALCAMEL_URL", HUB.baseUrl()).execute(args);
    }

    private static String token(int id, String name, String status, String more) {
        return "{\"id\":" + id + ",\"name\":\"" + name + "\",\"company\":\"berlin\",\"prefix\":\"calcamel_abcdef\",\"status\":\"" + status
                + "\",\"createdAt\":\"2026-11-22T13:00:00Z\",\"expiresAt\":null,\"revokedAt\":\"2026-11-23T09:00:00Z\",\"lastUsedAt\":null" + more + "}";
    }

    @Test
    void aNewTokenIsAloneOnStandardOutput() {
        HUB.stubFor(post("/api/tokens").willReturn(aResponse().withStatus(201).withBody(token(7, "phone", "active", ",\"token\":\"" + SECRET + "\""))));
        assertThat(execute("token", "create", "--name", "phone", "--company", "berlin", "--expires", "2027-01-31")).isZero();
        HUB.verify(1, postRequestedFor(urlEqualTo("/api/tokens")).withHeader("Authorization", equalTo("Bearer demo-admin-token"))
                .withRequestBody(equalToJson("{\"name\":\"phone\",\"company\":\"berlin\",\"expiresAt\":\"2027-01-31\"}")));
        assertThat(terminal.out().lines()).containsExactly(SECRET);
        assertThat(terminal.err().lines()).containsExactly("Token 7 (phone) of company berlin, without an end. It is not shown again: keep it now.");
    }

    @Test
    void whatIsNotSaidIsTheHubsToDecide() {
        HUB.stubFor(post("/api/tokens").willReturn(aResponse().withStatus(201).withBody(token(7, "phone", "active", ",\"token\":\"" + SECRET + "\"")
                .replace("\"expiresAt\":null", "\"expiresAt\":\"2027-01-31T00:00:00Z\""))));
        terminal.with("CALCAMEL_ADMIN_TOKEN", "admin").with("CALCAMEL_API_TOKEN", "company");
        assertThat(execute("token", "create", "--name", "phone")).isZero();
        HUB.verify(1, postRequestedFor(urlEqualTo("/api/tokens")).withHeader("Authorization", equalTo("Bearer admin"))
                .withRequestBody(equalToJson("{\"name\":\"phone\"}")));
        assertThat(terminal.err()).contains("until 2027-01-31T00:00:00Z");
    }

    @Test
    void listsAllPages() {
        HUB.stubFor(get("/api/tokens?limit=500").willReturn(okJson("{\"total\":2,\"items\":[" + token(7, "CRM\\u001b[31m", "active", "")
                + "],\"next\":\"/api/tokens?limit=500&after=7\"}")));
        HUB.stubFor(get("/api/tokens?limit=500&after=7").willReturn(okJson("{\"total\":2,\"items\":[" + token(6, "phone", "revoked", "")
                + "],\"next\":null}")));
        assertThat(execute("token", "list")).isZero();
        assertThat(terminal.out().lines()).containsExactly(
                "ID  NAME      COMPANY  TOKEN             STATUS   CREATED               EXPIRES  LAST USED",
                "7   CRM [31m  berlin   calcamel_abcdef…  active   2026-11-22T13:00:00Z  never    never",
                "6   phone     berlin   calcamel_abcdef…  revoked  2026-11-22T13:00:00Z  never    never");
    }

    @Test
    void followsALinkToNothingElse() {
        HUB.stubFor(get("/api/tokens?limit=500").willReturn(okJson("{\"total\":2,\"items\":[],\"next\":\"@example.org/\"}")));
        assertThat(execute("token", "list")).isZero();
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void revokes() {
        HUB.stubFor(delete("/api/tokens/7").willReturn(okJson(token(7, "phone", "revoked", ""))));
        assertThat(execute("token", "revoke", "7")).isZero();
        HUB.verify(1, deleteRequestedFor(urlEqualTo("/api/tokens/7")).withHeader("Authorization", equalTo("Bearer demo-admin-token")));
        assertThat(terminal.out().lines()).containsExactly("Token 7 (phone) of company berlin, revoked 2026-11-23T09:00:00Z");
    }

    @Test
    void saysWhatTheHubSaysAndWhatMakesNoSense() {
        HUB.stubFor(delete("/api/tokens/8").willReturn(aResponse().withStatus(404)
                .withBody("{\"title\":\"There is no token of this id\",\"code\":\"token_not_found\",\"hint\":\"GET /api/tokens lists them.\"}")));
        assertThat(execute("token", "revoke", "8")).isEqualTo(1);
        assertThat(terminal.err().lines()).containsExactly("There is no token of this id.", "GET /api/tokens lists them.");
        assertThat(execute("token")).isEqualTo(2);
        assertThat(execute("token", "create")).isEqualTo(2);
        assertThat(execute("token", "revoke", "phone")).isEqualTo(2);
        terminal.with("CALCAMEL_ADMIN_TOKEN", "a\nb");
        assertThat(execute("token", "list")).isEqualTo(2);
        assertThat(terminal.err()).contains("CALCAMEL_ADMIN_TOKEN has characters").doesNotContain("a\nb");
    }
}
