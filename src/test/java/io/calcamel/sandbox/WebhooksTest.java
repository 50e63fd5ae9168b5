package io.calcamel.sandbox;

import static io.calcamel.sandbox.TestSandbox.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.calcamel.sandbox.TestSandbox.Reply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What subscribers are told: signed, once, in the words of each trigger. */
class WebhooksTest {

    private static final String SECRET = "geheim-äöü";
    private static final ObjectMapper JSON = new ObjectMapper();

    private record Delivery(String signature, String contentType, byte[] body) {

        JsonNode json() throws IOException {
            return JSON.readTree(body);
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    private final BlockingQueue<Delivery> deliveries = new LinkedBlockingQueue<>();
    private HttpServer receiver;
    private volatile int answer = 200;
    private TestSandbox sandbox;

    @BeforeEach
    void start() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        receiver.createContext("/", this::receive);
        receiver.start();
        sandbox = TestSandbox.telling(url("/hook"), SECRET);
    }

    @AfterEach
    void stop() {
        sandbox.close();
        receiver.stop(0);
    }

    private String url(String path) {
        return "http://127.0.0.1:" + receiver.getAddress().getPort() + path;
    }

    private void receive(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        deliveries.add(new Delivery(exchange.getRequestHeaders().getFirst("X-Cal-Signature-256"),
                exchange.getRequestHeaders().getFirst("Content-Type"), body));
        exchange.sendResponseHeaders(answer, -1);
        exchange.close();
    }

    private Delivery next() throws InterruptedException {
        Delivery delivery = deliveries.poll(5, TimeUnit.SECONDS);
        assertThat(delivery).as("a delivery").isNotNull();
        return delivery;
    }

    private JsonNode next(String trigger) throws InterruptedException, IOException {
        JsonNode body = next().json();
        assertThat(body.path("triggerEvent").asText()).isEqualTo(trigger);
        return body.path("payload");
    }

