package io.calcamel.eventtype;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.get;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.calcamel.HubExtension;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/** Cal.com's event types over real HTTP, in the form recorded with API v2 of July 2026. */
final class FakeCalcom {

    private final WireMockExtension server;

    FakeCalcom(WireMockExtension server) {
        this.server = server;
    }

    static WireMockExtension server() {
        return WireMockExtension.newInstance().options(wireMockConfig().dynamicPort().http2PlainDisabled(true).maxRequestJournalEntries(2000)).build();
    }

    /** A hub whose Cal.com this is; quick to give up, and never held back by the rate budget or the breaker. */
    static HubExtension hub(String baseUrl) {
        return new HubExtension()
                .with("calcom.base-url", baseUrl)
                .with("calcom.budget.per-second", "1000")
                .with("calcom.budget.per-minute", "100000")
                .with("calcom.budget.back-off", "50ms")
                .with("calcom.budget.patience.background", "5s")
                .with("calcom.timeout.response", "1500")
                .with("calcom.timeout.call", "3s")
                .with("calcom.retries", "0")
                .with("calcom.breaker.calls", "1000")
                .with("calcom.breaker.fewest", "1000");
    }

    static String type(long id, String slug) {
        return type(id, slug, "");
    }

    /** @param more further fields, with a comma in front */
    static String type(long id, String slug, String more) {
        return """
                {"id":%d,"ownerId":101,"lengthInMinutes":30,"title":"Title of %s","slug":"%s","description":"About %s",
                "locations":[{"type":"integration","integration":"cal-video"}],
                "bookingFields":[{"isDefault":true,"type":"name","slug":"name","required":true,"label":"your_name","disableOnPrefill":false},
                  {"isDefault":false,"type":"text","slug":"insurance","label":"Insurance","required":true,"placeholder":"AOK","hidden":false}],
                "minimumBookingNotice":120,"price":0,"currency":"usd","hidden":false%s}""".formatted(id, slug, slug, slug, more);
    }

    static List<String> types(long first, int count) {
        return LongStream.range(first, first + count).mapToObj(id -> type(id, "type-" + id)).toList();
    }

    static String data(List<String> items) {
        return "{\"status\":\"success\",\"data\":[" + String.join(",", items) + "]}";
    }

    void personal(String... types) {
        personal(List.of(types));
    }

    void personal(List<String> types) {
        answers("/v2/event-types", okJson(data(types)));
    }

    void teams(long... ids) {
        answers("/v2/teams", okJson(data(Arrays.stream(ids).mapToObj(id -> "{\"id\":" + id + ",\"slug\":\"team-" + id + "\",\"name\":\"Team\"}")
                .collect(Collectors.toList()))));
    }

    void team(long id, String... types) {
        answers("/v2/teams/" + id + "/event-types", okJson(data(List.of(types))));
    }

    void single(long id, String type) {
        answers("/v2/event-types/" + id, okJson("{\"status\":\"success\",\"data\":" + type + "}"));
    }

    void unknown(long id) {
        answers("/v2/event-types/" + id, aResponse().withStatus(404).withBody("{\"status\":\"error\",\"error\":{\"code\":\"NotFoundException\","
                + "\"message\":\"Event type with id " + id + " not found\",\"details\":{}}}"));
    }

    void answers(String path, ResponseDefinitionBuilder answer) {
        server.stubFor(get(path).willReturn(answer));
    }

    WireMockExtension wire() {
        return server;
    }
}
