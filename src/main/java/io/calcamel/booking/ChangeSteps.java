package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.appointment.BookedAppointments;
import io.calcamel.appointment.BookedAppointments.Recorded;
import io.calcamel.availability.Near;
import io.calcamel.availability.Offer;
import io.calcamel.availability.Wish;
import io.calcamel.booking.Intent.Kind;
import io.calcamel.calcom.BookingCancellation;
import io.calcamel.calcom.BookingDecline;
import io.calcamel.calcom.BookingMove;
import io.calcamel.calcom.BookingsPage;
import io.calcamel.calcom.BookingsQuery;
import io.calcamel.calcom.CalcomBooking;
import io.calcamel.calcom.CalcomError;
import io.calcamel.calcom.CalcomException;
import io.calcamel.calcom.NewBooking;
import io.calcamel.database.Database;
import io.calcamel.http.Json;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;

/**
 * The steps of a reschedule, a cancellation, a confirmation or a decline, in the words of {@code routes/booking}: the bean
 * {@code changeSteps}. Each that decides sets the variable {@code next}.
 *
 * <p>To cancel, to confirm or to decline again does no harm, so after an unknown outcome Cal.com is asked again; a reschedule is
 * looked up first, since the booking that it made could be moved once more.
 */
public final class ChangeSteps {

    private static final String NEXT = BookingSteps.NEXT;
    private static final String REFUSAL = BookingSteps.REFUSAL;
    private static final int MOST_SENDS = 5;
    private static final Duration AGAIN = Duration.ofSeconds(2);
    /** A change that comes later would be a surprise. */
    private static final Duration LATEST = Duration.ofHours(1);
    private static final Duration LONGEST_SLOT = Duration.ofHours(24);
    private static final int MOST_FOUND = 100;
    /** Cal.com demands a reason of the host, whose key it is. */
    private static final String NO_REASON = "Cancelled on request";

    private final Database database;
    private final BookingIntents intents;
    private final BookedAppointments appointments;
    private final BookingSettings settings;

    ChangeSteps(Database database, BookingIntents intents, BookedAppointments appointments, BookingSettings settings) {
        this.database = database;
        this.intents = intents;
        this.appointments = appointments;
        this.settings = settings;
    }

    /** Takes a change up. Next: {@code send}, {@code look-up} for a reschedule that may have been sent, or {@code forgo}. */
    public void open(Exchange exchange, @Variable(BookingWork.INTENT) Intent intent) {
        boolean isFirst = intent.sends() == 0;
        boolean isLeftOver = isFirst && "background".equals(exchange.getVariable("lane"));
        exchange.setVariable(NEXT, isLeftOver ? "forgo" : isFirst || intent.kind() != Kind.RESCHEDULE ? "send" : "look-up");
    }

    /**
     * Cal.com is about to be asked.
     *
     * @return what it is asked, as the route {@code calcom-booking-…} of the change takes it
     * @throws BookingWork.Overtaken where somebody else has the intent in hand by now
     */
    public Object send(@Variable(BookingWork.INTENT) Intent intent) {
        if (!intents.sentAgain(intent)) {
            throw new BookingWork.Overtaken(intent);
        }
        JsonNode request = intent.request();
        String uid = uid(intent);
        String seatUid = request.path("seatUid").textValue();
        return switch (intent.kind()) {
            case RESCHEDULE -> new BookingMove(uid, BookingChanges.start(request), seatUid, null, request.path("reason").textValue(), again(intent));
            case CANCEL -> new BookingCancellation(uid, request.path("cancellationReason").asText(request.path("reason").asText(NO_REASON)), seatUid, false,
                    number(intent));
            case CONFIRM -> uid;
            default -> new BookingDecline(uid, request.path("reason").textValue());
        };
    }

    private static String uid(Intent intent) {
        return intent.progress().path("uid").asText();
    }

    private static Long number(Intent intent) {
        return intent.progress().hasNonNull("bookingId") ? intent.progress().path("bookingId").longValue() : null;
    }

    /** What API v1 needs, which knows no reschedule but a booking that takes another's place. */
    private static NewBooking again(Intent intent) {
        JsonNode appointment = intent.progress().path("appointment");
        JsonNode attendee = appointment.path("attendee");
        if (!attendee.isObject() || !appointment.hasNonNull("eventTypeId")) {
            return null;
        }
        ObjectNode answers = appointment.path("responses").isObject() ? appointment.path("responses").deepCopy() : JsonNodeFactory.instance.objectNode();
        answers.remove(List.of("name", "email", "attendeePhoneNumber", "location", "guests", "displayEmail", "displayGuests"));
        Map<String, String> metadata = new HashMap<>();
        appointment.path("metadata").properties().stream().filter(entry -> entry.getValue().isTextual())
                .forEach(entry -> metadata.put(entry.getKey(), entry.getValue().textValue()));
        return new NewBooking(appointment.path("eventTypeId").longValue(), BookingChanges.start(intent.request()),
                new NewBooking.Attendee(attendee.path("name").asText(""), attendee.path("email").textValue(), attendee.path("phoneNumber").textValue(),
                        attendee.path("timeZone").asText("UTC"), attendee.path("language").textValue()), answers, metadata, null, null, null);
    }

