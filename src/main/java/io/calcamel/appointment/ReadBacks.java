package io.calcamel.appointment;

import io.calcamel.appointment.AppointmentStore.ReadBackDue;
import io.calcamel.calcom.CalcomBooking;
import io.calcamel.calcom.CalcomError;
import io.calcamel.calcom.CalcomException;
import io.calcamel.database.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;

/**
 * Reading bookings back from Cal.com, in the background: the bean {@code readBacks} of the routes
 * {@code read-back-schedule} and {@code booking-read-back}.
 */
public final class ReadBacks {

    private static final String SERIES = "seriesUid";
    private static final int AT_ONCE = 5;
    private static final Duration LEASE = Duration.ofMinutes(30);
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final List<Duration> WAITS = List.of(Duration.ofSeconds(30), Duration.ofMinutes(2), Duration.ofMinutes(10), Duration.ofHours(1),
            Duration.ofHours(6), Duration.ofHours(24));
    /** How often Cal.com is asked whether it has done by now what it told. */
    private static final int PATIENCE = 4;
    /** Refusals that asking again does not change. */
    private static final Set<CalcomError> FINAL = Set.of(CalcomError.BOOKING_NOT_FOUND, CalcomError.NOT_FOUND, CalcomError.UNSUPPORTED,
            CalcomError.FORBIDDEN);

    private final Database database;
    private final AppointmentStore store;

    ReadBacks(Database database, AppointmentStore store) {
        this.database = database;
        this.store = store;
    }

    /** Claims the bookings that are due, as maps with {@code company}, {@code uid}, {@code reason} and {@code attempt}. */
    public List<Map<String, Object>> due() {
        return store.claimReadBacks(AT_ONCE, LEASE).stream().map(ReadBacks::map).toList();
    }

    private static Map<String, Object> map(ReadBackDue due) {
        return Map.of("company", due.company(), "uid", due.uid(), "reason", String.valueOf(due.reason()), "attempt", due.attempt());
    }

    /**
     * Takes one of them up.
     *
     * @return its uid, which is what Cal.com is asked for
     */
    public String begin(@Body Map<String, Object> due, Exchange exchange) {
        exchange.setVariable("companyId", due.get("company"));
        exchange.setVariable("bookingUid", due.get("uid"));
        exchange.setVariable("attempt", due.get("attempt"));
        exchange.setVariable("readAt", Instant.now());
        return (String) due.get("uid");
    }

    /**
     * Applies what Cal.com answered, in a transaction of its own, and sets the variables that route
     * {@code appointment-changed} wants, and {@code seriesUid} where the whole series must be read too: then the booking is
     * done when that was.
     */
    public void complete(@Body List<CalcomBooking> bookings, Exchange exchange, @Variable("companyId") int company,
            @Variable("bookingUid") String uid, @Variable("attempt") int attempt, @Variable("readAt") Instant readAt) {
        List<Map<String, Object>> touched = new ArrayList<>();
        database.transaction().executeWithoutResult(transaction -> {
            store.lock(company, names(bookings));
            for (CalcomBooking booking : bookings) {
                apply(company, uid, booking, readAt, attempt >= PATIENCE, exchange, touched);
            }
            settle(company, uid, bookings, attempt, exchange);
        });
        exchange.setVariable("appointmentChanged", !touched.isEmpty());
        exchange.setVariable("touched", touched);
    }

    /** All that is about to be locked, so that it is locked in one order. */
    static SortedSet<String> names(List<CalcomBooking> bookings) {
        SortedSet<String> names = new TreeSet<>();
        for (CalcomBooking booking : bookings) {
            names.add(booking.uid());
            Stream.concat(Stream.of(booking.rescheduledFromUid(), booking.rescheduledToUid()), booking.attendees().stream().map(CalcomBooking.Attendee::seatUid))
                    .filter(Objects::nonNull).forEach(names::add);
        }
        return names;
    }

    /** Of a series only the occurrences that are known: one that no delivery told of is reconcile's to find. */
    private void apply(int company, String asked, CalcomBooking booking, Instant readAt, boolean isFinal, Exchange exchange, List<Map<String, Object>> touched) {
        BookingFacts known = store.facts(company, booking.uid());
        if (known == null || !known.isBooked() && !booking.uid().equals(asked)) {
            return;
        }
        BookingEvent event = ReadBack.event(booking, known, readAt, isFinal || !ReadBack.isBehind(booking, known));
        DeliveryApplication.Result result = new DeliveryApplication(store, company, event, facts -> null).run();
        if (booking.uid().equals(asked)) {
            exchange.setVariable("appointmentId", result.appointment());
        }
        touched.addAll(result.touched());
        if (booking.rescheduledToUid() != null && !booking.hasSeats() && store.facts(company, booking.rescheduledToUid()) == null) {
            store.wantReadBack(company, booking.rescheduledToUid(), "it replaces " + booking.uid());
        }
    }

    private void settle(int company, String uid, List<CalcomBooking> bookings, int attempt, Exchange exchange) {
        boolean isSeries = exchange.getVariable(SERIES) != null;
        CalcomBooking own = bookings.stream().filter(booking -> booking.uid().equals(uid)).findFirst().orElse(null);
        BookingFacts facts = store.facts(company, uid);
        exchange.setVariable(SERIES, null);
        if (own != null && ReadBack.isBehind(own, facts) && attempt < PATIENCE) {
            store.readBackAgain(company, uid, attempt, SOON, "Cal.com has not cancelled it yet, as it said");
            return;
        }
        boolean isCancelled = facts.isFoundCancelled() || facts.evidence.containsKey(Status.CANCELLED);
        if (!isSeries && own != null && own.seriesUid() != null && isCancelled) {
            exchange.setVariable(SERIES, own.seriesUid());
        } else {
            store.readBackDone(company, uid, attempt, null);
        }
    }

    /** Cal.com refused or failed: asks again later, or notes that it does not know the booking. */
    public void failed(@ExchangeException CalcomException failure, @Variable("companyId") int company, @Variable("bookingUid") String uid,
            @Variable("attempt") int attempt) {
        if (FINAL.contains(failure.error()) || attempt > WAITS.size()) {
            store.readBackDone(company, uid, attempt, failure.error().code() + ": " + failure.getMessage());
        } else {
            store.readBackAgain(company, uid, attempt, WAITS.get(attempt - 1), failure.error().code());
        }
    }
}
