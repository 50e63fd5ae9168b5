package io.calcamel.calcom;

/**
 * A booking, or a seat of one, that is to be cancelled (version 2024-08-13, {@code POST /v2/bookings/{uid}/cancel};
 * API v1, {@code DELETE /v1/bookings/{id}/cancel}).
 *
 * @param uid        the booking; the series' own uid cancels all that is to come of it
 * @param reason     Cal.com demands one of the host, whose key it is
 * @param seatUid    the seat; null for the whole booking with all its seats
 * @param subsequent whether the later occurrences of the series go too. Only with an occurrence's uid: of another booking
 *                   Cal.com answers 400, and cancels it all the same (recorded with API v2 of July 2026)
 * @param bookingId  Cal.com's number of the booking, by which alone API v1 cancels; may be null
 */
public record BookingCancellation(String uid, String reason, String seatUid, boolean subsequent, Long bookingId) {

    /** Without what somebody wrote. */
    @Override
    public String toString() {
        return "cancellation of booking " + uid;
    }
}
