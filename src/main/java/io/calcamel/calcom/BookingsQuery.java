package io.calcamel.calcom;

import java.time.Instant;

/**
 * Which bookings are asked for (version 2024-08-13, {@code GET /v2/bookings}); what is null does not matter. API v1 has
 * no status, and takes only whole pages: {@code skip} is a multiple of {@code take}.
 *
 * @param attendeeEmail exactly this address; of whoever gave a phone number only, {@code <digits>@sms.cal.com}
 * @param eventTypeId   Cal.com's id of the event type; one that is gone is refused
 * @param afterStart    they start then or later
 * @param beforeEnd     they end then or earlier
 * @param status        {@code upcoming}, {@code recurring}, {@code past}, {@code cancelled} (declined ones too),
 *                      {@code unconfirmed}, or several with commas
 * @param take          how many, 1 to 250
 * @param skip          after how many
 */
public record BookingsQuery(String attendeeEmail, Long eventTypeId, Instant afterStart, Instant beforeEnd, String status, int take, int skip) {

    /** Without personal data. */
    @Override
    public String toString() {
        return "bookings " + skip + " to " + (skip + take);
    }
}
