package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.appointment.BookedAppointments;
import io.calcamel.appointment.BookedAppointments.Recorded;
import io.calcamel.availability.Availability;
import io.calcamel.availability.Near;
import io.calcamel.availability.Offer;
import io.calcamel.availability.Wish;
import io.calcamel.booking.Intent.Status;
import io.calcamel.calcom.BookingsPage;
import io.calcamel.calcom.BookingsQuery;
import io.calcamel.calcom.CalcomBooking;
import io.calcamel.calcom.CalcomError;
import io.calcamel.calcom.CalcomException;
import io.calcamel.calcom.NewBooking;
import io.calcamel.database.Database;
import io.calcamel.http.Json;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;

/**
 * The steps of a booking, in the words of {@code routes/booking}: the bean {@code bookingSteps}. Each that decides sets the
 * variable {@code next}.
 *
 * <p>The rule that makes a booking happen once: Cal.com is asked for it only if it was never asked before, or has been looked
 * at since it must be through with the last request, and did not have it.
 */
public final class BookingSteps {

    static final String NEXT = "next";
    static final String REQUEST = "bookingRequest";
    static final String REFUSAL = "refusal";
    static final String HAS_SENT = "hasSent";
    private static final String SENDS = "sends";
    private static final String SKIP = "skip";

    /** Then it is left to a person: a request that fails so often is not Cal.com's bad day. */
    private static final int MOST_SENDS = 4;
    private static final Duration BUDGET = Duration.ofSeconds(5);
    /** After the booking's start nobody needs it any more; what Cal.com has of it is looked for a day longer. */
    private static final Duration LOOKED_FOR = Duration.ofDays(1);
    /** Cal.com's length of an event type may be another by now than the one that was synced. */
    private static final Duration LONGEST_BOOKING = Duration.ofHours(24);
    /** Cal.com lists no more at once (API v2, bookings 2024-08-13, take). */
    private static final int MOST_FOUND = 250;
    private static final Set<String> OUR_TROUBLE = Set.of(CalcomError.UNAUTHORIZED.code(), CalcomError.FORBIDDEN.code(), CalcomError.UNSUPPORTED.code(),
            CalcomError.UNEXPECTED_FORMAT.code());
    private static final Set<CalcomError> OFFERS_OTHERS = Set.of(CalcomError.SLOT_TAKEN, CalcomError.NO_SEATS_LEFT);
    /** These are about the event type that was asked, and say nothing of another one of the same name. */
    private static final Set<CalcomError> OF_THIS_ONE = Set.of(CalcomError.SLOT_TAKEN, CalcomError.NO_SEATS_LEFT, CalcomError.LIMIT_REACHED,
            CalcomError.NOT_BOOKABLE, CalcomError.EVENT_TYPE_NOT_FOUND);

    private final Database database;
    private final BookingIntents intents;
    private final BookedAppointments appointments;
    private final WantedAppointments wanted;
    private final Availability availability;
    private final BookingSettings settings;

    BookingSteps(Database database, BookingIntents intents, BookedAppointments appointments, WantedAppointments wanted, Availability availability,
            BookingSettings settings) {
        this.availability = availability;
        this.database = database;
        this.intents = intents;
        this.appointments = appointments;
        this.wanted = wanted;
        this.settings = settings;
    }

    /**
     * Takes an intent up. Next: {@code send}, or {@code choose} where several event types would do, {@code look-up} where it may have
     * been sent, {@code check} where it was left, {@code end}, {@code refuse}.
     */
    public void open(Exchange exchange, @Variable(BookingWork.INTENT) Intent intent) {
        if (wanted.isBooked(intent)) {
            settleJoined(exchange, intent);
            return;
        }
        try {
            exchange.setVariable(REQUEST, wanted.request(intent));
            exchange.setVariable(NEXT, switch (intent.status()) {
                case STARTED -> firstStep(intent);
                case MANUAL -> "check";
                default -> intent.sends() == 0 ? firstStep(intent) : "look-up";
            });
        } catch (Problem noLonger) {
            if (intent.isAny()) {
                // Cal.com was not asked yet, and another one may take it.
                exchange.setVariable(REQUEST, wanted.stored(intent));
                exchange.setVariable(NEXT, another(intent));
            } else {
                refuseWith(exchange, noLonger);
            }
        }
    }

    private static String firstStep(Intent intent) {
        return intent.isAny() ? "choose" : "send";
    }

