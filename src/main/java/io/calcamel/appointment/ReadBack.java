package io.calcamel.appointment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.calcamel.appointment.BookingFacts.Left;
import io.calcamel.calcom.CalcomBooking;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * What a booking says that was read back from Cal.com, in the same facts that deliveries leave: it completes what they
 * left out, and a delivery that Cal.com made after the booking's last change has the last word.
 *
 * <p>What is not said: a status below the one that deliveries told. Cal.com says pending for an unpaid booking too, and
 * still says accepted for a moment after it has sent BOOKING_CANCELLED (Cal.com webhooks, order against the database).
 */
final class ReadBack {

    /** Cal.com's clock and ours may differ, and a change may be on its way: what is younger than this is left alone. */
    private static final Duration UNSETTLED = Duration.ofSeconds(5);
    private static final String HASH = "read back";

    private final CalcomBooking booking;
    private final BookingFacts known;
    private final Instant readAt;
    private final boolean isFinal;
    /** When Cal.com changed the booking last. */
    private final Version changed;
    /** Which statements this one comes after. */
    private final Version version;
    private final BookingFacts facts = new BookingFacts();
    private final SortedSet<String> names = new TreeSet<>();

    private ReadBack(CalcomBooking booking, BookingFacts known, Instant readAt, boolean isFinal, Instant asOf) {
        this.isFinal = isFinal;
        this.booking = booking;
        this.known = known;
        this.readAt = readAt;
        Instant changedAt = booking.updatedAt() != null ? booking.updatedAt() : booking.createdAt();
        this.changed = new Version(changedAt == null ? Instant.EPOCH : changedAt, 0, HASH);
        this.version = asOf.isAfter(changed.at()) ? new Version(asOf, 0, HASH) : changed;
        names.add(booking.uid());
    }

    /**
     * @param booking what Cal.com answered
     * @param known   what is known of it
     * @param readAt  when Cal.com was asked
     * @param isFinal whether Cal.com had time to do what it told: then a seat that it still lists is held after all
     * @return what it says
     */
    static BookingEvent event(CalcomBooking booking, BookingFacts known, Instant readAt, boolean isFinal) {
        return event(booking, known, readAt, isFinal, Instant.EPOCH);
    }

    /** As the other, and whatever deliveries of before {@code asOf} said otherwise does not hold: Cal.com had time to change it back. */
    static BookingEvent event(CalcomBooking booking, BookingFacts known, Instant readAt, boolean isFinal, Instant asOf) {
        return new ReadBack(booking, known, readAt, isFinal, asOf).event();
    }

    /** Whether Cal.com may not yet have done what it has told: then it is asked again. */
    static boolean isBehind(CalcomBooking booking, BookingFacts known) {
        return isOpen(booking) && (known.evidence.containsKey(Status.CANCELLED)
                || booking.attendees().stream().anyMatch(attendee -> attendee.seatUid() != null && isGiven(known, attendee.seatUid(), person(attendee))));
    }

    private static boolean isOpen(CalcomBooking booking) {
        return booking.status().equals("accepted") || booking.status().equals("pending");
    }

    /** Whether a seat was given up after it was last taken, as far as deliveries told. */
    private static boolean isGiven(BookingFacts known, String seatUid, JsonNode person) {
        BookingFacts.Seat seat = known.seats.get(seatUid);
        Instant since = seat == null ? Instant.MIN : seat.since();
        return Stream.of(Left.bySeat(seatUid), Left.byEmail(Chain.emailKey(person)))
                .map(known.left::get).filter(Objects::nonNull).anyMatch(left -> !left.at().isBefore(since));
    }

    private BookingEvent event() {
        facts.booked = true;
        readStatus();
        set("start", booking.start().toString());
        set("end", booking.end().toString());
        set("title", booking.title());
        set("location", booking.location());
        set("host", booking.host());
        set("seriesUid", booking.seriesUid());
        set("cancellationReason", booking.cancellationReason());
        if (booking.seriesUid() != null) {
            facts.recurring = true;
        }
        put("bookingId", JsonNodeFactory.instance.numberNode(booking.id()));
        if (booking.eventTypeId() != null) {
            put("eventTypeId", JsonNodeFactory.instance.numberNode(booking.eventTypeId()));
        }
        readMeetingUrl();
        putAll(facts.metadata, booking.metadata());
        putAll(facts.responses, booking.responses());
        readPeople();
        if (booking.rescheduledFromUid() != null && !booking.hasSeats()) {
            facts.reschedules.put(booking.rescheduledFromUid(), changed);
            names.add(booking.rescheduledFromUid());
        }
        return new BookingEvent(booking.uid(), Map.of(booking.uid(), facts), names);
    }

