package io.calcamel.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.equalToJson;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ReconcileCommandTest {

    @RegisterExtension
    static final WireMockExtension HUB = WireMockExtension.newInstance().options(wireMockConfig().dynamicPort().http2PlainDisabled(true)).build();

    private static final String MISSED = "{\"company\":\"acme\",\"uid\":\"u-1\",\"appointment\":30,\"kind\":\"missed_webhook\","
            + "\"fields\":[{\"name\":\"status\",\"here\":\"confirmed\",\"calcom\":\"cancelled\"},{\"name\":\"attendees\",\"here\":null,\"calcom\":null}],"
            + "\"action\":\"would_repair\",\"reason\":\"No webhook told of it\"}";
    private static final String GONE = "{\"company\":\"acme\",\"uid\":\"u-2\",\"appointment\":null,\"kind\":\"gone_there\",\"fields\":[],"
            + "\"action\":\"listed\",\"reason\":\"Cal.com has no such booking\"}";

    private final FakeTerminal terminal = new FakeTerminal();

    private static String run(String status, boolean dryRun, int listed, String items, String errors) {
        return "{\"id\":7,\"status\":\"" + status + "\",\"dryRun\":" + dryRun + ",\"seen\":12,\"waiting\":0,\"missedWebhooks\":1,\"unknownHere\":0,\"goneThere\":" + listed
                + ",\"drift\":0,\"repaired\":0,\"listed\":" + listed + ",\"items\":[" + items + "],\"errors\":[" + errors + "]}";
    }

    @Test
    void showsATableOfWhatDiffers() {
        HUB.stubFor(post("/api/reconcile").willReturn(okJson(run("complete", true, 0, MISSED, ""))));
        assertThat(terminal.with("CALCAMEL_API_TOKEN", "secret").execute("reconcile", "--url", HUB.baseUrl(), "--from", "2026-12-01", "--to", "2027-01-01", "--dry-run"))
                .isZero();
        HUB.verify(1, postRequestedFor(urlPathEqualTo("/api/reconcile")).withHeader("Authorization", equalTo("Bearer secret"))
                .withRequestBody(equalToJson("{\"from\":\"2026-12-01\",\"to\":\"2027-01-01\",\"dryRun\":true}")));
        assertThat(terminal.out().lines().map(line -> line.replaceAll(" {2,}", "|"))).containsExactly("status|complete (dry run: nothing was written)", "bookings|12",
                "missed webhooks|1", "unknown here|0", "gone there|0", "drift|0", "repaired|0", "listed|0", "",
                "KIND|BOOKING|APPOINTMENT|ACTION|DIFFERS|REASON",
                "missed_webhook|u-1|30|would_repair|status confirmed>cancelled, attendees|No webhook told of it");
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void whatIsListedOrFailedIsNotWell() {
        HUB.stubFor(post("/api/reconcile").willReturn(okJson(run("complete", false, 1, GONE, ""))));
        assertThat(terminal.execute("reconcile", "--url", HUB.baseUrl())).isEqualTo(1);
        assertThat(terminal.out()).contains("gone_there  u-2      -            listed  -");
        assertThat(terminal.err()).contains("1 of 2 differences are shown.");
        HUB.stubFor(post("/api/reconcile").willReturn(okJson(run("failed", false, 0, "", "{\"code\":\"unauthorized\",\"title\":\"Cal.com refuses the API key\",\"hint\":\"Check it\"}"))));
        FakeTerminal again = new FakeTerminal();
        assertThat(again.execute("reconcile", "--url", HUB.baseUrl())).isEqualTo(1);
        assertThat(again.out()).contains("status           failed", "unauthorized: Cal.com refuses the API key", "Check it");
        HUB.stubFor(post("/api/reconcile").willReturn(aResponse().withStatus(409).withBody("{\"title\":\"It is being reconciled already\",\"hint\":\"Wait\"}")));
        FakeTerminal busy = new FakeTerminal();
        assertThat(busy.execute("reconcile", "--url", HUB.baseUrl())).isEqualTo(1);
        assertThat(busy.err()).contains("It is being reconciled already", "Wait");
    }

    @Test
    void aCompanyIsTheAdministratorsToNameAndALongRunTellsHowFarItIs() {
        HUB.stubFor(post("/api/reconcile").willReturn(okJson(run("complete", false, 0, MISSED, "")).withFixedDelay(2_400)));
        HUB.stubFor(get("/api/reconcile-runs?status=running&limit=1&company=acme").withHeader("Authorization", equalTo("Bearer admin"))
                .willReturn(okJson("{\"items\":[{\"calls\":4,\"seen\":240}]}")));
        terminal.with("CALCAMEL_API_TOKEN", "secret").with("CALCAMEL_ADMIN_TOKEN", "admin");
        assertThat(terminal.execute("reconcile", "--url", HUB.baseUrl(), "--company", "acme")).isZero();
        HUB.verify(1, postRequestedFor(urlPathEqualTo("/api/reconcile")).withHeader("Authorization", equalTo("Bearer admin"))
                .withRequestBody(equalToJson("{\"company\":\"acme\",\"dryRun\":false}")));
        assertThat(terminal.err().lines()).isNotEmpty().containsOnly("Asking Cal.com: 4 calls, 240 bookings so far");
    }
}
