package io.calcamel.calcom;

import java.util.List;

/** How one generation of the API is asked, and how its answers are read into our words. */
interface Dialect {

    Dialect V2 = new DialectV2();
    Dialect V1 = new DialectV1();

    static Dialect of(Connection via) {
        return via.apiVersion() == ApiVersion.V1 ? V1 : V2;
    }

    CalcomRequest me(Connection via);

    CalcomRequest teams(Connection via);

    CalcomRequest eventTypes(Connection via);

    CalcomRequest teamEventTypes(Connection via, long teamId);

    CalcomRequest eventType(Connection via, long id);

    CalcomRequest createEventType(Connection via, NewEventType eventType);

    CalcomRequest slots(Connection via, SlotsQuery query);

    /** @param key a booking's or a series' uid in v2; in v1 a booking's number */
    CalcomRequest booking(Connection via, String key);

    CalcomRequest bookings(Connection via, BookingsQuery query);

    CalcomRequest createBooking(Connection via, NewBooking booking);

    CalcomRequest rescheduleBooking(Connection via, BookingMove move);

    CalcomRequest cancelBooking(Connection via, BookingCancellation cancellation);

    /** What was to be cancelled, as it is now. */
    CalcomRequest bookingOf(Connection via, BookingCancellation cancellation);

    CalcomRequest confirmBooking(Connection via, String uid);

    CalcomRequest declineBooking(Connection via, BookingDecline decline);

    /**
     * @param organizationId the organisation that they are of; null for the key's owner
     * @param skip           after how many
     */
    CalcomRequest subscriptions(Connection via, Long organizationId, int skip);

    CalcomRequest createSubscription(Connection via, NewSubscription subscription);

    CalcomRequest changeSubscription(Connection via, SubscriptionChange change);

    Account readAccount(CalcomAnswer answer);

    List<Team> readTeams(CalcomAnswer answer);

    List<CalcomEventType> readEventTypes(CalcomAnswer answer);

    CalcomEventType readEventType(CalcomAnswer answer);

    List<Slot> readSlots(CalcomAnswer answer);

    List<CalcomBooking> readBookings(CalcomAnswer answer);

    /** Whether the answer says that it was done and does not show the booking. */
    boolean isMessageOnly(CalcomAnswer answer);

    BookingsPage readBookingsPage(CalcomAnswer answer, BookingsQuery query);

    List<Subscription> readSubscriptions(CalcomAnswer answer);

    Subscription readSubscription(CalcomAnswer answer);
}
