package io.calcamel.appointment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.appointment.AppointmentStore.BookingRow;
import io.calcamel.calcom.CalcomBooking;
import io.calcamel.database.Database;
import io.calcamel.http.Json;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Cal.com's bookings beside our appointments: what differs, and how it is mended.
 *
 * <p>What Cal.com says now is read into facts as a {@link ReadBack} reads it, and an appointment differs where these facts
 * would change it. To mend it is to apply them. So a booking that was mended differs no more, a delivery that comes afterwards
 * finds what it says to be known, and one that came between the question and the mending is not undone.
 */
public final class BookingComparison {

    /** What a difference is. */
    public enum Kind {

        /** The booking, or the one that it replaces, is known, and a later state or link is not. */
        MISSED_WEBHOOK,
        /** Nothing told of the booking. */
        UNKNOWN_HERE,
        /** Its status is known, and something else differs. */
        DRIFT
    }

    /**
     * A field that differs.
     *
     * @param name   as the appointment calls it
     * @param here   what it is here; null where it is personal, or nothing
     * @param calcom what Cal.com says; null likewise
     */
    public record Field(String name, String here, String calcom) {
    }

    /**
     * A booking that is not as its appointment.
     *
     * @param booking     what Cal.com says
     * @param appointment the appointment's id; null where there is none yet
     * @param kind        what it is
     * @param fields      what differs, without personal data; none of an unknown booking
     * @param isMendable  whether mending changes anything
     * @param left        the fields that differ even when it is mended
     * @param isFresh     whether it was changed so lately that deliveries about it may still be on their way
     * @param isLater     whether it can only be mended once the booking that replaced it was
     */
    public record Difference(CalcomBooking booking, Long appointment, Kind kind, List<Field> fields, boolean isMendable, List<String> left, boolean isFresh,
            boolean isLater) {
    }

    /**
     * What became of an appointment.
     *
     * @param difference  what was mended
     * @param appointment the appointment's id
     * @param touched     the times that it took or freed, as route {@code appointment-changed} wants them
     */
    public record Mended(Difference difference, long appointment, List<Map<String, Object>> touched) {
    }

    /**
     * An appointment that stands, as far as we know.
     *
     * @param id        its id
     * @param uid       its booking
     * @param bookingId Cal.com's number of that; null where it is not known
     */
    public record Standing(long id, String uid, Long bookingId) {
    }

    private static final int PAGE = 1_000;
    /** Fields whose values are nobody's personal data. */
    private static final Set<String> SHOWN = Set.of("status", "start", "end", "eventTypeId", "calcomBookingId");
    /** Answers that only the API has, made of others or called otherwise in deliveries (recorded). */
    private static final Set<String> API_ONLY = Set.of("displayEmail", "displayGuests", "rescheduledReason");

    private final Database database;
    private final AppointmentStore store;
    private final Duration grace;

    /** What is known of some bookings and of all that belongs to them. */
    private record Known(Map<String, BookingRow> rows) {

        Long appointmentOf(String uid) {
            BookingRow row = uid == null ? null : rows.get(uid);
            return row == null ? null : row.appointment();
        }

        /** By what those are known who were erased in it; one that replaces another is made of the same people. */
        Set<String> erasedIn(CalcomBooking booking) {
            return Stream.of(booking.uid(), booking.rescheduledFromUid()).filter(Objects::nonNull).map(rows::get).filter(Objects::nonNull)
                    .flatMap(row -> row.erased().stream()).collect(Collectors.toSet());
        }

        BookingFacts factsOf(String uid) {
            BookingRow row = rows.get(uid);
            return row == null ? new BookingFacts() : row.facts();
        }
    }

    private record Judged(Difference difference, BookingEvent event) {
    }

    BookingComparison(Database database, AppointmentStore store, Duration grace) {
        this.database = database;
        this.store = store;
        this.grace = grace;
    }

