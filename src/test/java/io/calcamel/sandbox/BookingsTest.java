package io.calcamel.sandbox;

import static io.calcamel.sandbox.TestSandbox.BOOKINGS;
import static io.calcamel.sandbox.TestSandbox.KEY;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.sandbox.TestSandbox.Reply;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bookings: what is refused and with which words, and the oddities that clients stumble over. */
class BookingsTest {

    private static final String CONFIRMED_BY_HOST = "'confirmationPolicy': {'type': 'always', 'blockUnconfirmedBookingsInBooker': true}";
    private static final String WEEKLY = "'recurrence': {'interval': 1, 'occurrences': 4, 'frequency': 'weekly'}";
    private static final String TWO_SEATS = "'seats': {'seatsPerTimeSlot': 2, 'showAttendeeInfo': %s, 'showAvailabilityCount': true}";

    private TestSandbox sandbox;

    @BeforeEach
    void start() throws IOException {
        sandbox = TestSandbox.selfHosted();
    }

    @AfterEach
    void stop() {
        sandbox.close();
    }

    private Reply read(String uid) {
        return sandbox.call("GET", "/v2/bookings/" + uid, null, BOOKINGS, null);
    }

    private static String uid(Reply reply) {
        assertThat(reply.status()).as(reply.text()).isIn(200, 201);
        return reply.data().path("uid").asText();
    }

    // Making

    @Test
    void aStrangersBookingAndOneThatThereIsNotAreRefusedAlike() {
        String uid = uid(sandbox.book(sandbox.plainEventType(), "2030-01-14T10:00:00Z"));
        for (String path : List.of(uid + "/attendees", "nothing/attendees", uid + "/recordings", "nothing/transcripts")) {
            Reply refused = sandbox.call("GET", "/v2/bookings/" + path, "cal_stranger", BOOKINGS, null);
            assertThat(refused.status()).as(path).isEqualTo(403);
            assertThat(refused.message()).startsWith("BookingPbacGuard - user with id=");
        }
        assertThat(sandbox.call("GET", "/v2/bookings/" + uid + "/calendar-links", "cal_stranger", BOOKINGS, null).status()).isEqualTo(200);
        assertThat(sandbox.call("GET", "/v2/bookings/" + uid + "/references", "cal_stranger", BOOKINGS, null).status()).isEqualTo(400);
        assertThat(sandbox.call("GET", "/v2/bookings/nothing/calendar-links", KEY, BOOKINGS, null).status()).isEqualTo(404);
        Reply guests = sandbox.act(uid, "guests", "cal_stranger", "{'guests': [{'email': 'one@example.com'}]}");
        assertThat(guests.status()).isEqualTo(403);
        assertThat(guests.body().path("error").path("code").asText()).isEqualTo("TRPCError");
    }

    @Test
    void withoutAVersionABookingIsShownAsItsRow() {
        String uid = uid(sandbox.book(sandbox.plainEventType(), "2030-01-14T10:00:00Z"));
        Reply old = sandbox.call("GET", "/v2/bookings/" + uid, null, null, null);
        assertThat(old.data().path("startTime").asText()).isEqualTo("2030-01-14T10:00:00.000Z");
        assertThat(old.data().path("status").asText()).isEqualTo("ACCEPTED");
        Reply list = sandbox.call("GET", "/v2/bookings?filters[status]=upcoming", KEY, null, null);
        assertThat(list.data().path("bookings").path(0).path("uid").asText()).isEqualTo(uid);
        assertThat(list.data().path("totalCount").asInt()).isEqualTo(1);
    }

