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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
    /** The booking that took the place of the one that is to be cancelled, as Cal.com has it; null where there is none. */
    private static final String HEAD = "head";
    /** What Cal.com has told of bookings that were moved, on the way to the one that stands. */
    private static final String PASSED = "passed";
    /** A booking where the seat may have been moved to. */
    private static final String CANDIDATE = "candidate";
    private static final String SKIP = "skip";
    private static final Logger LOG = LoggerFactory.getLogger(ChangeSteps.class);
    private static final Duration AGAIN = Duration.ofSeconds(2);
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    /** It is seen to until the booking starts; of one that has started so long at least. */
    private static final Duration AT_LEAST = Duration.ofHours(1);
    private static final Duration LONGEST_SLOT = Duration.ofHours(24);
    private static final int PAGE = 100;
    private static final int MOST_FOUND = 2000;
    private static final Set<String> OVER = Set.of("cancelled", "rejected");
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

    /**
     * Takes a change up. Next: {@code send}, {@code look-up} for a reschedule that may have been sent, or {@code forgo} where its
     * caller was told nothing: a change that nobody waits for any more would be a surprise.
     */
    public void open(Exchange exchange, @Variable(BookingWork.INTENT) Intent intent) {
        boolean isFirst = intent.sends() == 0;
        boolean isLeftOver = isFirst && "background".equals(exchange.getVariable("lane")) && !intents.isAccepted(intent.id());
        exchange.setVariable(NEXT, isLeftOver ? "forgo" : isFirst || intent.kind() != Kind.RESCHEDULE ? "send" : "look-up");
    }

    /**
     * Cal.com is about to be asked.
     *
     * @return what it is asked, as the route {@code calcom-booking-…} of the change takes it
     * @throws BookingWork.Overtaken where somebody else has the intent in hand by now
     */
    public Object send(@Variable(BookingWork.INTENT) Intent intent, @Variable(HEAD) String head) {
        if (!intents.sentAgain(intent)) {
            throw new BookingWork.Overtaken(intent);
        }
        JsonNode request = intent.request();
        String uid = uid(intent, head);
        String seatUid = request.path("seatUid").textValue();
        return switch (intent.kind()) {
            case RESCHEDULE -> new BookingMove(uid, BookingChanges.start(request), seatUid, null, request.path("reason").textValue(), again(intent));
            case CANCEL -> new BookingCancellation(uid, request.path("cancellationReason").asText(request.path("reason").asText(NO_REASON)), seatUid, false,
                    head == null ? number(intent) : null);
            case CONFIRM -> uid;
            default -> new BookingDecline(uid, request.path("reason").textValue());
        };
    }

    private static String uid(Intent intent) {
        return intent.progress().path("uid").asText();
    }

    private static String uid(Intent intent, String head) {
        return head == null ? uid(intent) : head;
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

    /**
     * Cal.com says that the change is made, or was made before: then the booking may have been moved before that, and it is the
     * one in its place that is to be cancelled. Next: {@code record}, {@code send} or, where it does not show yet, {@code postpone}.
     */
    public void made(Exchange exchange, @Body List<CalcomBooking> bookings, @Variable(BookingWork.INTENT) Intent intent) {
        if (intent.kind() != Kind.CANCEL || bookings.isEmpty()) {
            exchange.setVariable(NEXT, "record");
            return;
        }
        CalcomBooking booking = bookings.get(0);
        String seatUid = intent.request().path("seatUid").textValue();
        List<CalcomBooking> passed = passed(exchange);
        String successor = seatUid == null ? successor(intent, booking) : null;
        if (successor != null && passed.stream().noneMatch(other -> other.uid().equals(successor))) {
            passed.add(booking);
            exchange.setVariable(PASSED, passed);
            exchange.setVariable(HEAD, successor);
            exchange.setVariable(NEXT, "send");
            return;
        }
        boolean isSo = seatUid == null ? OVER.contains(booking.status()) : !lists(booking, seatUid);
        if (!isSo) {
            intents.settled(intent);
        }
        exchange.setVariable(NEXT, isSo ? "record" : "postpone");
    }

    /** The booking that took its place: Cal.com's answer tells, or the appointment, which a delivery may have told. */
    private String successor(Intent intent, CalcomBooking booking) {
        if (booking.rescheduledToUid() != null) {
            return booking.rescheduledToUid();
        }
        return appointments.find(intent.company(), booking.uid()).map(appointment -> appointment.path("calcomCancelUid").textValue())
                .filter(uid -> !uid.equals(booking.uid())).orElse(null);
    }

    private static boolean lists(CalcomBooking booking, String seatUid) {
        return !OVER.contains(booking.status()) && booking.attendees().stream().anyMatch(attendee -> seatUid.equals(attendee.seatUid()));
    }

    @SuppressWarnings("unchecked")
    private static List<CalcomBooking> passed(Exchange exchange) {
        List<CalcomBooking> passed = exchange.getVariable(PASSED, List.class);
        return passed == null ? new ArrayList<>() : passed;
    }

    /** Cal.com has made the change: the appointment shows it before the caller is told. */
    public void record(Exchange exchange, @Body List<CalcomBooking> bookings, @Variable(BookingWork.INTENT) Intent intent, @Variable(HEAD) String head) {
        List<Map<String, Object>> touched = new ArrayList<>();
        // Those on the way, too: each tells which it replaced, and so they become one appointment.
        List<CalcomBooking> all = passed(exchange);
        int first = all.size();
        all.addAll(bookings);
        ObjectNode appointment = database.transaction().execute(transaction -> {
            intents.lock(intent.id());
            String seatUid = intent.request().path("seatUid").textValue();
            appointments.lock(intent.company(), all, seatUid == null ? List.of() : List.of(uid(intent), seatUid));
            List<Recorded> recorded = appointments.record(intent.company(), all, null);
            recorded.forEach(one -> touched.addAll(one.touched()));
            if (seatUid != null) {
                touched.addAll(appointments.leaveSeat(intent.company(), uid(intent), seatUid, intent.kind() == Kind.RESCHEDULE).touched());
            }
            String changed = intent.kind() == Kind.RESCHEDULE ? bookings.get(0).uid() : uid(intent, head);
            ObjectNode now = appointments.find(intent.company(), changed).orElseGet(() -> recorded.get(first).appointment());
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
            // Where an earlier attempt may have worked, it is tried on.
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
    public BookingsQuery query(@Variable(BookingWork.INTENT) Intent intent, @Variable(SKIP) Integer skip) {
        JsonNode appointment = intent.progress().path("appointment");
        Instant start = BookingChanges.start(intent.request());
        return new BookingsQuery(null, appointment.hasNonNull("eventTypeId") ? appointment.path("eventTypeId").longValue() : null,
                start.minusSeconds(1), start.plus(LONGEST_SLOT), null, PAGE, skip == null ? 0 : skip);
    }

    /**
     * Looks through what Cal.com listed. Next: {@code record}, {@code read} where only the booking that the seat was in can tell,
     * {@code look-up} for the next page, or what follows from its not being there.
     */
    public void found(Exchange exchange, @Body BookingsPage page, @Variable(BookingWork.INTENT) Intent intent, @Variable(REFUSAL) CalcomException refusal,
            @Variable(SKIP) Integer skip) {
        Optional<CalcomBooking> moved = page.items().stream().filter(booking -> isMoved(booking, intent)).findFirst();
        Optional<CalcomBooking> candidate = page.items().stream().filter(booking -> hasHolder(booking, intent)).findFirst();
        int next = (skip == null ? 0 : skip) + PAGE;
        exchange.setVariable(SKIP, null);
        if (moved.isPresent()) {
            exchange.getMessage().setBody(List.of(moved.get()));
            exchange.setVariable(NEXT, "record");
        } else if (candidate.isPresent()) {
            exchange.setVariable(CANDIDATE, candidate.get());
            exchange.setVariable(NEXT, "read");
        } else if (page.hasNextPage()) {
            // The one that was made last is listed last. Beyond so many nobody knows.
            exchange.setVariable(SKIP, next);
            exchange.setVariable(NEXT, next < MOST_FOUND ? "look-up" : "postpone");
        } else {
            notMoved(exchange, intent, refusal);
        }
    }

    private void notMoved(Exchange exchange, Intent intent, CalcomException refusal) {
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
        String seatUid = intent.request().path("seatUid").textValue();
        boolean isIt = seatUid == null ? uid(intent).equals(booking.rescheduledFromUid())
                : booking.attendees().stream().anyMatch(attendee -> seatUid.equals(attendee.seatUid()));
        return isIt && booking.start().equals(BookingChanges.start(intent.request()));
    }

    /** Whether whoever had the seat sits there: in the same seat under another uid, or in one that they had before. */
    private static boolean hasHolder(CalcomBooking booking, Intent intent) {
        String seatUid = intent.request().path("seatUid").textValue();
        Optional<String> holder = seatUid == null ? Optional.empty() : BookingChanges.holder(intent.progress().path("appointment"), seatUid);
        return holder.isPresent() && booking.start().equals(BookingChanges.start(intent.request())) && booking.attendees().stream()
                .anyMatch(attendee -> attendee.seatUid() != null && holder.get().equalsIgnoreCase(attendee.email()));
    }

    /** Which booking is read, to see what became of it. */
    public String read(@Variable(BookingWork.INTENT) Intent intent) {
        return uid(intent);
    }

    /** Whether it is as it was wanted. Next: {@code record}, or what follows from its being otherwise. */
    public void readBack(Exchange exchange, @Body List<CalcomBooking> bookings, @Variable(BookingWork.INTENT) Intent intent,
            @Variable(REFUSAL) CalcomException refusal, @Variable(CANDIDATE) CalcomBooking candidate) {
        CalcomBooking booking = bookings.get(0);
        if (intent.kind() == Kind.RESCHEDULE) {
            if (isLeft(booking, intent.request().path("seatUid").asText(), refusal)) {
                exchange.getMessage().setBody(List.of(candidate));
                exchange.setVariable(NEXT, "record");
            } else {
                notMoved(exchange, intent, refusal);
            }
            return;
        }
        boolean isSo = switch (intent.kind()) {
            case CONFIRM -> booking.status().equals("accepted");
            case DECLINE -> booking.status().equals("rejected");
            default -> intent.request().hasNonNull("seatUid") ? !lists(booking, intent.request().path("seatUid").asText()) : OVER.contains(booking.status());
        };
        exchange.setVariable(NEXT, isSo ? "record" : "refuse");
    }

    /** Whether a booking has the seat no more. One whose seats may not be seen shows none: then what Cal.com said is all there is. */
    private static boolean isLeft(CalcomBooking booking, String seatUid, CalcomException refusal) {
        if (!OVER.contains(booking.status()) && !booking.hasSeats()) {
            return refusal != null && Set.of(CalcomError.SEAT_NOT_FOUND, CalcomError.ALREADY_CANCELLED).contains(refusal.error());
        }
        return !lists(booking, seatUid);
    }

    /**
     * It is tried, or looked, again later: the longer it has been, the less often, until the booking starts. Then it is over, and
     * whoever asks is told so.
     */
    public void postpone(@Variable(BookingWork.INTENT) Intent intent) {
        Intent now = intents.find(intent.id());
        if (Instant.now().isAfter(end(now))) {
            LOG.warn("{} is given up, since the booking has started: nobody knows whether Cal.com has made the change", now);
            Problem over = new Problem(503, "unavailable", "Cal.com can't be reached, or fails",
                    "Until the booking started nobody knew whether the change was made.", "Look at the booking in Cal.com.");
            intents.refused(intent, new Reply(over.status(), Json.MAPPER.valueToTree(over.toJson())));
        } else {
            Duration wait = Duration.between(now.createdAt(), Instant.now()).dividedBy(4);
            intents.pending(intent, wait.compareTo(AGAIN) < 0 ? AGAIN : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
        }
    }

    /** Until when it is worth while: of a reschedule until both starts have passed. */
    private static Instant end(Intent intent) {
        Instant end = intent.createdAt().plus(AT_LEAST);
        JsonNode start = intent.progress().path("appointment").path("start");
        if (start.isTextual() && Instant.parse(start.textValue()).isAfter(end)) {
            end = Instant.parse(start.textValue());
        }
        boolean isLater = intent.kind() == Kind.RESCHEDULE && BookingChanges.start(intent.request()).isAfter(end);
        return isLater ? BookingChanges.start(intent.request()) : end;
    }

    /** It could not be looked, or read: nobody knows. */
    public void notLooked(Exchange exchange, @ExchangeException CalcomException failure) {
        if (exchange.getVariable(REFUSAL) == null) {
            exchange.setVariable(REFUSAL, failure);
        }
    }

    /**
     * Nothing was changed, for reasons that pass: the caller is told, and can ask again with the same key. Where a caller was told
     * already that it is seen to, it is.
     */
    public void forgo(Exchange exchange, @Variable(BookingWork.INTENT) Intent intent, @Variable(REFUSAL) Problem refusal) {
        if (intents.forgoUnlessAccepted(intent)) {
            exchange.setVariable(BookingWork.PROBLEM, refusal);
        } else {
            postpone(intent);
        }
    }

    /** What there is instead of a start that is taken. */
    public Wish wish(@Variable(BookingWork.INTENT) Intent intent) {
        JsonNode appointment = intent.progress().path("appointment");
        String zone = appointment.path("attendee").path("timeZone").asText("");
        return new Wish(appointment.path("eventTypeId").longValue(), List.of(BookingChanges.start(intent.request())), null,
                ZoneId.getAvailableZoneIds().contains(zone) ? ZoneId.of(zone) : settings.attendees().apply(intent.company()).zone());
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