    /** A webhook, or somebody who booked by hand, was faster. */
    private void settleJoined(Exchange exchange, Intent intent) {
        JsonNode appointment = wanted.appointmentOf(intent);
        boolean isCalledOff = !appointment.hasNonNull("uid");
        Reply reply = isCalledOff ? new Reply(409, Json.MAPPER.valueToTree(new Problem(409, "already_cancelled",
                "The booking is cancelled already", null, null).toJson())) : new Reply(201, appointment);
        if (isCalledOff) {
            intents.refused(intent, reply);
        } else {
            intents.done(intent, appointment.path("uid").asText(), intent.appointmentId(), reply);
        }
        exchange.setVariable(NEXT, "end");
    }

    /**
     * Cal.com is about to be asked.
     *
     * @throws BookingWork.Overtaken where somebody else has the intent in hand by now
     */
    public NewBooking send(Exchange exchange, @Variable(BookingWork.INTENT) Intent intent, @Variable(REQUEST) BookingRequest request) {
        if (!intents.sent(intent)) {
            throw new BookingWork.Overtaken(intent);
        }
        exchange.setVariable(HAS_SENT, true);
        availability.holdBack(intent.company(), request.type().id(), request.start(), request.end());
        return request.booking(request.start(), WantedAppointments.metadata(intent, request).sent(), 1);
    }

    /** Cal.com has it: the appointment holds its references before the caller is told. */
    public void record(Exchange exchange, @Body List<CalcomBooking> bookings, @Variable(BookingWork.INTENT) Intent intent,
            @Variable(REQUEST) BookingRequest request) {
        Recorded recorded = database.transaction().execute(transaction -> {
            Intent now = intents.lock(intent.id());
            Recorded first = appointments.record(intent.company(), bookings, now.appointmentId()).get(0);
            intents.done(intent, bookings.get(0).uid(), first.id(), new Reply(201, withCuts(first.appointment(), intent, request)));
            return first;
        });
        availability.settled(intent.company(), request.type().id(), request.start());
        exchange.setVariable("appointmentId", recorded.id());
        exchange.setVariable("appointmentChanged", true);
        exchange.setVariable("touched", recorded.touched());
        exchange.setVariable("trigger", "intent");
        exchange.setVariable("deliveryId", intent.id());
    }

    static ObjectNode withCuts(ObjectNode appointment, Intent intent, BookingRequest request) {
        List<String> cut = WantedAppointments.metadata(intent, request).cut();
        if (!cut.isEmpty()) {
            ArrayNode names = appointment.putArray("metadataCut");
            cut.forEach(names::add);
        }
        return appointment;
    }

    /** Cal.com refused or failed. Next: {@code look-up}, {@code leave}, {@code postpone} or {@code refuse}. */
    public void failed(Exchange exchange, @ExchangeException CalcomException failure, @Variable(BookingWork.INTENT) Intent intent,
            @Variable(REQUEST) BookingRequest request) {
        exchange.setVariable(REFUSAL, failure);
        if (wasNotAsked(failure)) {
            intents.unsent(intent);
        } else if (!failure.mayHaveHappened() || failure.hasAnswered()) {
            intents.settled(intent);
        }
        if (isRefused(failure)) {
            // It may not be possible to look now; and what was refused is not asked for again when it is.
            ObjectNode progress = Json.MAPPER.createObjectNode().put(SENDS, intents.find(intent.id()).sends());
            intents.keep(intent, progress.set(REFUSAL, Json.MAPPER.valueToTree(failure.toJson())));
        }
        exchange.setVariable(NEXT, next(failure, intent));
        if (!failure.mayHaveHappened()) {
            availability.release(intent.company(), request.type().id(), request.start());
        }
        if (OFFERS_OTHERS.contains(failure.error())) {
            availability.refused(intent.company(), request.type().id(), request.start());
        }
    }

    /** Taken, full or the like, and that is certain: all that is left to find out is whether this very booking took it. */
    private static boolean isRefused(CalcomException failure) {
        return failure.status() == 409 && (!failure.mayHaveHappened() || failure.hasAnswered());
    }

    /** What Cal.com said when it was asked last, if it refused. */
    private static Problem refusal(Intent intent) {
        JsonNode progress = intent.progress();
        if (progress == null || progress.path(SENDS).asInt() != intent.sends() || !progress.has(REFUSAL)) {
            return null;
        }
        JsonNode refusal = progress.path(REFUSAL);
        return new Kept(refusal);
    }