    /**
     * Compares a page of bookings, with three reads however many they are.
     *
     * @param company  whose they are
     * @param bookings what Cal.com answered
     * @param readAt   when it was asked
     * @return those that differ
     */
    public List<Difference> compare(int company, List<CalcomBooking> bookings, Instant readAt) {
        Known known = known(company, bookings);
        return bookings.stream().flatMap(booking -> judge(booking, known, readAt).stream()).map(Judged::difference).toList();
    }

    /**
     * Mends the appointment of a booking, in a transaction of its own, if it still differs.
     *
     * @param company whose it is
     * @param booking what Cal.com answered
     * @param readAt  when it was asked
     * @return what became of it; empty where a delivery was quicker
     */
    public Optional<Mended> mend(int company, CalcomBooking booking, Instant readAt) {
        return Objects.requireNonNull(database.transaction().execute(transaction -> {
            store.lock(company, ReadBacks.names(List.of(booking)));
            return judge(booking, known(company, List.of(booking)), readAt).filter(judged -> judged.difference().isMendable()).map(judged -> {
                DeliveryApplication.Result result = new DeliveryApplication(store, company, judged.event(), facts -> null).run();
                return new Mended(judged.difference(), result.appointment(), result.touched());
            });
        }));
    }

    /**
     * Which of these bookings belong to an appointment together with the one that they replace.
     *
     * @param company  whose they are
     * @param replaced the booking that was replaced, by the uid of the one that replaced it
     * @return the uids that do not
     */
    public Set<String> unlinked(int company, Map<String, String> replaced) {
        Set<String> uids = new HashSet<>(replaced.keySet());
        uids.addAll(replaced.values());
        Known known = new Known(store.bookings(company, Set.of(), uids));
        return replaced.entrySet().stream()
                .filter(link -> known.appointmentOf(link.getKey()) == null || !Objects.equals(known.appointmentOf(link.getKey()), known.appointmentOf(link.getValue())))
                .map(Map.Entry::getKey).collect(Collectors.toCollection(TreeSet::new));
    }

    /**
     * The appointments that stand and are not among these.
     *
     * @param company whose
     * @param from    they start then or later
     * @param to      they start before; null for no end
     * @param seen    the uids of bookings that are there
     */
    public List<Standing> standing(int company, Instant from, Instant to, Set<String> seen) {
        List<Standing> others = new ArrayList<>();
        List<AppointmentStore.Standing> page = List.of();
        do {
            AppointmentStore.Standing last = page.isEmpty() ? null : page.get(page.size() - 1);
            page = store.standing(company, from, to, last == null ? null : last.start(), last == null ? 0 : last.id(), PAGE);
            page.stream().filter(row -> !seen.contains(row.uid())).forEach(row -> others.add(new Standing(row.id(), row.uid(), row.bookingId())));
        } while (page.size() == PAGE);
        return others;
    }

    private Known known(int company, List<CalcomBooking> bookings) {
        SortedSet<String> names = ReadBacks.names(bookings);
        Map<String, BookingRow> rows = new HashMap<>(store.bookings(company, store.appointmentsOf(company, names), names));
        Set<String> seats = rows.values().stream().flatMap(row -> row.facts().seatUids().stream()).filter(seat -> !rows.containsKey(seat)).collect(Collectors.toSet());
        if (!seats.isEmpty()) {
            rows.putAll(store.bookings(company, Set.of(), seats));
        }
        return new Known(rows);
    }

