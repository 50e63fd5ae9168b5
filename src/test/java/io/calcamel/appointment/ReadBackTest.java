package io.calcamel.appointment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.Deliveries;
import io.calcamel.SandboxExtension;
import io.calcamel.calcom.CalcomBooking;
import io.calcamel.http.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What deliveries can't tell is read back from Cal.com, here the sandbox. */
class ReadBackTest {

    @RegisterExtension
    static final SandboxExtension BOTH = new SandboxExtension().with("read-back.delay", "300ms").with("read-back.every", "100").with("calcom.breaker.open", "100ms");

    private static final String BOOKINGS = "2024-08-13";
    private static final String EVENT_TYPES = "2024-06-14";

    @AfterEach
    void mend() {
        BOTH.faults("{}");
    }

    private static long eventType(String slug, String more) {
        return BOTH.ask("POST", "/event-types", EVENT_TYPES, "{\"title\":\"" + slug + "\",\"slug\":\"" + slug + "\",\"lengthInMinutes\":30" + more + "}")
                .path("id").asLong();
    }

    private static JsonNode book(long eventType, String start, String email) {
        return BOTH.askAsBooker("POST", "/bookings", BOOKINGS, "{\"eventTypeId\":" + eventType + ",\"start\":\"" + start
                + "\",\"attendee\":{\"name\":\"Zoë\",\"email\":\"" + email + "\",\"timeZone\":\"Europe/Berlin\"}}");
    }

    private static JsonNode appointment(String uid) {
        return BOTH.hub().getJson("/api/appointments/" + uid);
    }

    private static void awaitStatus(String uid, String status) {
        await().untilAsserted(() -> assertThat(appointment(uid).path("status").asText()).isEqualTo(status));
    }

