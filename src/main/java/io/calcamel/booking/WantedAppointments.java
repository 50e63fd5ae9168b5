package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.appointment.BookedAppointments;
import io.calcamel.appointment.WantedAppointment;
import io.calcamel.booking.Intent.Kind;
import io.calcamel.booking.Intent.Status;
import io.calcamel.database.Database;
import io.calcamel.eventtype.EventTypes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * The appointments of intents that have no booking yet: made when the caller is told {@code pending} or {@code manual}, so
 * that there is something to look at, and joined by the booking when there is one.
 */
final class WantedAppointments {

    private final Database database;
    private final BookingIntents intents;
    private final BookedAppointments appointments;
    private final EventTypes eventTypes;
    private final BookingSettings settings;

    WantedAppointments(Database database, BookingIntents intents, BookedAppointments appointments, EventTypes eventTypes, BookingSettings settings) {
        this.database = database;
        this.intents = intents;
        this.appointments = appointments;
        this.eventTypes = eventTypes;
        this.settings = settings;
    }

    /** What an intent asks for; as it was checked when it began, but that the event type may be another by now. */
    BookingRequest request(Intent intent) {
        return BookingRequest.read(intent.company(), intent.request(), eventTypes, settings.zone());
    }

    /** What the bookings of an intent have in Cal.com's metadata. */
    static BookingMetadata metadata(Intent intent, BookingRequest request) {
        ObjectNode given = request.metadata().deepCopy();
        if (intent.kind() == Kind.SERIES && !request.isOfRecurringType()) {
            given.put(WantedAppointment.SERIES, intent.stamp());
        }
        return BookingMetadata.of(given, intent.stamp());
    }

    /** The starts that an intent asks for. */
    static List<Instant> starts(BookingRequest request) {
        return request.recurrence() == null ? List.of(request.start()) : request.recurrence().starts(request.start(), request.zone());
    }

    /**
     * Sees to it that an intent without an answer has its appointment.
     *
     * @return the intent as it is then
     */
    Intent ensure(Intent intent) {
        return database.transaction().execute(transaction -> ensureLocked(intent.id(), null));
    }

    /** As {@link #ensure}, where a person has to book it. */
    void leaveToPerson(Intent intent, String reason) {
        database.transaction().executeWithoutResult(transaction -> ensureLocked(intent.id(), reason));
    }

    private Intent ensureLocked(long id, String reason) {
        Intent intent = intents.lock(id);
        boolean isNew = intent.kind() == Kind.BOOK || intent.kind() == Kind.SERIES;
        if (!isNew || intent.reply() != null) {
            return intent;
        }
        if (intent.appointmentId() == null) {
            String why = reason != null ? reason : intent.status() == Status.MANUAL ? intent.reason() : null;
            BookingRequest request = request(intent);
            BookingMetadata metadata = metadata(intent, request);
            List<Long> ids = new ArrayList<>();
            starts(request).forEach(start -> ids.add(appointments.want(intent.company(), request.wanted(start, metadata.sent()), why)));
            intents.wanted(id, ids);
        } else if (reason != null) {
            intent.appointmentIds().forEach(appointment -> appointments.leaveToPerson(intent.company(), appointment, reason));
        }
        return intents.lock(id);
    }

    /** What a caller is told whose booking is not answered yet: 202, and the appointment that waits for it. */
    Reply accepted(Intent intent) {
        if (intent.kind() == Kind.SERIES) {
            ObjectNode series = JsonNodeFactory.instance.objectNode().put("seriesUid", intent.stamp());
            ArrayNode items = series.putArray("items");
            intent.appointmentIds().forEach(id -> {
                ObjectNode appointment = appointment(intent, id);
                items.addObject().put("start", appointment.path("start").asText()).set("appointment", appointment);
            });
            return new Reply(202, series);
        }
        ObjectNode appointment = appointment(intent, intent.appointmentId());
        boolean isBooked = intent.kind() == Kind.BOOK && appointment.hasNonNull("uid");
        if (intent.kind() != Kind.BOOK) {
            appointment.put("pending", intent.kind().text());
        }
        return new Reply(isBooked ? 201 : 202, appointment);
    }

    private ObjectNode appointment(Intent intent, long id) {
        return appointments.find(intent.company(), String.valueOf(id)).orElseThrow(() -> new IllegalStateException("no appointment " + id));
    }

    /** Nothing will be booked: what waits for it ends. */
    void giveUp(Intent intent, String status, String reason) {
        database.transaction().executeWithoutResult(transaction ->
                intents.lock(intent.id()).appointmentIds().forEach(id -> appointments.giveUp(intent.company(), id, status, reason)));
    }

    /** Whether a booking has joined the appointment by another way: made by hand, or told by a webhook. */
    boolean isBooked(Intent intent) {
        return intent.appointmentId() != null && !appointments.isWaiting(intent.company(), intent.appointmentId());
    }

    JsonNode appointmentOf(Intent intent) {
        return appointment(intent, intent.appointmentId());
    }
}
