package io.calcamel.appointment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.appointment.AppointmentStore.AppointmentRow;
import io.calcamel.appointment.BookingFacts.Left;
import io.calcamel.calcom.CalcomBooking;
import io.calcamel.http.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * Appointments for whoever books: what is wanted, and what Cal.com has answered. Everything here joins the transaction of
 * the calling thread; {@link #record} must have one.
 */
public final class BookedAppointments {

    /**
     * What became of what Cal.com answered.
     *
     * @param appointment the appointment as the API shows it
     * @param id          its id
     * @param touched     the times that it took or freed, as route {@code appointment-changed} wants them
     */
    public record Recorded(ObjectNode appointment, long id, List<Map<String, Object>> touched) {
    }

    private final AppointmentStore store;

    BookedAppointments(AppointmentStore store) {
        this.store = store;
    }

    /**
     * Notes an appointment that is not booked yet.
     *
     * @param company whose it is
     * @param wanted  what is wanted
     * @param reason  why a person has to book it; null where it is only not known yet whether it is booked
     * @return its id
     */
    public long want(int company, WantedAppointment wanted, String reason) {
        long id = store.nextId();
        store.saveAppointment(company, id, wanted.appointment(reason != null, reason));
        return id;
    }

    /** From now on a person has to book it, for this reason; nothing where it was booked meanwhile. */
    public void leaveToPerson(int company, long id, String reason) {
        change(company, id, appointment -> appointment.put("status", "manual").put("requiresManualBooking", true).put("manualBookingReason", reason));
    }

    /**
     * It won't be booked.
     *
     * @param status {@code rejected}, or {@code cancelled} where the caller wants it no more
     * @param reason why
     */
    public void giveUp(int company, long id, String status, String reason) {
        change(company, id, appointment -> appointment.put("status", status).put("requiresManualBooking", false)
                .putNull("manualBookingReason").put("cancellationReason", reason));
    }

    private void change(int company, long id, Consumer<ObjectNode> change) {
        store.lockWanted(company, id).filter(row -> WantedAppointment.isWaiting(row.document())).ifPresent(row -> {
            ObjectNode document = row.document().deepCopy();
            change.accept(document);
            store.saveWanted(id, document);
        });
    }

    /** What is wanted as the API shows it, of which there is no record yet. */
    public static ObjectNode unrecorded(WantedAppointment wanted) {
        ObjectNode json = JsonNodeFactory.instance.objectNode().putNull("id");
        json.setAll((ObjectNode) Json.MAPPER.valueToTree(wanted.appointment(false, null)));
        return json.put("updatedAt", Instant.now().toString());
    }

    /** Whether an appointment still waits for its booking. */
    public boolean isWaiting(int company, long id) {
        return store.byId(company, id).filter(row -> WantedAppointment.isWaiting(row.document())).isPresent();
    }

    /**
     * An appointment as the API shows it.
     *
     * @param company whose it is
     * @param uidOrId any uid of its chain, or its id
     */
    public Optional<ObjectNode> find(int company, String uidOrId) {
        return store.byUidOrId(company, uidOrId).map(Appointments::json);
    }

    /**
     * Applies what Cal.com answered to the appointments, as deliveries are; in a transaction of the caller's.
     *
     * @param company  whose bookings they are
     * @param bookings what Cal.com answered
     * @param wanted   the appointment that waits for it, where there is one and it is a single booking; null else
     * @return what became of each, in the same order
     */
    public List<Recorded> record(int company, List<CalcomBooking> bookings, Long wanted) {
        store.lock(company, ReadBacks.names(bookings));
        List<Recorded> all = new ArrayList<>();
        for (CalcomBooking booking : bookings) {
            BookingFacts known = Optional.ofNullable(store.facts(company, booking.uid())).orElseGet(BookingFacts::new);
            all.add(apply(company, ReadBack.event(booking, known, Instant.now(), false), bookings.size() == 1 ? wanted : null));
        }
        return all;
    }

    /**
     * Locks all that {@link #record} and {@link #leaveSeat} are about to say something about, in one order: what is locked one
     * after the other can wait for a delivery that waits for it.
     *
     * @param company  whose bookings they are
     * @param bookings what will be recorded
     * @param more     other uids and seats
     */
    public void lock(int company, List<CalcomBooking> bookings, List<String> more) {
        SortedSet<String> names = ReadBacks.names(bookings);
        names.addAll(more);
        store.lock(company, names);
    }

    /**
     * As {@link #record}, of bookings that each have an appointment waiting: of a series.
     *
     * @param company  whose bookings they are
     * @param bookings what Cal.com answered
     * @param wanted   tells the appointment that waits for a booking, or null
     * @return what became of each, in the same order
     */
    public List<Recorded> recordEach(int company, List<CalcomBooking> bookings, Function<CalcomBooking, Long> wanted) {
        // All at once, in their order: a delivery that names several of them waits for us, or we for it.
        store.lock(company, ReadBacks.names(bookings));
        return bookings.stream().map(booking -> record(company, List.of(booking), wanted.apply(booking)).get(0)).toList();
    }

    /**
     * A seat was given up, of which Cal.com's answer tells only by no longer listing it; in a transaction of the caller's.
     *
     * @param company whose booking it is
     * @param uid     the booking that had the seat
     * @param seatUid the seat
     * @param isMoved whether it was moved to another booking, not cancelled
     * @return what became of the appointment
     */
    public Recorded leaveSeat(int company, String uid, String seatUid, boolean isMoved) {
        BookingFacts known = Optional.ofNullable(store.facts(company, uid)).orElseGet(BookingFacts::new);
        BookingFacts facts = new BookingFacts();
        facts.booked = true;
        facts.seated = true;
        Register person = known.seats.containsKey(seatUid) ? known.seats.get(seatUid).person()
                : new Register(JsonNodeFactory.instance.objectNode(), new Version(Instant.EPOCH, 0, "seat"));
        facts.left.put(Left.bySeat(seatUid), new Left(person, Instant.now(), isMoved ? "moved" : "cancelled"));
        return apply(company, new BookingEvent(uid, Map.of(uid, facts), new TreeSet<>(List.of(uid, seatUid))), null);
    }

    private Recorded apply(int company, BookingEvent event, Long wanted) {
        DeliveryApplication.Result result = new DeliveryApplication(store, company, event, facts -> null, wanted).run();
        AppointmentRow row = store.byId(company, result.appointment()).orElseThrow();
        return new Recorded(Appointments.json(row), row.id(), result.touched());
    }

    /** Whether somebody comes to an appointment: has a seat that is held, where it has seats. */
    public static boolean comes(JsonNode appointment, String email, String phoneNumber) {
        boolean hasSeats = false;
        for (JsonNode attendee : appointment.path("attendees")) {
            hasSeats |= attendee.hasNonNull("status");
            if (attendee.path("status").asText().equals(Appointment.Attendee.ACTIVE) && WantedAppointment.isSame(attendee, email, phoneNumber)) {
                return true;
            }
        }
        return !hasSeats;
    }

    /** Whether somebody holds a seat of an appointment; of some it is not known which, only that they do. */
    public static boolean hasSeats(JsonNode appointment) {
        for (JsonNode attendee : appointment.path("attendees")) {
            if (attendee.path("status").asText().equals(Appointment.Attendee.ACTIVE)) {
                return true;
            }
        }
        return false;
    }
}
