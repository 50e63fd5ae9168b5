package io.calcamel.calcom;

/**
 * A requested booking that the host does not take (version 2024-08-13, {@code POST /v2/bookings/{uid}/decline}).
 *
 * @param uid    the booking
 * @param reason may be null
 */
public record BookingDecline(String uid, String reason) {

    /** Without what somebody wrote. */
    @Override
    public String toString() {
        return "decline of booking " + uid;
    }
}
