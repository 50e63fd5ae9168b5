package io.calcamel.calcom;

import static com.github.tomakehurst.wiremock.client.WireMock.aResponse;
import static com.github.tomakehurst.wiremock.client.WireMock.any;
import static com.github.tomakehurst.wiremock.client.WireMock.anyUrl;
import static com.github.tomakehurst.wiremock.client.WireMock.okJson;
import static com.github.tomakehurst.wiremock.client.WireMock.postRequestedFor;
import static com.github.tomakehurst.wiremock.core.WireMockConfiguration.wireMockConfig;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.tomakehurst.wiremock.client.ResponseDefinitionBuilder;
import com.github.tomakehurst.wiremock.http.Fault;
import com.github.tomakehurst.wiremock.junit5.WireMockExtension;
import io.calcamel.HubExtension;
import io.calcamel.sandbox.Sandbox;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a failed change says of itself: whether Cal.com may have made it, and whether it has answered. */
class CertaintyTest {

    private static final String REFUSED = "not done, answered";
    private static final String UNCLEAR = "may be done, answered";
    private static final String UNHEARD = "may be done, no answer";
    private static final String NOT_SENT = "not done, no answer";

    private static final NewBooking WANTED = new NewBooking(7, Instant.parse("2030-01-07T09:00:00Z"),
            new NewBooking.Attendee("Zoë", "zoe@example.org", null, "Europe/Berlin", null), null, null, null, null, null);

    @RegisterExtension
    static final WireMockExtension CALCOM = WireMockExtension.newInstance().options(wireMockConfig().dynamicPort().http2PlainDisabled(true)).build();

    private HubExtension hub;
    private ProducerTemplate routes;

    private void start(HubExtension settings, String server) throws Exception {
        hub = settings.with("calcom.base-url", server).with("calcom.api-key", Sandbox.DEMO_KEY).with("calcom.retries", "0")
                .with("calcom.budget.per-second", "1000").with("calcom.timeout.connect", "300");
        hub.beforeAll(null);
        routes = hub.hub().context().createProducerTemplate();
    }

    private static HubExtension patient() {
        return new HubExtension().with("calcom.breaker.calls", "100").with("calcom.breaker.fewest", "100");
    }

    @AfterEach
    void stop() {
        hub.afterAll(null);
    }

    private Exchange call(String route, Object words) {
        return routes.request("direct:" + route, exchange -> {
            exchange.getMessage().setBody(words);
            exchange.setVariable("companyId", 1);
        });
    }

    private String ending(String route, Object words) {
        Exchange exchange = call(route, words);
        assertThat(exchange.getException()).isInstanceOf(CalcomException.class);
        CalcomException failure = (CalcomException) exchange.getException();
        return (failure.mayHaveHappened() ? "may be done, " : "not done, ") + (failure.hasAnswered() ? "answered" : "no answer");
    }

    private String booking() {
        return ending("calcom-booking-create", WANTED);
    }

    private String bookingAnswered(ResponseDefinitionBuilder answer) {
        CALCOM.stubFor(any(anyUrl()).willReturn(answer));
        return booking();
    }

    private String bookingAnswered(int status, String body) {
        return bookingAnswered(aResponse().withStatus(status).withBody(body));
    }

    @Test
    void anAnswerIsARefusalOrLeavesItOpen() throws Exception {
        start(patient().with("calcom.max-answer", "1000"), CALCOM.baseUrl() + "/v2");
        assertThat(bookingAnswered(409, "{\"status\":\"error\",\"error\":{\"code\":\"ConflictException\",\"message\":\"No more seats left\"}}")).isEqualTo(REFUSED);
        assertThat(bookingAnswered(400, "{\"status\":\"error\",\"error\":{\"code\":\"BadRequestException\",\"message\":\"something new\"}}")).isEqualTo(REFUSED);
        assertThat(bookingAnswered(403, "<html>blocked</html>")).isEqualTo(REFUSED);
        assertThat(bookingAnswered(500, "{\"statusCode\":500,\"message\":\"already_signed_up_for_this_booking_error\"}")).as("named").isEqualTo(REFUSED);

        assertThat(bookingAnswered(500, "{\"statusCode\":500,\"message\":\"Internal server error\"}")).isEqualTo(UNCLEAR);
        assertThat(bookingAnswered(502, "<html>bad gateway</html>")).isEqualTo(UNCLEAR);
        assertThat(bookingAnswered(504, "")).isEqualTo(UNCLEAR);
        assertThat(bookingAnswered(408, "")).isEqualTo(UNCLEAR);
        assertThat(bookingAnswered(200, "<html>welcome</html>")).isEqualTo(UNCLEAR);
        assertThat(bookingAnswered(201, "{\"status\":\"success\",\"data\":{\"id\":7}}")).isEqualTo(UNCLEAR);
        assertThat(bookingAnswered(201, "{\"status\":\"success\",\"data\":\"" + "x".repeat(2_000) + "\"}")).isEqualTo(UNCLEAR);

        assertThat(bookingAnswered(400, "{\"statusCode\":400,\"message\":\"An error occurred while querying the database.\"}"))
                .as("the first dates of a series stay booked").isEqualTo(UNCLEAR);
        CALCOM.stubFor(any(anyUrl()).willReturn(aResponse().withStatus(400).withBody("{\"status\":\"error\",\"error\":{\"code\":\"BadRequestException\","
                + "\"message\":\"Booking with bookingUid=p7Kd is not part of a recurring booking.\"}}")));
        assertThat(ending("calcom-booking-cancel", new BookingCancellation("p7Kd", "ill", null, true, null))).as("it is cancelled all the same").isEqualTo(UNCLEAR);

        assertThat(bookingAnswered(429, "{}")).isEqualTo(REFUSED);
        assertThat(booking()).as("the key keeps still").isEqualTo(NOT_SENT);
    }

