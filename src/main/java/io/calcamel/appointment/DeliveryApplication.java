package io.calcamel.appointment;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.appointment.AppointmentStore.AppointmentRow;
import io.calcamel.appointment.AppointmentStore.BookingRow;
import io.calcamel.http.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The application of one delivery to the appointments that it names, in the caller's transaction. Not reused.
 *
 * <p>It locks the uids that the delivery names, then the appointments they belong to, and reads the chain again behind
 * the locks; adds the facts; and works out every appointment touched from all that is known. What it then finds already
 * written it does not write again.
 */
final class DeliveryApplication {

    /**
     * @param appointment the appointment of the booking that the delivery is about; null while there is none
     * @param changed     whether any appointment is other than it was before
     * @param touched     the times that changed appointments had before and have now, in the words of their JSON
     */
    record Result(Long appointment, boolean changed, List<Map<String, Object>> touched) {
    }

    private final AppointmentStore store;
    private final int company;
    private final BookingEvent event;
    private final Function<BookingFacts, String> readBack;
    private final Long wanted;
    private final Set<String> erasing;

    private SortedMap<Long, AppointmentRow> appointments;
    private SortedSet<Long> awaited;
    private Map<String, BookingRow> before;
    private Map<String, BookingRow> bookings;
    private boolean changed;
    private final List<Map<String, Object>> touched = new ArrayList<>();

    /**
     * @param store    the tables
     * @param company  whose booking it is
     * @param event    what is said
     * @param readBack tells why the booking is to be read back from Cal.com once this is applied; null for never
     */
    DeliveryApplication(AppointmentStore store, int company, BookingEvent event, Function<BookingFacts, String> readBack) {
        this(store, company, event, readBack, null);
    }

    /** @param wanted the appointment that was waiting for this booking; null where none is known to */
    DeliveryApplication(AppointmentStore store, int company, BookingEvent event, Function<BookingFacts, String> readBack, Long wanted) {
        this(store, company, event, readBack, wanted, Set.of());
    }

    private DeliveryApplication(AppointmentStore store, int company, BookingEvent event, Function<BookingFacts, String> readBack, Long wanted,
            Set<String> erasing) {
        this.erasing = erasing;
        this.store = store;
        this.company = company;
        this.event = event;
        this.readBack = readBack;
        this.wanted = wanted;
    }

    /**
     * The application of nothing but that somebody was erased in a booking.
     *
     * @param marks who
     */
    static DeliveryApplication erasing(AppointmentStore store, int company, String uid, Set<String> marks) {
        BookingEvent nothing = new BookingEvent(uid, Map.of(uid, new BookingFacts()), new TreeSet<>(Set.of(uid)));
        return new DeliveryApplication(store, company, nothing, facts -> null, null, marks);
    }

    /** Whose data is erased in which of the bookings, once it has run. */
    Map<String, Set<String>> erased() {
        Map<String, Set<String>> erased = new TreeMap<>();
        bookings.forEach((uid, row) -> {
            if (!row.erased().isEmpty()) {
                erased.put(uid, row.erased());
            }
        });
        return erased;
    }

    Result run() {
        store.lock(company, event.names());
        readBehindLocks();

        before = Map.copyOf(bookings);
        event.facts().forEach((uid, facts) -> add(uid, facts));
        awaited.forEach(id -> add(event.uid(), WantedAppointment.attached(appointments.get(id).document())));
        Set<String> chain = new TreeSet<>(event.facts().get(event.uid()).reschedules.keySet());
        chain.forEach(uid -> add(uid, new BookingFacts()));
        chain.add(event.uid());

        Long appointment = join(chain);
        forget();
        Set<Long> named = new TreeSet<>(appointments.keySet());
        if (appointment != null) {
            named.add(appointment);
        }
        named.forEach(this::write);
        bookings.values().stream().filter(row -> row.appointment() == null && !row.equals(before.get(row.uid())))
                .forEach(row -> store.saveBooking(company, row, null, null));
        return new Result(appointment, changed, touched);
    }

    /**
     * An appointment that was found may be merged into another before we hold its lock: then look again. Nobody else can
     * give one of our uids an appointment, since we hold the locks on the uids.
     */
    private void readBehindLocks() {
        SortedSet<Long> waiting;
        do {
            SortedSet<Long> found = find();
            waiting = waiting(found);
            found.addAll(waiting);
            appointments = store.lockAppointments(found);
        } while (appointments.values().stream().anyMatch(row -> row.mergedInto() != null)
                || !waiting.stream().allMatch(id -> WantedAppointment.isWaiting(appointments.get(id).document())));
        awaited = waiting;
        Set<String> uids = new HashSet<>(event.names());
        bookings = new TreeMap<>(store.bookings(company, appointments.keySet(), uids));
        Set<String> seats = bookings.values().stream().flatMap(row -> row.facts().seatUids().stream()).collect(Collectors.toSet());
        if (!seats.isEmpty()) {
            bookings.putAll(store.bookings(company, Set.of(), seats));
        }
    }

    private SortedSet<Long> find() {
        SortedSet<Long> found = store.appointmentsOf(company, event.names());
        // What is said about another uid than the booking's own is said of a seat that moved, and may name the seat.
        Set<String> left = new HashSet<>(event.facts().keySet());
        left.remove(event.uid());
        if (!left.isEmpty()) {
            found.addAll(store.appointmentsWithSeat(company, left));
        }
        return found;
    }