    private Optional<Judged> judge(CalcomBooking booking, Known known, Instant readAt) {
        Long own = known.appointmentOf(booking.uid());
        boolean isFresh = isFresh(booking, known.factsOf(booking.uid()), readAt);
        if (own == null && isReplaced(booking)) {
            // Alone it would be an appointment that stands.
            Long replaced = known.appointmentOf(booking.rescheduledFromUid());
            return Optional.of(new Judged(new Difference(booking, replaced, replaced == null ? Kind.UNKNOWN_HERE : Kind.MISSED_WEBHOOK, List.of(), false, List.of(),
                    isFresh, true), null));
        }
        Set<String> erased = known.erasedIn(booking);
        BookingEvent event = without(erased, ReadBack.event(booking, known.factsOf(booking.uid()), readAt, !isFresh));
        Appointment after = after(event, known);
        List<String> left = differing(booking, event, after);
        if (!left.isEmpty() && !isFresh) {
            event = without(erased, ReadBack.event(booking, known.factsOf(booking.uid()), readAt, true, readAt.minus(grace)));
            after = after(event, known);
            left = differing(booking, event, after);
        }
        Long id = own == null ? known.appointmentOf(booking.rescheduledFromUid()) : own;
        if (id == null) {
            return Optional.of(new Judged(new Difference(booking, null, Kind.UNKNOWN_HERE, List.of(), true, left, isFresh, false), event));
        }
        Appointment before = new Chain(factsOf(Set.of(id), known), others(Set.of(id), known)).appointment();
        List<String> names = new ArrayList<>(differing(booking, event, before));
        boolean isLinked = before.uids().equals(after.uids());
        if (!isLinked) {
            names.add("uids");
            addIfOther(names, "start", after.start(), before.start());
            addIfOther(names, "end", after.end(), before.end());
        }
        if (names.isEmpty()) {
            return Optional.empty();
        }
        Kind kind = names.contains("status") && !left.contains("status") || !isLinked ? Kind.MISSED_WEBHOOK : Kind.DRIFT;
        return Optional.of(new Judged(new Difference(booking, id, kind, fields(names.stream().distinct().toList(), before, after), !names.equals(left), left, isFresh, false), event));
    }

    /** What was taken out on purpose does not differ. */
    private BookingEvent without(Set<String> erased, BookingEvent said) {
        if (erased.isEmpty()) {
            return said;
        }
        Forgetting forgetting = new Forgetting(store.erased(erased));
        Map<String, BookingFacts> facts = new HashMap<>(said.facts());
        facts.replaceAll((uid, one) -> forgetting.without(one));
        return new BookingEvent(said.uid(), facts, said.names());
    }

    private static boolean isReplaced(CalcomBooking booking) {
        return booking.rescheduledToUid() != null && !booking.hasSeats();
    }

    private boolean isFresh(CalcomBooking booking, BookingFacts facts, Instant readAt) {
        Instant settled = readAt.minus(grace);
        Stream<Instant> inCalcom = Stream.of(booking.createdAt(), booking.updatedAt()).filter(Objects::nonNull);
        Stream<Instant> here = Stream.concat(facts.evidence.values().stream(), facts.left.values().stream().map(BookingFacts.Left::at));
        return Stream.concat(inCalcom, here).anyMatch(settled::isBefore);
    }

    /** What the appointment will be. */
    private static Appointment after(BookingEvent event, Known known) {
        BookingFacts said = event.facts().get(event.uid());
        Set<String> chain = new HashSet<>(said.reschedules.keySet());
        chain.add(event.uid());
        Set<Long> joined = chain.stream().map(known::appointmentOf).filter(Objects::nonNull).collect(Collectors.toSet());
        Map<String, BookingFacts> mine = factsOf(joined, known);
        chain.forEach(uid -> mine.putIfAbsent(uid, known.factsOf(uid)));
        mine.compute(event.uid(), (uid, facts) -> facts.mergedWith(said));
        return new Chain(mine, others(joined, known)).appointment();
    }

    private static Map<String, BookingFacts> factsOf(Set<Long> appointments, Known known) {
        return known.rows().values().stream().filter(row -> row.appointment() != null && appointments.contains(row.appointment()))
                .collect(Collectors.toMap(BookingRow::uid, BookingRow::facts, (one, other) -> one, HashMap::new));
    }