    @Test
    void aConnectionThatBreaksAndAnAnswerThatDoesNotComeTellNothing() throws Exception {
        start(patient().with("calcom.timeout.response", "400"), CALCOM.baseUrl() + "/v2");
        assertThat(bookingAnswered(okJson("{}").withFixedDelay(2_000))).isEqualTo(UNHEARD);
        assertThat(bookingAnswered(aResponse().withFault(Fault.CONNECTION_RESET_BY_PEER))).isEqualTo(UNHEARD);
        assertThat(bookingAnswered(aResponse().withFault(Fault.EMPTY_RESPONSE))).isEqualTo(UNHEARD);
        assertThat(bookingAnswered(aResponse().withFault(Fault.MALFORMED_RESPONSE_CHUNK))).isEqualTo(UNHEARD);
    }

    @Test
    void anOpenBreakerSendsNothing() throws Exception {
        start(new HubExtension().with("calcom.breaker.calls", "2").with("calcom.breaker.fewest", "2"), CALCOM.baseUrl() + "/v2");
        assertThat(bookingAnswered(503, "")).isEqualTo(UNCLEAR);
        assertThat(bookingAnswered(503, "")).isEqualTo(UNCLEAR);
        assertThat(booking()).isEqualTo(NOT_SENT);
        CALCOM.verify(2, postRequestedFor(anyUrl()));
    }

    @Test
    void whoeverWaitsForAConnectionInVainHasSentNothing() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            start(patient().with("calcom.connections.per-server", "1"), "http://127.0.0.1:" + silent.getLocalPort() + "/v2");
            routes.asyncSend("direct:calcom-me", exchange -> exchange.setVariable("companyId", 1));
            try (Socket taken = silent.accept()) {
                assertThat(booking()).isEqualTo(NOT_SENT);
            }
        }
    }

    @Test
    void whereNobodyListensNothingIsSent() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        start(patient(), "http://127.0.0.1:" + port + "/v2");
        assertThat(booking()).isEqualTo(NOT_SENT);
    }

    @Test
    void aHostThatIsUnknownIsSentNothing() throws Exception {
        start(patient(), "http://cal.invalid/v2");
        assertThat(booking()).isEqualTo(NOT_SENT);
    }

    /** Linux answers no more SYNs while the queue of a listening socket is full. */
    @Test
    void aServerThatTakesNoConnectionIsSentNothing() throws Exception {
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            for (int i = 0; i < 2; i++) {
                waiting.add(new Socket(InetAddress.getLoopbackAddress(), full.getLocalPort()));
            }
            start(patient(), "http://127.0.0.1:" + full.getLocalPort() + "/v2");
            assertThat(booking()).isEqualTo(NOT_SENT);
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    @Test
    void aServerThatStoppedMeanwhileIsSentNothing() throws Exception {
        Sandbox sandbox = sandbox(0);
        int port = sandbox.port();
        start(patient(), sandbox.baseUrl());
        for (int i = 0; i < 5; i++) {
            assertThat(call("calcom-me", null).getException()).as("leaves a connection in the pool").isNull();
            sandbox.close();
            assertThat(booking()).isEqualTo(NOT_SENT);
            sandbox = sandbox(port);
        }
        assertThat(call("calcom-me", null).getException()).isNull();
        sandbox.close();
        sandbox = sandbox(port);
        assertThat(booking()).as("asked on a new connection: it knows no such event type").isEqualTo(REFUSED);
        sandbox.close();
    }

    private static Sandbox sandbox(int port) throws IOException {
        return Sandbox.start(new Sandbox.Settings("127.0.0.1", port, Sandbox.DEMO_KEY, null, null, 0, true));
    }
}
