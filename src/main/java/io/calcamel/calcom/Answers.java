package io.calcamel.calcom;

import java.util.List;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;

/**
 * Turns answers into our words: the last step of every route in {@code routes/calcom}, bean {@code calcomAnswer}. Every
 * method throws {@link CalcomException} {@code unexpected_format} where the answer is not in the form of the version that
 * was asked for.
 */
public final class Answers {

    /** Whose key it is. */
    public Account account(@Body CalcomAnswer answer, @Variable(CalcomHttp.REQUEST) CalcomRequest request) {
        return Dialect.of(request.via()).readAccount(answer);
    }

    /** The teams of the account. */
    public List<Team> teams(@Body CalcomAnswer answer, @Variable(CalcomHttp.REQUEST) CalcomRequest request) {
        return Dialect.of(request.via()).readTeams(answer);
    }

    /** Event types, personal or of a team. */
    public List<CalcomEventType> eventTypes(@Body CalcomAnswer answer, @Variable(CalcomHttp.REQUEST) CalcomRequest request) {
        return Dialect.of(request.via()).readEventTypes(answer);
    }

    /** One event type. */
    public CalcomEventType eventType(@Body CalcomAnswer answer, @Variable(CalcomHttp.REQUEST) CalcomRequest request) {
        return Dialect.of(request.via()).readEventType(answer);
    }

    /** Slots, in the order in which Cal.com lists them. */
    public List<Slot> slots(@Body CalcomAnswer answer, @Variable(CalcomHttp.REQUEST) CalcomRequest request) {
        return Dialect.of(request.via()).readSlots(answer);
    }

    /** One booking, or the occurrences of a series. */
    public List<CalcomBooking> bookings(@Body CalcomAnswer answer, @Variable(CalcomHttp.REQUEST) CalcomRequest request) {
        return Dialect.of(request.via()).readBookings(answer);
    }

    /** Some of the account's bookings. */
    public BookingsPage bookingsPage(@Body CalcomAnswer answer, @Variable(CalcomHttp.REQUEST) CalcomRequest request,
            @Variable("calcomBookingsQuery") BookingsQuery query) {
        return Dialect.of(request.via()).readBookingsPage(answer, query);
    }

    /** Before any page of webhook subscriptions was read. */
    public SubscriptionPages noSubscriptions() {
        return SubscriptionPages.NONE;
    }

    /** The webhook subscriptions that were read, with those of another page. */
    public SubscriptionPages moreSubscriptions(@Body CalcomAnswer answer, @Variable(CalcomHttp.REQUEST) CalcomRequest request,
            @Variable("calcomSubscriptions") SubscriptionPages read) {
        return read.with(Dialect.of(request.via()).readSubscriptions(answer));
    }

    /** Whether there can be another page of webhook subscriptions. */
    public boolean hasNextSubscriptions(@Variable("calcomSubscriptions") SubscriptionPages read) {
        return read.hasNext();
    }

    /** All webhook subscriptions. */
    public List<Subscription> subscriptions(@Variable("calcomSubscriptions") SubscriptionPages read) {
        return read.items();
    }

    /** One webhook subscription. */
    public Subscription subscription(@Body CalcomAnswer answer, @Variable(CalcomHttp.REQUEST) CalcomRequest request) {
        return Dialect.of(request.via()).readSubscription(answer);
    }

    /** Whether a change was made and the answer shows nothing of it, as with API v1. */
    public boolean isMessageOnly(@Body CalcomAnswer answer, @Variable(CalcomHttp.REQUEST) CalcomRequest request) {
        return Dialect.of(request.via()).isMessageOnly(answer);
    }

    /**
     * A booking is cancelled, and could not be read afterwards.
     *
     * @param unread what the question came to, which may not even have been sent
     * @throws CalcomException the same, of a change that was made; always
     */
    public void cancelledUnread(@ExchangeException CalcomException unread) {
        throw new CalcomException(unread.error(), "The booking is cancelled, but could not be read afterwards.", unread.isPassing(), Ending.UNCLEAR);
    }

    /**
     * Whether what was to be cancelled is cancelled already, which is as good as having cancelled it. Of the later
     * occurrences of a series it tells nothing.
     */
    public boolean isCancelled(@ExchangeException CalcomException refused, @Variable("calcomCancellation") BookingCancellation asked) {
        return refused.error() == CalcomError.ALREADY_CANCELLED && !asked.subsequent();
    }

    /**
     * What stands for the teams of a server that has none: the community edition, and old servers, answer 404 for them.
     *
     * @param refused what Cal.com answered
     * @return no teams
     * @throws CalcomException what was refused, where the server is one that has teams
     */
    public List<Team> noTeams(@ExchangeException CalcomException refused, @Variable(CalcomHttp.REQUEST) CalcomRequest request) {
        if (Set.of(CalcomError.UNSUPPORTED, CalcomError.NOT_FOUND).contains(refused.error()) && !request.via().edition().alwaysHasTeams()) {
            return List.of();
        }
        throw refused;
    }
}
