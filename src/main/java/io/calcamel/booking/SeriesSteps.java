package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.appointment.BookedAppointments;
import io.calcamel.appointment.BookedAppointments.Recorded;
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
import io.calcamel.calcom.NewBooking;
import io.calcamel.database.Database;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final int MOST_FOUND = 100;
    private static final String WHY_UNDONE = "The series could not be booked as a whole";

    private final Database database;
    private final BookingIntents intents;
    private final BookedAppointments appointments;
    private final WantedAppointments wanted;
    private final Availability availability;
    private final BookingSettings settings;

    SeriesSteps(Database database, BookingIntents intents, BookedAppointments appointments, WantedAppointments wanted, Availability availability,
            BookingSettings settings) {
        this.database = database;
        this.intents = intents;
        this.appointments = appointments;
        this.wanted = wanted;
        this.availability = availability;
        this.settings = settings;
    }

    /** Takes a series up, from where it was left. Next: {@code check} where Cal.com was not asked yet, else what follows. */
    public void open(Exchange exchange, @Variable(BookingWork.INTENT) Intent intent) {
        try {
            BookingRequest request = wanted.request(intent);
            Series series = Series.of(intent.progress(), WantedAppointments.starts(request));
            joinWhatWasBooked(series, intent);
            exchange.setVariable(BookingSteps.REQUEST, request);
            exchange.setVariable(SERIES, series);
            boolean isUntouched = !series.has(State.SENDING, State.BOOKED, State.UNDONE) && series.problem() == null;
            exchange.setVariable(NEXT, isUntouched && series.has(State.OPEN) ? "check" : series.next());
        } catch (Problem noLonger) {
            Series series = Series.of(intent.progress(), List.of());
            series.fails(noLonger);
            exchange.setVariable(SERIES, series);
            exchange.setVariable(NEXT, series.next());
        }
    }

    /** Dates that waited, and whose booking came by another way. */
    private void joinWhatWasBooked(Series series, Intent intent) {
        for (long id : intent.appointmentIds()) {
            ObjectNode appointment = appointments.find(intent.company(), String.valueOf(id)).orElseThrow();
            Optional<Date> date = appointment.hasNonNull("start") ? series.at(Instant.parse(appointment.path("start").asText())) : Optional.empty();
            if (appointment.hasNonNull("uid") && !Ended.is(appointment)) {
                boolean isOurs = appointment.path("metadata").path(Intent.METADATA_KEY).asText().equals(intent.stamp());
                date.filter(found -> found.is(State.OPEN, State.SENDING)).ifPresent(found -> found.booked(isOurs ? State.BOOKED : State.JOINED,
                        appointment.path("uid").textValue(), appointment.path("calcomBookingId").longValue(), id));
            }
        }
    }

    /** What is asked before anything is booked: whether each date is free. */
    public Wish wish(@Variable(SERIES) Series series, @Variable(BookingSteps.REQUEST) BookingRequest request) {
        List<Instant> open = series.dates(State.OPEN).stream().map(Date::start).toList();
        return new Wish(request.type().id(), open, request.length(), request.zone());
    }

    /** Notes the dates that are taken. Next: {@code send}, or {@code refuse} where all or nothing was wanted, or nothing is left. */
    public void checked(Exchange exchange, @Body List<Near> near, @Variable(SERIES) Series series, @Variable(BookingSteps.REQUEST) BookingRequest request,
            @Variable(BookingWork.INTENT) Intent intent) {
        for (Near wish : near) {
            if (!wish.isFree()) {
                Date date = series.at(wish.start()).orElseThrow();
                date.refused(CalcomError.SLOT_TAKEN.code());
                date.offer(wish);
            }
        }
        List<Date> taken = series.dates(State.REFUSED);
        if (!taken.isEmpty() && (!request.recurrence().bestEffort() || !series.has(State.OPEN, State.JOINED))) {
            series.fails(new Problem(409, "slot_taken", "The slot is taken", taken.size() + " of " + series.dates().size() + " dates can't be had; nothing was booked.",
                    "Offer the alternatives of these dates, or send bestEffort: true to book the others."));
        }
        save(intent, series);
        exchange.setVariable(NEXT, series.next());
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
        save(intent, series);
        asked.forEach(date -> availability.holdBack(intent.company(), request.type().id(), date.start(), request.end(date.start())));
        exchange.setVariable("deadline", Instant.now().plus(settings.lease().dividedBy(4)));
        exchange.setVariable(REFUSAL, null);
        return request.booking(asked.get(0).start(), WantedAppointments.metadata(intent, request).sent(), asked.size());
    }

    /** Cal.com has booked a date, or all: their appointments are kept at once. */
    public void booked(Exchange exchange, @Body List<CalcomBooking> bookings, @Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series,
            @Variable(BookingSteps.REQUEST) BookingRequest request) {
        intents.settled(intent);
        keep(exchange, bookings, intent, series, request);
        // Fewer than were asked for: the others are asked for by themselves.
        series.dates(State.SENDING).forEach(date -> date.become(State.OPEN));
        exchange.setVariable(NEXT, series.next());
    }

    private void keep(Exchange exchange, List<CalcomBooking> bookings, Intent intent, Series series, BookingRequest request) {
        List<Map<String, Object>> touched = new ArrayList<>();
        Long last = database.transaction().execute(transaction -> {
            intents.lock(intent.id());
            List<Recorded> all = appointments.record(intent.company(), bookings, null);
            for (int i = 0; i < bookings.size(); i++) {
                CalcomBooking booking = bookings.get(i);
                Recorded recorded = all.get(i);
                touched.addAll(recorded.touched());
                series.at(booking.start()).ifPresent(date -> date.booked(State.BOOKED, booking.uid(), booking.id(), recorded.id()));
            }
            save(intent, series);
            return all.get(all.size() - 1).id();
        });
        bookings.forEach(booking -> availability.settled(intent.company(), request.type().id(), booking.start()));
        changed(exchange, intent, last, touched);
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
            @Variable(SERIES) Series series, @Variable(BookingSteps.REQUEST) BookingRequest request) {
        exchange.setVariable(REFUSAL, failure);
        if (!failure.mayHaveHappened()) {
            series.dates(State.SENDING).forEach(date -> availability.release(intent.company(), request.type().id(), date.start()));
        }
        if (BookingSteps.wasNotAsked(failure)) {
            intents.unsent(intent);
            series.dates(State.SENDING).forEach(date -> date.become(State.OPEN));
            save(intent, series);
            boolean isLeft = failure.error() == CalcomError.UNAVAILABLE && !series.has(State.BOOKED);
            exchange.setVariable(NEXT, isLeft ? "leave" : "postpone");
            return;
        }
        if (!failure.mayHaveHappened() || failure.hasAnswered()) {
            intents.settled(intent);
        }
        if (!failure.mayHaveHappened() && failure.status() != 409) {
            refused(series, request, failure);
            save(intent, series);
        }
        exchange.setVariable(NEXT, series.next());
    }

    private static void refused(Series series, BookingRequest request, Problem failure) {
        series.dates(State.SENDING).forEach(date -> date.refused(failure.code()));
        if (!request.recurrence().bestEffort()) {
            series.fails(failure);
        }
    }

    /** The date that is looked for: of a whole series the first, which Cal.com books first. */
    public BookingsQuery query(Exchange exchange, @Variable(SERIES) Series series, @Variable(BookingSteps.REQUEST) BookingRequest request) {
        Instant start = series.first(State.SENDING).orElseThrow().start();
        exchange.setVariable("deadline", Instant.now().plus(settings.lease().dividedBy(4)));
        return new BookingsQuery(null, request.type().id(), start.minusSeconds(1), request.end(start).plusSeconds(1), null, MOST_FOUND, 0);
    }

    /** Looks through what Cal.com listed; the body is then the booking, or null, and {@code seriesUid} the series that it is of. */
    public void found(Exchange exchange, @Body BookingsPage page, @Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series) {
        List<CalcomBooking> ours = page.items().stream().filter(booking -> BookingSteps.isStamped(booking, intent)).limit(1).toList();
        boolean isWhole = series.dates(State.SENDING).size() > 1;
        exchange.setVariable("seriesUid", ours.isEmpty() || !isWhole ? null : ours.get(0).seriesUid());
        exchange.getMessage().setBody(ours);
    }

    /** What follows: its dates are booked, refused, open again, or not known yet. */
    public void looked(Exchange exchange, @Body List<CalcomBooking> ours, @Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series,
            @Variable(BookingSteps.REQUEST) BookingRequest request, @Variable(REFUSAL) CalcomException refusal) {
        boolean isWhole = series.dates(State.SENDING).size() > 1;
        exchange.setVariable("appointmentChanged", false);
        List<CalcomBooking> standing = ours.stream().filter(booking -> !booking.status().equals("cancelled")).toList();
        if (!ours.isEmpty()) {
            keep(exchange, standing.isEmpty() ? ours : standing, intent, series, request);
        }
        Intent now = intents.find(intent.id());
        boolean isRefused = refusal != null && (!refusal.mayHaveHappened() || refusal.status() == 409 && refusal.hasAnswered());
        boolean isThrough = now.settled() || Instant.now().isAfter(now.sentAt().plus(settings.settle()));
        boolean isTriedOut = isThrough && series.dates(State.SENDING).stream().anyMatch(date -> date.tries() >= MOST_SENDS);
        boolean isInPieces = isThrough && isWhole && !ours.isEmpty() && series.has(State.SENDING);
        boolean isOpen = !isRefused && !isTriedOut && !isInPieces;
        if (!isOpen) {
            refused(series, request, isRefused ? refusal : unavailable());
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

    /** It could not be looked. Next: {@code postpone}. */
    public void notLooked(Exchange exchange) {
        exchange.setVariable("appointmentChanged", false);
        exchange.setVariable(NEXT, "postpone");
    }

    /** It is gone on with later; until then the caller is told {@code pending}. */
    public void postpone(@Variable(BookingWork.INTENT) Intent intent) {
        intents.pending(intent, wait(intent));
    }

    private static Duration wait(Intent intent) {
        Duration age = Duration.between(intent.createdAt(), Instant.now()).dividedBy(4);
        return age.compareTo(AGAIN) < 0 ? AGAIN : age.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : age;
    }

    /** A person may have to book it: Cal.com can't be reached, and none of it is booked. */
    public void leave(@Variable(BookingWork.INTENT) Intent intent, @Variable(BookingSteps.REQUEST) BookingRequest request, @Variable(REFUSAL) Problem refusal) {
        boolean isOver = request.start().isBefore(Instant.now());
        String reason = isOver ? "Its start has passed." : BookingSteps.reason(refusal);
        if (intents.manual(intent, reason, settings.retryManual() && !isOver ? wait(intent) : null)) {
            wanted.leaveToPerson(intent, reason);
        }
    }

    /** What is to be cancelled next, since the series can't be had as a whole. */
    public BookingCancellation undo(Exchange exchange, @Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series) {
        if (!intents.compensating(intent, series.json(), settings.lease())) {
            throw new BookingWork.Overtaken(intent);
        }
        exchange.setVariable("deadline", Instant.now().plus(settings.lease().dividedBy(4)));
        Date date = series.first(State.BOOKED).orElseThrow();
        return new BookingCancellation(date.uid(), WHY_UNDONE, null, false, date.bookingId());
    }

    /** It is cancelled. */
    public void undone(Exchange exchange, @Body List<CalcomBooking> bookings, @Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series) {
        Date date = series.first(State.BOOKED).orElseThrow();
        List<Map<String, Object>> touched = new ArrayList<>();
        database.transaction().executeWithoutResult(transaction -> {
            intents.lock(intent.id());
            appointments.record(intent.company(), bookings, null).forEach(recorded -> touched.addAll(recorded.touched()));
            date.become(State.UNDONE);
            intents.compensating(intent, series.json(), settings.lease());
        });
        changed(exchange, intent, date.appointment(), touched);
        exchange.setVariable(NEXT, series.next());
    }

    /** It is not cancelled: it is tried again later, unless Cal.com says that it can't be. */
    public void notUndone(Exchange exchange, @ExchangeException CalcomException failure, @Variable(BookingWork.INTENT) Intent intent,
            @Variable(SERIES) Series series) {
        Date date = series.first(State.BOOKED).orElseThrow();
        boolean isFinal = !failure.mayHaveHappened() && failure.status() < 500;
        if (isFinal) {
            date.kept(failure.code());
            LOG.warn("{}: booking {} of a series that could not be booked as a whole can't be cancelled ({}); a person has to look at it",
                    intent, date.uid(), failure.code());
        } else {
            LOG.warn("{}: booking {} of a series that could not be booked as a whole could not be cancelled ({}); it is tried again", intent, date.uid(), failure.code());
        }
        intents.compensating(intent, series.json(), isFinal ? settings.lease() : wait(intent));
        exchange.setVariable("appointmentChanged", false);
        exchange.setVariable(NEXT, isFinal ? series.next() : "end");
    }

    /** The dates that were refused, and have no alternatives yet; {@code lacking} says whether there are any. */
    public Wish lacking(Exchange exchange, @Variable(SERIES) Series series, @Variable(BookingSteps.REQUEST) BookingRequest request) {
        List<Instant> starts = series.dates(State.REFUSED).stream()
                .filter(date -> CalcomError.SLOT_TAKEN.code().equals(date.code()) && !date.alternatives().isArray()).map(Date::start).toList();
        exchange.setVariable(LACKING, !starts.isEmpty());
        return request == null ? null : new Wish(request.type().id(), starts, request.length(), request.zone());
    }

    /** Their alternatives. */
    public void offer(@Body List<Near> near, @Variable(SERIES) Series series) {
        near.forEach(wish -> series.at(wish.start()).ifPresent(date -> date.offer(wish)));
    }

    /** As much of it as was wanted is booked. */
    public void finish(@Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series, @Variable(BookingSteps.REQUEST) BookingRequest request) {
        Date first = series.dates(State.BOOKED, State.JOINED).get(0);
        intents.done(intent, first.uid(), first.appointment(), new Reply(201, answer(intent, series)));
        database.transaction().executeWithoutResult(transaction -> giveUpTheRest(intent, series));
    }

    /** It won't be: the caller is told why by date, or a person, where the caller was told that one would see to it. */
    public void refuse(@Variable(BookingWork.INTENT) Intent intent, @Variable(SERIES) Series series) {
        ObjectNode problem = Optional.ofNullable(series.problem()).orElseGet(() -> JsonNodeFactory.instance.objectNode()).deepCopy();
        String reason = problem.path("code").asText() + ": " + problem.path("detail").asText(problem.path("title").asText());
        if (intent.status() == Status.MANUAL && !series.has(State.UNDONE, State.KEPT)) {
            if (intents.manual(intent, reason, null)) {
                wanted.leaveToPerson(intent, reason);
            }
            return;
        }
        problem.set("items", answer(intent, series).path("items"));
        if (intents.refused(intent, new Reply(problem.path("status").asInt(409), problem))) {
            wanted.giveUp(intent, "rejected", reason);
        }
    }

    private void giveUpTheRest(Intent intent, Series series) {
        for (long id : intents.lock(intent.id()).appointmentIds()) {
            ObjectNode appointment = appointments.find(intent.company(), String.valueOf(id)).orElseThrow();
            series.at(Instant.parse(appointment.path("start").asText())).filter(date -> date.is(State.REFUSED))
                    .ifPresent(date -> appointments.giveUp(intent.company(), id, "rejected", date.code()));
        }
    }

    private ObjectNode answer(Intent intent, Series series) {
        ObjectNode answer = JsonNodeFactory.instance.objectNode();
        ArrayNode items = JsonNodeFactory.instance.arrayNode();
        String seriesUid = intent.stamp();
        for (Date date : series.dates()) {
            ObjectNode item = items.addObject().put("start", date.start().toString());
            if (date.is(State.BOOKED, State.JOINED, State.KEPT)) {
                ObjectNode appointment = appointments.find(intent.company(), String.valueOf(date.appointment())).orElseThrow();
                seriesUid = appointment.path("seriesUid").asText(seriesUid);
                item.set("appointment", appointment);
            }
            if (date.code() != null) {
                item.put("code", date.code());
            }
            if (date.alternatives().isArray()) {
                item.set("alternatives", date.alternatives());
            }
        }
        answer.put("seriesUid", seriesUid).set("items", items);
        return answer;
    }

    private void save(Intent intent, Series series) {
        JsonNode progress = series.json();
        intents.keep(intent, progress);
    }
}
