package io.calcamel.appointment;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.appointment.Appointment.Attendee;
import io.calcamel.appointment.BookingFacts.Left;
import io.calcamel.privacy.Erased;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The bookings of one appointment, and what the appointment therefore is. A function of the facts alone, so that the
 * order in which they became known can't show.
 */
final class Chain {

    private static final Version NEVER = new Version(Instant.EPOCH, 0, "");

    private final Map<String, BookingFacts> bookings;
    private final Map<String, BookingFacts> aboutSeats;
    private final List<String> uids;
    private final String current;
    /** The current booking, then the one before it, and so on: where a later one is silent, an earlier one speaks. */
    private final List<BookingFacts> latestFirst;

    /**
     * @param bookings   the facts of each uid of the chain
     * @param aboutSeats facts that name one of their seats in place of a booking, by seat uid
     */
    Chain(Map<String, BookingFacts> bookings, Map<String, BookingFacts> aboutSeats) {
        this.bookings = bookings;
        this.aboutSeats = aboutSeats;
        this.uids = oldestFirst();
        this.current = head();
        this.latestFirst = new ArrayList<>();
        latestFirst.add(bookings.get(current));
        for (int i = uids.size() - 1; i >= 0; i--) {
            if (!uids.get(i).equals(current)) {
                latestFirst.add(bookings.get(uids.get(i)));
            }
        }
    }

    /** What the appointment is. */
    Appointment appointment() {
        BookingFacts now = bookings.get(current);
        Status status = status(current);
        List<Attendee> attendees = now.isSeated() ? seats(current) : people(now);
        Attendee attendee = attendees.stream().filter(Attendee::isActive).findFirst()
                .orElse(attendees.isEmpty() ? null : attendees.get(0));
        SortedMap<String, JsonNode> metadata = merged(facts -> facts.metadata);
        // A series that is booked date by date is one, though Cal.com makes one of each date of a recurring event type.
        String series = attached(metadata, WantedAppointment.SERIES);
        return new Appointment(current, uids, status.text(), text("start"), text("end"), text("title"), text("location"),
                meetingUrl(now), text("host"), number(latestFirst, "eventTypeId"), attached(metadata, WantedAppointment.BRANCH), attendee, attendees,
                merged(facts -> facts.responses), series == null ? text("seriesUid") : series,
                textOf(now, "startedAt"), textOf(now, "endedAt"), number(List.of(now), "bookingId"), current, current, current, false, null,
                reason(now, status), metadata, textOf(now, "recordingUrl"), textOf(now, "transcriptUrl"));
    }

    /**
     * The status of one booking of the chain: the strongest that was said of it. Between confirmed and rejected the
     * later holds, since Cal.com lets a declined booking be confirmed.
     */
    Status status(String uid) {
        BookingFacts facts = bookings.get(uid);
        Set<Status> said = EnumSet.noneOf(Status.class);
        said.addAll(facts.evidence.keySet());
        if (said.contains(Status.CONFIRMED) && said.contains(Status.REJECTED)
                && facts.evidence.get(Status.CONFIRMED).isAfter(facts.evidence.get(Status.REJECTED))) {
            said.remove(Status.REJECTED);
        }
        if (said.isEmpty() && facts.isFoundPending()) {
            said.add(Status.REQUESTED);
        }
        // Cal.com's API calls it cancelled too when the host asks for another time, and only a delivery can tell.
        if (facts.isFoundCancelled() && !said.contains(Status.RESCHEDULE_REQUESTED)) {
            said.add(Status.CANCELLED);
        }
        if (facts.isSeated()) {
            List<Attendee> seats = seats(uid);
            if (!seats.isEmpty() && seats.stream().noneMatch(Attendee::isActive)) {
                said.add(Status.CANCELLED);
            }
        }
        // Only a change of place or host was heard of: it is a booking that stands.
        return said.stream().max(Comparator.naturalOrder()).orElse(Status.CONFIRMED);
    }

