package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.appointment.BookedAppointments;
import io.calcamel.appointment.BookedAppointments.Recorded;
import io.calcamel.attention.Matter;
import io.calcamel.availability.Availability;
import io.calcamel.availability.Near;
import io.calcamel.availability.Wish;
import io.calcamel.booking.Intent.Status;
import io.calcamel.booking.Series.Date;
import io.calcamel.booking.Series.State;
import io.calcamel.calcom.BookingCancellation;
import io.calcamel.calcom.BookingsPage;
import io.calcamel.calcom.BookingsQuery;
import io.calcamel.calcom.CalcomBooking;
import io.calcamel.calcom.CalcomError;
import io.calcamel.calcom.CalcomException;
import io.calcamel.calcom.CalcomHttp;
import io.calcamel.calcom.NewBooking;
import io.calcamel.database.Database;
import io.calcamel.http.Json;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of a series, in the words of {@code routes/booking}: the bean {@code seriesSteps}. What each leaves behind is in
 * the intent's progress ({@link Series}), from which follows what comes next.
 *
 * <p>Cal.com books a series of a recurring event type in one call, but looks at its first date only, and keeps what it has
 * booked when a later one collides (recorded with API v2 of July 2026). So every date is looked at first, and what can't be
 * had as a whole is cancelled again.
 */
public final class SeriesSteps {

    private static final Logger LOG = LoggerFactory.getLogger(SeriesSteps.class);
    private static final String NEXT = BookingSteps.NEXT;
    private static final String REFUSAL = BookingSteps.REFUSAL;
    private static final String SERIES = "series";
    private static final String LACKING = "lacking";
    private static final int MOST_SENDS = 4;
    /** After a date nobody needs it any more; what Cal.com has of it is looked for a day longer. */
    private static final Duration LOOKED_FOR = Duration.ofDays(1);
    /** Cal.com's longest event types; the length that was synced can be another by now. */
    private static final Duration LONGEST_SLOT = Duration.ofHours(24);
    /** Cal.com lists no more at once (API v2, bookings 2024-08-13, take). */
    private static final int MOST_FOUND = 250;
    private static final String SKIP = "skip";
    private static final String MAY_BE_THERE = "mayBeThere";
    private static final String WHY_UNDONE = "The series could not be booked as a whole";

    private final Database database;
    private final BookingIntents intents;
    private final BookedAppointments appointments;
    private final WantedAppointments wanted;
    private final Availability availability;
    private final BookingSettings settings;
    private final Consumer<Matter> attention;

    SeriesSteps(Database database, BookingIntents intents, BookedAppointments appointments, WantedAppointments wanted, Availability availability,
            BookingSettings settings, Consumer<Matter> attention) {
        this.database = database;
        this.intents = intents;
        this.appointments = appointments;
        this.wanted = wanted;
        this.availability = availability;
        this.settings = settings;
        this.attention = attention;
    }

    /**
     * Takes a series up, from where it was left. Next: {@code choose} where several event types would do, {@code check} where Cal.com was not
     * asked yet, else what follows.
     */
    public void open(Exchange exchange, @Variable(BookingWork.INTENT) Intent intent) {
        try {
            BookingRequest request = wanted.request(intent);
            Series series = Series.of(intent.progress(), WantedAppointments.starts(request));
            joinWhatWasBooked(series, intent, request);
            exchange.setVariable(BookingSteps.REQUEST, request);
            exchange.setVariable(SERIES, series);
            boolean isUntouched = !series.has(State.SENDING, State.BOOKED, State.UNDONE) && series.problem() == null;
            boolean isToBeChosen = intent.isAny() && intent.progress() == null && intent.sends() == 0;
            exchange.setVariable(NEXT, isToBeChosen ? "choose" : isUntouched && !series.unchecked().isEmpty() ? "check" : series.next());
        } catch (Problem noLonger) {
            Series series = Series.of(intent.progress(), List.of());
            series.fails(noLonger);
            exchange.setVariable(SERIES, series);
            exchange.setVariable(NEXT, series.next());
        }
    }

