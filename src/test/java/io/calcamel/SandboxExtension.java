package io.calcamel;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.Json;
import io.calcamel.sandbox.Sandbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A whole hub whose Cal.com is the sandbox, joined in both directions: the hub calls the sandbox's API, the sandbox sends
 * its webhooks to the hub.
 */
public final class SandboxExtension implements BeforeAllCallback, AfterAllCallback {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final HubExtension hub = new HubExtension();
    private Sandbox sandbox;
    private Wire wire;

    public SandboxExtension() {
        with("calcom.api-key", Sandbox.DEMO_KEY);
        with("calcom.budget.per-second", "1000");
        with("calcom.budget.per-minute", "100000");
    }

    /** Starts the hub with this setting instead of its default. */
    public SandboxExtension with(String key, String value) {
        hub.with(key, value);
        return this;
    }

    /** The hub reaches the sandbox over this line only. */
    public SandboxExtension over(Wire line) {
        wire = line;
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        sandbox = Sandbox.start(new Sandbox.Settings("127.0.0.1", 0, Sandbox.DEMO_KEY, null, null, 0, true));
        if (wire != null) {
            wire.lead(sandbox.port());
        }
        hub.with("calcom.regions", sandbox.baseUrl() + "," + sandbox.euBaseUrl()).with("calcom.base-url", wire == null ? sandbox.baseUrl() : "http://127.0.0.1:" + wire.port() + "/v2").beforeAll(context);
        subscribe();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        hub.afterAll(context);
        if (wire != null) {
            wire.close();
        }
        sandbox.close();
    }

    private void subscribe() {
        ask("POST", "/webhooks", null, """
                {"subscriberUrl": "%s", "active": true, "secret": "%s", "triggers": ["BOOKING_CREATED", "BOOKING_REQUESTED", "BOOKING_REJECTED",
                "BOOKING_RESCHEDULED", "BOOKING_CANCELLED", "BOOKING_NO_SHOW_UPDATED"]}""".formatted(hub.uri("/webhooks/calcom"), HubExtension.SECRET));
    }

    public HubExtension hub() {
        return hub;
    }

    public Sandbox sandbox() {
        return sandbox;
    }

    /** Asks the sandbox's API as the host, and gives the {@code data} of its answer. */
    public JsonNode ask(String method, String path, String version, String body) {
        return send(method, path, version, body, true).path("data");
    }

    /** Asks the sandbox's API without a key, as a booker does. */
    public JsonNode askAsBooker(String method, String path, String version, String body) {
        return send(method, path, version, body, false).path("data");
    }

    /** Lets things go wrong in the sandbox; {@code {}} for nothing. */
    public void faults(String json) {
        exchange(HttpRequest.newBuilder(URI.create(sandbox.baseUrl().replace("/v2", "/_sandbox/faults"))).PUT(HttpRequest.BodyPublishers.ofString(json)));
    }

    /** What still goes wrong there, by fault. */
    public JsonNode faults() {
        return exchange(HttpRequest.newBuilder(URI.create(sandbox.baseUrl().replace("/v2", "/_sandbox/faults"))));
    }

    /** Nothing goes wrong in the sandbox any more, and the hub has seen that: its circuit breaker is closed. */
    public void allIsWell() {
        faults("{}");
        Awaitility.await().until(() -> hub.getJson("/api/calcom/health").path("breaker").asText().equals("closed"));
    }

    /** All bookings of the sandbox, the cancelled ones too. */
    public JsonNode sandboxBookings() {
        return exchange(HttpRequest.newBuilder(URI.create(sandbox.baseUrl().replace("/v2", "/_sandbox/bookings"))));
    }

    /** What was asked of the sandbox's API at this path. */
    public List<Sandbox.RecordedRequest> asked(String path) {
        return sandbox.requests().stream().filter(request -> request.path().equals(path)).toList();
    }

    private JsonNode send(String method, String path, String version, String body, boolean asHost) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(sandbox.baseUrl() + path)).method(method,
                body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        if (asHost) {
            request.header("Authorization", "Bearer " + Sandbox.DEMO_KEY);
        }
        if (version != null) {
            request.header("cal-api-version", version);
        }
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        return exchange(request);
    }

    private static JsonNode exchange(HttpRequest.Builder request) {
        try {
            HttpResponse<String> response = HTTP.send(request.timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new IllegalStateException(response.statusCode() + " " + response.body());
            }
            return Json.MAPPER.readTree(response.body());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
