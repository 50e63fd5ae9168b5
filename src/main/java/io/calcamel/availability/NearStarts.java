package io.calcamel.availability;

import io.calcamel.calcom.Slot;
import io.calcamel.calcom.SlotsQuery;
import io.calcamel.http.Problem;
import java.time.Clock;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;

/**
 * Is what somebody wishes free, and what is near it? The bean {@code nearStarts} of route {@code availability-near}.
 * Cal.com is asked afresh: who books needs to know what is, not what was.
 */
public final class NearStarts {

    private static final String SEARCH = "nearSearch";

    private final Availability availability;
    private final HeldStarts heldStarts;
    private final Clock clock;

    NearStarts(Availability availability, HeldStarts heldStarts, Clock clock) {
        this.availability = availability;
        this.heldStarts = heldStarts;
        this.clock = clock;
    }

    /**
     * Begins the search.
     *
     * @throws Problem 404 {@code event_type_not_found} or 422 {@code not_bookable}, without asking Cal.com
     */
    public void begin(Exchange exchange, @Body Wish wish, @Variable("companyId") int company) {
        availability.requireBookable(exchange, company, wish.eventTypeId(), wish.duration());
        exchange.setVariable(SEARCH, new NearSearch(wish, clock.instant()));
    }

    /** Whether there is something left to ask. */
    public boolean hasNext(@Variable(SEARCH) NearSearch search) {
        return search.hasNext();
    }

    /** What to ask next. */
    public SlotsQuery next(@Variable(SEARCH) NearSearch search) {
        return search.next();
    }

    /** Cal.com answered. */
    public void heard(@Body List<Slot> slots, @Variable(SEARCH) NearSearch search) {
        search.heard(slots);
    }

    /** All is asked. */
    public List<Near> found(@Variable(SEARCH) NearSearch search, @Variable("companyId") int company) {
        return search.found(heldStarts.of(company, search.eventTypeId()));
    }
}