    /** Dates that waited, and whose booking came by another way. */
    private void joinWhatWasBooked(Series series, Intent intent, BookingRequest request) {
        for (long id : intent.appointmentIds()) {
            ObjectNode appointment = appointments.find(intent.company(), String.valueOf(id)).orElseThrow();
            if (appointment.hasNonNull("uid") && appointment.hasNonNull("start") && !Ended.is(appointment)) {
                String seat = BookedAppointments.hasSeats(appointment) ? seatOf(appointment, request.checked().caller().email()) : null;
                series.at(Instant.parse(appointment.path("start").asText())).filter(date -> date.is(State.OPEN, State.SENDING))
                        .ifPresent(date -> join(date, appointment, intent, seat));
            }
        }
    }

    private static void join(Date date, ObjectNode appointment, Intent intent, String seat) {
        boolean hasSeats = BookedAppointments.hasSeats(appointment);
        if (hasSeats && date.is(State.SENDING)) {
            // Whose seats there are is told best by Cal.com, which is asked anyway.
            return;
        }
        boolean isOurs = BookingSteps.isStamp(appointment.path("metadata"), intent);
        date.booked(isOurs ? State.BOOKED : State.JOINED, appointment.path("uid").textValue(), appointment.path("calcomBookingId").longValue(),
                appointment.path("id").longValue());
        if (hasSeats) {
            date.seated(seat);
        }
    }

    /** The seat of somebody; null where it is not known, or not which of several. */
    private static String seatOf(JsonNode appointment, String email) {
        List<String> seats = new ArrayList<>();
        for (JsonNode attendee : appointment.path("attendees")) {
            String seat = attendee.path("seatUid").textValue();
            if (seat != null && attendee.path("status").asText().equals("active") && attendee.path("email").asText("").equalsIgnoreCase(email)) {
                seats.add(seat);
            }
        }
        return seats.size() == 1 ? seats.get(0) : null;
    }

    /** What is asked before anything is booked: whether each date is free, some dates at a time. */
    public Wish wish(Exchange exchange, @Variable(SERIES) Series series, @Variable(BookingSteps.REQUEST) BookingRequest request) {
        List<Instant> some = series.portion().stream().map(Date::start).toList();
        exchange.setVariable(CalcomHttp.DEADLINE, deadline());
        return new Wish(request.type().id(), some, request.length(), request.zone());
    }

    /** Each call, or the few that are made together, has its own: the lease is renewed in between. */
    private Instant deadline() {
        return Instant.now().plus(settings.lease().dividedBy(4));
    }

    /**
     * Notes the dates that are taken. Next: {@code check} for the next dates, then {@code send}, or {@code refuse} where all or
     * nothing was wanted, or nothing is left.
     *
     * @throws BookingWork.Overtaken where somebody else has the intent in hand by now
     */
    public void checked(Exchange exchange, @Body List<Near> near, @Variable(SERIES) Series series, @Variable(BookingSteps.REQUEST) BookingRequest request,
            @Variable(BookingWork.INTENT) Intent intent) {
        for (Near wish : near) {
            Date date = series.at(wish.start()).orElseThrow();
            date.checked();
            if (!wish.isFree()) {
                date.refused(CalcomError.SLOT_TAKEN.code());
                series.offer(wish);
            }
        }
        boolean isThrough = series.unchecked().isEmpty();
        List<Date> taken = series.dates(State.REFUSED).stream().filter(date -> !date.isCalledOff()).toList();
        if (isThrough && !taken.isEmpty() && (!request.recurrence().bestEffort() || !series.has(State.OPEN, State.JOINED))) {
            series.fails(new Problem(409, "slot_taken", "The slot is taken", taken.size() + " of " + series.dates().size() + " dates can't be had; nothing was booked.",
                    "Offer the alternatives of these dates, or send bestEffort: true to book the others."));
        }
        keepInHand(intent, series);
        exchange.setVariable(NEXT, isThrough ? series.next() : "check");
    }

