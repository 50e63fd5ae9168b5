package io.calcamel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class SampleBodyTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final SampleBooking BOOKING = new SampleBooking("newUid", "oldUid",
            Instant.parse("2030-01-17T10:00:00Z"), Instant.parse("2030-01-10T08:15:30.120Z"));

    @ParameterizedTest
    @EnumSource(Trigger.class)
    void isOneLineOfJsonThatNamesItsTriggerAndHasNoPlaceholderLeft(Trigger trigger) throws IOException {
        String text = text(trigger);

        assertThat(JSON.readTree(text).path("triggerEvent").textValue()).isEqualTo(trigger.name());
        assertThat(text).doesNotContain("${").doesNotContain("\n");
    }

    @ParameterizedTest
    @EnumSource(Trigger.class)
    void hasNobodysRealAddress(Trigger trigger) {
        assertThat(text(trigger).replaceAll("[\\w.+-]+@Cal\\.com", "").replaceAll("@example\\.(com|org)", "")).doesNotContain("@");
    }

    @ParameterizedTest
    @EnumSource(value = Trigger.class, mode = Mode.MATCH_NONE, names = {"MEETING_.*", "CALENDAR_ENTRY_REJECTED", "FORM_SUBMITTED.*"})
    void isNested(Trigger trigger) throws IOException {
        JsonNode body = body(trigger);

        assertThat(body.propertyStream().map(Map.Entry::getKey)).containsExactly("triggerEvent", "createdAt", "payload");
        assertThat(body.path("createdAt").textValue()).isEqualTo("2030-01-10T08:15:30.120Z");
        assertThat(body.path("payload").isObject()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(value = Trigger.class, names = {"MEETING_STARTED", "MEETING_ENDED"})
    void ofAMeetingIsTheFlatBookingRow(Trigger trigger) throws IOException {
        JsonNode body = body(trigger);

        assertThat(body.has("payload")).isFalse();
        assertThat(body.path("id").isInt()).isTrue();
        assertThat(body.path("uid").textValue()).isEqualTo("newUid");
        assertThat(body.path("startTime").textValue()).isEqualTo("2030-01-17T10:00:00.000Z");
        // The booking's creation, not the delivery's.
        assertThat(Instant.parse(body.path("createdAt").textValue())).isBefore(BOOKING.sentAt());
    }

    @ParameterizedTest
    @EnumSource(value = Trigger.class, mode = Mode.MATCH_ALL, names = "BOOKING_(?!NO_SHOW).*")
    void ofABookingHasWhatEveryOneHas(Trigger trigger) throws IOException {
        JsonNode payload = body(trigger).path("payload");

        assertThat(payload.path("uid").textValue()).isEqualTo("newUid");
        assertThat(payload.path("bookingId").intValue()).isEqualTo(BookingUid.idOf("newUid"));
        assertThat(instant(payload, "startTime")).isEqualTo(BOOKING.start());
        assertThat(instant(payload, "endTime")).isEqualTo(BOOKING.start().plusSeconds(1800));
        assertThat(payload.path("title").isTextual()).isTrue();
        assertThat(payload.path("organizer").path("email").isTextual()).isTrue();
        assertThat(payload.path("attendees").path(0).path("email").isTextual()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "BOOKING_CREATED, ACCEPTED", "BOOKING_REQUESTED, PENDING", "BOOKING_REJECTED, REJECTED", "BOOKING_RESCHEDULED, ACCEPTED",
        "BOOKING_CANCELLED, CANCELLED", "BOOKING_PAYMENT_INITIATED, ACCEPTED", "BOOKING_PAID, ACCEPTED"})
    void ofABookingHasTheStatusThatCalComGivesIt(Trigger trigger, String status) throws IOException {
        assertThat(body(trigger).path("payload").path("status").textValue()).isEqualTo(status);
    }

    @ParameterizedTest
    @CsvSource({
        "BOOKING_CREATED, 2030-01-17T10:00:00Z", "BOOKING_CANCELLED, 2030-01-17T10:00:00+00:00",
        "BOOKING_REJECTED, 2030-01-17T10:00:00.000Z", "BOOKING_PAID, 2030-01-17T10:00:00.000Z"})
    void writesTimesAsCalComDoesForTheTrigger(Trigger trigger, String start) throws IOException {
        assertThat(body(trigger).path("payload").path("startTime").textValue()).isEqualTo(start);
    }

    @Test
    void ofAReschedulingLinksTheBookingThatItReplaces() throws IOException {
        JsonNode payload = body(Trigger.BOOKING_RESCHEDULED).path("payload");

        assertThat(payload.path("rescheduleUid").textValue()).isEqualTo("oldUid");
        assertThat(payload.path("rescheduleId").intValue()).isEqualTo(BookingUid.idOf("oldUid"));
        assertThat(payload.path("rescheduleStartTime").textValue()).isEqualTo("2030-01-16T10:00:00Z");
        assertThat(payload.path("rescheduleEndTime").textValue()).isEqualTo("2030-01-16T10:30:00Z");
    }

    @Test
    void onlyOfAReschedulingLinksAnother() {
        assertThat(Trigger.values()).filteredOn(trigger -> text(trigger).contains("oldUid")).containsExactly(Trigger.BOOKING_RESCHEDULED);
    }

    @Test
    void ofARequestHasNoVideoRoomAndEmptyMetadata() throws IOException {
        JsonNode payload = body(Trigger.BOOKING_REQUESTED).path("payload");

        assertThat(payload.has("videoCallData")).isFalse();
        assertThat(payload.has("appsStatus")).isFalse();
        assertThat(payload.path("metadata").isObject()).isTrue();
        assertThat(payload.path("metadata").isEmpty()).isTrue();
        assertThat(payload.path("requiresConfirmation").booleanValue()).isTrue();
    }

    @Test
    void ofAnEndedBookingHasNoMetadata() throws IOException {
        assertThat(body(Trigger.BOOKING_CANCELLED).path("payload").has("metadata")).isFalse();
        assertThat(body(Trigger.BOOKING_REJECTED).path("payload").has("metadata")).isFalse();
        assertThat(body(Trigger.BOOKING_REJECTED).path("payload").has("cancellationReason")).isFalse();
        assertThat(body(Trigger.BOOKING_REJECTED).path("payload").path("rejectionReason").isTextual()).isTrue();
    }

    @Test
    void ofAPaymentHasThePaymentsMetadata() throws IOException {
        JsonNode paid = body(Trigger.BOOKING_PAID).path("payload");

        assertThat(paid.path("paymentId").isInt()).isTrue();
        assertThat(paid.path("metadata").path("bookingId").intValue()).isEqualTo(paid.path("bookingId").intValue());
        assertThat(body(Trigger.BOOKING_PAYMENT_INITIATED).path("payload").path("paymentId").isInt()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(value = Trigger.class, names = {
        "BOOKING_NO_SHOW_UPDATED", "AFTER_HOSTS_CAL_VIDEO_NO_SHOW", "AFTER_GUESTS_CAL_VIDEO_NO_SHOW", "INSTANT_MEETING_ACCEPTED"})
    void ofSomeCallsTheUidBookingUid(Trigger trigger) throws IOException {
        JsonNode payload = body(trigger).path("payload");

        assertThat(payload.path("bookingUid").textValue()).isEqualTo("newUid");
        assertThat(payload.has("uid")).isFalse();
    }

    @Test
    void ofMissingHostsAndGuestsDifferInWhoIsMissing() throws IOException {
        JsonNode hosts = body(Trigger.AFTER_HOSTS_CAL_VIDEO_NO_SHOW).path("payload");
        JsonNode guests = body(Trigger.AFTER_GUESTS_CAL_VIDEO_NO_SHOW).path("payload");

        assertThat(hosts.path("noShowHost").booleanValue()).isTrue();
        assertThat(hosts.has("guests")).isFalse();
        assertThat(guests.path("guests").isArray()).isTrue();
        assertThat(guests.has("noShowHost")).isFalse();
        assertThat(hosts.path("participants").path(0).path("join_time").longValue()).isEqualTo(BOOKING.start().getEpochSecond());
    }

    @Test
    void ofADeclinedCalendarEntryHasItsOwnForm() throws IOException {
        JsonNode body = body(Trigger.CALENDAR_ENTRY_REJECTED);

        assertThat(body.propertyStream().map(Map.Entry::getKey))
                .containsExactly("triggerEvent", "createdAt", "booking", "calendarEvent", "declinedAttendee");
        assertThat(body.path("booking").path("uid").textValue()).isEqualTo("newUid");
    }

    @ParameterizedTest
    @EnumSource(value = Trigger.class, names = {"FORM_SUBMITTED", "FORM_SUBMITTED_NO_EVENT"})
    void ofAFormHasItsAnswersAtTheRootToo(Trigger trigger) throws IOException {
        JsonNode body = body(trigger);
        JsonNode responses = body.path("payload").path("responses");

        assertThat(responses.isEmpty()).isFalse();
        responses.properties().forEach(answer -> assertThat(body.path(answer.getKey())).isEqualTo(answer.getValue().path("value")));
        assertThat(body.path("payload").has("redirect")).isEqualTo(trigger == Trigger.FORM_SUBMITTED_NO_EVENT);
    }

    @Test
    void ofAPingIsAboutNoBooking() {
        assertThat(BookingUid.in(SampleBody.of(Trigger.PING, BOOKING))).isEmpty();
        assertThat(text(Trigger.PING)).contains("\"title\":\"Test trigger event\"");
    }

    @Test
    void leavesTextOfOtherScriptsUnescaped() {
        assertThat(text(Trigger.BOOKING_CREATED)).contains("Zoë Müller", "Łukasz Wójcik").doesNotContain("\\u");
    }

    @Test
    void keepsAUidWhateverIsInIt() throws IOException {
        String odd = "a\"b\\c${uid}$1 ü";
        byte[] body = SampleBody.of(Trigger.BOOKING_CREATED, new SampleBooking(odd, odd, BOOKING.start(), BOOKING.sentAt()));

        assertThat(JSON.readTree(body).path("payload").path("uid").textValue()).isEqualTo(odd);
        assertThat(JSON.readTree(body).path("payload").path("iCalUID").textValue()).isEqualTo(odd + "@Cal.com");
    }

    @Test
    void givesTheOffsetOfTheDay() throws IOException {
        SampleBooking summer = new SampleBooking("u", "v", Instant.parse("2030-07-17T10:00:00Z"), BOOKING.sentAt());

        assertThat(organizerOffset(BOOKING)).isEqualTo(60);
        assertThat(organizerOffset(summer)).isEqualTo(120);
    }

    @Test
    void startsTomorrowAtTenUnlessItMoves() {
        Instant night = Instant.parse("2030-01-10T23:59:59Z");

        assertThat(SampleBooking.defaultStart(Trigger.BOOKING_CREATED, night)).isEqualTo("2030-01-11T10:00:00Z");
        assertThat(SampleBooking.defaultStart(Trigger.BOOKING_RESCHEDULED, night)).isEqualTo("2030-01-12T10:00:00Z");
    }

    private static int organizerOffset(SampleBooking booking) throws IOException {
        return JSON.readTree(SampleBody.of(Trigger.BOOKING_CREATED, booking)).at("/payload/organizer/utcOffset").intValue();
    }

    private static Instant instant(JsonNode node, String field) {
        return OffsetDateTime.parse(node.path(field).textValue()).toInstant();
    }

    private static JsonNode body(Trigger trigger) throws IOException {
        return JSON.readTree(SampleBody.of(trigger, BOOKING));
    }

    private static String text(Trigger trigger) {
        return new String(SampleBody.of(trigger, BOOKING), StandardCharsets.UTF_8);
    }
}
