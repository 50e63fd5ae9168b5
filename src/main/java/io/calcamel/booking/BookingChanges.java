package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.appointment.BookedAppointments;
import io.calcamel.booking.Intent.Kind;
import io.calcamel.http.JsonBody;
import io.calcamel.http.Problem;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;

/**
 * What callers want changed of a booking: reads the requests, and tells those that have nothing left to do. What is the case
 * already is not asked of Cal.com again, so that a repetition without a key does no harm.
 */
final class BookingChanges {

    private static final Map<Kind, List<String>> FIELDS = Map.of(Kind.RESCHEDULE, List.of("start", "reason", "seatUid"),
            Kind.CANCEL, List.of("cancellationReason", "reason", "seatUid", "all"), Kind.CONFIRM, List.of(), Kind.DECLINE, List.of("reason"));

    private final BookedAppointments appointments;

    BookingChanges(BookedAppointments appointments) {
        this.appointments = appointments;
    }

    /**
     * What is asked for.
     *
     * @param request     the request, with the {@code id} that was asked by
     * @param appointment the appointment as it is
     * @param isSo        whether it is so already
     */
    record Change(ObjectNode request, ObjectNode appointment, boolean isSo) {
    }

    /**
     * Reads the body of a change, and puts the id beside it, so that it counts for whether two requests are the same.
     *
     * @throws Problem 400 {@code bad_request}, {@code bad_parameter}
     */
    static ObjectNode read(Exchange call, Kind kind, String id) {
        ObjectNode body = (ObjectNode) JsonBody.read(call.getMessage().getBody(byte[].class));
        JsonBody.refuseUnknown(body, FIELDS.get(kind));
        for (String text : List.of("reason", "cancellationReason", "seatUid")) {
            if (body.hasNonNull(text) && !body.path(text).isTextual()) {
                throw Problem.badParameter(text, "is no text.", null);
            }
        }
        if (body.hasNonNull("all") && !body.path("all").isBoolean()) {
            throw Problem.badParameter("all", "is neither true nor false.", null);
        }
        if (kind == Kind.RESCHEDULE) {
            start(body);
        }
        return body.put("id", id);
    }

    /** The new start, as exactly as Cal.com can be told. */
    static Instant start(JsonNode request) {
        try {
            return OffsetDateTime.parse(request.path("start").asText("")).toInstant().truncatedTo(ChronoUnit.MILLIS);
        } catch (DateTimeException e) {
            throw Problem.badParameter("start", "is missing or no time with an offset.",
                    "Send a start as availability lists it, such as 2026-12-01T09:00:00Z or 2026-12-01T10:00:00+01:00.");
        }
    }

    /**
     * Finds what is to be changed.
     *
     * @throws Problem 404 {@code appointment_not_found}, 409 {@code booking_pending}, 422 {@code seat_required}
     */
    Change find(int company, Kind kind, ObjectNode request) {
        ObjectNode appointment = appointments.find(company, request.path("id").asText()).orElseThrow(() -> new Problem(404, "appointment_not_found",
                "There is no appointment of this uid or id", null, "A delivery may still be on its way; GET /api/deliveries shows what came in."));
        boolean isOver = Ended.is(appointment) && (appointment.path("uid").isNull() || appointment.path("status").asText().equals("cancelled"));
        if (isOver && kind != Kind.CANCEL && !(kind == Kind.RESCHEDULE && appointment.hasNonNull("uid"))) {
            throw new Problem(409, "already_cancelled", "The booking is cancelled already", null, null);
        }
        if (appointment.path("uid").isNull() && !isOver) {
            throw new Problem(409, "booking_pending", "The appointment is not booked in Cal.com yet", null,
                    "Ask for it again in a moment: GET /api/appointments tells when it is.");
        }
        boolean isSo = isSo(kind, request, appointment);
        if (!isSo) {
            requireSeat(kind, request, appointment);
        }
        return new Change(request, appointment, isSo);
    }

    private static boolean isSo(Kind kind, JsonNode request, JsonNode appointment) {
        String status = appointment.path("status").asText();
        return switch (kind) {
            case RESCHEDULE -> !Ended.is(appointment) && !request.hasNonNull("seatUid") && appointment.hasNonNull("start")
                    && start(request).equals(Instant.parse(appointment.path("start").asText()));
            case CANCEL -> status.equals("cancelled") || appointment.path("uid").isNull() || request.hasNonNull("seatUid") && isGone(request.path("seatUid").asText(), appointment);
            case CONFIRM -> status.equals("confirmed");
            default -> status.equals("rejected");
        };
    }

    /**
     * Whether what was done is the case no more: confirmed again what was declined, say. A seat that was moved is so as long as
     * it is gone from here.
     */
    boolean isUndone(int company, Kind kind, ObjectNode request) {
        Change now = find(company, kind, request);
        return !now.isSo() && !(request.hasNonNull("seatUid") && isGone(request.path("seatUid").asText(), now.appointment()));
    }

    private static boolean isGone(String seatUid, JsonNode appointment) {
        for (JsonNode attendee : appointment.path("attendees")) {
            if (attendee.path("seatUid").asText().equals(seatUid)) {
                return !attendee.path("status").asText().equals("active");
            }
        }
        return false;
    }

    /** To cancel a booking with seats without naming one would cancel everybody's. */
    private static void requireSeat(Kind kind, JsonNode request, JsonNode appointment) {
        boolean needsSeat = kind == Kind.RESCHEDULE || kind == Kind.CANCEL && !request.path("all").asBoolean();
        if (needsSeat && BookedAppointments.hasSeats(appointment) && !request.hasNonNull("seatUid")) {
            throw new Problem(422, "seat_required", "The booking has seats, and none was named", null,
                    kind == Kind.CANCEL ? "Send seatUid, one of the appointment's attendees, or all: true for everybody's." : "Send seatUid, one of the appointment's attendees.");
        }
    }

    /** What Cal.com will be asked for, apart from the request: the uid as it is now, since a reschedule makes another. */
    static ObjectNode target(Kind kind, ObjectNode appointment) {
        ObjectNode target = appointment.objectNode();
        target.set("uid", appointment.path(kind == Kind.CANCEL ? "calcomCancelUid" : kind == Kind.RESCHEDULE ? "calcomRescheduleUid" : "calcomBookingUid"));
        target.set("bookingId", appointment.path("calcomBookingId"));
        target.set("appointment", appointment);
        return target;
    }

    /** The e-mail address of whoever has a seat. */
    static Optional<String> holder(JsonNode appointment, String seatUid) {
        for (JsonNode attendee : appointment.path("attendees")) {
            if (attendee.path("seatUid").asText().equals(seatUid)) {
                return Optional.ofNullable(attendee.path("email").textValue());
            }
        }
        return Optional.empty();
    }
}