    static boolean wasNotAsked(CalcomException failure) {
        return !failure.mayHaveHappened() && Set.of(CalcomError.RATE_LIMITED, CalcomError.UNAVAILABLE).contains(failure.error());
    }

    /** Before "taken" is told, it is looked whether the booking is ours (calcom-pitfalls C1: a refused repetition of what succeeded). */
    private String next(CalcomException failure, Intent intent) {
        if (failure.mayHaveHappened() || failure.status() == 409) {
            return "look-up";
        }
        return switch (failure.error()) {
            case RATE_LIMITED -> "postpone";
            case UNAVAILABLE -> "leave";
            default -> afterRefusal(failure, intent);
        };
    }

    /** What Cal.com is asked to find out whether it has the booking: its stamp is in the metadata, by which Cal.com can't search. */
    public BookingsQuery query(Exchange exchange, @Variable(REQUEST) BookingRequest request) {
        return new BookingsQuery(null, request.type().id(), request.start().minusSeconds(1), request.start().plus(LONGEST_BOOKING), null, MOST_FOUND,
                exchange.getVariable(SKIP, 0, Integer.class));
    }

    /** Looks through what Cal.com listed. Next: {@code record}, or what follows from its not being there. */
    public void found(Exchange exchange, @Body BookingsPage page, @Variable(BookingWork.INTENT) Intent intent, @Variable(REQUEST) BookingRequest request) {
        List<CalcomBooking> ours = page.items().stream().filter(booking -> isStamped(booking, intent) && booking.start().equals(request.start()))
                .sorted(Comparator.comparing(CalcomBooking::id)).toList();
        if (!ours.isEmpty()) {
            exchange.getMessage().setBody(ours.subList(0, 1));
            exchange.setVariable(NEXT, "record");
            return;
        }
        if (page.hasNextPage()) {
            exchange.setVariable(SKIP, exchange.getVariable(SKIP, 0, Integer.class) + MOST_FOUND);
            exchange.setVariable(NEXT, "look-up");
            return;
        }
        exchange.removeVariable(SKIP);
        Intent now = intents.find(intent.id());
        boolean isThrough = now.isThrough(settings.settle());
        if (isThrough && !now.settled()) {
            intents.settled(intent);
        }
        boolean hasJustSent = exchange.getVariable(HAS_SENT) != null;
        Problem refusal = refusal(now);
        if (refusal != null) {
            // Taken, after all: it was answered, and nothing came of it.
            exchange.setVariable(REFUSAL, refusal);
            exchange.setVariable(NEXT, afterRefusal(refusal, intent));
        } else if (!isThrough) {
            exchange.setVariable(NEXT, "postpone");
        } else if (now.sends() >= MOST_SENDS) {
            exchange.setVariable(NEXT, "leave");
        } else {
            exchange.setVariable(NEXT, hasJustSent ? "postpone" : "send");
        }
    }

    /** Only now may another event type be tried: with this one it surely is not booked. */
    private String afterRefusal(Problem refusal, Intent intent) {
        if (intent.isAny() && isOneOf(OF_THIS_ONE, refusal)) {
            return another(intent);
        }
        return isOneOf(OFFERS_OTHERS, refusal) ? "offer" : "refuse";
    }

    private static boolean isOneOf(Set<CalcomError> errors, Problem refusal) {
        return errors.stream().anyMatch(error -> error.code().equals(refusal.code()));
    }

    private String another(Intent intent) {
        intents.refusedWithChosen(intent);
        return "choose";
    }

    static boolean isStamped(CalcomBooking booking, Intent intent) {
        return isStamp(booking.metadata(), intent) || booking.attendees().stream().anyMatch(attendee -> isStamp(attendee.metadata(), intent));
    }

    static boolean isStamp(JsonNode metadata, Intent intent) {
        return metadata != null && metadata.path(Intent.METADATA_KEY).asText().equals(intent.stamp());
    }

    /** It could not be looked, so nobody knows. Next: {@code postpone}, or {@code leave} where it has been looked for long enough. */
    public void notLooked(Exchange exchange, @Variable(REQUEST) BookingRequest request) {
        exchange.setVariable(NEXT, request.start().plus(LOOKED_FOR).isBefore(Instant.now()) ? "leave" : "postpone");
    }

    /** It is looked, or tried, again later; until then the caller is told {@code pending}. */
    public void postpone(@Variable(BookingWork.INTENT) Intent intent, @Variable(REFUSAL) CalcomException refusal) {
        intents.pending(intent, wait(intents.find(intent.id()), refusal));
    }

