package io.calcamel.appointment;

import static io.calcamel.Deliveries.cancelled;
import static io.calcamel.Deliveries.confirmed;
import static io.calcamel.Deliveries.created;
import static io.calcamel.Deliveries.createdByPhone;
import static io.calcamel.Deliveries.meeting;
import static io.calcamel.Deliveries.moved;
import static io.calcamel.Deliveries.noShow;
import static io.calcamel.Deliveries.paid;
import static io.calcamel.Deliveries.paymentInitiated;
import static io.calcamel.Deliveries.reassigned;
import static io.calcamel.Deliveries.recordingReady;
import static io.calcamel.Deliveries.rejected;
import static io.calcamel.Deliveries.requested;
import static io.calcamel.Deliveries.rescheduleAsked;
import static io.calcamel.Deliveries.rescheduled;
import static io.calcamel.Deliveries.seatCancelled;
import static io.calcamel.Deliveries.seatMoved;
import static io.calcamel.Deliveries.seatPaid;
import static io.calcamel.Deliveries.seatTaken;
import static io.calcamel.Deliveries.slotCancelled;
import static io.calcamel.Deliveries.slotMoved;
import static io.calcamel.Deliveries.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.HubExtension;
import io.calcamel.http.Json;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The life of an appointment, as Cal.com tells it in deliveries. */
class AppointmentTest {

    @RegisterExtension
    static final HubExtension HUB = new HubExtension();

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String a = "A" + COUNT.incrementAndGet();
    private final String b = "B" + COUNT.get();
    private final String c = "C" + COUNT.get();

    @Test
    void aBookingThatIsCreatedStands() {
        JsonNode appointment = after(created(a, 1));
        assertThat(appointment.path("status").asText()).isEqualTo("confirmed");
        assertThat(texts(appointment, "uids")).containsExactly(a);
        assertThat(appointment.path("uid").asText()).isEqualTo(a);
        assertThat(appointment.path("start").asText()).isEqualTo("2027-01-11T10:00:00Z");
        assertThat(appointment.path("end").asText()).isEqualTo("2027-01-11T10:30:00Z");
        assertThat(appointment.path("title").asText()).isEqualTo("Erstgespräch");
        assertThat(appointment.path("location").asText()).isEqualTo("integrations:daily");
        assertThat(appointment.path("meetingUrl").asText()).isEqualTo("https://meet.example.com/" + a);
        assertThat(appointment.path("host").asText()).isEqualTo("lena@example.com");
        assertThat(appointment.path("eventTypeId").asLong()).isEqualTo(1001);
        assertThat(appointment.path("attendee").path("name").asText()).isEqualTo("Zoë Müller");
        assertThat(appointment.path("attendee").path("email").asText()).isEqualTo("zoe@example.org");
        assertThat(appointment.path("attendee").path("timeZone").asText()).isEqualTo("Europe/Berlin");
        assertThat(appointment.path("attendee").path("language").asText()).isEqualTo("de");
        assertThat(appointment.path("attendee").path("noShow").isBoolean()).isTrue();
        assertThat(appointment.path("responses").path("insurance").asText()).isEqualTo("AOK");
        assertThat(appointment.path("responses").has("notes")).as("a question that was not answered").isFalse();
        assertThat(appointment.path("metadata").path("crmId").asText()).isEqualTo("L-1");
        assertThat(appointment.path("calcomBookingId").asLong()).isEqualTo(Math.abs(a.hashCode()));
        for (String field : List.of("calcomBookingUid", "calcomRescheduleUid", "calcomCancelUid")) {
            assertThat(appointment.path(field).asText()).isEqualTo(a);
        }
        assertThat(appointment.path("requiresManualBooking").isBoolean()).isTrue();
        assertThat(appointment.path("requiresManualBooking").asBoolean()).isFalse();
    }

    @Test
    void aRequestIsConfirmedOrRejected() {
        assertThat(after(requested(a, 1)).path("status").asText()).isEqualTo("requested");
        JsonNode confirmed = after(confirmed(a, 2));
        assertThat(confirmed.path("status").asText()).isEqualTo("confirmed");
        assertThat(confirmed.path("metadata").path("crmId").asText()).as("metadata that the confirmation lacks").isEqualTo("L-1");

        assertThat(after(requested(b, 1)).path("status").asText()).isEqualTo("requested");
        JsonNode rejected = after(rejected(b, 2));
        assertThat(rejected.path("status").asText()).isEqualTo("rejected");
        assertThat(rejected.path("cancellationReason").asText()).isEqualTo("Im Urlaub 🌴");
        assertThat(after(confirmed(b, 3)).path("status").asText()).as("a declined booking that is confirmed after all").isEqualTo("confirmed");
    }

