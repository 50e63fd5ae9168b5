package io.calcamel.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
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

class DeliveriesCommandsTest {

    @RegisterExtension
    static final WireMockExtension HUB = WireMockExtension.newInstance().options(wireMockConfig().dynamicPort().http2PlainDisabled(true)).build();

    private final FakeTerminal terminal = new FakeTerminal();

    private int execute(String... args) {
        return terminal.with("CALCAMEL_URL", HUB.baseUrl()).with("CALCAMEL_API_TOKEN", "company").execute(args);
    }

    private static String delivery(int id, String status) {
        return "{\"id\":" + id + ",\"status\":\"" + status + "\",\"trigger\":\"BOOKING_CREATED\",\"bookingUid\":\"u" + id
                + "\",\"receivedAt\":\"2026-11-22T13:00:00Z\",\"attempts\":2,\"nextAttemptAt\":null,\"reason\":" + (status.equals("applied") ? "null" : "\"why\"") + "}";
    }

    private static String page(int total, String items) {
        return "{\"total\":" + total + ",\"items\":[" + items + "],\"next\":null}";
    }

    @Test
    void listsWhatMatches() {
        HUB.stubFor(get("/api/deliveries?limit=1&status=dead&trigger=BOOKING_CREATED&from=2026-11-22T00%3A00%3A00%2B01%3A00&to=2026-11-23")
                .withHeader("Authorization", equalTo("Bearer company")).willReturn(okJson(page(2, delivery(7, "dead")))));
        assertThat(execute("deliveries", "list", "--status", "dead", "--trigger", "BOOKING_CREATED", "--from", "2026-11-22T00:00:00+01:00", "--to", "2026-11-23",
                "--limit", "1")).isZero();
        assertThat(terminal.out().lines()).containsExactly(
                "ID  RECEIVED              STATUS  TRIGGER          BOOKING  ATTEMPTS  NEXT  REASON",
                "7   2026-11-22T13:00:00Z  dead    BOOKING_CREATED  u7       2         -     why");
        assertThat(terminal.err().lines()).containsExactly("1 of 2; --limit shows more.");
    }

    @Test
    void replaysThoseThatAreNamedAndWaits() {
        HUB.stubFor(post("/api/deliveries/7/replay").willReturn(aResponse().withStatus(202).withBody(delivery(7, "pending"))));
        HUB.stubFor(get("/api/deliveries/7").willReturn(okJson(delivery(7, "applied"))));
        assertThat(execute("deliveries", "replay", "7")).isZero();
        assertThat(terminal.out()).contains("applied");
        HUB.stubFor(post("/api/deliveries/8/replay").willReturn(aResponse().withStatus(404).withBody("{\"title\":\"There is no delivery of this id\"}")));
        assertThat(execute("deliveries", "replay", "8", "7")).isEqualTo(1);
        assertThat(terminal.err()).contains("8: There is no delivery of this id.");
        HUB.stubFor(get("/api/deliveries/7").willReturn(okJson(delivery(7, "failed"))));
        assertThat(execute("deliveries", "replay", "7")).isEqualTo(1);
    }

    @Test
    void replaysAllThatMatchCallByCall() {
        HUB.stubFor(post("/api/deliveries/replay").willReturn(aResponse().withStatus(202).withBody("{\"matching\":3,\"replayed\":2,\"dryRun\":false,\"next\":9}")));
        HUB.stubFor(post("/api/deliveries/replay").withRequestBody(equalToJson("{\"status\":\"dead\",\"dryRun\":false,\"after\":9}"))
                .willReturn(aResponse().withStatus(202).withBody("{\"matching\":3,\"replayed\":1,\"dryRun\":false,\"next\":null}")));
        HUB.stubFor(get("/api/deliveries?limit=1&status=failed").willReturn(okJson(page(4, ""))));
        HUB.stubFor(get("/api/deliveries?limit=1&status=pending").willReturn(okJson(page(0, ""))));
        assertThat(execute("deliveries", "replay", "--status", "dead")).isZero();
        assertThat(terminal.out().lines()).containsExactly("matching  3", "replayed  3");
        assertThat(terminal.err().lines()).containsExactly("2 of 3 are pending again");
        HUB.verify(1, postRequestedFor(urlEqualTo("/api/deliveries/replay")).withRequestBody(equalToJson("{\"status\":\"dead\",\"dryRun\":false}")));
    }

    @Test
    void onlyCountsWhereThatIsAskedFor() {
        HUB.stubFor(post("/api/deliveries/replay").withRequestBody(equalToJson("{\"from\":\"2026-11-22\",\"dryRun\":true}"))
                .willReturn(okJson("{\"matching\":3,\"replayed\":0,\"dryRun\":true,\"next\":null}")));
        assertThat(execute("deliveries", "replay", "--from", "2026-11-22", "--dry-run")).isZero();
        assertThat(terminal.out().lines()).containsExactly("matching  3", "replayed  0 (dry run)");
    }

    @Test
    void saysWhatMakesNoSense() {
        assertThat(execute("deliveries")).isEqualTo(2);
        assertThat(execute("deliveries", "replay")).isEqualTo(2);
        assertThat(execute("deliveries", "replay", "7", "--status", "dead")).isEqualTo(2);
        assertThat(execute("deliveries", "replay", "seven")).isEqualTo(2);
        assertThat(terminal.err()).contains("at least one of --status");
    }
}
