package io.calcamel.sandbox;

import static io.calcamel.sandbox.TestSandbox.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import io.calcamel.sandbox.TestSandbox.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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

    private static Reply book(int eventType, String start, String more) {
        return call("POST", "bookings", "{'eventTypeId': " + eventType + ", 'start': '" + start + "', 'timeZone': 'Europe/Berlin', 'language': 'de',"
                + " 'metadata': {'lead': '7'}, 'responses': {'name': 'Old', 'email': 'paged@example.com', 'rescheduleReason': 'ill'}" + more + "}");
    }

    @Test
    void aBookingIsMovedByBookingAgain() {
        int eventType = sandbox.plainEventType();
        String first = book(eventType, "2030-01-16T10:00:00Z", "").body().path("uid").asText();
        Reply moved = book(eventType, "2030-01-16T10:15:00Z", ", 'rescheduleUid': '" + first + "'");
        assertThat(moved.status()).as(moved.text()).isEqualTo(200);
        assertThat(moved.body().path("fromReschedule").asText()).isEqualTo(first);
        assertThat(moved.body().path("responses").path("rescheduleReason").asText()).isEqualTo("ill");
        assertThat(book(eventType, "2030-01-16T12:00:00Z", ", 'rescheduleUid': 'nope'").status()).isEqualTo(404);
        call("DELETE", "bookings/" + moved.body().path("id").asInt() + "/cancel", null);
        Reply gone = book(eventType, "2030-01-16T12:00:00Z", ", 'rescheduleUid': '" + moved.body().path("uid").asText() + "'");
        assertThat(gone.status()).isEqualTo(400);
        assertThat(gone.message()).isEqualTo("cancelled_bookings_cannot_be_rescheduled");
    }

    @Test
    void aListHasPagesAndAnOrder() {
        int eventType = sandbox.plainEventType();
        for (String hour : new String[] {"12", "10", "11"}) {
            book(eventType, "2030-01-17T" + hour + ":00:00Z", "");
        }
        String day = "bookings?attendeeEmail=paged@example.com&dateFrom=2030-01-17T00:00:00Z&dateTo=2030-01-18T00:00:00Z";
        assertThat(starts(day)).containsExactly("10", "11", "12");
        assertThat(starts(day + "&sortBy=createdAt&order=asc")).as("in the order of their making").containsExactly("12", "10", "11");
        assertThat(starts(day + "&take=2&page=2")).containsExactly("12");
        assertThat(starts(day + "&take=2")).as("a page needs both").hasSize(3);
        assertThat(call("GET", day + "&sortBy=size", null).status()).isEqualTo(400);
        assertThat(call("GET", day, null).body().path("bookings").path(0).path("metadata").path("lead").asText()).isEqualTo("7");
    }

    private static List<String> starts(String path) {
        List<String> hours = new ArrayList<>();
        call("GET", path, null).body().path("bookings").forEach(booking -> hours.add(booking.path("startTime").asText().substring(11, 13)));
        return hours;
    }
}