    @Test
    void aBookingIsAcceptedAndTheStartIsKeptInUtc() {
        Reply made = sandbox.book(sandbox.plainEventType(), "2030-01-14T11:00:00+01:00");
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.data().path("status").asText()).isEqualTo("accepted");
        assertThat(made.data().path("start").asText()).isEqualTo("2030-01-14T10:00:00.000Z");
        assertThat(made.data().path("isPlatformManagedUserBooking").isBoolean()).isTrue();
        assertThat(read(uid(made)).data().has("isPlatformManagedUserBooking")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "'foo': 1 | property foo should not exist",
        "'metadata': {'n': 1} | Metadata must have at most 50 keys",
        "'metadata': {'a-key-that-is-longer-than-forty-characters': 'x'} | Metadata must have at most 50 keys",
        "'recurrenceCount': 0 | recurrenceCount must not be less than 1",
        "'lengthInMinutes': 60 | Can't specify 'lengthInMinutes'",
        "'guests': 'g@example.com' | guests must be an array",
        "'location': {'type': 'integration', 'integration': 'zoom'} | Booking location with type integration not valid",
        "'location': {'type': 'moon'} | Unsupported booking location type 'moon'"})
    void whatIsNotInTheContractIsRefused(String more, String message) {
        Reply reply = sandbox.book(sandbox.plainEventType(), "2030-01-14T10:00:00Z", "zoe@example.com", more.replace("Can't", "Can`t"));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.message()).contains(message);
        assertThat(reply.body().path("error").path("details").path("statusCode").asInt()).isEqualTo(400);
    }

    @Test
    void theTimeZoneOfTheAttendeeIsANameOfAZone() {
        Reply reply = sandbox.call("POST", "/v2/bookings", null, BOOKINGS, "{'eventTypeId': 1, 'start': '2030-01-14T10:00:00Z',"
                + " 'attendee': {'name': 'A', 'email': 'a@example.com', 'timeZone': '+01:00'}}");
        assertThat(reply.message()).isEqualTo("attendee property is wrong, timeZone property is wrong,timeZone must be a valid IANA time-zone ");
    }

    @Test
    void takenPastAndTooSoonAreDifferentRefusals() {
        int eventType = sandbox.plainEventType();
        uid(sandbox.book(eventType, "2030-01-14T10:00:00Z"));
        assertThat(sandbox.book(eventType, "2030-01-14T10:00:00Z").message())
                .isEqualTo("User either already has booking at this time or is not available");
        assertThat(sandbox.book(eventType, "2030-01-14T22:00:00Z").message()).startsWith("User either already has booking");
        assertThat(sandbox.book(eventType, "2030-01-04T10:00:00Z").message()).isEqualTo("Attempting to book a meeting in the past.");
        assertThat(sandbox.book(eventType, "2030-01-07T07:30:00Z").message()).startsWith("The event type can't be booked at the \"start\" time");
        assertThat(sandbox.book(999, "2030-01-14T10:00:00Z").status()).isEqualTo(404);
    }

    @Test
    void requiredQuestionsAreCheckedTwiceWithDifferentWords() {
        int eventType = sandbox.eventType("asking", "'bookingFields': [{'type': 'text', 'slug': 'company', 'label': 'Company', 'required': true},"
                + " {'type': 'select', 'slug': 'size', 'label': 'Size', 'required': false, 'options': ['S', 'M']},"
                + " {'type': 'number', 'slug': 'count', 'label': 'Count', 'required': false}]");
        assertThat(answered(eventType, "").message()).startsWith("Missing required booking field response: company");
        Reply empty = answered(eventType, "'company': ''");
        assertThat(empty.message()).isEqualTo("responses - {company}error_required_field, ");
        assertThat(empty.body().path("error").path("code").asText()).isEqualTo("BAD_REQUEST");
        assertThat(empty.body().path("error").has("details")).isFalse();
        assertThat(answered(eventType, "'company': 'A', 'size': 'XL'").message()).startsWith("Invalid option 'XL'");
        assertThat(answered(eventType, "'company': 'A', 'count': '3'").message()).startsWith("Invalid type for booking field 'count'");
        assertThat(answered(eventType, "'company': 'A', 'count': 3").status()).isEqualTo(400);
        assertThat(answered(eventType, "'company': 'A', 'unheard-of': 'kept'").data().path("bookingFieldsResponses").path("unheard-of").asText())
                .isEqualTo("kept");
    }

    private Reply answered(int eventType, String answers) {
        return sandbox.book(eventType, "2030-01-14T10:00:00Z", "zoe@example.com", "'bookingFieldsResponses': {" + answers + "}");
    }

    @Test
    void whereTheAddressIsHiddenTheNumberStandsInForIt() {
        int eventType = idOf("call-back");
        String attendee = "'attendee': {'name': 'A', 'email': 'a@example.com', 'phoneNumber': '+4940123456', 'timeZone': 'Europe/Berlin'}";
        Reply made = sandbox.call("POST", "/v2/bookings", null, BOOKINGS, "{'eventTypeId': " + eventType + ", 'start': '2030-01-14T10:00:00Z', " + attendee + "}");
        assertThat(made.data().path("attendees").path(0).path("email").asText()).isEqualTo("4940123456@sms.cal.com");
        assertThat(sandbox.book(eventType, "2030-01-14T11:00:00Z").message()).startsWith("Missing attendee phone number");
    }

    private int idOf(String slug) {
        for (JsonNode eventType : sandbox.get("/v2/event-types", TestSandbox.EVENT_TYPES).data()) {
            if (eventType.path("slug").asText().equals(slug)) {
                return eventType.path("id").asInt();
            }
        }
        throw new IllegalArgumentException(slug);
    }

    @Test
    void aLimitOfBookingsIsA401ThatHasNothingToDoWithTheKey() {
        int eventType = sandbox.eventType("once-a-day", "'bookingLimitsCount': {'day': 1}");
        uid(sandbox.book(eventType, "2030-01-14T10:00:00Z"));
        Reply second = sandbox.book(eventType, "2030-01-14T12:00:00Z");
        assertThat(second.status()).isEqualTo(401);
        assertThat(second.text()).isEqualTo("{\"statusCode\":401,\"message\":\"booking_limit_reached\"}");
    }

    // Moving

    @Test
    void aMovedBookingHasANewUidAndEachNamesTheOther() {
        int eventType = sandbox.plainEventType();
        String before = uid(sandbox.book(eventType, "2030-01-14T10:00:00Z", "zoe@example.com", "'metadata': {'lead': '7'}"));
        Reply moved = sandbox.act(before, "reschedule", null, "{'start': '2030-01-15T10:00:00Z', 'reschedulingReason': 'Zug verpasst'}");
        assertThat(moved.data().path("rescheduledFromUid").asText()).isEqualTo(before);
        assertThat(moved.data().path("reschedulingReason").asText()).isEqualTo("Zug verpasst");
        assertThat(moved.data().path("cancellationReason").asText()).isEmpty();
        assertThat(moved.data().path("metadata").path("lead").asText()).isEqualTo("7");
        assertThat(read(before).data().path("status").asText()).isEqualTo("cancelled");
        assertThat(read(before).data().path("rescheduledToUid").asText()).isEqualTo(uid(moved));
        assertThat(sandbox.act(before, "reschedule", null, "{'start': '2030-01-16T10:00:00Z'}").message()).contains(uid(moved));
    }

    @Test
    void whatTheHostMovesNeedsNoConfirmation() {
        int eventType = sandbox.eventType("asked", CONFIRMED_BY_HOST);
        String first = uid(sandbox.book(eventType, "2030-01-14T10:00:00Z"));
        Reply byAttendee = sandbox.act(first, "reschedule", null, "{'start': '2030-01-15T10:00:00Z'}");
        assertThat(byAttendee.data().path("status").asText()).isEqualTo("pending");
        assertThat(sandbox.act(uid(byAttendee), "reschedule", KEY, "{'start': '2030-01-16T10:00:00Z'}").data().path("status").asText())
                .isEqualTo("accepted");
    }

    @Test
    void closeToTheStartOnlyTheHostMoves() {
        int eventType = sandbox.eventType("late", "'disableRescheduling': {'disabled': false, 'minutesBefore': 100000}");
        String uid = uid(sandbox.book(eventType, "2030-01-14T10:00:00Z"));
        Reply refused = sandbox.act(uid, "reschedule", null, "{'start': '2030-01-15T10:00:00Z'}");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body().path("statusCode").asInt()).isEqualTo(403);
        assertThat(sandbox.act(uid, "reschedule", null, "{'start': '2030-01-15T10:00:00Z', 'rescheduledBy': 'mira@sandbox.example'}").status())
                .isEqualTo(201);
    }

    // Cancelling

    @Test
    void theHostSaysWhyAndNobodyCancelsTwice() {
        String uid = uid(sandbox.book(sandbox.plainEventType(), "2030-01-14T10:00:00Z"));
        assertThat(sandbox.act(uid, "cancel", KEY, "{}").body().path("message").asText()).startsWith("Cancellation reason is required");
        assertThat(sandbox.act(uid, "cancel", KEY, "{'cancellationReason': 'ill'}").data().path("status").asText()).isEqualTo("cancelled");
        assertThat(sandbox.act(uid, "cancel", null, "{}").message()).contains("has been cancelled already");
    }

    @Test
    void cancellingTheRestOfWhatIsNoSeriesCancelsAndRefuses() {
        String uid = uid(sandbox.book(sandbox.plainEventType(), "2030-01-14T10:00:00Z"));
        Reply refused = sandbox.act(uid, "cancel", null, "{'cancelSubsequentBookings': true}");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.message()).contains("is not part of a recurring booking");
        assertThat(read(uid).data().path("status").asText()).isEqualTo("cancelled");
    }

    // Deciding

    @Test
    void whatWasDeclinedCanBeDeclinedAgainAndConfirmed() {
        String uid = uid(sandbox.book(sandbox.eventType("asked", CONFIRMED_BY_HOST), "2030-01-14T10:00:00Z"));
        assertThat(sandbox.act(uid, "confirm", null, null).status()).isEqualTo(403);
        assertThat(sandbox.act(uid, "confirm", "cal_somebody_else", null).status()).isEqualTo(401);
        assertThat(sandbox.act(uid, "decline", KEY, "{'reason': 'no'}").data().path("status").asText()).isEqualTo("rejected");
        assertThat(sandbox.act(uid, "decline", KEY, null).status()).isEqualTo(200);
        assertThat(sandbox.act(uid, "confirm", KEY, null).data().path("status").asText()).isEqualTo("accepted");
        assertThat(sandbox.act(uid, "confirm", KEY, null).message()).isEqualTo("Booking already confirmed");
    }

    @Test
    void absenceIsNotedAfterTheStart() {
        String uid = uid(sandbox.book(sandbox.plainEventType(), "2030-01-14T10:00:00Z"));
        String absent = "{'attendees': [{'email': 'zoe@example.com', 'absent': true}]}";
        assertThat(sandbox.act(uid, "mark-absent", KEY, absent).message()).startsWith("Bookings can only be marked as absent after");
        assertThat(sandbox.call("PATCH", "/_sandbox/bookings/" + uid, null, null, "{'start': '2030-01-04T10:00:00Z'}").status()).isEqualTo(200);
        assertThat(sandbox.act(uid, "mark-absent", KEY, absent).data().path("attendees").path(0).path("absent").asBoolean()).isTrue();
    }

    // Series

    @Test
    void laterOccurrencesAreNotCheckedUnlessTheyStartTogether() {
        int series = sandbox.eventType("series", WEEKLY);
        int plain = sandbox.plainEventType();
        uid(sandbox.book(plain, "2030-01-21T10:10:00Z"));
        Reply doubled = sandbox.book(series, "2030-01-14T10:00:00Z");
        assertThat(doubled.data()).hasSize(4);
        uid(sandbox.book(plain, "2030-01-28T12:00:00Z"));
        Reply collided = sandbox.book(series, "2030-01-14T12:00:00Z", "late@example.com", "'recurrenceCount': 3");
        assertThat(collided.text()).isEqualTo("{\"statusCode\":400,\"message\":\"An error occurred while querying the database.\"}");
        Reply left = sandbox.get("/v2/bookings?attendeeEmail=late@example.com", BOOKINGS);
        assertThat(left.body().path("pagination").path("totalItems").asInt()).isEqualTo(2);
        assertThat(sandbox.book(series, "2030-01-15T10:00:00Z", "a@example.com", "'recurrenceCount': 9").message()).contains("recurrence count is higher");
    }

    @Test
    void aSeriesIsReadAndCancelledByItsUid() {
        Reply made = sandbox.book(sandbox.eventType("series", WEEKLY), "2030-01-14T10:00:00Z");
        String series = made.data().path(0).path("recurringBookingUid").asText();
        assertThat(read(series).data()).hasSize(4);
        String third = made.data().path(2).path("uid").asText();
        Reply rest = sandbox.act(third, "cancel", null, "{'cancelSubsequentBookings': true}");
        assertThat(rest.data()).extracting(occurrence -> occurrence.path("status").asText())
                .containsExactly("accepted", "accepted", "cancelled", "cancelled");
        assertThat(sandbox.act(series, "cancel", null, "{'cancelSubsequentBookings': true}").status()).isEqualTo(400);
        assertThat(sandbox.act(series, "reschedule", null, "{'start': '2030-02-15T10:00:00Z'}").status()).isEqualTo(404);
        assertThat(sandbox.act(series, "cancel", null, "{}").data()).allMatch(occurrence -> occurrence.path("status").asText().equals("cancelled"));
    }

    @Test
    void aSeriesKeepsTheAttendeesWallClockOverSummerTime() {
        Reply made = sandbox.book(sandbox.eventType("series", WEEKLY), "2030-03-25T09:00:00Z", "zoe@example.com", "'recurrenceCount': 2");
        assertThat(made.data()).extracting(occurrence -> occurrence.path("start").asText())
                .containsExactly("2030-03-25T09:00:00.000Z", "2030-04-01T08:00:00.000Z");
    }

    // Seats

    @Test
    void seatsFillUpAndEachHasItsUid() {
        int eventType = sandbox.eventType("seats", TWO_SEATS.formatted("true"));
        Reply first = sandbox.book(eventType, "2030-01-14T10:00:00Z", "one@example.com", "'metadata': {'who': 'one'}");
        Reply second = sandbox.book(eventType, "2030-01-14T10:00:00Z", "two@example.com", "");
        assertThat(uid(second)).isEqualTo(uid(first));
        assertThat(first.data().has("bookingFieldsResponses")).isFalse();
        assertThat(second.data().path("attendees")).hasSize(2);
        assertThat(sandbox.book(eventType, "2030-01-14T10:00:00Z", "two@example.com", "").text()).contains("already_signed_up_for_this_booking_error");
        assertThat(sandbox.book(eventType, "2030-01-14T10:00:00Z", "three@example.com", "").status()).isEqualTo(409);
        assertThat(sandbox.call("GET", "/v2/bookings/by-seat/" + first.data().path("seatUid").asText(), null, BOOKINGS, null).status()).isEqualTo(200);
    }

    @Test
    void aSeatMovesAloneAndGetsANewUid() {
        int eventType = sandbox.eventType("seats", TWO_SEATS.formatted("true"));
        sandbox.book(eventType, "2030-01-14T10:00:00Z", "one@example.com", "");
        Reply second = sandbox.book(eventType, "2030-01-14T10:00:00Z", "two@example.com", "");
        String seat = second.data().path("seatUid").asText();
        assertThat(sandbox.act(uid(second), "reschedule", null, "{'start': '2030-01-15T10:00:00Z'}").status()).isEqualTo(500);
        assertThat(sandbox.act(uid(second), "reschedule", KEY, "{'start': '2030-01-15T10:00:00Z'}").message()).contains("you have to provide seatUid");
        Reply moved = sandbox.act(uid(second), "reschedule", null, "{'start': '2030-01-15T10:00:00Z', 'seatUid': '" + seat + "'}");
        assertThat(uid(moved)).isNotEqualTo(uid(second));
        assertThat(moved.data().has("rescheduledFromUid")).isFalse();
        assertThat(moved.data().path("seatUid").asText()).isNotEqualTo(seat);
        assertThat(read(uid(second)).data().path("attendees")).hasSize(1);
    }

    @Test
    void onlyTheHostCancelsAllSeats() {
        int eventType = sandbox.eventType("seats", TWO_SEATS.formatted("false"));
        Reply made = sandbox.book(eventType, "2030-01-14T10:00:00Z", "one@example.com", "");
        assertThat(made.data().path("attendees")).isEmpty();
        assertThat(sandbox.call("GET", "/v2/bookings/" + uid(made), KEY, BOOKINGS, null).data().path("attendees")).hasSize(1);
        Reply refused = sandbox.act(uid(made), "cancel", null, "{'cancellationReason': 'x'}");
        assertThat(refused.text()).isEqualTo("{\"statusCode\":401,\"message\":\"User not a host of this event\"}");
        assertThat(sandbox.act(uid(made), "cancel", KEY, "{'cancellationReason': 'ill'}").data().path("status").asText()).isEqualTo("cancelled");
        assertThat(sandbox.act(uid(made), "cancel", null, "{'seatUid': '" + made.data().path("seatUid").asText() + "'}").message())
                .startsWith("Invalid seatUid");
    }

    // Lists and versions

    @Test
    void listsArePagedAndFiltered() {
        int eventType = sandbox.plainEventType();
        for (String time : new String[] {"08:00", "09:00", "10:00"}) {
            uid(sandbox.book(eventType, "2030-01-14T" + time + ":00Z"));
        }
        Reply page = sandbox.get("/v2/bookings?take=2&skip=2&sortStart=asc", BOOKINGS);
        assertThat(page.data()).hasSize(1);
        assertThat(page.body().path("pagination").path("hasPreviousPage").asBoolean()).isTrue();
        assertThat(sandbox.get("/v2/bookings?status=upcoming,past&afterStart=2030-01-14T09:00:00Z", BOOKINGS).data()).hasSize(2);
        assertThat(sandbox.get("/v2/bookings?status=cancelled", BOOKINGS).data()).isEmpty();
        assertThat(sandbox.get("/v2/bookings?take=251", BOOKINGS).body().path("error").path("details").path("errors").path(0).path("constraints")
                .path("max").asText()).isEqualTo("take must not be greater than 250");
        assertThat(sandbox.call("GET", "/v2/bookings", null, BOOKINGS, null).status()).isEqualTo(403);
    }

    @Test
    void withoutTheVersionTheOldFormIsExpectedAndGiven() {
        int eventType = sandbox.plainEventType();
        String person = "'timeZone': 'Europe/Berlin', 'language': 'de', 'metadata': {}, 'responses': {'name': 'Old', 'email': 'old@example.com'}";
        Reply refused = sandbox.call("POST", "/v2/bookings", null, null, "{'eventTypeId': " + eventType + ", 'start': '2030-01-14T10:00:00Z'}");
        assertThat(refused.body().path("error").path("details").path("errors")).extracting(error -> error.path("property").asText())
                .containsExactly("timeZone", "language", "metadata");
        Reply made = sandbox.call("POST", "/v2/bookings", null, "2024-06-11",
                "{'eventTypeId': " + eventType + ", 'start': '2030-01-14T10:00:00Z', " + person + "}");
        assertThat(made.data().path("status").asText()).isEqualTo("ACCEPTED");
        assertThat(sandbox.call("GET", "/v2/bookings/" + uid(made), null, "\"2024-08-13\"", null).data().has("startTime")).isTrue();
        assertThat(sandbox.call("GET", "/v2/bookings/" + uid(made), null, "2024-09-04", null).status()).isEqualTo(404);
        assertThat(sandbox.act(uid(made), "request-reschedule", KEY, "{}").status()).isEqualTo(404);
    }
}
