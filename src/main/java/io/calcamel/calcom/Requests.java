package io.calcamel.calcom;

import java.util.function.BiFunction;
import org.apache.camel.Body;
import org.apache.camel.Variable;

/**
 * Turns our words into requests, in the dialect of the company's server: the first step of every route in
 * {@code routes/calcom}, bean {@code calcomRequest}. Every method takes the variable {@code companyId},
 * or else the connection itself.
 */
public final class Requests {

    private final Connections connections;

    Requests(Connections connections) {
        this.connections = connections;
    }

    /** Whose key it is. */
    public CalcomRequest me(@Variable("companyId") int company) {
        return ask(company, Dialect::me);
    }

    /** Whose key it is, of a connection that no company has yet. */
    public CalcomRequest meOf(@Variable("calcomConnection") Connection via) {
        return Dialect.of(via).me(via);
    }

    /** The teams of the account of a connection that no company has yet. */
    public CalcomRequest teamsOf(@Variable("calcomConnection") Connection via) {
        return Dialect.of(via).teams(via);
    }

    /** The teams of the account. */
    public CalcomRequest teams(@Variable("companyId") int company) {
        return ask(company, Dialect::teams);
    }

    /** The personal event types of the account. */
    public CalcomRequest eventTypes(@Variable("companyId") int company) {
        return ask(company, Dialect::eventTypes);
    }

    /** The event types of a team. */
    public CalcomRequest teamEventTypes(@Body Long teamId, @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.teamEventTypes(via, teamId));
    }

    /** One event type. */
    public CalcomRequest eventType(@Body Long id, @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.eventType(via, id));
    }

    /** A new event type. */
    public CalcomRequest createEventType(@Body NewEventType eventType, @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.createEventType(via, eventType));
    }

    /** The slots of an event type. */
    public CalcomRequest slots(@Body SlotsQuery query, @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.slots(via, query));
    }

    /** A booking, or a series, by uid; at an old server a booking by its number. */
    public CalcomRequest booking(@Body String key, @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.booking(via, key));
    }

    /** Some of the account's bookings. */
    public CalcomRequest bookings(@Body BookingsQuery query, @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.bookings(via, query));
    }

    /** A new booking, series or seat. */
    public CalcomRequest createBooking(@Body NewBooking booking, @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.createBooking(via, booking));
    }

    /** Another start for a booking. */
    public CalcomRequest rescheduleBooking(@Body BookingMove move, @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.rescheduleBooking(via, move));
    }

    /** The end of a booking. */
    public CalcomRequest cancelBooking(@Body BookingCancellation cancellation, @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.cancelBooking(via, cancellation));
    }

    /** A booking that is cancelled. */
    public CalcomRequest cancelledBooking(@Variable("calcomCancellation") BookingCancellation cancellation, @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.bookingOf(via, cancellation));
    }

    /** The host takes a requested booking, or the requested ones of a series. */
    public CalcomRequest confirmBooking(@Body String uid, @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.confirmBooking(via, uid));
    }

    /** The host does not take a requested booking. */
    public CalcomRequest declineBooking(@Body BookingDecline decline, @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.declineBooking(via, decline));
    }

    /** The next page of webhook subscriptions, of the key's owner or of an organisation. */
    public CalcomRequest subscriptions(@Variable("calcomSubscriptions") SubscriptionPages read, @Variable("organizationId") Long organizationId,
            @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.subscriptions(via, organizationId, read.skip()));
    }

    /** A new webhook subscription. */
    public CalcomRequest createSubscription(@Body NewSubscription subscription, @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.createSubscription(via, subscription));
    }

    /** Another address, other triggers or another secret for a webhook subscription. */
    public CalcomRequest changeSubscription(@Body SubscriptionChange change, @Variable("companyId") int company) {
        return ask(company, (dialect, via) -> dialect.changeSubscription(via, change));
    }

    private CalcomRequest ask(int company, BiFunction<Dialect, Connection, CalcomRequest> question) {
        Connection via = connections.of(company);
        return question.apply(Dialect.of(via), via);
    }
}
