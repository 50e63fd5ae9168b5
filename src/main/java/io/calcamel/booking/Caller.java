package io.calcamel.booking;

/**
 * Who books, as the body of {@code POST /api/bookings} says.
 *
 * @param name        the name
 * @param email       may be null
 * @param phoneNumber may be null
 * @param timeZone    the zone in which the attendee is told the time; may be null
 * @param language    may be null
 */
record Caller(String name, String email, String phoneNumber, String timeZone, String language) {

    /** Without personal data. */
    @Override
    public String toString() {
        return "caller";
    }
}