    @Test
    void aRequestIsMarkedForReadBackAndSaysWhatItMayReplace() {
        after(requested(a, 1));
        assertThat(readBack(a)).contains("may reschedule another booking");
        after(with(requested(b, 2), payload -> payload.put("rescheduleUid", a).put("rescheduleId", 1)));
        assertThat(readBack(b)).contains("leaves out");
    }

    @Test
    void aPaidBookingWaitsForItsPayment() {
        assertThat(after(paymentInitiated(a, 1)).path("status").asText()).isEqualTo("awaiting_payment");
        JsonNode paid = after(paid(a, 2, "ACCEPTED"));
        assertThat(paid.path("status").asText()).isEqualTo("confirmed");
        assertThat(paid.path("metadata").has("externalId")).as("payment data is not metadata").isFalse();
        assertThat(paid.path("responses").path("insurance").asText()).isEqualTo("AOK");
        assertThat(after(created(a, 3)).path("status").asText()).isEqualTo("confirmed");

        after(paymentInitiated(b, 1));
        assertThat(after(paid(b, 2, "PENDING")).path("status").asText()).isEqualTo("requested");
        after(requested(b, 3));
        assertThat(after(confirmed(b, 4)).path("status").asText()).isEqualTo("confirmed");
    }

    @Test
    void aRescheduledBookingStaysTheSameAppointment() {
        long id = after(created(a, 1)).path("id").asLong();
        after(rescheduled(b, a, 2, "2027-01-12"));
        JsonNode appointment = after(rescheduled(c, b, 3, "2027-01-13"));
        assertThat(appointment.path("id").asLong()).isEqualTo(id);
        assertThat(texts(appointment, "uids")).containsExactly(a, b, c);
        assertThat(appointment.path("uid").asText()).isEqualTo(c);
        assertThat(appointment.path("start").asText()).isEqualTo("2027-01-13T12:00:00Z");
        for (String uid : List.of(a, b, c, String.valueOf(id))) {
            assertThat(HUB.getJson("/api/appointments/" + uid)).isEqualTo(appointment);
        }
        assertThat(after(cancelled(a, 4))).as("cancelling a retired uid").isEqualTo(appointment);
        assertThat(after(cancelled(c, 5)).path("status").asText()).isEqualTo("cancelled");
    }

    @Test
    void twoHalvesOfAChainBecomeOneAppointment() {
        long first = after(created(a, 1)).path("id").asLong();
        long second = after(rescheduled(c, b, 3, "2027-01-13")).path("id").asLong();
        assertThat(second).isNotEqualTo(first);
        JsonNode merged = after(rescheduled(b, a, 2, "2027-01-12"));
        assertThat(merged.path("id").asLong()).isEqualTo(Math.min(first, second));
        assertThat(texts(merged, "uids")).containsExactly(a, b, c);
        assertThat(merged.path("uid").asText()).isEqualTo(c);
        assertThat(HUB.getJson("/api/appointments/" + Math.max(first, second))).as("the other's id is an alias").isEqualTo(merged);
        assertThat(HUB.getJson("/api/appointments?limit=500").path("items")).as("an alias is not listed").noneMatch(
                item -> item.path("id").asLong() == Math.max(first, second));
    }

    @Test
    void theHostMayAskForAnotherTime() {
        after(created(a, 1));
        JsonNode asked = after(rescheduleAsked(a, 2));
        assertThat(asked.path("status").asText()).isEqualTo("reschedule_requested");
        assertThat(asked.path("cancellationReason").asText()).startsWith("Please reschedule");
        JsonNode chosen = after(rescheduled(b, a, 3, "2027-01-12"));
        assertThat(chosen.path("status").asText()).isEqualTo("confirmed");
        assertThat(chosen.path("cancellationReason").isNull()).isTrue();
        assertThat(texts(chosen, "uids")).containsExactly(a, b);
    }

    @Test
    void aCancellationMayArriveFirst() {
        JsonNode cancelled = after(cancelled(a, 2));
        assertThat(cancelled.path("status").asText()).isEqualTo("cancelled");
        assertThat(cancelled.path("cancellationReason").asText()).isEqualTo("Krank – leider 🤒");
        JsonNode still = after(created(a, 1));
        assertThat(still.path("status").asText()).isEqualTo("cancelled");
        assertThat(still.path("metadata").path("crmId").asText()).isEqualTo("L-1");
    }

