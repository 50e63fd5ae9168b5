package io.calcamel.calcom;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;

/**
 * A booking as Cal.com has it (version 2024-08-13).
 *
 * @param id                 Cal.com's number
 * @param uid                its key
 * @param status             {@code accepted}, {@code pending}, {@code cancelled}, {@code rejected}
 * @param start              when it starts
 * @param end                when it ends
 * @param title              its title
 * @param eventTypeId        its event type; null when that was deleted
 * @param location           the video address where there is one, else Cal.com's location
 * @param host               the organizer's e-mail; null when the user is gone
 * @param attendees          the booker first; with seats one for each seat
 * @param responses          answers by field; null for seats, where they are the attendee's
 * @param metadata           what the booking caller attached; null for seats, where it is the attendee's
 * @param rescheduledFromUid the booking that it replaced; null where there is none
 * @param rescheduledToUid   the booking that replaced it; null where there is none
 * @param seriesUid          {@code recurringBookingUid} of its series; null outside one
 * @param seatUid            the seat that was just booked or moved; null without seats, and whenever the booking is read
 * @param cancellationReason null where there is none
 * @param createdAt          when it was made
 * @param updatedAt          when it was last changed
 */
public record CalcomBooking(long id, String uid, String status, Instant start, Instant end, String title, Long eventTypeId, String location,
        String host, List<Attendee> attendees, JsonNode responses, JsonNode metadata, String rescheduledFromUid, String rescheduledToUid,
        String seriesUid, String seatUid, String cancellationReason, Instant createdAt, Instant updatedAt) {

    /**
     * Somebody who comes.
     *
     * @param name        may be empty for a guest
     * @param email       as Cal.com has it, with the suffix of platform users taken off
     * @param phoneNumber null where none was given
     * @param timeZone    the attendee's zone
     * @param language    the attendee's language
     * @param absent      marked as not having come
     * @param seatUid     the seat; null without seats
     * @param metadata    what was attached to the seat; null without seats
     */
    public record Attendee(String name, String email, String phoneNumber, String timeZone, String language, boolean absent, String seatUid,
            JsonNode metadata) {
    }

    /** Whether it is one of a booking with seats, told by its shape. */
    public boolean hasSeats() {
        return attendees.stream().anyMatch(attendee -> attendee.seatUid() != null);
    }

    /** Without personal data. */
    @Override
    public String toString() {
        return "booking " + uid + " (" + status + ")";
    }
}
