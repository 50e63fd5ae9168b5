package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.Map;

/** A sandbox on a free port, whose clock stands still until it is moved, and a client of it. */
final class TestSandbox implements AutoCloseable {

    /** A Monday morning. */
    static final Instant START = Instant.parse("2030-01-07T06:00:00Z");
    static final String KEY = "cal_test_key";
    static final String EVENT_TYPES = "2024-06-14";
    static final String BOOKINGS = "2024-08-13";
    static final String SLOTS = "2024-09-04";

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    /** An answer: its status, headers and body, which is missing if it is no JSON. */
    record Reply(int status, Map<String, String> headers, JsonNode body, String text) {

        JsonNode data() {
            return body.path("data");
        }

        String message() {
            return body.has("error") ? body.path("error").path("message").asText() : body.path("message").asText();
        }
    }

    private final MovableClock clock = new MovableClock();
    private final Sandbox sandbox;

    private TestSandbox(Sandbox.Settings settings) throws IOException {
        sandbox = Sandbox.start(settings, clock);
    }

    static TestSandbox selfHosted() throws IOException {
        return new TestSandbox(new Sandbox.Settings("127.0.0.1", 0, KEY, null, null, 0, false));
    }

    static TestSandbox hosted() throws IOException {
        return new TestSandbox(new Sandbox.Settings("127.0.0.1", 0, KEY, null, null, 0, true));
    }

    static TestSandbox limitedTo(int requestsPerMinute) throws IOException {
        return new TestSandbox(new Sandbox.Settings("127.0.0.1", 0, KEY, null, null, requestsPerMinute, false));
    }

    static TestSandbox withEventTypes(int perAccount) throws IOException {
        return new TestSandbox(new Sandbox.Settings("127.0.0.1", 0, KEY, null, null, 0, true, perAccount));
    }

    static TestSandbox telling(String webhookUrl, String secret) throws IOException {
        return new TestSandbox(new Sandbox.Settings("127.0.0.1", 0, KEY, webhookUrl, secret, 0, false));
    }

    Sandbox sandbox() {
        return sandbox;
    }

    void wait(Duration duration) {
        clock.now = clock.now.plus(duration);
    }

    @Override
    public void close() {
        sandbox.close();
    }

    // Calling

    /** @param key null to send none; version null to send none; body null to send none, with ' for quotes */
    Reply call(String method, String path, String key, String version, String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + sandbox.port() + path)).timeout(Duration.ofSeconds(5))
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(body.replace('\'', '"'), StandardCharsets.UTF_8));
        if (key != null) {
            request.header("Authorization", key.contains(" ") ? key : "Bearer " + key);
        }
        if (body != null && !path.startsWith("/_sandbox")) {
            request.header("Content-Type", "application/json");
        }
        if (version != null) {
            request.header("cal-api-version", version);
        }
        try {
            HttpResponse<String> response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            Map<String, String> headers = new LinkedHashMap<>();
            response.headers().map().forEach((name, values) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), values.get(0)));
            return new Reply(response.statusCode(), headers, json(response.body()), response.body());
        } catch (IOException e) {
            throw new NoReply(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            return JSON.missingNode();
        }
    }

    /** The connection was closed, or nothing came. */
    static final class NoReply extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NoReply(IOException cause) {
            super(cause);
        }
    }

    Reply get(String path, String version) {
        return call("GET", path, KEY, version, null);
    }

    Reply faults(String faults) {
        return call("PUT", "/_sandbox/faults", null, null, faults);
    }

    /** @param options the body, without title, slug and length */
    int eventType(String slug, String options) {
        String more = options.isBlank() ? "" : ", " + options;
        Reply made = call("POST", "/v2/event-types", KEY, EVENT_TYPES, "{'title': 'Talk', 'slug': '" + slug + "', 'lengthInMinutes': 30" + more + "}");
        if (made.status() != 201) {
            throw new IllegalStateException(made.text());
        }
        return made.data().path("id").asInt();
    }

    int plainEventType() {
        return eventType("plain-" + System.nanoTime(), "'locations': [{'type': 'link', 'link': 'https://meet.example.com/room', 'public': true}]");
    }

    /** Books for a person without a key. */
    Reply book(int eventTypeId, String start, String email, String more) {
        return call("POST", "/v2/bookings", null, BOOKINGS, "{'eventTypeId': " + eventTypeId + ", 'start': '" + start
                + "', 'attendee': {'name': 'Zoë Ünal', 'email': '" + email + "', 'timeZone': 'Europe/Berlin'}" + (more.isBlank() ? "" : ", " + more) + "}");
    }

    Reply book(int eventTypeId, String start) {
        return book(eventTypeId, start, "zoe@example.com", "");
    }

    Reply act(String uid, String action, String key, String body) {
        return call("POST", "/v2/bookings/" + uid + "/" + action, key, BOOKINGS, body);
    }

    Reply slots(String query) {
        return call("GET", "/v2/slots?" + query, null, SLOTS, null);
    }

    private static final class MovableClock extends Clock {

        private volatile Instant now = START;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