    private static Map<String, BookingFacts> others(Set<Long> appointments, Known known) {
        return known.rows().values().stream().filter(row -> row.appointment() == null || !appointments.contains(row.appointment()))
                .collect(Collectors.toMap(BookingRow::uid, BookingRow::facts));
    }

    private static List<Field> fields(List<String> names, Appointment before, Appointment after) {
        ObjectNode here = Json.MAPPER.valueToTree(before);
        ObjectNode there = Json.MAPPER.valueToTree(after);
        return names.stream().map(name -> SHOWN.contains(name) ? new Field(name, here.path(name).asText(null), there.path(name).asText(null))
                : new Field(name, null, null)).toList();
    }

    /**
     * In what an appointment is not what Cal.com says. Nothing is asked of a booking that was replaced; and what deliveries only spell
     * in other words than the API does is the same.
     */
    private static List<String> differing(CalcomBooking booking, BookingEvent event, Appointment here) {
        if (!booking.uid().equals(here.uid()) || isReplaced(booking)) {
            return List.of();
        }
        Appointment said = new Chain(Map.of(booking.uid(), event.facts().get(booking.uid())), Map.of()).appointment();
        List<String> names = new ArrayList<>();
        if (!isSameStatus(booking.status(), here.status())) {
            names.add("status");
        }
        addIfOther(names, "start", said.start(), here.start());
        addIfOther(names, "end", said.end(), here.end());
        addIfOther(names, "title", said.title(), here.title());
        addIfOther(names, "host", said.host(), here.host());
        addIfOther(names, "eventTypeId", said.eventTypeId(), here.eventTypeId());
        addIfOther(names, "calcomBookingId", said.calcomBookingId(), here.calcomBookingId());
        addIfOther(names, "cancellationReason", said.cancellationReason(), here.cancellationReason());
        if (!isAppOf(here.location(), said.location())) {
            addIfOther(names, "location", said.location(), here.location());
        }
        if (!areSaid(said.responses(), here.responses())) {
            names.add("responses");
        }
        if (!areSaid(said.metadata(), here.metadata())) {
            names.add("metadata");
        }
        if (!AttendeeComparison.isSame(said, here, isOpen(booking))) {
            names.add("attendees");
        }
        return names;
    }

    /** Whether all that Cal.com says is so here; deliveries leave out what was not answered, and say more. */
    private static boolean areSaid(Map<String, JsonNode> said, Map<String, JsonNode> here) {
        return said.entrySet().stream().allMatch(value -> API_ONLY.contains(value.getKey()) || isNothing(value.getValue())
                || value.getValue().equals(here.get(value.getKey())));
    }

    private static boolean isNothing(JsonNode value) {
        return value.isTextual() && value.textValue().isEmpty() || value.isContainerNode() && value.isEmpty();
    }

    private static boolean isOpen(CalcomBooking booking) {
        return booking.status().equals("accepted") || booking.status().equals("pending");
    }

    private static void addIfOther(List<String> names, String name, Object said, Object here) {
        if (said != null && !said.equals("") && !said.equals(here)) {
            names.add(name);
        }
    }

    /** Deliveries name the video app, and the API the address of its room. */
    private static boolean isAppOf(String here, String said) {
        return here != null && said != null && here.startsWith("integrations:") && said.startsWith("http");
    }

    /** Cal.com says pending of what is not paid too, and cancelled where the host asks for another time. */
    private static boolean isSameStatus(String calcom, String here) {
        return switch (calcom) {
            case "accepted" -> here.equals(Status.CONFIRMED.text());
            case "pending" -> Set.of(Status.REQUESTED.text(), Status.AWAITING_PAYMENT.text()).contains(here);
            case "rejected" -> here.equals(Status.REJECTED.text());
            case "cancelled" -> Set.of(Status.CANCELLED.text(), Status.RESCHEDULE_REQUESTED.text()).contains(here);
            default -> true;
        };
    }
}