    /** The appointment that was wanted and has found its booking in this: told, or known by who comes when to what. */
    private SortedSet<Long> waiting(SortedSet<Long> found) {
        SortedSet<Long> waiting = new TreeSet<>();
        BookingFacts facts = event.facts().get(event.uid());
        if (wanted != null) {
            store.byId(company, wanted).filter(row -> WantedAppointment.isWaiting(row.document())).ifPresent(row -> waiting.add(row.id()));
        } else if (facts.isBooked() && found.isEmpty()) {
            Appointment booked = new Chain(Map.of(event.uid(), facts), Map.of()).appointment();
            if (booked.start() != null) {
                store.wanted(company, booked.start()).stream().filter(row -> WantedAppointment.isMetBy(row.document(), booked))
                        .findFirst().ifPresent(row -> waiting.add(row.id()));
            }
        }
        return waiting;
    }

    private void add(String uid, BookingFacts facts) {
        bookings.merge(uid, new BookingRow(uid, null, facts, Set.of()),
                (known, news) -> new BookingRow(uid, known.appointment(), known.facts().mergedWith(facts), known.erased()));
    }

    /**
     * Who was erased in one booking of an appointment is erased in all: a booking that takes the place of another is made of the
     * same data.
     */
    private void forget() {
        Map<Object, Set<String>> marks = new HashMap<>();
        bookings.values().stream().filter(row -> isErasing(row) || !row.erased().isEmpty()).forEach(row -> {
            Set<String> here = marks.computeIfAbsent(family(row), none -> new TreeSet<>());
            here.addAll(row.erased());
            if (isErasing(row)) {
                here.addAll(erasing);
            }
        });
        // All that they are known by, in whatever booking of the family.
        bookings.values().stream().filter(row -> marks.containsKey(family(row)))
                .forEach(row -> marks.get(family(row)).addAll(Forgetting.marks(store.erased(marks.get(family(row))), row.facts())));
        bookings.replaceAll((uid, row) -> {
            Set<String> here = marks.get(family(row));
            return here == null ? row : new BookingRow(uid, row.appointment(), new Forgetting(store.erased(here)).without(row.facts()), here);
        });
    }

    private boolean isErasing(BookingRow row) {
        return !erasing.isEmpty() && row.uid().equals(event.uid());
    }

    private static Object family(BookingRow row) {
        return row.appointment() == null ? row.uid() : row.appointment();
    }

    /** Brings the bookings of a chain under one appointment: a new one, the one there is, or the oldest of several. */
    private Long join(Set<String> chain) {
        SortedSet<Long> joined = chain.stream().map(uid -> bookings.get(uid).appointment()).filter(id -> id != null)
                .collect(Collectors.toCollection(TreeSet::new));
        joined.addAll(awaited);
        if (joined.isEmpty()) {
            if (!bookings.get(event.uid()).facts().isBooked()) {
                return null;
            }
            joined.add(store.nextId());
        }
        long survivor = joined.first();
        SortedSet<Long> others = joined.tailSet(survivor + 1);
        if (!others.isEmpty()) {
            store.merge(survivor, others);
            bookings.replaceAll((uid, row) -> others.contains(row.appointment()) ? new BookingRow(uid, survivor, row.facts(), row.erased()) : row);
            appointments.keySet().removeAll(others);
            changed = true;
        }
        chain.forEach(uid -> bookings.computeIfPresent(uid, (same, row) -> new BookingRow(uid, survivor, row.facts(), row.erased())));
        return survivor;
    }

    private void write(long id) {
        Map<String, BookingFacts> mine = new HashMap<>();
        Map<String, BookingFacts> others = new HashMap<>();
        bookings.forEach((uid, row) -> (row.appointment() != null && row.appointment() == id ? mine : others).put(uid, row.facts()));
        Chain chain = new Chain(mine, others);
        Appointment appointment = chain.appointment();
        AppointmentRow known = appointments.get(id);
        if (known == null || !known.document().equals(asRead(appointment))) {
            store.saveAppointment(company, id, appointment);
            changed = true;
            if (known != null) {
                touch(known.document());
            }
            touch(asRead(appointment));
        }
        mine.forEach((uid, facts) -> {
            // What was said elsewhere about a seat can change its booking too.
            if (facts.isSeated() || !bookings.get(uid).equals(before.get(uid))) {
                store.saveBooking(company, bookings.get(uid), chain.status(uid),
                        uid.equals(event.uid()) && !bookings.get(uid).equals(before.get(uid)) ? readBack.apply(facts) : null);
            }
        });
    }

    private void touch(JsonNode appointment) {
        if (appointment.hasNonNull("start") && appointment.hasNonNull("end")) {
            Map<String, Object> time = new HashMap<>();
            time.put("start", appointment.path("start").textValue());
            time.put("end", appointment.path("end").textValue());
            time.put("eventTypeId", appointment.hasNonNull("eventTypeId") ? appointment.path("eventTypeId").longValue() : null);
            touched.add(time);
        }
    }

    private static JsonNode asRead(Appointment appointment) {
        try {
            return Json.MAPPER.readTree(Json.write(appointment));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