    @Test
    void seatsComeAndGoOneByOne() {
        after(seatTaken(a, "s1-" + a, "one@example.org", 1));
        after(seatTaken(a, "s2-" + a, "two@example.org", 2));
        JsonNode appointment = after(seatCancelled(a, "two@example.org", 3));
        assertThat(appointment.path("status").asText()).isEqualTo("confirmed");
        assertThat(seats(appointment)).containsExactly("one@example.org s1-" + a + " active", "two@example.org s2-" + a + " cancelled");
        appointment = after(seatTaken(a, "s3-" + a, "two@example.org", 4));
        assertThat(seats(appointment)).as("they booked again").containsExactly("one@example.org s1-" + a + " active",
                "two@example.org s2-" + a + " cancelled", "two@example.org s3-" + a + " active");
        after(seatCancelled(a, "one@example.org", 5));
        assertThat(after(seatCancelled(a, "two@example.org", 6)).path("status").asText()).as("nobody is left").isEqualTo("cancelled");
    }

    @Test
    void aSeatMovesToAnotherBookingAndJoinsNoChain() {
        after(seatTaken(a, "s1-" + a, "one@example.org", 1));
        after(seatTaken(a, "s2-" + a, "two@example.org", 2));
        JsonNode to = after(seatMoved(b, "s9-" + a, a, "two@example.org", 3));
        assertThat(texts(to, "uids")).containsExactly(b);
        assertThat(seats(to)).containsExactly("two@example.org s9-" + a + " active");
        JsonNode from = HUB.getJson("/api/appointments/" + a);
        assertThat(from.path("status").asText()).isEqualTo("confirmed");
        assertThat(seats(from)).containsExactly("one@example.org s1-" + a + " active", "two@example.org s2-" + a + " moved");
    }

    @Test
    void aMovedSeatMayBeNamedInPlaceOfItsBooking() {
        after(seatTaken(a, "s1-" + a, "one@example.org", 1));
        after(seatMoved(b, "s9-" + a, "s1-" + a, "one@example.org", 2));
        assertThat(seats(HUB.getJson("/api/appointments/" + a))).containsExactly("one@example.org s1-" + a + " moved");
        assertThat(HUB.getJson("/api/appointments/" + a).path("status").asText()).isEqualTo("cancelled");

        after(seatMoved(b + "x", "s9-" + c, "s1-" + c, "one@example.org", 2));
        assertThat(seats(after(seatTaken(c, "s1-" + c, "one@example.org", 1)))).as("the move came first").containsExactly("one@example.org s1-" + c + " moved");
    }

    @Test
    void aSeatMayKeepItsUidWhenItMoves() {
        after(seatTaken(a, "s1-" + a, "one@example.org", 1));
        assertThat(seats(after(seatMoved(b, "s1-" + a, "s1-" + a, "one@example.org", 2)))).containsExactly("one@example.org s1-" + a + " active");
        assertThat(seats(HUB.getJson("/api/appointments/" + a))).containsExactly("one@example.org s1-" + a + " moved");
        after(seatMoved(c, "s1-" + a, "s1-" + a, "one@example.org", 3));
        assertThat(HUB.getJson("/api/appointments/" + b).path("status").asText()).isEqualTo("cancelled");
        assertThat(HUB.getJson("/api/appointments/" + c).path("status").asText()).isEqualTo("confirmed");
    }

    @Test
    void theHostMovesOrCancelsAWholeSlot() {
        after(seatTaken(a, "s1-" + a, "one@example.org", 1));
        after(seatTaken(a, "s2-" + a, "two@example.org", 2));
        JsonNode moved = after(slotMoved(a, a, 3, "one@example.org", "two@example.org"));
        assertThat(moved.path("start").asText()).isEqualTo("2027-01-13T10:00:00Z");
        assertThat(seats(moved)).containsExactly("one@example.org s1-" + a + " active", "two@example.org s2-" + a + " active");

        assertThat(seats(after(slotMoved(b, a, 4, "one@example.org", "two@example.org")))).containsExactly("one@example.org null active", "two@example.org null active");
        assertThat(HUB.getJson("/api/appointments/" + a).path("status").asText()).isEqualTo("cancelled");
        assertThat(after(slotCancelled(b, 5, "one@example.org", "two@example.org")).path("status").asText()).isEqualTo("cancelled");
    }