    private void readStatus() {
        switch (booking.status()) {
            case "accepted" -> facts.evidence.put(Status.CONFIRMED, version.at());
            case "rejected" -> facts.evidence.put(Status.REJECTED, version.at());
            case "cancelled" -> {
                if (booking.rescheduledToUid() == null) {
                    facts.foundCancelled = true;
                }
            }
            case "pending" -> facts.foundPending = true;
            default -> {
                // awaiting_host and what may come: says nothing that an appointment knows.
            }
        }
    }

    /** The address in the location is the room's; a delivery's metadata can have that of the booking before (recorded). */
    private void readMeetingUrl() {
        String location = booking.location();
        if (location != null && (location.startsWith("https://") || location.startsWith("http://"))) {
            facts.fields.put("meetingUrl", new Register(TextNode.valueOf(location), new Version(readAt, 0, HASH)));
        }
    }

    private void readPeople() {
        ArrayNode people = JsonNodeFactory.instance.arrayNode();
        booking.attendees().forEach(attendee -> people.add(person(attendee)));
        booking.attendees().stream().filter(attendee -> attendee.absent() && attendee.email() != null)
                .forEach(attendee -> facts.noShow.put(attendee.email().toLowerCase(Locale.ROOT), new Register(BooleanNode.TRUE, version)));
        if (booking.hasSeats() || known.isSeated()) {
            facts.seated = true;
            readSeats(people);
        } else if (!people.isEmpty()) {
            facts.fields.put("attendees", new Register(people, version));
            set("attendeePhone", booking.attendees().get(0).phoneNumber());
        }
    }

    /**
     * Who has a seat. A booking that is cancelled keeps its attendees in some versions and loses them in others, and to
     * a key that may not see them an open one shows none: then its seats say nothing.
     */
    private void readSeats(ArrayNode people) {
        if (!isOpen(booking) || !booking.hasSeats()) {
            return;
        }
        Set<String> listed = new HashSet<>();
        for (int i = 0; i < people.size(); i++) {
            String seatUid = booking.attendees().get(i).seatUid();
            if (seatUid != null) {
                listed.add(seatUid);
                names.add(seatUid);
                boolean isHeldAfterAll = isFinal && isGiven(known, seatUid, people.get(i));
                facts.seats.put(seatUid, new BookingFacts.Seat(new Register(people.get(i), version), isHeldAfterAll ? readAt.minus(UNSETTLED) : version.at()));
            }
        }
        known.seats.forEach((seatUid, seat) -> {
            boolean isSettled = seat.since().isBefore(readAt.minus(UNSETTLED));
            if (BookingFacts.isSeatUid(seatUid) && !listed.contains(seatUid) && isSettled && !isGiven(known, seatUid, seat.person().value())) {
                facts.left.put(Left.bySeat(seatUid), new Left(seat.person(), readAt, "cancelled"));
            }
        });
    }

    private static ObjectNode person(CalcomBooking.Attendee attendee) {
        return JsonNodeFactory.instance.objectNode().put("name", attendee.name()).put("email", attendee.email())
                .put("phoneNumber", attendee.phoneNumber()).put("timeZone", attendee.timeZone()).put("language", attendee.language());
    }

    private void set(String field, String value) {
        if (value != null) {
            put(field, TextNode.valueOf(value));
        }
    }

    private void put(String field, JsonNode value) {
        facts.fields.put(field, new Register(value, version));
    }

    private void putAll(Map<String, Register> registers, JsonNode values) {
        if (values != null && values.isObject()) {
            values.properties().stream().filter(value -> !value.getValue().isNull())
                    .forEach(value -> registers.put(value.getKey(), new Register(value.getValue(), version)));
        }
    }
}
