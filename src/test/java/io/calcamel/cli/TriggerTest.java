package io.calcamel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TriggerTest {

    @ParameterizedTest
    @EnumSource(Trigger.class)
    void isFoundByItsOwnName(Trigger trigger) {
        assertThat(Trigger.named(trigger.name())).contains(trigger);
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "booking_created", "booking-created", "Booking-Created", "BOOKINGCREATED", "bookingCreated", " booking created "})
    void isFoundHoweverItIsTyped(String typed) {
        assertThat(Trigger.named(typed)).contains(Trigger.BOOKING_CREATED);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "BOOKING", "BOOKING_CONFIRMED", "BOOKING_CREATED_2"})
    void isNotFoundByAnotherName(String typed) {
        assertThat(Trigger.named(typed)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "BOOKING_CANCELED, BOOKING_CANCELLED",
        "booking-creatd, BOOKING_CREATED",
        "BOKING_PAYD, BOOKING_PAID",
        "MEETING_START, MEETING_STARTED",
        "RESCHEDULED, BOOKING_RESCHEDULED",
        "created, BOOKING_CREATED",
        "PONG, PING",
        "BOOKING_CONFIRMED, BOOKING_CREATED",
        "BOOKING_COMPLETED, MEETING_ENDED",
    })
    void isGuessedFromANearOne(String typed, Trigger meant) {
        assertThat(Trigger.closestTo(typed)).contains(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-", "qqqqqqqqqqqq"})
    void isNotGuessedFromOneFarFromAll(String typed) {
        assertThat(Trigger.closestTo(typed)).isEmpty();
    }

    @Test
    void thereIsOneForEachThatCalComHas() {
        assertThat(Trigger.values()).extracting(Trigger::name).containsExactlyInAnyOrder(
                "BOOKING_CREATED", "BOOKING_REQUESTED", "BOOKING_REJECTED", "BOOKING_RESCHEDULED", "BOOKING_CANCELLED",
                "BOOKING_PAYMENT_INITIATED", "BOOKING_PAID", "BOOKING_NO_SHOW_UPDATED", "BOOKING_LOCATION_UPDATED",
                "BOOKING_REASSIGNED", "MEETING_STARTED", "MEETING_ENDED", "RECORDING_READY", "RECORDING_TRANSCRIPTION_GENERATED",
                "INSTANT_MEETING", "INSTANT_MEETING_ACCEPTED", "AFTER_HOSTS_CAL_VIDEO_NO_SHOW", "AFTER_GUESTS_CAL_VIDEO_NO_SHOW",
                "OOO_CREATED", "FORM_SUBMITTED", "FORM_SUBMITTED_NO_EVENT", "ROUTING_FORM_FALLBACK_HIT",
                "WRONG_ASSIGNMENT_REPORT", "CALENDAR_ENTRY_REJECTED", "DELEGATION_CREDENTIAL_ERROR",
                "DELEGATION_CREDENTIAL_SECRET_ROTATED", "DELEGATION_CREDENTIAL_SECRET_ROTATION_FAILED",
                "DELEGATION_CREDENTIAL_ROTATION_REQUIRED", "PING");
    }
}
