package io.calcamel.calcom;

import java.time.Instant;

/**
 * A booking, or a seat of one, that is to be rescheduled (version 2024-08-13, {@code POST /v2/bookings/{uid}/reschedule};
 * API v1 books anew, with {@code rescheduleUid}).
 *
 * @param uid           the booking; of a series the occurrence
 * @param start         its new start
 * @param seatUid       the seat; null for a booking without seats
 * @param rescheduledBy e-mail of whoever moves it; null for whose key it is. The host's is not asked for confirmation, so
 *                      it never comes from outside
 * @param reason        may be null. A seat's is not sent: Cal.com takes none
 * @param again         what the booking is made of, its start aside, for API v1; its metadata is the new booking's. Null
 *                      where only v2 is asked, which keeps all that by itself
 */
public record BookingMove(String uid, Instant start, String seatUid, String rescheduledBy, String reason, NewBooking again) {

    /** Without personal data. */
    @Override
    public String toString() {
        return "booking " + uid + " to " + start;
    }
}