    /** Cal.com could not be asked whether the dates are free. Next: {@code postpone}, {@code leave} or {@code refuse}. */
    public void unchecked(Exchange exchange, @ExchangeException Problem failure, @Variable(SERIES) Series series) {
        exchange.setVariable(REFUSAL, failure);
        if (failure.code().equals(CalcomError.RATE_LIMITED.code())) {
            exchange.setVariable(NEXT, "postpone");
        } else if (failure.code().equals(CalcomError.UNAVAILABLE.code())) {
            exchange.setVariable(NEXT, "leave");
        } else {
            series.fails(failure);
            exchange.setVariable(NEXT, series.next());
        }
    }

    /**
     * Cal.com is about to be asked: for the whole series where it makes them of this event type and none is left out, else for
     * the next date.
     *
     * @throws BookingWork.Overtaken where somebody else has the intent in hand by now
     */
    public NewBooking send(Exchange exchange, @Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series,
            @Variable(BookingSteps.REQUEST) BookingRequest request) {
        boolean isWhole = request.isCalcomsSeries() && series.dates(State.OPEN).size() == series.dates().size();
        List<Date> asked = isWhole ? series.dates() : List.of(series.first(State.OPEN).orElseThrow());
        asked.forEach(Date::sending);
        if (!intents.sentAgain(intent)) {
            throw new BookingWork.Overtaken(intent);
        }
        keepInHand(intent, series);
        asked.forEach(date -> availability.holdBack(intent.company(), request.type().id(), date.start(), request.end(date.start())));
        exchange.setVariable(CalcomHttp.DEADLINE, deadline());
        exchange.setVariable(REFUSAL, null);
        // Of dates that are booked one by one Cal.com makes no series, or one of each.
        String seriesUid = isWhole ? null : Optional.ofNullable(series.seriesUid()).orElse(intent.stamp());
        return request.booking(asked.get(0).start(), WantedAppointments.metadata(intent, request, seriesUid).sent(), asked.size());
    }

    /** Cal.com has booked a date, or all: their appointments are kept at once. */
    public void booked(Exchange exchange, @Body List<CalcomBooking> bookings, @Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series) {
        intents.settled(intent);
        keep(exchange, bookings, intent, series);
        // Fewer than were asked for: the others are asked for by themselves.
        series.dates(State.SENDING).forEach(date -> date.become(State.OPEN));
        exchange.setVariable(NEXT, series.next());
    }

    private void keep(Exchange exchange, List<CalcomBooking> bookings, Intent intent, Series series) {
        List<Map<String, Object>> touched = new ArrayList<>();
        boolean isWhole = series.dates(State.SENDING).size() > 1;
        Long last = database.transaction().execute(transaction -> {
            Intent now = intents.lock(intent.id());
            List<Recorded> all = appointments.recordEach(intent.company(), bookings, booking -> waiting(now, series, booking));
            for (int i = 0; i < bookings.size(); i++) {
                touched.addAll(all.get(i).touched());
                keep(bookings.get(i), all.get(i).id(), intent, series);
            }
            if (isWhole && series.seriesUid() == null) {
                series.seriesUid(bookings.get(0).seriesUid());
            }
            save(intent, series);
            return all.get(all.size() - 1).id();
        });
        bookings.forEach(booking -> availability.settled(intent.company(), eventTypeId(intent), booking.start()));
        changed(exchange, intent, last, touched);
    }

    private static void keep(CalcomBooking booking, long appointment, Intent intent, Series series) {
        Date date = series.of(booking.start());
        date.booked(State.BOOKED, booking.uid(), booking.id(), appointment);
        if (booking.seatUid() != null || booking.hasSeats()) {
            date.seated(booking.seatUid() != null ? booking.seatUid() : booking.attendees().stream()
                    .filter(attendee -> BookingSteps.isStamp(attendee.metadata(), intent)).map(CalcomBooking.Attendee::seatUid).findFirst().orElse(null));
        }
        if (date.isUnexpected()) {
            series.fails(new Problem(502, "unexpected_format", "Cal.com answered in a format that this hub does not know", "It has booked other dates. It does not repeat them as it was asked to.",
                    "Book the dates one by one; and tell the developers of this hub about the event type's recurrence."));
        }
    }

