package io.calcamel.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.delete;
import static com.github.tomakehurst.wiremock.client.WireMock.deleteRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.patch;
import static com.github.tomakehurst.wiremock.client.WireMock.patchRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class BranchCommandsTest {

    @RegisterExtension
    static final WireMockExtension HUB = WireMockExtension.newInstance().options(wireMockConfig().dynamicPort().http2PlainDisabled(true)).build();

    private static final String BERLIN = """
            {"id":5,"company":"default","slug":"berlin","name":"Berlin-Mitte","slugPattern":"berlin-*","teamId":7,
             "eventTypes":[{"id":1001,"by":"rule"},{"id":1002,"by":"explicit"}]}""";
    private static final String HAMBURG = """
            {"id":6,"company":"default","slug":"hamburg","name":"Hamburg\\u001b[31m","slugPattern":null,"teamId":null,"eventTypes":[]}""";

    private final FakeTerminal terminal = new FakeTerminal();

    private int execute(String... args) {
        return terminal.with("CALCAMEL_URL", HUB.baseUrl()).execute(args);
    }

    @Test
    void listsAllPages() {
        HUB.stubFor(get("/api/branches?limit=500&company=my%20firm").willReturn(okJson("{\"total\":2,\"items\":[" + BERLIN
                + "],\"next\":\"/api/branches?limit=500&after=5\"}")));
        HUB.stubFor(get("/api/branches?limit=500&after=5").willReturn(okJson("{\"total\":2,\"items\":[" + HAMBURG + "],\"next\":null}")));
        assertThat(execute("branch", "list", "--company", "my firm")).isZero();
        assertThat(terminal.out().lines()).containsExactly(
                "ID  COMPANY  SLUG     NAME          RULE                EVENT TYPES",
                "5   default  berlin   Berlin-Mitte  berlin-* of team 7  1001 (rule), 1002",
                "6   default  hamburg  Hamburg [31m  none                none");
    }

    @Test
    void creates() {
        HUB.stubFor(post("/api/branches").willReturn(aResponse().withStatus(201).withBody(BERLIN)));
        assertThat(execute("branch", "create", "--slug", "berlin", "--name", "Berlin-Mitte", "--company", "default", "--slug-pattern", "berlin-*",
                "--team", "7", "--event-types", "1002,1003")).isZero();
        HUB.verify(1, postRequestedFor(urlEqualTo("/api/branches")).withHeader("Authorization", equalTo("Bearer demo-admin-token")).withRequestBody(equalToJson(
                "{\"slug\":\"berlin\",\"name\":\"Berlin-Mitte\",\"company\":\"default\",\"slugPattern\":\"berlin-*\",\"teamId\":7,\"eventTypes\":[1002,1003]}")));
        assertThat(terminal.out().lines().skip(1)).containsExactly("5   default  berlin  Berlin-Mitte  berlin-* of team 7  1001 (rule), 1002");
    }

    @Test
    void changesWhatIsNamed() {
        HUB.stubFor(patch("/api/branches/berlin?company=2").willReturn(okJson(BERLIN)));
        assertThat(execute("branch", "update", "berlin", "--company", "2", "--name", "Mitte")).isZero();
        HUB.verify(1, patchRequestedFor(urlEqualTo("/api/branches/berlin?company=2")).withRequestBody(equalToJson("{\"name\":\"Mitte\"}")));
        HUB.stubFor(patch("/api/branches/5").willReturn(okJson(BERLIN)));
        assertThat(execute("branch", "update", "5", "--slug-pattern", "", "--team", "0", "--event-types", "")).isZero();
        HUB.verify(1, patchRequestedFor(urlEqualTo("/api/branches/5")).withRequestBody(equalToJson("{\"slugPattern\":null,\"teamId\":null,\"eventTypes\":[]}")));
    }

    @Test
    void deletes() {
        HUB.stubFor(delete("/api/branches/5").willReturn(okJson(BERLIN)));
        assertThat(execute("branch", "delete", "5")).isZero();
        HUB.verify(1, deleteRequestedFor(urlEqualTo("/api/branches/5")).withHeader("Authorization", equalTo("Bearer demo-admin-token")));
        assertThat(terminal.out().lines()).containsExactly("Branch 5 (berlin) of company default is deleted.");
    }

    @Test
    void saysWhatTheHubSaysAndWhatMakesNoSense() {
        HUB.stubFor(delete("/api/branches/mitte").willReturn(aResponse().withStatus(404)
                .withBody("{\"title\":\"The company has no branch of this id or slug\",\"code\":\"branch_not_found\",\"hint\":\"GET /api/branches lists them.\"}")));
        assertThat(execute("branch", "delete", "mitte")).isEqualTo(1);
        assertThat(terminal.err().lines()).containsExactly("The company has no branch of this id or slug.", "GET /api/branches lists them.");
        assertThat(execute("branch")).isEqualTo(2);
        assertThat(execute("branch", "create", "--slug", "a")).isEqualTo(2);
        assertThat(execute("branch", "update", "5", "--event-types", "x")).isEqualTo(2);
    }
}