    @Test
    void aPaymentThatNamesNoSeatMeansTheOneTheyHave() {
        after(seatTaken(a, "s1-" + a, "one@example.org", 1));
        assertThat(seats(after(seatPaid(a, "one@example.org", 2)))).containsExactly("one@example.org s1-" + a + " active");
        JsonNode cancelled = after(with(seatCancelled(a, "one@example.org", 3), payload -> payload.put("attendeeSeatId", "s1-" + a)));
        assertThat(cancelled.path("status").asText()).isEqualTo("cancelled");

        after(seatPaid(b, "one@example.org", 2));
        assertThat(after(with(seatCancelled(b, "one@example.org", 3), payload -> payload.put("attendeeSeatId", "s1-" + b))).path("status").asText())
                .as("the seat was never named").isEqualTo("cancelled");
    }

    @Test
    void thePhoneOfASeatIsTheOneGivenInTheForm() {
        JsonNode seat = after(with(seatTaken(a, "s1-" + a, "one@example.org", 1), payload ->
                payload.withObject("responses").putObject("attendeePhoneNumber").put("label", "phone_number").put("value", "+4930123456")));
        assertThat(seat.path("attendees").get(0).path("phoneNumber").asText()).isEqualTo("+4930123456");
    }

    @Test
    void aMeetingThatMovesToAPlaceHasNoUrlAnyMore() {
        assertThat(after(created(a, 1)).path("meetingUrl").asText()).isEqualTo("https://meet.example.com/" + a);
        assertThat(after(moved(a, 2, "Königsallee 1")).path("meetingUrl").isNull()).isTrue();
        assertThat(after(with(rescheduled(b, a, 3, "2027-01-12"), payload -> payload.withObject("metadata").remove("videoCallUrl")))
                .path("meetingUrl").isNull()).as("each booking has a room of its own").isTrue();
    }

    @Test
    void eachOccurrenceOfASeriesIsAnAppointment() {
        for (String uid : List.of(a, b, c)) {
            JsonNode occurrence = after(with(created(uid, 1), payload -> payload.putObject("recurringEvent").put("freq", 2).put("count", 3).put("interval", 1)));
            assertThat(texts(occurrence, "uids")).containsExactly(uid);
        }
        after(cancelled(b, 2));
        assertThat(HUB.getJson("/api/appointments/" + a).path("status").asText()).isEqualTo("confirmed");
        assertThat(HUB.getJson("/api/appointments/" + b).path("status").asText()).isEqualTo("cancelled");
        assertThat(readBack(b)).contains("the rest of the series");
        assertThat(readBack(a)).contains("a creation leaves out");
    }

    @Test
    void somebodyIsMarkedAsNotHavingComeAndUnmarked() {
        after(created(a, 1));
        assertThat(after(noShow(a, 2, "ZOE@example.org", true)).path("attendee").path("noShow").asBoolean()).isTrue();
        assertThat(after(noShow(a, 3, "zoe@example.org", false)).path("attendee").path("noShow").asBoolean()).isFalse();
    }

    @Test
    void aNoShowThatArrivesFirstIsKeptForItsBooking() {
        deliver(noShow(a, 2, "zoe@example.org", true));
        assertThat(HUB.get("/api/appointments/" + a).statusCode()).isEqualTo(404);
        assertThat(after(created(a, 1)).path("attendee").path("noShow").asBoolean()).isTrue();
    }

    @Test
    void aMeetingStartsAndEnds() {
        JsonNode started = after(meeting("MEETING_STARTED", a));
        assertThat(started.path("status").asText()).isEqualTo("confirmed");
        assertThat(started.path("startedAt").asText()).isEqualTo("2027-01-11T10:00:00Z");
        assertThat(started.path("endedAt").isNull()).isTrue();
        assertThat(started.path("attendee").path("language").asText()).isEqualTo("de");
        assertThat(started.path("responses").path("name").asText()).as("plain responses").isEqualTo("Zoë Müller");
        assertThat(after(meeting("MEETING_ENDED", a)).path("endedAt").asText()).isEqualTo("2027-01-11T10:30:00Z");
        assertThat(after(cancelled(a, 3)).path("status").asText()).isEqualTo("cancelled");
    }

    @Test
    void somebodyWithoutAnAddressIsKnownByPhone() {
        JsonNode appointment = after(createdByPhone(a, 1));
        assertThat(appointment.path("attendee").path("email").isNull()).isTrue();
        assertThat(appointment.path("attendee").path("phoneNumber").asText()).isEqualTo("+4915112345678");
        JsonNode cancelled = after(with(cancelled(a, 2), payload -> ((ObjectNode) payload.path("attendees").get(0)).put("email", "4915112345678@sms.cal.com")));
        assertThat(cancelled.path("attendee").path("phoneNumber").asText()).isEqualTo("+4915112345678");
        assertThat(HUB.getJson("/api/appointments?phone=%2B49%20151%2012345678").path("items")).anyMatch(item -> item.path("uid").asText().equals(a));
    }