    /** The appointment that waits for a booking: those of a series are noted in the order of its dates. */
    private Long waiting(Intent now, Series series, CalcomBooking booking) {
        int date = series.dates().stream().map(Date::start).toList().indexOf(booking.start());
        Long waiting = date >= 0 && date < now.appointmentIds().size() ? now.appointmentIds().get(date) : null;
        return waiting != null && appointments.isWaiting(now.company(), waiting) ? waiting : null;
    }

    /** What it is asked for with, and looked for. */
    private static long eventTypeId(Intent intent) {
        return intent.isAny() ? intent.chosenEventTypeId() : intent.request().path("eventTypeId").asLong();
    }

    private static boolean isBestEffort(Intent intent) {
        return intent.request().path("recurrence").path("bestEffort").asBoolean();
    }

    private static void changed(Exchange exchange, Intent intent, Long appointment, List<Map<String, Object>> touched) {
        exchange.setVariable("appointmentId", appointment);
        exchange.setVariable("appointmentChanged", true);
        exchange.setVariable("touched", touched);
        exchange.setVariable("trigger", "series");
        exchange.setVariable("deliveryId", intent.id());
    }

    /** Cal.com refused or failed. */
    public void failed(Exchange exchange, @ExchangeException CalcomException failure, @Variable(BookingWork.INTENT) Intent intent,
            @Variable(SERIES) Series series) {
        exchange.setVariable(REFUSAL, failure);
        if (!failure.mayHaveHappened()) {
            series.dates(State.SENDING).forEach(date -> availability.release(intent.company(), eventTypeId(intent), date.start()));
        }
        if (BookingSteps.wasNotAsked(failure)) {
            intents.unsent(intent);
            series.dates(State.SENDING).forEach(Date::unsent);
            save(intent, series);
            boolean isLeft = failure.error() == CalcomError.UNAVAILABLE && !series.has(State.BOOKED);
            exchange.setVariable(NEXT, isLeft ? "leave" : "postpone");
            return;
        }
        if (!failure.mayHaveHappened() || failure.hasAnswered()) {
            intents.settled(intent);
        }
        if (!failure.mayHaveHappened() && failure.status() != 409) {
            refused(series, intent, failure);
            save(intent, series);
        }
        exchange.setVariable(NEXT, series.next());
    }

    private static void refused(Series series, Intent intent, Problem failure) {
        series.dates(State.SENDING).forEach(date -> date.refused(failure.code()));
        if (!isBestEffort(intent)) {
            series.fails(failure);
        }
    }

    /** The date that is looked for: of a whole series the first, which Cal.com books first. */
    public BookingsQuery query(Exchange exchange, @Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series,
            @Variable(BookingSteps.REQUEST) BookingRequest request) {
        Instant start = series.first(State.SENDING).orElseThrow().start();
        exchange.setVariable(CalcomHttp.DEADLINE, deadline());
        boolean isEverywhere = request == null || series.isSoughtEverywhere();
        return new BookingsQuery(null, isEverywhere ? null : eventTypeId(intent), start.minusSeconds(1), start.plus(LONGEST_SLOT), null, MOST_FOUND,
                exchange.getVariable(SKIP, 0, Integer.class));
    }

    /** Looks through what Cal.com listed; the body is then the booking, or nothing, and {@code seriesUid} the series that it is of. */
    public void found(Exchange exchange, @Body BookingsPage page, @Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series) {
        Instant start = series.first(State.SENDING).orElseThrow().start();
        List<CalcomBooking> ours = page.items().stream().filter(booking -> booking.start().equals(start) && BookingSteps.isStamped(booking, intent))
                .limit(1).toList();
        boolean isWhole = series.dates(State.SENDING).size() > 1;
        exchange.setVariable("seriesUid", ours.isEmpty() || !isWhole ? null : ours.get(0).seriesUid());
        exchange.setVariable(MAY_BE_THERE, ours.isEmpty() && page.hasNextPage());
        exchange.getMessage().setBody(ours);
    }

