package io.calcamel.cli;

import static com.github.tomakehurst.wiremock.client.WireMock.equalTo;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.getRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.jsonResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** {@code availability explain} and {@code health}: what they ask of the hub, and what they say. */
class CalcomCommandsTest {

    @RegisterExtension
    static final WireMockExtension HUB = WireMockExtension.newInstance().options(wireMockConfig().dynamicPort().http2PlainDisabled(true)).build();

    private final FakeTerminal terminal = new FakeTerminal();

    @Test
    void explainsStepByStep() {
        HUB.stubFor(get(urlPathEqualTo("/api/availability/explain")).willReturn(okJson("""
                {"hasSlots":false,"because":"It can only be booked until 2026-12-01.","steps":[
                {"step":"eventType","ok":true,"says":"'Intro' is active and can be booked."},
                {"step":"bookingWindow","ok":false,"says":"It can only be booked until 2026-12-01."}]}""")));
        assertThat(terminal.execute("availability", "explain", "--event-type", "7", "--start", "2027-01-11", "--time-zone", "Europe/Berlin",
                "--url", HUB.baseUrl())).isZero();
        assertThat(terminal.out().lines()).containsExactly(
                "ok  eventType      'Intro' is active and can be booked.",
                "NO  bookingWindow  It can only be booked until 2026-12-01.", "",
                "There are none. It can only be booked until 2026-12-01.");
        HUB.verify(1, getRequestedFor(urlPathEqualTo("/api/availability/explain")).withQueryParam("eventTypeId", equalTo("7"))
                .withQueryParam("start", equalTo("2027-01-11")).withQueryParam("end", equalTo("2027-01-11")).withQueryParam("timeZone", equalTo("Europe/Berlin")));
    }

    @Test
    void aWrongDayIsToldAsTheHubTellsIt() {
        HUB.stubFor(get(urlPathEqualTo("/api/availability/explain")).willReturn(jsonResponse(
                "{\"title\":\"A parameter can't be used\",\"detail\":\"Parameter 'start' is no date or time.\",\"hint\":\"Use ISO 8601.\"}", 400)));
        assertThat(terminal.execute("availability", "explain", "--event-type", "7", "--start", "soon", "--url", HUB.baseUrl())).isEqualTo(1);
        assertThat(terminal.err()).contains("'start' is no date or time", "Use ISO 8601");
    }

    @Test
    void healthIsTheExitCode() {
        HUB.stubFor(get("/api/calcom/health").willReturn(okJson("""
                {"operational":true,"latencyMs":41,"breaker":"closed","server":"https://api.cal.com","apiVersion":"v2","error":null,
                "rateLimit":{"perMinute":100,"remaining":97,"waitMs":0,"waiting":0}}""")));
        assertThat(terminal.execute("health", "--url", HUB.baseUrl())).isZero();
        assertThat(terminal.out()).contains("operational  yes", "calls left   97 of 100 a minute", "server       https://api.cal.com, API v2");

        HUB.stubFor(get("/api/calcom/health").willReturn(okJson("""
                {"operational":false,"latencyMs":2,"breaker":"open","server":"https://api.cal.com","apiVersion":"v2",
                "rateLimit":{"perMinute":100,"remaining":0,"waitMs":900,"waiting":0},
                "error":{"title":"Cal.com can't be reached, or fails","detail":"It did not answer in time.","hint":"Try again in a moment."}}""")));
        assertThat(terminal.execute("health", "--url", HUB.baseUrl())).isEqualTo(1);
        assertThat(terminal.out()).contains("operational  NO", "the next one in 900 ms", "It did not answer in time", "Try again");
    }
}
