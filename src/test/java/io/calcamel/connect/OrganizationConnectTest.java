package io.calcamel.connect;

import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.patch;
import static com.github.tomakehurst.wiremock.client.WireMock.post;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.client.WireMock.urlPathEqualTo;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.calcamel.HubExtension;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A company that is an organisation of Cal.com's: one subscription, at the organisation's level. */
class OrganizationConnectTest {

    @RegisterExtension
    static final WireMockExtension CALCOM = WireMockExtension.newInstance().options(wireMockConfig().dynamicPort().http2PlainDisabled(true)).build();

    @RegisterExtension
    static final HubExtension HUB = new HubExtension().with("calcom.retries", "0").with("public.url", "https://hub.example.com/");

    private static final String URL = "https://hub.example.com/webhooks/calcom/clinic";

    @BeforeEach
    void anOrganization() {
        CALCOM.stubFor(get("/v2/me").willReturn(data("{\"id\":7,\"username\":\"clinic\",\"email\":\"clinic@example.org\",\"timeZone\":\"Europe/Berlin\",\"organizationId\":9}")));
        CALCOM.stubFor(get("/v2/teams").willReturn(data("[]")));
        CALCOM.stubFor(get("/v2/event-types").willReturn(data("[]")));
        CALCOM.stubFor(get(urlPathEqualTo("/v2/bookings")).willReturn(okJson("{\"status\":\"success\",\"data\":[],\"pagination\":{\"hasNextPage\":false}}")));
        CALCOM.stubFor(get(urlPathEqualTo("/v2/organizations/9/webhooks")).willReturn(data("[]")));
        CALCOM.stubFor(post("/v2/organizations/9/webhooks").willReturn(data(subscription("one"))));
        CALCOM.stubFor(get(urlPathEqualTo("/v2/webhooks")).willReturn(data("[]")));
    }

    private static ResponseDefinitionBuilder data(String json) {
        return okJson("{\"status\":\"success\",\"data\":" + json + "}");
    }

    private static String subscription(String id) {
        return "{\"id\":\"" + id + "\",\"subscriberUrl\":\"" + URL + "\",\"active\":true,\"triggers\":[\"BOOKING_CREATED\"],\"payloadTemplate\":null,\"secret\":\"x\"}";
    }

    private static JsonNode connect() {
        return HubExtension.json(HUB.administer("POST", "/api/companies/connect", "{\"slug\":\"clinic\",\"apiKey\":\"cal_live_clinic\",\"organizationId\":9,\"baseUrl\":\""
                + CALCOM.baseUrl() + "/v2\"}"));
    }

    @Test
    void isSubscribedAtItsOwnLevelOnly() {
        assertThat(connect().toString()).contains("\"name\":\"subscription\",\"outcome\":\"created\"").doesNotContain("twice");
        CALCOM.verify(1, postRequestedFor(urlPathEqualTo("/v2/organizations/9/webhooks")));
        CALCOM.verify(0, postRequestedFor(urlPathEqualTo("/v2/webhooks")));
    }

    @Test
    void aTemplateThatCalcomKeepsIsTold() {
        String kept = subscription("one").replace("\"payloadTemplate\":null", "\"payloadTemplate\":\"{}\"");
        CALCOM.stubFor(get(urlPathEqualTo("/v2/organizations/9/webhooks")).willReturn(data("[" + kept + "]")));
        CALCOM.stubFor(patch(urlPathEqualTo("/v2/organizations/9/webhooks/one")).willReturn(data(kept)));
        JsonNode report = connect();
        assertThat(report.toString()).contains("Cal.com still has a payload template for " + URL);
        assertThat(report.path("ok").asBoolean()).isFalse();
    }

    @Test
    void aSecondSubscriptionOfTheAccountIsTold() {
        CALCOM.stubFor(get(urlPathEqualTo("/v2/webhooks")).willReturn(data("[" + subscription("two") + "]")));
        JsonNode report = connect();
        assertThat(report.toString()).contains("everything comes twice");
        assertThat(report.path("ok").asBoolean()).isFalse();
        assertThat(HubExtension.json(HUB.administer("GET", "/api/companies/clinic/doctor", null)).toString()).contains("everything comes twice");
    }
}