    /** What follows: its dates are booked, refused, open again, or not known yet; or it may be on the next page. */
    public void looked(Exchange exchange, @Body List<CalcomBooking> ours, @Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series,
            @Variable(MAY_BE_THERE) boolean mayBeThere, @Variable(REFUSAL) CalcomException refusal) {
        boolean isWhole = series.dates(State.SENDING).size() > 1;
        exchange.setVariable("appointmentChanged", false);
        if (mayBeThere) {
            exchange.setVariable(SKIP, exchange.getVariable(SKIP, 0, Integer.class) + MOST_FOUND);
            exchange.setVariable(NEXT, "look-up");
            return;
        }
        exchange.removeVariable(SKIP);
        List<CalcomBooking> standing = ours.stream().filter(booking -> !booking.status().equals("cancelled")).toList();
        if (!ours.isEmpty()) {
            keep(exchange, standing.isEmpty() ? ours : standing, intent, series);
        }
        Intent now = intents.find(intent.id());
        boolean isRefused = refusal != null && (!refusal.mayHaveHappened() || refusal.status() == 409 && refusal.hasAnswered());
        boolean isThrough = now.isThrough(settings.settle());
        boolean isTriedOut = isThrough && series.dates(State.SENDING).stream().anyMatch(date -> date.tries() >= MOST_SENDS);
        boolean isInPieces = isThrough && isWhole && !ours.isEmpty() && series.has(State.SENDING);
        boolean isOpen = !isRefused && !isTriedOut && !isInPieces;
        if (!isOpen) {
            refused(series, intent, isRefused ? refusal : unavailable());
        } else if (isThrough) {
            series.dates(State.SENDING).forEach(date -> date.become(State.OPEN));
        }
        save(intent, series);
        boolean isToWait = isOpen && (series.has(State.SENDING) || refusal != null && series.has(State.OPEN));
        exchange.setVariable(NEXT, isToWait ? "postpone" : series.next());
    }

    private static Problem unavailable() {
        return new Problem(503, "unavailable", "Cal.com can't be reached, or fails", "It was asked several times.", "Ask again later.");
    }

    /** It could not be looked. Next: {@code postpone}, or {@code leave} where it has been looked for long enough. */
    public void notLooked(Exchange exchange, @ExchangeException CalcomException failure, @Variable(BookingWork.INTENT) Intent intent,
            @Variable(SERIES) Series series) {
        if (failure.error() == CalcomError.EVENT_TYPE_NOT_FOUND && !series.isSoughtEverywhere()) {
            series.seekEverywhere();
            save(intent, series);
        }
        exchange.setVariable("appointmentChanged", false);
        Instant start = series.first(State.SENDING).orElseThrow().start();
        exchange.setVariable(NEXT, start.plus(LOOKED_FOR).isBefore(Instant.now()) ? "leave" : "postpone");
    }

    /** It is gone on with later; until then the caller is told {@code pending}. */
    public void postpone(@Variable(BookingWork.INTENT) Intent intent) {
        intents.pending(intent, intent.untilNextLook());
    }

    /** A person may have to book it: Cal.com can't be reached, and none of it is booked; or nobody knows what is. */
    public void leave(@Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series, @Variable(REFUSAL) Problem refusal) {
        boolean isUnknown = series.has(State.SENDING);
        boolean isOver = isOver(intent, series);
        String reason = isUnknown ? "Nobody knows whether Cal.com has booked it." : isOver ? "Its start has passed." : BookingSteps.reason(refusal);
        series.forgetChecks();
        // In one step: nobody comes back to what waits for a person, should the hub die before its appointments say so.
        database.transaction().executeWithoutResult(transaction -> {
            intents.lock(intent.id());
            save(intent, series);
            if (intents.manual(intent, reason, settings.retryManual() && !isOver && !isUnknown ? intent.untilNextLook() : null)) {
                wanted.leaveToPerson(intent, reason);
            }
        });
    }