    private static List<String> texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).map(JsonNode::asText).toList();
    }

    @Test
    void aRescheduleThatNeedsConfirmationIsTheSameAppointment() {
        long type = eventType("confirm-it", ",\"confirmationPolicy\":{\"type\":\"always\",\"blockUnconfirmedBookingsInBooker\":false}");
        String first = book(type, "2030-01-07T09:00:00Z", "zoe@example.org").path("uid").asText();
        awaitStatus(first, "requested");
        BOTH.ask("POST", "/bookings/" + first + "/confirm", BOOKINGS, null);
        awaitStatus(first, "confirmed");

        String second = BOTH.askAsBooker("POST", "/bookings/" + first + "/reschedule", BOOKINGS, "{\"start\":\"2030-01-08T10:00:00Z\"}").path("uid").asText();
        await().untilAsserted(() -> assertThat(texts(appointment(first).path("uids"))).containsExactly(first, second));
        JsonNode appointment = appointment(first);
        assertThat(appointment.path("status").asText()).isEqualTo("requested");
        assertThat(appointment.path("uid").asText()).isEqualTo(second);
        assertThat(appointment.path("start").asText()).isEqualTo("2030-01-08T10:00:00Z");
        assertThat(appointment(second).path("id")).isEqualTo(appointment.path("id"));

        BOTH.ask("POST", "/bookings/" + second + "/decline", BOOKINGS, "{\"reason\":\"on holiday\"}");
        awaitStatus(first, "rejected");
    }

    @Test
    void cancellingTheRestOfASeriesCancelsItAll() {
        long type = eventType("weekly", ",\"recurrence\":{\"interval\":1,\"occurrences\":4,\"frequency\":\"weekly\"}");
        List<String> uids = new ArrayList<>();
        JsonNode series = book(type, "2030-02-04T09:00:00Z", "zoe@example.org");
        series.forEach(occurrence -> uids.add(occurrence.path("uid").asText()));
        assertThat(uids).hasSize(4);
        uids.forEach(uid -> awaitStatus(uid, "confirmed"));

        BOTH.ask("POST", "/bookings/" + uids.get(1) + "/cancel", BOOKINGS, "{\"cancellationReason\":\"moved away\",\"cancelSubsequentBookings\":true}");
        uids.subList(1, 4).forEach(uid -> awaitStatus(uid, "cancelled"));
        assertThat(appointment(uids.get(0)).path("status").asText()).isEqualTo("confirmed");
        await().untilAsserted(() -> uids.forEach(uid -> assertThat(appointment(uid).path("seriesUid").asText())
                .isEqualTo(series.path(0).path("recurringBookingUid").asText())));
    }

    @Test
    void ofASlotThatIsCancelledAllSeatsAreGoneAndOfASeatOnlyThatOne() {
        long type = eventType("workshop-x", ",\"seats\":{\"seatsPerTimeSlot\":3,\"showAttendeeInfo\":true,\"showAvailabilityCount\":true}");
        JsonNode one = book(type, "2030-03-04T09:00:00Z", "one@example.org");
        book(type, "2030-03-04T09:00:00Z", "two@example.org");
        String uid = one.path("uid").asText();
        await().untilAsserted(() -> assertThat(appointment(uid).path("attendees")).hasSize(2));

        BOTH.askAsBooker("POST", "/bookings/" + uid + "/cancel", BOOKINGS, "{\"seatUid\":\"" + one.path("seatUid").asText() + "\"}");
        await().untilAsserted(() -> assertThat(appointment(uid).path("attendees").findValuesAsText("status")).containsExactlyInAnyOrder("cancelled", "active"));
        assertThat(appointment(uid).path("status").asText()).isEqualTo("confirmed");

        BOTH.ask("POST", "/bookings/" + uid + "/cancel", BOOKINGS, "{\"cancellationReason\":\"ill\"}");
        awaitStatus(uid, "cancelled");
    }

    @Test
    void whatCalcomStillCallsAcceptedStaysCancelled() {
        long type = eventType("late-cancel", ",\"recurrence\":{\"interval\":1,\"occurrences\":2,\"frequency\":\"weekly\"}");
        String uid = book(type, "2030-04-01T09:00:00Z", "zoe@example.org").path(0).path("uid").asText();
        awaitStatus(uid, "confirmed");
        BOTH.faults("{\"late-cancel\":60000}");
        BOTH.ask("POST", "/bookings/" + uid + "/cancel", BOOKINGS, "{\"cancellationReason\":\"ill\"}");
        awaitStatus(uid, "cancelled");
        await().untilAsserted(() -> assertThat(note(uid)).contains("not cancelled it yet"));
        assertThat(appointment(uid).path("status").asText()).isEqualTo("cancelled");
    }

    @Test
    void aSeatThatCalcomStillListsIsHeldAfterAllOnlyWhenItHadTimeToTakeItAway() {
        BookingFacts known = facts(Deliveries.seatTaken("late-seat", "seat-of-zoe", "zoe@example.org", 1), Status.CONFIRMED)
                .mergedWith(facts(Deliveries.seatCancelled("late-seat", "zoe@example.org", 2), Status.CANCELLED));
        CalcomBooking shown = shown("late-seat", List.of(new CalcomBooking.Attendee("Zoë", "zoe@example.org", null, "Europe/Berlin", "de", false, "seat-of-zoe", null)));
        assertThat(ReadBack.isBehind(shown, known)).isTrue();
        assertThat(status(known, ReadBack.event(shown, known, Instant.now(), false))).isEqualTo("cancelled");
        assertThat(status(known, ReadBack.event(shown, known, Instant.now(), true))).isEqualTo("confirmed");
    }

    private static BookingFacts facts(ObjectNode delivery, Status status) {
        BookingEvent event = BookingEvent.ofBooking(Json.MAPPER.convertValue(delivery, new TypeReference<Map<String, Object>>() { }), "00", status);
        return event.facts().get(event.uid());
    }

    private static CalcomBooking shown(String uid, List<CalcomBooking.Attendee> attendees) {
        return new CalcomBooking(1, uid, "accepted", Instant.parse("2030-01-01T09:00:00Z"), Instant.parse("2030-01-01T10:00:00Z"), "Workshop", 7L, null, null,
                attendees, null, null, null, null, null, null, null, Instant.EPOCH, Instant.EPOCH);
    }

    private static String status(BookingFacts known, BookingEvent read) {
        return new Chain(Map.of(read.uid(), known.mergedWith(read.facts().get(read.uid()))), Map.of()).appointment().status();
    }

    @Test
    void aSeatThatMovedIsNotCancelledByWhatIsReadLater() {
        long type = eventType("workshop-move", ",\"seats\":{\"seatsPerTimeSlot\":3,\"showAttendeeInfo\":true,\"showAvailabilityCount\":true}");
        JsonNode one = book(type, "2030-03-18T09:00:00Z", "one@example.org");
        String uid = one.path("uid").asText();
        book(type, "2030-03-18T09:00:00Z", "two@example.org");
        await().untilAsserted(() -> assertThat(appointment(uid).path("attendees")).hasSize(2));
        BOTH.askAsBooker("POST", "/bookings/" + uid + "/reschedule", BOOKINGS, "{\"start\":\"2030-03-19T09:00:00Z\",\"seatUid\":\""
                + one.path("seatUid").asText() + "\"}");
        await().untilAsserted(() -> assertThat(statuses(uid)).containsExactlyInAnyOrder("moved", "active"));
        book(type, "2030-03-18T09:00:00Z", "three@example.org");
        await().untilAsserted(() -> assertThat(statuses(uid)).hasSize(3));
        await().untilAsserted(() -> assertThat(isRead(uid)).isTrue());
        assertThat(statuses(uid)).containsExactlyInAnyOrder("moved", "active", "active");
    }

    @Test
    void seatsThatAKeyMayNotSeeAreNotGone() {
        BookingFacts known = facts(Deliveries.seatTaken("hidden-seats", "seat-of-zoe", "zoe@example.org", 1), Status.CONFIRMED);
        BookingEvent read = ReadBack.event(shown("hidden-seats", List.of()), known, Instant.now(), true);
        assertThat(read.facts().get("hidden-seats").left).isEmpty();
        assertThat(status(known, read)).isEqualTo("confirmed");
    }

    private static List<String> statuses(String uid) {
        return appointment(uid).path("attendees").findValuesAsText("status");
    }

    private static boolean isRead(String uid) {
        return BOTH.hub().db().sql("SELECT read_back_due_at IS NULL AND read_back_at IS NOT NULL FROM booking WHERE uid = :uid").param("uid", uid)
                .query(Boolean.class).single();
    }

    @Test
    void aBookingThatCalcomDoesNotKnowIsNotedAndUnchanged() {
        BOTH.hub().deliver(Deliveries.created("nobody-knows-it", 1).toString());
        awaitStatus("nobody-knows-it", "confirmed");
        JsonNode before = appointment("nobody-knows-it");
        await().untilAsserted(() -> assertThat(note("nobody-knows-it")).contains("booking_not_found"));
        assertThat(appointment("nobody-knows-it")).isEqualTo(before);
    }

    @Test
    void applyingDoesNotWaitForCalcomAndItIsAskedAgainLater() {
        BOTH.faults("{\"500\":true}");
        BOTH.hub().deliver(Deliveries.created("while-it-fails", 1).toString());
        awaitStatus("while-it-fails", "confirmed");
        await().untilAsserted(() -> assertThat(note("while-it-fails")).isEqualTo("unavailable"));
        assertThat(BOTH.hub().db().sql("SELECT read_back_due_at > now() FROM booking WHERE uid = 'while-it-fails'").query(Boolean.class).single()).isTrue();
    }

    private static String note(String uid) {
        return BOTH.hub().db().sql("SELECT coalesce(read_back_note, '') FROM booking WHERE uid = :uid").param("uid", uid).query(String.class).single();
    }
}
