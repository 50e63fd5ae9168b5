package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.appointment.BookedAppointments;
import io.calcamel.appointment.WantedAppointment;
import io.calcamel.attention.Matter;
import io.calcamel.booking.Intent.Kind;
import io.calcamel.booking.Intent.Status;
import io.calcamel.calcom.CalcomBooking;
import io.calcamel.calcom.CalcomError;
import io.calcamel.database.Database;
import io.calcamel.eventtype.EventTypes;
import io.calcamel.http.Json;
import io.calcamel.http.Problem;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.springframework.dao.DataAccessException;

/**
 * The appointments of intents that have no booking yet: made when the caller is told {@code pending} or {@code manual}, so
 * that there is something to look at, and joined by the booking when there is one.
 */
final class WantedAppointments {

    /** PostgreSQL, appendix A, error codes. */
    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final Database database;
    private final BookingIntents intents;
    private final BookedAppointments appointments;
    private final EventTypes eventTypes;
    private final BookingSettings settings;
    private final Consumer<Matter> attention;

    WantedAppointments(Database database, BookingIntents intents, BookedAppointments appointments, EventTypes eventTypes, BookingSettings settings,
            Consumer<Matter> attention) {
        this.database = database;
        this.intents = intents;
        this.appointments = appointments;
        this.eventTypes = eventTypes;
        this.settings = settings;
        this.attention = attention;
    }

    /**
     * What an intent asks for. Where Cal.com was never asked it is checked once more, since the event type may be another by
     * now; else it is as it was sent, and Cal.com may have it whatever became of the event type.
     */
    BookingRequest request(Intent intent) {
        boolean wasSent = intent.sends() > 0 || intent.progress() != null;
        return wasSent ? stored(intent)
                : BookingRequest.read(intent.company(), intent.request(), intent.chosenEventTypeId(), eventTypes, settings.attendees().apply(intent.company()));
    }

    /** What an intent asks for, as it was taken. */
    BookingRequest stored(Intent intent) {
        return BookingRequest.stored(intent.company(), intent.request(), intent.chosenEventTypeId(), eventTypes, settings.attendees().apply(intent.company()));
    }

    /** How long it shall be, by event type, in minutes; none where that is the event type's own length. */
    Map<Long, Integer> lengths(Intent intent) {
        Map<Long, Integer> lengths = new HashMap<>();
        if (intent.request().hasNonNull("lengthInMinutes")) {
            intent.eventTypeIds().forEach(id -> eventTypes.find(intent.company(), id).map(type -> BookingRequest.length(intent.request(), type))
                    .ifPresent(length -> lengths.put(id, length)));
        }
        return lengths;
    }

    /** What the bookings of an intent have in Cal.com's metadata. */
    static BookingMetadata metadata(Intent intent, BookingRequest request) {
        ObjectNode given = request.metadata().deepCopy();
        if (intent.kind() == Kind.SERIES && !request.isCalcomsSeries()) {
            given.put(WantedAppointment.SERIES, intent.stamp());
        }
        return BookingMetadata.of(given, intent.stamp());
    }

    /**
     * What the bookings of a series have in Cal.com's metadata.
     *
     * @param seriesUid by which they are one series; null where Cal.com makes them one
     */
    static BookingMetadata metadata(Intent intent, BookingRequest request, String seriesUid) {
        ObjectNode given = JsonNodeFactory.instance.objectNode();
        if (seriesUid != null) {
            // First, so that it is not what is left out where a caller attached as much as Cal.com takes.
            given.put(WantedAppointment.SERIES, seriesUid);
        }
        request.metadata().properties().stream().filter(entry -> !given.has(entry.getKey())).forEach(entry -> given.set(entry.getKey(), entry.getValue()));
        return BookingMetadata.of(given, intent.stamp());
    }

    /** The starts that an intent asks for. */
    static List<Instant> starts(BookingRequest request) {
        return request.recurrence() == null ? List.of(request.start()) : request.recurrence().starts(request.start(), request.zone());
    }

    /**
     * Sees to it that an intent without an answer has its appointment.
     *
     * @param patience how long to wait for whoever has the intent just now
     * @return the intent as it is then; without an appointment where that took too long
     */
    Intent ensure(Intent intent, Duration patience) {
        return patiently(intent, patience, () -> ensureLocked(intent.id(), null));
    }

    /** Whoever records what came of the intent at this very moment has it locked; a caller waits for that no longer than for all else. */
    private Intent patiently(Intent intent, Duration patience, Supplier<Intent> change) {
        try {
            return database.transaction().execute(transaction -> {
                intents.waitForLocks(patience);
                return change.get();
            });
        } catch (DataAccessException e) {
            if (e.getRootCause() instanceof SQLException refused && LOCK_NOT_AVAILABLE.equals(refused.getSQLState())) {
                return intents.find(intent.id());
            }
            throw e;
        }
    }

