package io.calcamel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.Json;
import io.calcamel.sandbox.Sandbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** {@code kill -9} in the middle of a series whose third date is taken: nothing of it is left, by whoever goes on with it. */
class SeriesCrashTest {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final String TOKEN = "token-of-the-test";
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final long PLAIN = 2026361;

    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    private Sandbox sandbox;
    private HubProcess hub;

    @BeforeEach
    void startSandbox() throws IOException {
        sandbox = Sandbox.start(new Sandbox.Settings("127.0.0.1", 0, Sandbox.DEMO_KEY, null, null, 0, true));
    }

    @AfterEach
    void stop() {
        if (hub != null && hub.isAlive()) {
            hub.kill();
        }
        sandbox.close();
    }

    /** @param whileUndoing whether it is killed when one of the two dates is cancelled again, else when both are just booked */
    @ParameterizedTest
    @CsvSource({"false, 900", "true, 700"})
    void nothingIsLeftOfASeriesWhoseHubIsKilled(boolean whileUndoing, int slow) {
        String url = TestDatabase.create();
        JdbcClient database = JdbcClient.create(new DriverManagerDataSource(url));
        hub = new HubProcess(folder).with("CALCAMEL_DB_URL", url).with("DEFAULT_CALCOM_API_KEY", Sandbox.DEMO_KEY).with("CALCOM_API_BASE_URL", sandbox.baseUrl())
                .with("CALCAMEL_API_TOKEN", TOKEN).with("BOOKING_LEASE", "8s").with("CALCOM_TIMEOUT_CALL", "2s").with("BOOKING_SETTLE", "2s")
                .with("CALCOM_BUDGET_PER_SECOND", "100").with("CALCOM_BUDGET_PER_MINUTE", "1000").start().awaitReady();
        String start = freeStart();
        control("PUT", "/_sandbox/faults", "{\"slots-cached\": {\"ms\": 600000}}");
        book(UUID.randomUUID().toString(), series(Instant.parse(start).minusSeconds(60).toString(), "warm@example.org"));
        takeOutside(Instant.parse(start).atZone(BERLIN).plusWeeks(2).toInstant());
        control("PUT", "/_sandbox/faults", "{\"slots-cached\": {\"ms\": 600000}, \"slow\": {\"ms\": " + slow + ", \"match\": \"POST /v2/bookings\"}}");

        String key = UUID.randomUUID().toString();
        String body = series(start, "zoe@example.org");
        CompletableFuture<?> caller = CompletableFuture.runAsync(() -> book(key, body));
        await().until(() -> count("accepted") == 2);
        if (whileUndoing) {
            await().until(() -> count("accepted") == 1);
        }
        hub.kill();
        assertThat(caller).failsWithin(Duration.ofSeconds(5));
        assertThat(count("accepted")).as("it was in the middle").isPositive();

        control("PUT", "/_sandbox/faults", "{\"slots-cached\": {\"ms\": 600000}}");
        hub.start().awaitReady();
        await().atMost(Duration.ofSeconds(60)).until(() -> book(key, body) == 409);
        assertThat(count("accepted")).isZero();
        assertThat(database.sql("SELECT status FROM booking_intent WHERE idempotency_key = :key").param("key", key).query(String.class).single())
                .isEqualTo("refused");
        assertThat(database.sql("SELECT count(*) FROM appointment WHERE status = 'confirmed'").query(Long.class).single()).isZero();
    }

    private long count(String status) {
        long count = 0;
        for (JsonNode booking : control("GET", "/_sandbox/bookings", null)) {
            boolean isZoes = booking.path("attendees").findValuesAsText("email").contains("zoe@example.org");
            count += isZoes && booking.path("status").asText().equals(status) ? 1 : 0;
        }
        return count;
    }

    private String freeStart() {
        JsonNode days = json(send("GET", hub.url("/api/availability?eventTypeId=" + PLAIN + "&start=" + LocalDate.now().plusDays(3) + "&end="
                + LocalDate.now().plusDays(9)), null, Map.of("Authorization", "Bearer " + TOKEN))).path("slots");
        return days.elements().next().path(1).path("start").asText();
    }

    private int book(String key, String body) {
        return send("POST", hub.url("/api/bookings"), body, Map.of("Authorization", "Bearer " + TOKEN, "Idempotency-Key", key)).statusCode();
    }

    private static String series(String start, String email) {
        return """
                {"eventTypeId": %d, "start": "%s", "attendee": {"name": "Zoë", "email": "%s", "timeZone": "Europe/Berlin"},
                "recurrence": {"count": 3, "interval": "weekly"}}""".formatted(PLAIN, start, email);
    }

    private void takeOutside(Instant start) {
        send("POST", sandbox.baseUrl() + "/bookings", """
                {"start": "%s", "eventTypeId": %d, "attendee": {"name": "Other", "email": "other@example.org", "timeZone": "Europe/Berlin"}}"""
                .formatted(start, PLAIN), Map.of("cal-api-version", "2024-08-13", "Content-Type", "application/json"));
    }

    private JsonNode control(String method, String path, String body) {
        return json(send(method, sandbox.baseUrl().replace("/v2", path), body, Map.of()));
    }

    private static HttpResponse<String> send(String method, String url, String body, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20))
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        headers.forEach(request::header);
        try {
            return HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode json(HttpResponse<String> response) {
        try {
            return Json.MAPPER.readTree(response.body());
        } catch (IOException e) {
            throw new IllegalStateException("no JSON: " + response.body(), e);
        }
    }
}