    /** Whether it can't be booked any more as it was wanted. */
    private static boolean isOver(Intent intent, Series series) {
        List<Date> open = series.dates(State.OPEN, State.SENDING);
        long past = open.stream().filter(date -> date.start().isBefore(Instant.now())).count();
        return isBestEffort(intent) ? past == open.size() : past > 0;
    }

    /** What is to be cancelled next, since the series can't be had as a whole: with seats only the one that was booked. */
    public BookingCancellation undo(Exchange exchange, @Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series) {
        if (!intents.compensating(intent, series.json(), settings.lease())) {
            throw new BookingWork.Overtaken(intent);
        }
        exchange.setVariable(CalcomHttp.DEADLINE, deadline());
        Date date = series.undoable().orElseThrow();
        return new BookingCancellation(date.uid(), WHY_UNDONE, date.seatUid(), false, date.bookingId());
    }

    /** It is cancelled. */
    public void undone(Exchange exchange, @Body List<CalcomBooking> bookings, @Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series) {
        Date date = series.undoable().orElseThrow();
        List<Map<String, Object>> touched = new ArrayList<>();
        database.transaction().executeWithoutResult(transaction -> {
            intents.lock(intent.id());
            appointments.lock(intent.company(), bookings, date.seatUid() == null ? List.of() : List.of(date.uid(), date.seatUid()));
            appointments.record(intent.company(), bookings, null).forEach(recorded -> touched.addAll(recorded.touched()));
            if (date.seatUid() != null) {
                touched.addAll(appointments.leaveSeat(intent.company(), date.uid(), date.seatUid(), false).touched());
            }
            date.become(State.UNDONE);
            intents.compensating(intent, series.json(), settings.lease());
        });
        changed(exchange, intent, date.appointment(), touched);
        exchange.setVariable(NEXT, series.next());
    }

    /** It is not cancelled: it is tried again later, unless Cal.com says that it can't be. */
    public void notUndone(Exchange exchange, @ExchangeException CalcomException failure, @Variable(BookingWork.INTENT) Intent intent,
            @Variable(SERIES) Series series) {
        Date date = series.undoable().orElseThrow();
        boolean isFinal = !failure.mayHaveHappened() && (failure.status() < 500 || failure.error() == CalcomError.UNSUPPORTED);
        if (isFinal) {
            date.kept(failure.code());
            LOG.warn("{}: booking {} of a series that could not be booked as a whole can't be cancelled ({}); a person has to look at it",
                    intent, date.uid(), failure.code());
        } else {
            LOG.warn("{}: booking {} of a series that could not be booked as a whole could not be cancelled ({}); it is tried again", intent, date.uid(), failure.code());
        }
        if (isFinal || intent.untilNextLook().equals(Intent.LONGEST_WAIT)) {
            attention.accept(Matter.of(Matter.Kind.COMPENSATION_FAILED, intent.company(), date.uid(), failure.code()));
        }
        intents.compensating(intent, series.json(), isFinal ? settings.lease() : intent.untilNextLook());
        exchange.setVariable("appointmentChanged", false);
        exchange.setVariable(NEXT, isFinal ? series.next() : "end");
    }

    /** The dates that were refused, and have no alternatives yet; {@code lacking} says whether there are any. */
    public Wish lacking(Exchange exchange, @Variable(SERIES) Series series, @Variable(BookingSteps.REQUEST) BookingRequest request) {
        List<Instant> starts = series.dates(State.REFUSED).stream()
                .filter(date -> CalcomError.SLOT_TAKEN.code().equals(date.code()) && !date.alternatives().isArray()).map(Date::start).toList();
        exchange.setVariable(LACKING, request != null && !starts.isEmpty());
        exchange.setVariable(CalcomHttp.DEADLINE, deadline());
        return request == null ? null : new Wish(request.type().id(), starts, request.length(), request.zone());
    }

    /** Their alternatives. */
    public void offer(@Body List<Near> near, @Variable(SERIES) Series series) {
        near.forEach(series::offer);
    }