    /**
     * The caller of a change is told that it will be seen to: from then on it is not dropped.
     *
     * @return the intent as it is now
     * @throws Problem 503 {@code unavailable} where it was dropped meanwhile, which another caller was told
     */
    Intent accept(Intent intent, Duration patience) {
        return patiently(intent, patience, () -> {
            Intent now = intents.lock(intent.id());
            if (now.reply() == null && !intents.accept(now.id())) {
                throw new Problem(503, "unavailable", "Cal.com can't be reached, or fails", "Nothing was changed.",
                        "Try again in a moment, with the same key if there was one.");
            }
            return now;
        });
    }

    /** As {@link #ensure}, where a person has to book it, who is told once. */
    void leaveToPerson(Intent intent, String reason) {
        database.transaction().executeWithoutResult(transaction -> {
            boolean isTold = isLeftToPerson(intents.lock(intent.id()));
            Intent left = ensureLocked(intent.id(), reason);
            if (!isTold && left.appointmentId() != null) {
                attention.accept(Matter.of(Matter.Kind.MANUAL_BOOKING, left.company(), String.valueOf(left.appointmentId()), code(reason)));
            }
        });
    }

    /** Of what Cal.com says only the code: the rest can repeat what somebody has given. */
    private static String code(String reason) {
        return reason.replaceFirst("(?s)^([a-z_]+): .*", "$1");
    }

