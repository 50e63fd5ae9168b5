package io.calcamel.appointment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.appointment.AppointmentStore.AppointmentRow;
import io.calcamel.database.Database;
import io.calcamel.http.Page;
import io.calcamel.http.Parameters;
import io.calcamel.http.Problem;
import io.calcamel.privacy.Pseudonyms;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.apache.camel.Exchange;

/**
 * The face of this module, and the bean {@code appointments} of the routes.
 *
 * <p>The verbs ({@link #confirm}, {@link #cancel} …) apply a delivery: they read it from the body (a Map) and the
 * variables {@code companyId} and {@code bodyHash}, work in the transaction of the calling thread, and set the variables
 * {@code appointmentId}, {@code appointmentChanged}, {@code touched} (the times that it takes or frees) and {@code erased} (who was
 * erased in the booking; null for nobody). Applying one
 * twice changes nothing the second time. Each throws {@link UnrecognisedDelivery} where the body does not name a booking.
 */
public final class Appointments {

    private static final Function<BookingFacts, String> NEVER = facts -> null;
    private static final String PATH = "/api/appointments";
    private static final List<String> STATUSES = Stream.concat(Stream.of("pending", "manual"),
            Arrays.stream(Status.values()).map(Status::text)).toList();

    private final Database database;
    private final AppointmentStore store;

    /**
     * @param database      where the appointments are
     * @param readBackDelay how long after a delivery its booking is read back from Cal.com
     * @param pseudonyms    names for people who were erased
     */
    public Appointments(Database database, Duration readBackDelay, Pseudonyms pseudonyms) {
        this.database = database;
        this.store = new AppointmentStore(database.client(), readBackDelay, pseudonyms);
    }

    /** The bean {@code readBacks}, which completes appointments from Cal.com. */
    public ReadBacks readBacks() {
        return new ReadBacks(database, store);
    }

    /** The bean {@code takeOver}, which makes appointments of what was booked before. */
    public TakeOver takeOver() {
        return new TakeOver(database, store);
    }

    /** The bean {@code appointmentErasure}, which erases people. */
    public AppointmentErasure erasure() {
        return new AppointmentErasure(database, store);
    }

    /** The bean {@code appointmentRetention}, which deletes what is old. */
    public AppointmentRetention retention() {
        return new AppointmentRetention(database, store);
    }

    /**
     * Appointments beside Cal.com's bookings.
     *
     * @param grace for how long after a change, in Cal.com or here, a difference may be a delivery on its way
     */
    public BookingComparison comparison(Duration grace) {
        return new BookingComparison(database, store, grace);
    }

    /** Appointments for whoever books. */
    public BookedAppointments booked() {
        return new BookedAppointments(store);
    }

    /** BOOKING_CREATED: the booking stands. */
    public void confirm(Exchange delivery) {
        booking(delivery, Status.CONFIRMED, facts -> "a creation leaves out what Cal.com knows");
    }

    /** BOOKING_REQUESTED: the host has yet to confirm. */
    public void request(Exchange delivery) {
        booking(delivery, Status.REQUESTED, facts -> facts.reschedules.isEmpty() ? "the request may reschedule another booking"
                : "a request leaves out what Cal.com knows");
    }

    /** BOOKING_REJECTED: the host declined. */
    public void reject(Exchange delivery) {
        booking(delivery, Status.REJECTED, NEVER);
    }

    /** BOOKING_RESCHEDULED: a new booking takes the place of the one in rescheduleUid, or a seat moves to it. */
    public void reschedule(Exchange delivery) {
        booking(delivery, Status.CONFIRMED, NEVER);
    }

    /** BOOKING_CANCELLED: the booking or a seat is cancelled, or with requestReschedule the host asks for another time. */
    public void cancel(Exchange delivery) {
        booking(delivery, Status.CANCELLED, facts -> facts.isRecurring() ? "the rest of the series may have been cancelled with it"
                : facts.isSeated() ? "other seats may have been cancelled with it" : null);
    }

    /** BOOKING_PAYMENT_INITIATED: not paid yet, whatever the payload's status says. */
    public void awaitPayment(Exchange delivery) {
        booking(delivery, Status.AWAITING_PAYMENT, NEVER);
    }

    /** BOOKING_PAID: stands, or is still to be confirmed by the host. */
    public void pay(Exchange delivery) {
        apply(delivery, BookingEvent.ofPayment(body(delivery), hash(delivery)), NEVER);
    }

    /** BOOKING_LOCATION_UPDATED, BOOKING_REASSIGNED: another place or host; says nothing about the status. */
    public void change(Exchange delivery) {
        booking(delivery, null, facts -> facts.evidence.isEmpty() && facts.left.isEmpty() ? "its status was not told" : null);
    }

    /** BOOKING_NO_SHOW_UPDATED: somebody is marked as not having come, or no longer. */
    public void markNoShow(Exchange delivery) {
        apply(delivery, BookingEvent.ofNoShow(body(delivery), hash(delivery)), NEVER);
    }