    /** Cal.com has made the change: the appointment shows it before the caller is told. */
    public void record(Exchange exchange, @Body List<CalcomBooking> bookings, @Variable(BookingWork.INTENT) Intent intent) {
        List<Map<String, Object>> touched = new ArrayList<>();
        ObjectNode appointment = database.transaction().execute(transaction -> {
            intents.lock(intent.id());
            String seatUid = intent.request().path("seatUid").textValue();
            List<Recorded> recorded = appointments.record(intent.company(), bookings, null);
            recorded.forEach(one -> touched.addAll(one.touched()));
            if (seatUid != null) {
                touched.addAll(appointments.leaveSeat(intent.company(), uid(intent), seatUid, intent.kind() == Kind.RESCHEDULE).touched());
            }
            String changed = intent.kind() == Kind.RESCHEDULE ? bookings.get(0).uid() : uid(intent);
            ObjectNode now = appointments.find(intent.company(), changed).orElseGet(() -> recorded.get(0).appointment());
            intents.done(intent, changed, now.path("id").longValue(), new Reply(200, now));
            return now;
        });
        exchange.setVariable("appointmentId", appointment.path("id").longValue());
        exchange.setVariable("appointmentChanged", true);
        exchange.setVariable("touched", touched);
        exchange.setVariable("trigger", intent.kind().text());
        exchange.setVariable("deliveryId", intent.id());
    }

    /** Cal.com refused or failed. Next: {@code send}, {@code look-up}, {@code read}, {@code postpone}, {@code forgo} or {@code refuse}. */
    public void failed(Exchange exchange, @ExchangeException CalcomException failure, @Variable(BookingWork.INTENT) Intent intent) {
        Intent now = intents.find(intent.id());
        exchange.setVariable(REFUSAL, failure);
        if (BookingSteps.wasNotAsked(failure)) {
            intents.unsent(intent);
        } else if (!failure.mayHaveHappened() || failure.hasAnswered()) {
            intents.settled(intent);
        }
        exchange.setVariable(NEXT, next(failure, now, intent));
    }

    private static String next(CalcomException failure, Intent now, Intent taken) {
        boolean isReschedule = now.kind() == Kind.RESCHEDULE;
        if (failure.mayHaveHappened()) {
            return isReschedule ? "look-up" : failure.hasAnswered() && now.sends() == 1 ? "send" : "postpone";
        }
        boolean isNotNow = Set.of(CalcomError.RATE_LIMITED, CalcomError.UNAVAILABLE).contains(failure.error());
        if (isNotNow) {
            // Where an earlier attempt may have worked, the caller was told pending, and it is tried on.
            return taken.sends() == 0 && now.sends() == 1 ? "forgo" : "postpone";
        }
        boolean wasSentBefore = now.sends() > 1;
        return switch (failure.error()) {
            case ALREADY_CONFIRMED -> now.kind() == Kind.CONFIRM ? "read" : "refuse";
            case SEAT_NOT_FOUND, ALREADY_CANCELLED, SLOT_TAKEN, NO_SEATS_LEFT, ALREADY_BOOKED, LIMIT_REACHED -> isReschedule ? "look-up"
                    : wasSentBefore ? "read" : "refuse";
            default -> "refuse";
        };
    }

    /** The booking that a reschedule would have made: it tells which it replaced. */
    public BookingsQuery query(@Variable(BookingWork.INTENT) Intent intent) {
        JsonNode appointment = intent.progress().path("appointment");
        Instant start = BookingChanges.start(intent.request());
        return new BookingsQuery(null, appointment.hasNonNull("eventTypeId") ? appointment.path("eventTypeId").longValue() : null,
                start.minusSeconds(1), start.plus(LONGEST_SLOT), null, MOST_FOUND, 0);
    }