    private Intent ensureLocked(long id, String reason) {
        Intent intent = intents.lock(id);
        boolean isNew = intent.kind() == Kind.BOOK || intent.kind() == Kind.SERIES;
        if (!isNew || intent.reply() != null) {
            return intent;
        }
        if (intent.appointmentId() == null) {
            String why = reason != null ? reason : intent.status() == Status.MANUAL ? intent.reason() : null;
            BookingRequest request = stored(intent);
            BookingMetadata metadata = metadata(intent, request);
            List<Long> ids = new ArrayList<>();
            Series series = intent.kind() == Kind.SERIES ? Series.of(intent.progress(), starts(request)) : null;
            for (Instant start : starts(request)) {
                // Of a series some dates may be booked already.
                Long booked = series == null ? null : series.at(start).map(Series.Date::appointment).orElse(null);
                ids.add(booked != null ? booked : appointments.want(intent.company(), request.wanted(start, metadata.sent()), why));
            }
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
        ObjectNode appointment = intent.appointmentId() == null ? beingBooked(intent) : appointment(intent, intent.appointmentId());
        boolean isBooked = intent.kind() == Kind.BOOK && appointment.hasNonNull("uid");
        if (intent.kind() == Kind.BOOK) {
            BookingSteps.withCuts(appointment, intent, stored(intent));
        } else {
            appointment.put("pending", intent.kind().text());
        }
        return new Reply(isBooked ? 201 : 202, appointment);
    }

    /** Without an id: it is being recorded at this very moment. */
    private ObjectNode beingBooked(Intent intent) {
        BookingRequest request = stored(intent);
        return BookedAppointments.unrecorded(request.wanted(request.start(), metadata(intent, request).sent()));
    }

    private ObjectNode appointment(Intent intent, long id) {
        return appointments.find(intent.company(), String.valueOf(id)).orElseThrow(() -> new IllegalStateException("no appointment " + id));
    }

    /** Nothing will be booked: what waits for it ends. */
    void giveUp(Intent intent, String status, String reason) {
        database.transaction().executeWithoutResult(transaction ->
                intents.lock(intent.id()).appointmentIds().forEach(id -> appointments.giveUp(intent.company(), id, status, reason)));
    }

    /**
     * The caller no longer wants what is not booked yet: what waits for a person, or for Cal.com, is called off. Nothing where it
     * is booked, or may be.
     *
     * @param uidOrId the appointment
     */
    void withdraw(int company, String uidOrId, String reason) {
        Optional<Intent> waiting = appointments.find(company, uidOrId).filter(appointment -> appointment.path("uid").isNull())
                .flatMap(appointment -> intents.waiting(company, appointment.path("id").longValue()));
        waiting.ifPresent(found -> database.transaction().executeWithoutResult(transaction -> {
            Intent intent = intents.lock(found.id());
            if (intent.kind() == Kind.SERIES) {
                withdrawDate(intent, uidOrId, reason);
                return;
            }
            boolean wasNeverSent = intent.status() == Status.MANUAL && intent.settled() || intent.status() == Status.PENDING && intent.sends() == 0;
            if (wasNeverSent) {
                callOff(intent, reason);
            }
        }));
    }

    private void callOff(Intent intent, String reason) {
        Problem calledOff = new Problem(409, "already_cancelled", "The booking is cancelled already", null, null);
        if (intents.refused(intent, new Reply(409, Json.MAPPER.valueToTree(calledOff.toJson())))) {
            intent.appointmentIds().forEach(id -> appointments.giveUp(intent.company(), id, "cancelled", reason));
        }
    }

    /** One date of a series: the others are wanted still. Nothing where Cal.com is asked for it right now. */
    private void withdrawDate(Intent intent, String uidOrId, String reason) {
        if (intent.status() != Status.MANUAL && intent.status() != Status.PENDING) {
            return;
        }
        Series series = Series.of(intent.progress(), intent.appointmentIds().stream().flatMap(id -> startOf(appointment(intent, id)).stream()).toList());
        ObjectNode appointment = appointments.find(intent.company(), uidOrId).orElseThrow();
        Optional<Series.Date> date = startOf(appointment).flatMap(series::at).filter(found -> found.is(Series.State.OPEN, Series.State.REFUSED));
        date.ifPresent(found -> {
            found.refused(Series.CANCELLED);
            if (series.dates().stream().allMatch(Series.Date::isCalledOff)) {
                callOff(intent, reason);
            } else {
                intents.amend(intent, series.json());
                appointments.giveUp(intent.company(), appointment.path("id").longValue(), "cancelled", reason);
            }
        });
    }

    /** Of what a delivery told, it can be missing. */
    private static Optional<Instant> startOf(JsonNode appointment) {
        return appointment.hasNonNull("start") ? Optional.of(Instant.parse(appointment.path("start").textValue())) : Optional.empty();
    }

    /**
     * Finds the appointment that waits for a booking made by hand.
     *
     * @param uidOrId the appointment
     * @param uid     the booking
     * @return its id
     * @throws Problem 404 {@code appointment_not_found}, 409 {@code not_waiting}
     */
    long waiting(int company, String uidOrId, String uid) {
        ObjectNode appointment = appointments.find(company, uidOrId).orElseThrow(() -> new Problem(404, "appointment_not_found",
                "There is no appointment of this uid or id", null, "A delivery may still be on its way; GET /api/deliveries shows what came in."));
        long id = appointment.path("id").longValue();
        boolean isBeingBooked = intents.waiting(company, id).filter(intent -> intent.status() == Status.SENT).isPresent();
        boolean isIt = uid.equals(appointment.path("uid").textValue());
        // One that a caller of this hub has booked is that caller's.
        boolean isAnothers = !isIt && appointments.find(company, uid).filter(other -> other.path("metadata").has(Intent.METADATA_KEY)).isPresent();
        if (isAnothers) {
            throw new Problem(409, "not_waiting", "The appointment does not wait for a booking", "This booking is another appointment's.",
                    "Send the uid of the booking that was made by hand.");
        }
        if (isBeingBooked || !isIt && !appointments.isWaiting(company, id)) {
            throw new Problem(409, "not_waiting", "The appointment does not wait for a booking", isBeingBooked ? "It is being booked right now." : null,
                    "Only an appointment that is manual or pending can be joined with a booking made by hand.");
        }
        return id;
    }

    /** Joins them, and the intent is done. */
    BookedAppointments.Recorded resolve(int company, long id, CalcomBooking booking) {
        return database.transaction().execute(transaction -> {
            Optional<Intent> waiting = intents.waiting(company, id).map(intent -> intents.lock(intent.id()));
            BookedAppointments.Recorded recorded = appointments.record(company, List.of(booking), id).get(0);
            waiting.filter(intent -> intent.kind() == Kind.BOOK).ifPresent(intent ->
                    intents.done(intent, booking.uid(), recorded.id(), new Reply(201, recorded.appointment())));
            return recorded;
        });
    }

    /** Whether a booking has joined the appointment by another way: made by hand, or told by a webhook. */
    boolean isBooked(Intent intent) {
        return intent.appointmentId() != null && !appointments.isWaiting(intent.company(), intent.appointmentId());
    }

    /** Whether the caller was told that a person sees to it, whatever was tried since. */
    boolean isLeftToPerson(Intent intent) {
        return intent.appointmentId() != null && appointmentOf(intent).path("requiresManualBooking").asBoolean();
    }

    JsonNode appointmentOf(Intent intent) {
        return appointment(intent, intent.appointmentId());
    }
}
