package io.calcamel.booking;

import io.calcamel.availability.AnyNear;
import io.calcamel.availability.AnyWish;
import io.calcamel.http.Problem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;

/**
 * The choice of an event type, where a booking was asked for by branch and name: the bean {@code choiceSteps} of the routes
 * {@code booking-choose} and {@code booking-series-choose}.
 *
 * <p>One event type is in hand at a time, and is stored before Cal.com is asked. Another is chosen only after it is certain that
 * the booking was not made with the one before ({@link BookingSteps}), so that there is one booking at most.
 */
public final class ChoiceSteps {

    private static final String AFRESH = "afresh";

    private final BookingIntents intents;
    private final WantedAppointments wanted;

    ChoiceSteps(BookingIntents intents, WantedAppointments wanted) {
        this.intents = intents;
        this.wanted = wanted;
    }

    /** What would do. Each intent begins with another event type, so that not all book with the first as long as it is free. */
    public AnyWish wish(Exchange exchange, @Variable(BookingWork.INTENT) Intent intent, @Variable(BookingSteps.REQUEST) BookingRequest request) {
        List<Long> order = new ArrayList<>(intent.eventTypeIds().stream().sorted().toList());
        Collections.rotate(order, -(int) (intent.id() % order.size()));
        // A series is not tried with one after the other: what it is chosen by must be true now.
        boolean isAfresh = exchange.removeVariable(AFRESH) != null || request.recurrence() != null;
        return new AnyWish(order, request.start(), wanted.lengths(intent), request.zone(), isAfresh);
    }

    /**
     * Chooses the next event type. Next: {@code send}; {@code refuse} where none is left; {@code choose} again where the request
     * is not taken by the one chosen any more, or Cal.com is to be asked first whether none is left: another node may know of a
     * cancellation that this one's cache does not.
     *
     * @throws BookingWork.Overtaken where somebody else has the intent in hand by now
     */
    public void choose(Exchange exchange, @Body AnyNear near, @Variable(BookingWork.INTENT) Intent intent) {
        List<Long> refused = intents.find(intent.id()).refusedEventTypeIds();
        Optional<Long> next = near.candidates().stream().filter(candidate -> !refused.contains(candidate)).findFirst();
        if (next.isEmpty() && near.isRemembered()) {
            exchange.setVariable(AFRESH, true);
            exchange.setVariable(BookingSteps.NEXT, "choose");
            return;
        }
        if (next.isEmpty()) {
            BookingSteps.refuseWith(exchange, near.refusal() != null && refused.isEmpty() ? near.refusal() : new Taken(near.alternatives()));
            return;
        }
        Intent chosen = intents.chosen(intent, next.get()).orElseThrow(() -> new BookingWork.Overtaken(intent));
        exchange.setVariable(BookingWork.INTENT, chosen);
        // They are about the one before.
        exchange.removeVariable(BookingSteps.HAS_SENT);
        exchange.removeVariable(BookingSteps.REFUSAL);
        try {
            exchange.setVariable(BookingSteps.REQUEST, wanted.request(chosen));
            exchange.setVariable(BookingSteps.NEXT, "send");
        } catch (Problem noLonger) {
            intents.refusedWithChosen(chosen);
            exchange.setVariable(BookingSteps.NEXT, "choose");
        }
    }

    /**
     * Chooses the event type of a series, by its first date: a series is not spread over several. Next: {@code check}.
     *
     * @throws BookingWork.Overtaken where somebody else has the intent in hand by now
     */
    public void chooseForAll(Exchange exchange, @Body AnyNear near, @Variable(BookingWork.INTENT) Intent intent) {
        long best = near.candidates().stream().findFirst().orElse(intent.chosenEventTypeId());
        Intent chosen = intents.chosen(intent, best).orElseThrow(() -> new BookingWork.Overtaken(intent));
        exchange.setVariable(BookingWork.INTENT, chosen);
        exchange.setVariable(BookingSteps.REQUEST, wanted.stored(chosen));
        exchange.setVariable(BookingSteps.NEXT, "check");
    }
}
