package io.calcamel.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.sandbox.TestSandbox.Reply;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Free times: whole days in UTC, working hours on the wall clock of the host, and what is booked taken away. */
class SlotsTest {

    private static TestSandbox sandbox;

    @BeforeAll
    static void start() throws IOException {
        sandbox = TestSandbox.selfHosted();
    }

    @AfterAll
    static void stop() {
        sandbox.close();
    }

    private static List<String> starts(JsonNode day) {
        List<String> starts = new ArrayList<>();
        day.forEach(slot -> starts.add(slot.path("start").asText()));
        return starts;
    }

    private static JsonNode slots(int eventTypeId, String query) {
        Reply reply = sandbox.slots("eventTypeId=" + eventTypeId + "&" + query);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.data();
    }

    @ParameterizedTest
    @ValueSource(strings = {"start=2030-01-14&end=2030-01-14&duration=0", "start=2030-01-14&end=2030-01-14&duration=-5",
        "start=0001-01-01&end=9999-12-31"})
    void whatMakesNoSenseIsAnsweredAllTheSame(String query) {
        Reply slots = sandbox.slots("eventTypeId=" + sandbox.plainEventType() + "&" + query);
        assertThat(slots.status()).isEqualTo(200);
        assertThat(slots.data().path("2030-01-14").size()).isEqualTo(16);
    }

    @Test
    void aWorkingDayHasSlotsFromNineToFiveInTheHostsZone() {
        JsonNode data = slots(sandbox.plainEventType(), "start=2030-01-14&end=2030-01-14");
        assertThat(starts(data.path("2030-01-14"))).hasSize(16).startsWith("2030-01-14T08:00:00.000Z").endsWith("2030-01-14T15:30:00.000Z");
    }

    @Test
    void anEndAtMidnightMeansTheWholeDayThatBeginsThen() {
        JsonNode data = slots(sandbox.plainEventType(), "start=2030-01-14T00:00:00Z&end=2030-01-15T00:00:00Z");
        assertThat(data.path("2030-01-15")).hasSize(16);
        assertThat(slots(sandbox.plainEventType(), "start=2030-01-14T00:00:00Z&end=2030-01-14T23:59:59Z").has("2030-01-15")).isFalse();
    }

    @Test
    void theTimeZoneChangesWhatIsShownAndNotWhatIsAskedFor() {
        JsonNode data = slots(sandbox.plainEventType(), "start=2030-01-14&end=2030-01-14&timeZone=Pacific/Auckland");
        assertThat(starts(data.path("2030-01-14"))).startsWith("2030-01-14T21:00:00.000+13:00");
        assertThat(starts(data.path("2030-01-15"))).endsWith("2030-01-15T04:30:00.000+13:00");
    }

    @ParameterizedTest
    @CsvSource({"UTC, Z", "GMT, Z", "Etc/UTC, +00:00", "Europe/London, +00:00", "europe/berlin, +01:00"})
    void onlyUtcByItsOwnNameIsWrittenWithZ(String zone, String suffix) {
        JsonNode data = slots(sandbox.plainEventType(), "start=2030-01-14&end=2030-01-14&timeZone=" + zone);
        assertThat(data.path("2030-01-14").path(0).path("start").asText()).endsWith(suffix);
    }

    @Test
    void aRangeHasEnds() {
        JsonNode data = slots(sandbox.plainEventType(), "start=2030-01-14&end=2030-01-14&format=range");
        assertThat(data.path("2030-01-14").path(0).path("end").asText()).isEqualTo("2030-01-14T08:30:00.000Z");
    }

    /** On the last Sunday of March 2030, Berlin has no 02:30, and from then on nine o'clock is an hour earlier in UTC. */
    @Test
    void workingHoursFollowTheWallClockOverTheChangeToSummerTime() {
        int eventType = withHours("summer", "{'days': ['Friday', 'Sunday', 'Monday'], 'startTime': '01:00', 'endTime': '04:00'}");
        JsonNode data = slots(eventType, "start=2030-03-29&end=2030-04-01&timeZone=Europe/Berlin");
        assertThat(starts(data.path("2030-03-29"))).hasSize(6);
        assertThat(starts(data.path("2030-03-31"))).containsExactly("2030-03-31T01:00:00.000+01:00", "2030-03-31T01:30:00.000+01:00",
                "2030-03-31T03:00:00.000+02:00", "2030-03-31T03:30:00.000+02:00");
        assertThat(starts(data.path("2030-04-01"))).startsWith("2030-04-01T01:00:00.000+02:00");
    }