    /** Looks through what Cal.com listed. Next: {@code record}, or what follows from its not being there. */
    public void found(Exchange exchange, @Body BookingsPage page, @Variable(BookingWork.INTENT) Intent intent, @Variable(REFUSAL) CalcomException refusal) {
        Optional<CalcomBooking> moved = page.items().stream().filter(booking -> isMoved(booking, intent)).findFirst();
        if (moved.isPresent()) {
            exchange.getMessage().setBody(List.of(moved.get()));
            exchange.setVariable(NEXT, "record");
            return;
        }
        Intent now = intents.find(intent.id());
        boolean isThrough = now.settled() || Instant.now().isAfter(now.sentAt().plus(settings.settle()));
        boolean isRefused = refusal != null && (!refusal.mayHaveHappened() || refusal.status() == 409 && refusal.hasAnswered());
        if (isRefused) {
            boolean isTaken = Set.of(CalcomError.SLOT_TAKEN, CalcomError.NO_SEATS_LEFT).contains(refusal.error());
            exchange.setVariable(NEXT, isTaken ? "offer" : "refuse");
        } else {
            exchange.setVariable(NEXT, isThrough && refusal == null ? "send" : "postpone");
        }
    }

    private static boolean isMoved(CalcomBooking booking, Intent intent) {
        if (!booking.start().equals(BookingChanges.start(intent.request()))) {
            return false;
        }
        String seatUid = intent.request().path("seatUid").textValue();
        if (seatUid == null) {
            return uid(intent).equals(booking.rescheduledFromUid());
        }
        Optional<String> holder = BookingChanges.holder(intent.progress().path("appointment"), seatUid);
        return booking.attendees().stream().anyMatch(attendee -> seatUid.equals(attendee.seatUid())
                || attendee.seatUid() != null && holder.isPresent() && holder.get().equalsIgnoreCase(attendee.email()));
    }

    /** Which booking is read, to see what became of it. */
    public String read(@Variable(BookingWork.INTENT) Intent intent) {
        return uid(intent);
    }

    /** Whether it is as it was wanted. Next: {@code record} or {@code refuse}. */
    public void readBack(Exchange exchange, @Body List<CalcomBooking> bookings, @Variable(BookingWork.INTENT) Intent intent) {
        String status = bookings.get(0).status();
        boolean isSo = switch (intent.kind()) {
            case CONFIRM -> status.equals("accepted");
            case DECLINE -> status.equals("rejected");
            default -> true;
        };
        exchange.setVariable(NEXT, isSo ? "record" : "refuse");
    }

    /** It is tried, or looked, again later; given up where it was tried too often, or would come too late. */
    public void postpone(@Variable(BookingWork.INTENT) Intent intent, @Variable(REFUSAL) CalcomException refusal) {
        Intent now = intents.find(intent.id());
        Duration age = Duration.between(now.createdAt(), Instant.now());
        if (refusal != null && (now.sends() >= MOST_SENDS || age.compareTo(LATEST) > 0)) {
            intents.forgo(intent);
        } else {
            Duration wait = age.dividedBy(4);
            intents.pending(intent, wait.compareTo(AGAIN) < 0 ? AGAIN : wait);
        }
    }

    /** It could not be looked, or read: nobody knows. */
    public void notLooked(Exchange exchange, @ExchangeException CalcomException failure) {
        if (exchange.getVariable(REFUSAL) == null) {
            exchange.setVariable(REFUSAL, failure);
        }
    }

    /** Nothing was changed, for reasons that pass: the caller is told, and can ask again with the same key. */
    public void forgo(Exchange exchange, @Variable(BookingWork.INTENT) Intent intent, @Variable(REFUSAL) Problem refusal) {
        intents.forgo(intent);
        exchange.setVariable(BookingWork.PROBLEM, refusal);
    }

    /** What there is instead of a start that is taken. */
    public Wish wish(@Variable(BookingWork.INTENT) Intent intent) {
        JsonNode appointment = intent.progress().path("appointment");
        String zone = appointment.path("attendee").path("timeZone").asText("");
        return new Wish(appointment.path("eventTypeId").longValue(), List.of(BookingChanges.start(intent.request())), null,
                ZoneId.getAvailableZoneIds().contains(zone) ? ZoneId.of(zone) : settings.zone());
    }

    /** Puts the alternatives into the refusal; none where Cal.com could not be asked. */
    public void offer(Exchange exchange, @Body Object near, @Variable(REFUSAL) Problem refusal) {
        List<Offer> offers = near instanceof List<?> list && !list.isEmpty() && list.get(0) instanceof Near first ? first.alternatives() : List.of();
        exchange.setVariable(REFUSAL, new Taken(refusal, offers));
    }

    /** Cal.com does not make the change. */
    public void refuse(@Variable(BookingWork.INTENT) Intent intent, @Variable(REFUSAL) Problem refusal) {
        intents.refused(intent, new Reply(refusal.status(), Json.MAPPER.valueToTree(refusal.toJson())));
    }
}
