package io.calcamel.sandbox;

import static io.calcamel.sandbox.TestSandbox.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.calcamel.sandbox.TestSandbox.Reply;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The old API, whose key is in the address. */
class V1Test {

    private static TestSandbox sandbox;

    @BeforeAll
    static void start() throws IOException {
        sandbox = TestSandbox.selfHosted();
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    private static Reply call(String method, String path, String body) {
        return sandbox.call(method, "/v1/" + path + (path.contains("?") ? "&" : "?") + "apiKey=" + KEY, null, null, body);
    }

    @Test
    void theKeyIsAParameter() {
        assertThat(sandbox.call("GET", "/v1/event-types", KEY, null, null).text()).isEqualTo("{\"message\":\"No apiKey provided\"}");
        assertThat(sandbox.call("GET", "/v1/event-types?apiKey=cal_unknown", null, null, null).status()).isEqualTo(401);
        assertThat(call("GET", "event-types?slug=30min-consultation", null).body().path("event_types").path(0).path("length").asInt()).isEqualTo(30);
    }

    @Test
    void slotsHaveTimesByDay() {
        int eventType = sandbox.plainEventType();
        Reply slots = call("GET", "slots?eventTypeId=" + eventType + "&startTime=2030-01-14T00:00:00Z&endTime=2030-01-14T23:00:00Z&timeZone=Europe/Berlin", null);
        assertThat(slots.body().path("slots").path("2030-01-14").path(0).path("time").asText()).isEqualTo("2030-01-14T09:00:00.000+01:00");
    }

    @Test
    void aBookingIsMadeReadAndCancelledByItsNumber() {
        int eventType = sandbox.plainEventType();
        String booking = "{'eventTypeId': " + eventType + ", 'start': '2030-01-15T10:00:00Z', 'timeZone': 'Europe/Berlin', 'language': 'de', 'metadata': {},"
                + " 'responses': {'name': 'Old', 'email': 'old@example.com'}}";
        Reply made = call("POST", "bookings", booking);
        assertThat(made.status()).isEqualTo(200);
        assertThat(made.body().path("status").asText()).isEqualTo("ACCEPTED");
        assertThat(call("POST", "bookings", booking).body().path("message").asText()).isEqualTo("no_available_users_found_error");
        assertThat(call("POST", "bookings", booking.replace("'metadata': {},", "")).status()).isEqualTo(400);
        int id = made.body().path("id").asInt();
        assertThat(call("GET", "bookings/" + id, null).body().path("booking").path("uid").asText()).isEqualTo(made.body().path("uid").asText());
        assertThat(call("DELETE", "bookings/" + id + "/cancel?cancellationReason=ill", null).status()).isEqualTo(200);
        assertThat(call("GET", "bookings/" + id, null).body().path("booking").path("status").asText()).isEqualTo("CANCELLED");
        assertThat(call("GET", "bookings?attendeeEmail=old@example.com", null).body().path("bookings")).hasSize(1);
    }
}