    private Duration wait(Intent intent, CalcomException refusal) {
        if (refusal != null && refusal.error() == CalcomError.RATE_LIMITED) {
            return BUDGET;
        }
        return intent.untilNextLook();
    }

    /** A person may have to book it: Cal.com can't be reached, or fails on and on. */
    public void leave(@Variable(BookingWork.INTENT) Intent intent, @Variable(REQUEST) BookingRequest request, @Variable(REFUSAL) Problem refusal) {
        boolean isOver = request.start().isBefore(Instant.now());
        boolean isTriedAgain = settings.retryManual() && !isOver && intents.find(intent.id()).settled();
        String reason = isOver ? "Its start has passed." : refusal == null ? "Nobody knows whether Cal.com has booked it." : reason(refusal);
        Duration again = isTriedAgain ? wait(intents.find(intent.id()), null) : null;
        database.transaction().executeWithoutResult(transaction -> leaveToPerson(intent, reason, again));
    }

    private void leaveToPerson(Intent intent, String reason, Duration again) {
        if (intents.manual(intent, reason, again)) {
            wanted.leaveToPerson(intent, reason);
        }
    }

    /** What there is instead. */
    public Wish wish(@Variable(REQUEST) BookingRequest request) {
        return new Wish(request.type().id(), List.of(request.start()), request.length(), request.zone());
    }

    /** Puts the alternatives into the refusal; none where Cal.com could not be asked. */
    public void offer(Exchange exchange, @Body Object near, @Variable(REFUSAL) Problem refusal) {
        List<Offer> offers = near instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Near first ? first.alternatives() : List.of();
        exchange.setVariable(REFUSAL, new Taken(refusal, offers));
    }

    /**
     * Cal.com is back: what was left to a person is booked where the slot is still free. Next: {@code send}, {@code choose} where
     * another event type would do, or {@code refuse}.
     */
    public void checked(Exchange exchange, @Body List<Near> near, @Variable(BookingWork.INTENT) Intent intent, @Variable(REQUEST) BookingRequest request) {
        Near wish = near.get(0);
        if (!settings.retryManual() || request.start().isBefore(Instant.now())) {
            exchange.setVariable(NEXT, "leave");
        } else if (wish.isFree()) {
            exchange.setVariable(NEXT, "send");
        } else if (intent.isAny()) {
            exchange.setVariable(NEXT, another(intent));
        } else {
            refuseWith(exchange, new Taken(wish.alternatives()));
        }
    }

    /** Cal.com is not back, or refuses to tell. Next: {@code leave}. */
    public void unchecked(Exchange exchange, @ExchangeException Problem refusal) {
        exchange.setVariable(REFUSAL, refusal);
        exchange.setVariable(NEXT, "leave");
    }

    /** With the code, by which programs can tell. */
    static String reason(Problem refusal) {
        String title = String.valueOf(refusal.toJson().get("title"));
        return refusal.code() + ": " + title + (refusal.getMessage().equals(title) ? "." : ". " + refusal.getMessage());
    }

    /**
     * Cal.com won't book it: the caller is told why, or a person, where the caller was told that one would see to it. What
     * lies with the key or the server, and not with the request, is no answer to keep: when it is mended, the same key books.
     */
    public void refuse(Exchange exchange, @Variable(BookingWork.INTENT) Intent intent, @Variable(REFUSAL) Problem refusal) {
        boolean isOurs = OUR_TROUBLE.contains(refusal.code());
        Duration again = isOurs && settings.retryManual() ? Intent.LONGEST_WAIT : null;
        // In one step: nobody comes back to an intent that is refused, should the hub die before its appointment says so.
        database.transaction().executeWithoutResult(transaction -> {
            Intent now = intents.lock(intent.id());
            if (isOurs && now.appointmentIds().isEmpty()) {
                intents.forgo(intent);
                exchange.setVariable(BookingWork.PROBLEM, refusal);
            } else if (isOurs || intent.status() == Status.MANUAL || wanted.isLeftToPerson(now)) {
                leaveToPerson(intent, reason(refusal), again);
            } else if (intents.refused(intent, new Reply(refusal.status(), Json.MAPPER.valueToTree(refusal.toJson())))) {
                wanted.giveUp(intent, "rejected", reason(refusal));
            }
        });
    }

    static void refuseWith(Exchange exchange, Problem refusal) {
        exchange.setVariable(REFUSAL, refusal);
        exchange.setVariable(NEXT, "refuse");
    }
}