    /** MEETING_STARTED: the scheduled start has come. */
    public void start(Exchange delivery) {
        apply(delivery, BookingEvent.ofMeeting(body(delivery), hash(delivery), "startedAt"), NEVER);
    }

    /** MEETING_ENDED: the scheduled end has come. */
    public void end(Exchange delivery) {
        apply(delivery, BookingEvent.ofMeeting(body(delivery), hash(delivery), "endedAt"), NEVER);
    }

    /** RECORDING_READY, RECORDING_TRANSCRIPTION_GENERATED: the links to fetch it by. */
    public void addRecording(Exchange delivery) {
        apply(delivery, BookingEvent.ofRecording(body(delivery), hash(delivery)), NEVER);
    }

    private void booking(Exchange delivery, Status status, Function<BookingFacts, String> readBack) {
        apply(delivery, BookingEvent.ofBooking(body(delivery), hash(delivery), status), readBack);
    }

    private void apply(Exchange delivery, BookingEvent event, Function<BookingFacts, String> readBack) {
        DeliveryApplication application = new DeliveryApplication(store, delivery.getVariable("companyId", Integer.class), event, readBack);
        DeliveryApplication.Result result = application.run();
        Set<String> marks = application.erased().getOrDefault(event.uid(), Set.of());
        delivery.setVariable("erased", marks.isEmpty() ? null : store.erased(marks));
        delivery.setVariable("appointmentId", result.appointment());
        delivery.setVariable("appointmentChanged", result.changed());
        delivery.setVariable("touched", result.touched());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> body(Exchange delivery) {
        if (delivery.getMessage().getBody() instanceof Map<?, ?> body) {
            return (Map<String, Object>) body;
        }
        throw new UnrecognisedDelivery("its body is no JSON object");
    }

    private static String hash(Exchange delivery) {
        return delivery.getVariable("bodyHash", String.class);
    }

    /**
     * Answers one appointment. Expects the variables {@code companyId} and {@code parameters} with {@code id}: any uid
     * of its chain, or its id (also one that was merged into another).
     *
     * @param call the API call
     * @return the appointment as JSON
     * @throws Problem 404 {@code appointment_not_found}
     */
    public JsonNode get(Exchange call) {
        int company = call.getVariable("companyId", Integer.class);
        String asked = parameters(call).text("id").orElse("");
        return store.byUidOrId(company, asked).<JsonNode>map(Appointments::json).orElseThrow(() -> new Problem(404, "appointment_not_found",
                "There is no appointment of this uid or id", null,
                "A delivery may still be on its way; GET /api/deliveries shows what came in."));
    }

    /**
     * Searches appointments, by start. Expects the variables {@code companyId} and {@code parameters}: {@code status},
     * {@code from} and {@code to} (the start), {@code phone}, {@code email}, {@code requiresManualBooking}, {@code limit},
     * {@code after} (as {@link Page#next} has it).
     *
     * @param call the API call
     * @return the page
     * @throws Problem 400 {@code bad_parameter}
     */
    public Page list(Exchange call) {
        Parameters given = parameters(call);
        String[] after = given.text("after").orElse("").split("_", 2);
        AppointmentStore.Search search = new AppointmentStore.Search(call.getVariable("companyId", Integer.class),
                given.oneOf("status", STATUSES).orElse(null),
                given.instant("from").orElse(null), given.instant("to").orElse(null),
                given.text("phone").orElse(null), given.text("email").orElse(null),
                given.bool("requiresManualBooking").orElse(null),
                after.length == 2 && !after[1].isEmpty() ? afterStart(after[1]) : null, afterId(after[0]),
                given.limit() + 1);
        List<AppointmentRow> rows = store.search(search);
        String next = null;
        if (rows.size() == search.limit()) {
            rows = rows.subList(0, search.limit() - 1);
            AppointmentRow last = rows.get(rows.size() - 1);
            next = Page.nextLink(PATH, given, last.id() + "_" + last.document().path("start").asText(""));
        }
        return new Page(store.count(search), rows.stream().map(Appointments::json).toList(), next);
    }

    private static long afterId(String text) {
        if (!text.matches("\\d{0,18}")) {
            throw badAfter();
        }
        return text.isEmpty() ? 0 : Long.parseLong(text);
    }

    private static Instant afterStart(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            throw badAfter();
        }
    }

    private static Problem badAfter() {
        return Problem.badParameter("after", "is not one that a page named.", "Follow the link in next.");
    }

    @SuppressWarnings("unchecked")
    private static Parameters parameters(Exchange call) {
        return new Parameters(call.getVariable("parameters", Map.class));
    }

    static ObjectNode json(AppointmentRow row) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("id", row.id());
        json.setAll((ObjectNode) row.document());
        json.put("updatedAt", row.updatedAt().toString());
        return json;
    }
}