    /** On the last Sunday of October 2030, Berlin has every time between two and three twice. */
    @Test
    void theHourThatComesTwiceIsOfferedTwice() {
        int eventType = withHours("winter", "{'days': ['Sunday'], 'startTime': '01:00', 'endTime': '04:00'}");
        assertThat(starts(slots(eventType, "start=2030-10-26T22:00:00Z&end=2030-10-27&timeZone=Europe/Berlin").path("2030-10-27"))).hasSize(8)
                .contains("2030-10-27T02:30:00.000+02:00", "2030-10-27T02:30:00.000+01:00");
    }

    private static int withHours(String slug, String hours) {
        Reply schedule = sandbox.call("POST", "/v2/schedules", TestSandbox.KEY, "2024-06-11",
                "{'name': 'Nights', 'timeZone': 'Europe/Berlin', 'isDefault': false, 'availability': [" + hours + "]}");
        return sandbox.eventType(slug, "'minimumBookingNotice': 0, 'scheduleId': " + schedule.data().path("id").asInt());
    }

    @Test
    void anOverriddenDateHasItsOwnHours() {
        Reply schedule = sandbox.call("POST", "/v2/schedules", TestSandbox.KEY, "2024-06-11", "{'name': 'Hours', 'timeZone': 'Europe/Berlin',"
                + " 'isDefault': false, 'overrides': [{'date': '2030-01-14', 'startTime': '12:00', 'endTime': '13:00'}]}");
        int eventType = sandbox.eventType("overridden", "'scheduleId': " + schedule.data().path("id").asInt());
        assertThat(slots(eventType, "start=2030-01-14&end=2030-01-15").path("2030-01-14")).hasSize(2);
    }

    @Test
    void whatIsBookedIsNoLongerOfferedAndSlotsStartAtRoundTimesAfterIt() {
        int eventType = sandbox.plainEventType();
        assertThat(sandbox.book(eventType, "2030-01-16T10:10:00Z").status()).isEqualTo(201);
        assertThat(starts(slots(eventType, "start=2030-01-16&end=2030-01-16").path("2030-01-16")))
                .contains("2030-01-16T09:30:00.000Z", "2030-01-16T11:00:00.000Z")
                .doesNotContain("2030-01-16T10:00:00.000Z", "2030-01-16T10:30:00.000Z");
    }

    @Test
    void theBookingThatIsToMoveTakesNoTime() {
        int eventType = sandbox.plainEventType();
        String uid = sandbox.book(eventType, "2030-01-17T10:00:00Z").data().path("uid").asText();
        String query = "start=2030-01-17&end=2030-01-17&bookingUidToReschedule=" + uid;
        assertThat(starts(slots(eventType, query).path("2030-01-17"))).contains("2030-01-17T10:00:00.000Z");
    }

    @Test
    void nothingIsOfferedBeforeTheNoticeIsOver() {
        JsonNode today = slots(sandbox.plainEventType(), "start=2030-01-07&end=2030-01-07").path("2030-01-07");
        assertThat(starts(today)).startsWith("2030-01-07T08:00:00.000Z");
        assertThat(starts(slots(sandbox.eventType("soon", "'minimumBookingNotice': 181"), "start=2030-01-07&end=2030-01-07").path("2030-01-07")))
                .startsWith("2030-01-07T09:30:00.000Z");
    }

