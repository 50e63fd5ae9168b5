package io.calcamel;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A whole hub for a test class: the routes of {@code routes/}, the real HTTP server on a free port, and a database of
 * its own. What tests do with it goes through the front door.
 */
public final class HubExtension implements BeforeAllCallback, AfterAllCallback {

    public static final String SECRET = "grüner-Tee-🍵";
    public static final String TOKEN = "token-of-the-test";
    public static final String ADMIN_TOKEN = "demo-admin-token";

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5)).build();

    private final Map<String, String> overrides = new HashMap<>();
    private Hub hub;

    public HubExtension() {
        with("camel.server.port", "0");
        with("http.port", "0");
        with("management.port", "0");
        with("camel.management.enabled", "false");
        with("routes.reload.dev", "false");
        with("calcom.webhook-secret", SECRET + ",old-secret");
        with("api.token", TOKEN);
        with("master.key", "master-key-of-the-tests-0123456789");
        with("calcom.api-key", "cal_key_of_the_test");
        with("calcom.base-url", "http://127.0.0.1:9/v2");
        with("sandbox.port", "0");
        with("event-types.sync.at-start", "false");
        with("read-back.every", "3600000");
        with("webhook.bad-signatures.per-minute", "1000000");
        with("reconcile.at-start", "false");
        with("spool.dir", "target/spool/" + UUID.randomUUID());
    }

    /** Starts the hub with this setting instead of its default. */
    public HubExtension with(String key, String value) {
        overrides.put(key, value);
        return this;
    }

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        overrides.putIfAbsent("database.url", TestDatabase.create());
        hub = new Hub(Profile.DEV, overrides);
        hub.start();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        LeakWatch.lookAtMetrics(hub.context());
        hub.stop();
    }

    public Hub hub() {
        return hub;
    }

    public URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + hub.httpPort() + pathAndQuery);
    }

    /** Posts a body as Cal.com does, signed. */
    public HttpResponse<String> deliver(String body) {
        return deliver(body.getBytes(StandardCharsets.UTF_8), "application/json");
    }

    public HttpResponse<String> deliver(byte[] body, String contentType) {
        return send(webhook("/webhooks/calcom", body).header("X-Cal-Signature-256", sign(SECRET, body)).header("Content-Type", contentType));
    }

    public HttpRequest.Builder webhook(String path, byte[] body) {
        return HttpRequest.newBuilder(uri(path)).POST(HttpRequest.BodyPublishers.ofByteArray(body));
    }

    /** Asks the API with the company's token. */
    public HttpResponse<String> get(String pathAndQuery) {
        return send(HttpRequest.newBuilder(uri(pathAndQuery)).header("Authorization", "Bearer " + TOKEN));
    }

    /** Posts JSON to the API with the company's token. */
    public HttpResponse<String> post(String path, String json) {
        return send(HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + TOKEN)
                .POST(HttpRequest.BodyPublishers.ofString(json)));
    }

    /** Asks the API as the administrator. */
    public HttpResponse<String> administer(String method, String path, String json) {
        return send(HttpRequest.newBuilder(uri(path)).header("Authorization", "Bearer " + ADMIN_TOKEN)
                .method(method, json == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(json)));
    }

    public JsonNode getJson(String pathAndQuery) {
        return json(get(pathAndQuery));
    }

    public HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            HttpResponse<String> answer = HTTP.send(request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() >= 400) {
                LeakWatch.look("the answer " + answer.statusCode() + " to " + answer.request().method() + " " + answer.uri().getPath(), answer.body());
            }
            return answer;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    public static JsonNode json(HttpResponse<String> response) {
        try {
            return Json.MAPPER.readTree(response.body());
        } catch (IOException e) {
            throw new IllegalStateException("no JSON: " + response.body(), e);
        }
    }

    public static String sign(String secret, byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many deliveries have this status. */
    public long count(String status) {
        return getJson("/api/deliveries?limit=1&status=" + status).path("total").asLong();
    }

    /** Runs SQL on the hub's database, for what the API does not show. */
    public JdbcClient db() {
        return hub.database().client();
    }
}