    private List<String> oldestFirst() {
        TreeSet<String> waiting = new TreeSet<>(byLink());
        waiting.addAll(bookings.keySet());
        Set<String> ordered = new LinkedHashSet<>();
        while (!waiting.isEmpty()) {
            // A circle, which only a forged delivery could make, is cut at its oldest link.
            String next = waiting.stream().filter(uid -> ordered.containsAll(predecessors(uid))).findFirst().orElse(waiting.first());
            ordered.add(next);
            waiting.remove(next);
        }
        return List.copyOf(ordered);
    }

    private String head() {
        Set<String> replaced = bookings.keySet().stream().flatMap(uid -> predecessors(uid).stream()).collect(Collectors.toSet());
        return bookings.keySet().stream().filter(uid -> !replaced.contains(uid)).max(byLink()).orElse(uids.get(uids.size() - 1));
    }

    private Comparator<String> byLink() {
        return Comparator.comparing(this::linked).thenComparing(Comparator.naturalOrder());
    }

    private Set<String> predecessors(String uid) {
        return bookings.get(uid).reschedules.keySet().stream().filter(bookings::containsKey).collect(Collectors.toSet());
    }

    private Version linked(String uid) {
        return bookings.get(uid).reschedules.values().stream().max(Comparator.naturalOrder()).orElse(NEVER);
    }

    /** Only the current booking's, since each has a room of its own; none where it was moved to a place afterwards. */
    private static String meetingUrl(BookingFacts now) {
        Register url = now.fields.get("meetingUrl");
        Register location = now.fields.get("location");
        if (url == null) {
            return null;
        }
        boolean movedToAPlace = location != null && location.version().compareTo(url.version()) > 0
                && !location.value().textValue().startsWith("integrations:");
        return movedToAPlace ? null : url.value().textValue();
    }

    private List<Attendee> people(BookingFacts now) {
        JsonNode people = value(latestFirst, "attendees");
        List<Attendee> attendees = new ArrayList<>();
        if (people != null) {
            for (JsonNode person : people) {
                String phone = attendees.isEmpty() ? text("attendeePhone") : null;
                attendees.add(attendee(person, phone, now, null, null));
            }
        }
        return attendees;
    }

    /** Who sits in a seated booking: each seat once, and those without a known seat by their e-mail address. */
    private List<Attendee> seats(String uid) {
        BookingFacts facts = bookings.get(uid);
        Map<String, Attendee> byKey = new LinkedHashMap<>();
        Set<String> seatedEmails = new TreeSet<>();
        facts.seats.entrySet().stream()
                .filter(seat -> BookingFacts.isSeatUid(seat.getKey()) || latestSeatOf(facts, emailKey(seat.getValue())) == null)
                .sorted(Comparator.comparing((Map.Entry<String, BookingFacts.Seat> seat) -> seat.getValue().since())
                        .thenComparing(Map.Entry::getKey))
                .forEach(seat -> {
                    String seatUid = BookingFacts.isSeatUid(seat.getKey()) ? seat.getKey() : null;
                    String gone = gone(facts, seatUid, emailKey(seat.getValue()), since(facts, seat.getKey(), seat.getValue()));
                    byKey.put(seat.getKey(), attendee(seat.getValue().person().value(), null, facts, seatUid, gone == null ? Attendee.ACTIVE : gone));
                    seatedEmails.add(emailKey(seat.getValue()));
                });
        facts.left.forEach((key, left) -> {
            JsonNode person = left.person().value();
            String seatUid = key.startsWith(Left.bySeat("")) ? key.substring(Left.bySeat("").length()) : null;
            boolean known = seatedEmails.contains(emailKey(person)) && (seatUid == null || byKey.containsKey(seatUid) || byKey.containsKey(Left.byEmail(emailKey(person))));
            if (!known) {
                byKey.put(key, attendee(person, null, facts, seatUid, left.how()));
            }
        });
        return List.copyOf(byKey.values());
    }

    /** The seat that a delivery means which names somebody and not their seat: the one they took last. */
    private static String latestSeatOf(BookingFacts facts, String email) {
        return facts.seats.entrySet().stream()
                .filter(seat -> BookingFacts.isSeatUid(seat.getKey()) && emailKey(seat.getValue()).equals(email))
                .max(Comparator.comparing((Map.Entry<String, BookingFacts.Seat> seat) -> seat.getValue().since()).thenComparing(Map.Entry::getKey))
                .map(Map.Entry::getKey).orElse(null);
    }