    @Test
    void anotherPlaceOrHostSaysNothingOfTheStatus() {
        after(requested(a, 1));
        after(moved(a, 2, "https://meet.example.com/new"));
        JsonNode appointment = after(reassigned(a, 3, "mira@example.com"));
        assertThat(appointment.path("status").asText()).isEqualTo("requested");
        assertThat(appointment.path("host").asText()).isEqualTo("mira@example.com");
        assertThat(appointment.path("location").asText()).isEqualTo("https://meet.example.com/new");
        assertThat(appointment.path("meetingUrl").asText()).isEqualTo("https://meet.example.com/new");
        assertThat(after(moved(b, 1, "Berlin")).path("status").asText()).isEqualTo("confirmed");
    }

    @Test
    void aRecordingIsKeptWithItsAppointment() {
        after(created(a, 1));
        assertThat(after(recordingReady(a, 2)).path("recordingUrl").asText()).isEqualTo("https://rec.example.com/1");
    }

    @Test
    void aCopyForAnotherSubscriptionLevelChangesNothing() {
        JsonNode before = after(created(a, 1));
        ObjectNode copy = created(a, 1);
        copy.put("createdAt", "2026-11-22T13:31:00.105Z");
        assertThat(after(copy)).as("with updatedAt").isEqualTo(before);
    }

    @Test
    void aTestUnderTheNameOfItsTriggerIsIgnored() {
        ObjectNode test = created(a, 1);
        with(test, payload -> payload.put("title", "Test trigger event").remove(List.of("uid", "bookingId")));
        assertThat(deliver(test)).isEqualTo("ignored");
    }

    @Test
    void aTemplateThatNamesATriggerIsUnrecognised() throws IOException {
        assertThat(deliver(parse("{\"triggerEvent\":\"BOOKING_CREATED\",\"title\":\"Hello\"}"))).isEqualTo("unrecognised");
        assertThat(deliver(parse("{\"triggerEvent\":\"BOOKING_CREATED\",\"payload\":{\"uid\":\"with blank\"}}"))).isEqualTo("unrecognised");
    }

    @Test
    void textThatPostgresDoesNotTakeIsNoObstacle() {
        JsonNode appointment = after(with(created(a, 1), payload -> {
            payload.put("title", "Null\u0000byte and half a pair \ud83d");
            payload.withObject("metadata").put("k\u0000", "v\u0000");
            ((ObjectNode) payload.path("attendees").get(0)).put("email", "z\u0000@example.org");
        }));
        assertThat(appointment.path("status").asText()).isEqualTo("confirmed");
        assertThat(appointment.path("title").asText()).startsWith("Null\u0000byte");
    }

    private static ObjectNode parse(String json) throws IOException {
        return (ObjectNode) Json.MAPPER.readTree(json);
    }

    /** Delivers, waits until it is settled, and reads the appointment of the booking that it is about. */
    private static JsonNode after(ObjectNode delivery) {
        assertThat(deliver(delivery)).isEqualTo("applied");
        String uid = delivery.has("uid") ? delivery.path("uid").asText()
                : delivery.path("payload").path("uid").asText(delivery.path("payload").path("bookingUid").asText());
        return HUB.getJson("/api/appointments/" + uid);
    }

    private static String deliver(ObjectNode delivery) {
        long id = HubExtension.json(HUB.deliver(delivery.toString())).path("id").asLong();
        return await().until(() -> HUB.db().sql("SELECT status FROM delivery WHERE id = :id").param("id", id).query(String.class).single(),
                status -> !status.equals("pending"));
    }

    private static String readBack(String uid) {
        return (String) HUB.db().sql("SELECT read_back_reason FROM booking WHERE uid = :uid").param("uid", uid).query().singleRow().get("read_back_reason");
    }

    private static List<String> texts(JsonNode node, String field) {
        List<String> texts = new ArrayList<>();
        node.path(field).forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static List<String> seats(JsonNode appointment) {
        List<String> seats = new ArrayList<>();
        appointment.path("attendees").forEach(seat -> seats.add(seat.path("email").asText() + " " + seat.path("seatUid").asText() + " "
                + seat.path("status").asText()));
        return seats;
    }
}