    @Test
    void buffersAndIntervalsCount() {
        int eventType = sandbox.eventType("buffered", "'slotInterval': 60, 'beforeEventBuffer': 30, 'afterEventBuffer': 15");
        assertThat(sandbox.book(eventType, "2030-01-18T10:00:00Z").status()).isEqualTo(201);
        assertThat(starts(slots(eventType, "start=2030-01-18&end=2030-01-18").path("2030-01-18")))
                .containsExactly("2030-01-18T08:00:00.000Z", "2030-01-18T12:00:00.000Z", "2030-01-18T13:00:00.000Z",
                        "2030-01-18T14:00:00.000Z", "2030-01-18T15:00:00.000Z");
    }

    @Test
    void aReservationHidesTheSlotAndHindersNobodysBooking() {
        int eventType = sandbox.plainEventType();
        String reservation = "{'eventTypeId': " + eventType + ", 'slotStart': '2030-01-21T08:00:00Z'}";
        assertThat(sandbox.call("POST", "/v2/slots/reservations", null, TestSandbox.SLOTS, reservation).status()).isEqualTo(201);
        assertThat(starts(slots(eventType, "start=2030-01-21&end=2030-01-21").path("2030-01-21"))).startsWith("2030-01-21T08:30:00.000Z");
        assertThat(sandbox.call("POST", "/v2/slots/reservations", null, TestSandbox.SLOTS, reservation).status()).isEqualTo(422);
        assertThat(sandbox.book(eventType, "2030-01-21T08:00:00Z").status()).isEqualTo(201);
    }

    @Test
    void aSeatedSlotSaysHowManySeatsAreLeftAndStaysWhenItIsFull() {
        int eventType = sandbox.eventType("seats", "'seats': {'seatsPerTimeSlot': 2, 'showAttendeeInfo': true, 'showAvailabilityCount': true}");
        sandbox.book(eventType, "2030-01-22T10:00:00Z", "one@example.com", "");
        sandbox.book(eventType, "2030-01-22T10:00:00Z", "two@example.com", "");
        JsonNode full = null;
        for (JsonNode slot : slots(eventType, "start=2030-01-22&end=2030-01-22").path("2030-01-22")) {
            full = slot.path("start").asText().equals("2030-01-22T10:00:00.000Z") ? slot : full;
        }
        assertThat(full).isNotNull();
        assertThat(full.path("seatsRemaining").asInt()).isZero();
        assertThat(full.path("bookingUid").asText()).isNotEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "start=2030-01-14&end=2030-01-14 | 400 | usernames must be an array",
        "eventTypeId=abc&start=2030-01-14&end=2030-01-14 | 400 | eventTypeId must be a number",
        "eventTypeId=1&start=tomorrow&end=2030-01-14 | 400 | start must be a valid ISO 8601 date string",
        "eventTypeId=1&start=2030-01-14&end=2030-01-14&timeZone=Mars/Base | 400 | timeZone must be a valid IANA time-zone",
        "eventTypeId=1&start=2030-01-14&end=2030-01-14&foo=1 | 400 | property foo should not exist",
        "eventTypeId=1&start=2030-01-14&end=2030-01-14 | 404 | Event Type not found",
        "eventTypeSlug=x&username=nobody&start=2030-01-14&end=2030-01-14 | 404 | User with username nobody not found",
        "eventTypeSlug=x&teamSlug=nobody&start=2030-01-14&end=2030-01-14 | 404 | Team with slug nobody not found"})
    void aQueryThatMakesNoSenseIsRefused(String query, int status, String message) {
        Reply reply = sandbox.slots(query);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.message()).contains(message);
    }

    @Test
    void theOldFormHasItsOwnPathAndNames() {
        int eventType = sandbox.plainEventType();
        Reply old = sandbox.call("GET", "/v2/slots/available?eventTypeId=" + eventType + "&startTime=2030-01-14T00:00:00Z&endTime=2030-01-14T23:00:00Z", null,
                null, null);
        assertThat(old.data().path("slots").path("2030-01-14").path(0).path("time").asText()).isEqualTo("2030-01-14T08:00:00.000Z");
        assertThat(sandbox.call("GET", "/v2/slots?eventTypeId=1&start=2030-01-14&end=2030-01-14", null, null, null).status()).isEqualTo(404);
    }
}