    /** As much of it as was wanted is booked. */
    public void finish(@Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series) {
        Date first = series.dates(State.BOOKED, State.JOINED).get(0);
        // In one step: nobody comes back to what is done.
        database.transaction().executeWithoutResult(transaction -> {
            Intent now = intents.lock(intent.id());
            intents.done(intent, first.uid(), first.appointment(), new Reply(201, answer(intent, series)));
            giveUpTheRest(now, series);
        });
    }

    /** It won't be: the caller is told why by date, or a person, where the caller was told that one would see to it. */
    public void refuse(@Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series) {
        keepWhatIsNotOurs(intent, series);
        ObjectNode problem = Optional.ofNullable(series.problem()).orElseGet(SeriesSteps::nothingLeft).deepCopy();
        String reason = problem.path("code").asText() + ": " + problem.path("detail").asText(problem.path("title").asText());
        // In one step: nobody comes back to what is refused, should the hub die before its appointments say so.
        database.transaction().executeWithoutResult(transaction -> {
            Intent now = intents.lock(intent.id());
            boolean isLeftToPerson = intent.status() == Status.MANUAL || wanted.isLeftToPerson(now);
            if (isLeftToPerson && !series.has(State.UNDONE, State.KEPT)) {
                if (intents.manual(intent, reason, null)) {
                    wanted.leaveToPerson(intent, reason);
                }
                return;
            }
            problem.set("items", answer(intent, series).path("items"));
            if (intents.refused(intent, new Reply(problem.path("status").asInt(409), problem))) {
                wanted.giveUp(intent, "rejected", reason);
            }
        });
    }

    /** Seats that are not known to be ours may be somebody else's. */
    private void keepWhatIsNotOurs(Intent intent, Series series) {
        series.dates(State.BOOKED).forEach(date -> {
            date.kept(CalcomError.SEAT_REQUIRED.code());
            LOG.warn("{}: booking {} of a series that could not be booked as a whole has seats, and it is not known which is ours; a person has to look at it",
                    intent, date.uid());
            attention.accept(Matter.of(Matter.Kind.COMPENSATION_FAILED, intent.company(), date.uid(), date.code()));
        });
    }

    private static ObjectNode nothingLeft() {
        return Json.MAPPER.valueToTree(new Problem(409, "slot_taken", "The slot is taken", "None of the dates can be had.",
                "Offer the alternatives of these dates.").toJson());
    }

    private void giveUpTheRest(Intent intent, Series series) {
        for (long id : intent.appointmentIds()) {
            ObjectNode appointment = appointments.find(intent.company(), String.valueOf(id)).orElseThrow();
            Optional<Date> date = appointment.hasNonNull("start") ? series.at(Instant.parse(appointment.path("start").asText())) : Optional.empty();
            date.filter(found -> found.is(State.REFUSED)).ifPresent(found -> appointments.giveUp(intent.company(), id, "rejected", found.code()));
        }
    }

    private ObjectNode answer(Intent intent, Series series) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        List<Date> told = new ArrayList<>(series.dates());
        // What could not be cancelled again stands beside what was wanted.
        series.dates(State.KEPT).stream().filter(Date::isUnexpected).forEach(told::add);
        for (Date date : told) {
            ObjectNode item = items.addObject().put("start", date.start().toString());
            if (date.is(State.BOOKED, State.JOINED, State.KEPT)) {
                item.set("appointment", appointments.find(intent.company(), String.valueOf(date.appointment())).orElseThrow());
            }
            if (date.code() != null) {
                item.put("code", date.code());
            }
            if (date.alternatives().isArray()) {
                item.set("alternatives", date.alternatives());
            }
        }
        answer.put("seriesUid", Optional.ofNullable(series.seriesUid()).orElse(intent.stamp())).set("items", items);
        return answer;
    }

    private boolean save(Intent intent, Series series) {
        return intents.keep(intent, series.json());
    }

    private void keepInHand(Intent intent, Series series) {
        if (!save(intent, series)) {
            throw new BookingWork.Overtaken(intent);
        }
    }
}
