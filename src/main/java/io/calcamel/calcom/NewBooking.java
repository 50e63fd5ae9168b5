package io.calcamel.calcom;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Map;

/**
 * A booking to be made (version 2024-08-13, {@code POST /v2/bookings}). What is null is not sent: Cal.com refuses nulls and
 * fields that it does not know.
 *
 * @param eventTypeId     Cal.com's id of the event type, which also decides whether a series or a seat is booked
 * @param start           when it starts
 * @param attendee        who books
 * @param responses       answers by slug, without name, e-mail and phone number; null for none
 * @param metadata        what Cal.com keeps for us: at most 50 texts of 500 characters, by keys of 40; null for none
 * @param location        an object in Cal.com's form, of a type that the event type offers; null for its own
 * @param lengthInMinutes null unless the event type has several lengths: others refuse it
 * @param recurrenceCount occurrences of a series, no more than the event type's; null for as many
 */
public record NewBooking(long eventTypeId, Instant start, Attendee attendee, JsonNode responses, Map<String, String> metadata, JsonNode location,
        Integer lengthInMinutes, Integer recurrenceCount) {

    /**
     * Who books; by e-mail or phone number, or both.
     *
     * @param name        the name
     * @param email       may be null
     * @param phoneNumber in E.164; may be null
     * @param timeZone    the zone in which the attendee is told the time
     * @param language    null for Cal.com's default, English
     */
    public record Attendee(String name, String email, String phoneNumber, String timeZone, String language) {

        /** Without personal data. */
        @Override
        public String toString() {
            return "attendee";
        }
    }

    /** The same booking at another start. */
    NewBooking at(Instant other) {
        return new NewBooking(eventTypeId, other, attendee, responses, metadata, location, lengthInMinutes, recurrenceCount);
    }

    /** Without personal data. */
    @Override
    public String toString() {
        return "new booking of event type " + eventTypeId + " at " + start;
    }
}