    private String book(int eventType, String start) {
        Reply made = sandbox.book(eventType, start, "zoe@example.com", "'metadata': {'lead': '7'}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return made.data().path("uid").asText();
    }

    @Test
    void aDeliveryIsSignedOverItsExactBytesAndNotRepeated() throws Exception {
        answer = 500;
        String uid = book(sandbox.plainEventType(), "2030-01-14T10:00:00Z");
        Delivery delivery = next();
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        assertThat(delivery.signature()).isEqualTo(HexFormat.of().formatHex(mac.doFinal(delivery.body())));
        assertThat(delivery.contentType()).isEqualTo("application/json");
        assertThat(delivery.json().path("payload").path("uid").asText()).isEqualTo(uid);
        assertThat(deliveries.poll(100, TimeUnit.MILLISECONDS)).as("the receiver's 500 is not answered with another try").isNull();
    }

    @Test
    void aBookingThatIsMovedIntoThePastHasBegunAndEnded() throws Exception {
        String uid = book(sandbox.plainEventType(), "2030-01-14T10:00:00Z");
        next("BOOKING_CREATED");
        sandbox.call("PATCH", "/_sandbox/bookings/" + uid, null, null, "{'start': '2030-01-07T05:45:00Z'}");
        JsonNode begun = next().json();
        assertThat(begun.path("triggerEvent").asText()).isEqualTo("MEETING_STARTED");
        assertThat(begun.path("uid").asText()).as("not inside a payload").isEqualTo(uid);
        assertThat(begun.has("payload")).isFalse();
        sandbox.call("PATCH", "/_sandbox/bookings/" + uid, null, null, "{'start': '2030-01-07T04:00:00Z'}");
        assertThat(next().json().path("triggerEvent").asText()).isEqualTo("MEETING_ENDED");
    }

    @Test
    void makingMovingAndCancellingEachHaveTheirTrigger() throws Exception {
        String first = book(sandbox.plainEventType(), "2030-01-14T10:00:00Z");
        JsonNode created = next("BOOKING_CREATED");
        assertThat(created.path("metadata").path("lead").asText()).isEqualTo("7");
        assertThat(created.path("attendees").path(0).path("utcOffset").asInt()).isEqualTo(60);
        String second = sandbox.act(first, "reschedule", null, "{'start': '2030-01-15T10:00:00Z'}").data().path("uid").asText();
        JsonNode moved = next("BOOKING_RESCHEDULED");
        assertThat(moved.path("uid").asText()).isEqualTo(second);
        assertThat(moved.path("rescheduleUid").asText()).isEqualTo(first);
        sandbox.act(second, "cancel", null, "{'cancellationReason': 'krank'}");
        JsonNode cancelled = next("BOOKING_CANCELLED");
        assertThat(cancelled.path("cancellationReason").asText()).isEqualTo("krank");
        assertThat(cancelled.has("metadata")).isFalse();
    }

    @Test
    void theOldApiIsToldOfAlike() throws Exception {
        String path = "/v1/bookings?apiKey=" + KEY;
        String body = "{'eventTypeId': " + sandbox.plainEventType() + ", 'start': '2030-01-14T10:00:00Z', 'timeZone': 'Europe/Berlin', 'language': 'de',"
                + " 'metadata': {'lead': '7'}, 'responses': {'name': 'Old', 'email': 'old@example.com'}}";
        String first = sandbox.call("POST", path, null, null, body).body().path("uid").asText();
        assertThat(next("BOOKING_CREATED").path("metadata").path("lead").asText()).isEqualTo("7");
        JsonNode second = sandbox.call("POST", path, null, null, body.replace("T10:", "T12:").replace("'metadata'", "'rescheduleUid': '" + first + "', 'metadata'")).body();
        JsonNode moved = next("BOOKING_RESCHEDULED");
        assertThat(moved.path("uid").asText()).isEqualTo(second.path("uid").asText());
        assertThat(moved.path("rescheduleUid").asText()).isEqualTo(first);
        sandbox.call("DELETE", path.replace("?", "/" + second.path("id").asInt() + "/cancel?") + "&cancellationReason=krank", null, null, null);
        assertThat(next("BOOKING_CANCELLED").path("cancellationReason").asText()).isEqualTo("krank");
    }

    @Test
    void whatWaitsForTheHostIsRequestedThenCreatedOrRejected() throws Exception {
        int eventType = sandbox.eventType("asked", "'confirmationPolicy': {'type': 'always', 'blockUnconfirmedBookingsInBooker': true}");
        String first = book(eventType, "2030-01-14T10:00:00Z");
        assertThat(next("BOOKING_REQUESTED").path("status").asText()).isEqualTo("PENDING");
        sandbox.act(first, "confirm", KEY, null);
        assertThat(next("BOOKING_CREATED").path("requiresConfirmation").asBoolean()).isTrue();
        String second = book(eventType, "2030-01-14T11:00:00Z");
        next("BOOKING_REQUESTED");
        sandbox.act(second, "decline", KEY, "{'reason': 'no time'}");
        assertThat(next("BOOKING_REJECTED").path("rejectionReason").asText()).isEqualTo("no time");
        String moved = sandbox.act(first, "reschedule", null, "{'start': '2030-01-15T10:00:00Z'}").data().path("uid").asText();
        JsonNode again = next("BOOKING_REQUESTED");
        assertThat(again.path("uid").asText()).isEqualTo(moved);
        assertThat(again.has("rescheduleUid")).as("nothing tells what it replaces").isFalse();
    }

    @Test
    void aSeatIsToldWithItsHolderOnly() throws Exception {
        int eventType = sandbox.eventType("seats", "'seats': {'seatsPerTimeSlot': 3, 'showAttendeeInfo': true, 'showAvailabilityCount': true}");
        sandbox.book(eventType, "2030-01-14T10:00:00Z", "one@example.com", "");
        next("BOOKING_CREATED");
        Reply second = sandbox.book(eventType, "2030-01-14T10:00:00Z", "two@example.com", "");
        JsonNode created = next("BOOKING_CREATED");
        assertThat(created.path("attendeeSeatId").asText()).isEqualTo(second.data().path("seatUid").asText());
        assertThat(created.path("attendees")).singleElement().satisfies(attendee -> assertThat(attendee.path("email").asText()).isEqualTo("two@example.com"));
    }

    @Test
    void aSeriesIsToldOccurrenceByOccurrenceAndItsEndOnce() throws Exception {
        int eventType = sandbox.eventType("series", "'recurrence': {'interval': 1, 'occurrences': 3, 'frequency': 'weekly'}");
        Reply made = sandbox.book(eventType, "2030-01-14T10:00:00Z");
        for (int i = 0; i < 3; i++) {
            assertThat(next("BOOKING_CREATED").path("recurringEvent").path("count").asInt()).isEqualTo(3);
        }
        sandbox.act(made.data().path(0).path("recurringBookingUid").asText(), "cancel", null, "{}");
        next("BOOKING_CANCELLED");
        assertThat(deliveries.poll(100, TimeUnit.MILLISECONDS)).isNull();
    }

    @Test
    void aSubscriptionOfAnEventTypeIsAnotherDelivery() throws Exception {
        int eventType = sandbox.plainEventType();
        Reply made = sandbox.call("POST", "/v2/event-types/" + eventType + "/webhooks", KEY, null,
                "{'subscriberUrl': '" + url("/other") + "', 'triggers': ['BOOKING_CREATED'], 'active': true}");
        assertThat(made.status()).isEqualTo(201);
        book(eventType, "2030-01-14T10:00:00Z");
        assertThat(new String[] {next().signature(), next().signature()}).contains("no-secret-provided");
    }

    @Test
    void aTemplateTakesTheBodysPlace() throws Exception {
        subscribe("{\\'who\\':\\'{{attendees.0.name}}\\',\\'on\\':\\'{{triggerEvent}}\\'}");
        book(sandbox.plainEventType(), "2030-01-14T10:00:00Z");
        assertThat(new String[] {next().text(), next().text()}).contains("{\"who\":\"Zoë Ünal\",\"on\":\"BOOKING_CREATED\"}");
    }

    private void subscribe(String template) {
        String body = ("{'subscriberUrl': '" + url("/template") + "', 'triggers': ['BOOKING_CREATED'], 'active': true, 'payloadTemplate': '"
                + template.replace("\\'", "\u0001") + "'}").replace('\'', '"').replace("\u0001", "\\\"");
        assertThat(sandbox.call("POST", "/v2/webhooks", KEY, null, body).status()).isEqualTo(201);
    }

    @Test
    void aDeliveryMayBeLostDoubledOrOvertaken() throws Exception {
        int eventType = sandbox.plainEventType();
        sandbox.faults("{'webhooks-dropped': 1}");
        book(eventType, "2030-01-14T10:00:00Z");
        sandbox.faults("{'webhooks-doubled': 1}");
        String doubled = book(eventType, "2030-01-14T11:00:00Z");
        assertThat(next("BOOKING_CREATED").path("uid").asText()).isEqualTo(doubled);
        assertThat(next("BOOKING_CREATED").path("uid").asText()).isEqualTo(doubled);
        sandbox.faults("{'webhooks-swapped': 1}");
        String late = book(eventType, "2030-01-14T12:00:00Z");
        sandbox.act(late, "cancel", null, "{}");
        assertThat(next().json().path("triggerEvent").asText()).isEqualTo("BOOKING_CANCELLED");
        assertThat(next().json().path("triggerEvent").asText()).isEqualTo("BOOKING_CREATED");
    }

    @Test
    void subscriptionsAreKeptAsTheyAreGiven() {
        Reply made = sandbox.call("POST", "/v2/webhooks", KEY, null, "{'subscriberUrl': 'https://hooks.example.org/a', 'triggers': ['BOOKING_PAID'],"
                + " 'active': false, 'secret': 's'}");
        String path = "/v2/webhooks/" + made.data().path("id").asText();
        assertThat(made.data().has("createdAt")).isFalse();
        assertThat(sandbox.get(path, null).data().path("version").asText()).isEqualTo("2021-10-20");
        assertThat(sandbox.call("POST", "/v2/webhooks", KEY, null, "{'subscriberUrl': 'https://hooks.example.org/a', 'triggers': [], 'active': true}")
                .status()).isEqualTo(409);
        assertThat(sandbox.call("PATCH", path, KEY, null, "{'subscriberUrl': '" + url("/hook") + "'}").body().path("error").path("code").asText())
                .isEqualTo("CONFLICT");
        assertThat(sandbox.call("POST", "/v2/webhooks", KEY, null, "{'subscriberUrl': 'nope', 'triggers': [], 'active': true}").message())
                .isEqualTo("Webhook URL is not allowed: Invalid URL format");
        assertThat(sandbox.call("PATCH", path, "cal_somebody_else", null, "{'active': true}").status()).isEqualTo(403);
        assertThat(sandbox.call("PATCH", path, KEY, null, "{'payloadTemplate': 'x', 'active': true, 'triggers': []}").data().path("payloadTemplate").asText())
                .isEqualTo("x");
        assertThat(sandbox.call("PATCH", path, KEY, null, "{'payloadTemplate': null}").data().path("payloadTemplate").isNull()).isTrue();
        assertThat(sandbox.call("DELETE", path, KEY, null, null).status()).isEqualTo(200);
        assertThat(sandbox.get(path, null).status()).isEqualTo(404);
    }
}