    private static Instant since(BookingFacts facts, String key, BookingFacts.Seat seat) {
        BookingFacts.Seat named = facts.seats.get(Left.byEmail(emailKey(seat)));
        boolean meant = named != null && BookingFacts.isSeatUid(key) && key.equals(latestSeatOf(facts, emailKey(seat)));
        return meant && named.since().isAfter(seat.since()) ? named.since() : seat.since();
    }

    /** How a seat was given up after it was last taken; null where it was not. */
    private String gone(BookingFacts facts, String seatUid, String email, Instant since) {
        Stream<Left> here = facts.left.entrySet().stream()
                .filter(left -> left.getKey().equals(Left.byEmail(email))
                        || (seatUid == null ? emailKey(left.getValue().person().value()).equals(email) : left.getKey().equals(Left.bySeat(seatUid))))
                .map(Map.Entry::getValue)
                .filter(left -> !left.at().isBefore(since));
        // A seat can keep its uid when it moves: then the booking that it moved to took it at that very moment.
        BookingFacts elsewhere = seatUid == null ? null : aboutSeats.get(seatUid);
        Stream<Left> there = elsewhere == null ? Stream.empty()
                : Stream.ofNullable(elsewhere.left.get(Left.byEmail(email))).filter(left -> left.at().isAfter(since));
        return Stream.concat(here, there).max(Comparator.comparing(Left::at).thenComparing(Left::how)).map(Left::how).orElse(null);
    }

    private static Attendee attendee(JsonNode person, String phone, BookingFacts facts, String seatUid, String status) {
        String email = person.path("email").textValue();
        String hiddenPhone = BookingEvent.phoneOf(email);
        Register noShow = facts.noShow.get(emailKey(person));
        String knownPhone = Stream.of(person.path("phoneNumber").textValue(), phone, hiddenPhone)
                .filter(Objects::nonNull).findFirst().orElse(null);
        return new Attendee(person.path("name").textValue(), hiddenPhone == null ? email : null, knownPhone,
                person.path("timeZone").textValue(), person.path("language").textValue(),
                noShow != null && noShow.value().asBoolean(), seatUid, status);
    }

    private static String emailKey(BookingFacts.Seat seat) {
        return emailKey(seat.person().value());
    }

    /** Stands for the address of somebody who was erased. */
    static String erasedKey(String mark) {
        return Erased.MARK + " " + mark;
    }

    static String emailKey(JsonNode person) {
        if (person.path(Erased.MARK).isTextual()) {
            return erasedKey(person.path(Erased.MARK).textValue());
        }
        String email = person.path("email").textValue();
        String key = email != null ? email : person.path("phoneNumber").textValue();
        return key == null ? "" : key.toLowerCase(Locale.ROOT);
    }

    private static String reason(BookingFacts now, Status status) {
        return switch (status) {
            case CANCELLED, RESCHEDULE_REQUESTED -> textOf(now, "cancellationReason");
            case REJECTED -> textOf(now, "rejectionReason");
            default -> null;
        };
    }

    /** What this hub attached to the booking when it made it. */
    private static String attached(Map<String, JsonNode> metadata, String key) {
        JsonNode value = metadata.get(key);
        return value == null ? null : value.textValue();
    }

    private SortedMap<String, JsonNode> merged(Function<BookingFacts, Map<String, Register>> part) {
        SortedMap<String, JsonNode> merged = new TreeMap<>();
        latestFirst.forEach(facts -> part.apply(facts).forEach((key, register) -> merged.putIfAbsent(key, register.value())));
        return merged;
    }

    private String text(String field) {
        JsonNode value = value(latestFirst, field);
        return value == null ? null : value.textValue();
    }

    private static String textOf(BookingFacts facts, String field) {
        JsonNode value = value(List.of(facts), field);
        return value == null ? null : value.textValue();
    }

    private static Long number(List<BookingFacts> where, String field) {
        JsonNode value = value(where, field);
        return value == null ? null : Long.valueOf(value.longValue());
    }

    private static JsonNode value(List<BookingFacts> where, String field) {
        return where.stream().map(facts -> facts.fields.get(field)).filter(Objects::nonNull).findFirst().map(Register::value).orElse(null);
    }
}
