package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** When an event type can be booked: working hours, less what is booked, within its window and after its notice. */
final class Availability {

    private static final int[] ROUND_STEPS = {60, 30, 20, 15, 10, 5};

    private static final Duration FURTHEST = Duration.ofDays(365);

    private final World world;

    Availability(World world) {
        this.world = world;
    }

    /**
     * @param wanted the time that is asked for
     * @param minutes how long a slot is
     * @param ignored a booking that is about to move and so takes no time; may be null
     * @return the starts of all slots, in order, each with the seated booking that is there already, or null
     */
    Map<Instant, Booking> slots(EventType eventType, Span wanted, int minutes, Booking ignored) {
        Map<Instant, Booking> slots = new TreeMap<>();
        Span asked = bounded(wanted);
        if (!asked.start().isBefore(asked.end())) {
            return slots;
        }
        for (Instant start : starts(eventType, asked, minutes, ignored)) {
            slots.put(start, null);
        }
        if (eventType.seats() > 0) {
            addSeatedSlots(slots, eventType, asked);
        }
        world.forgetOldReservations();
        hideReserved(slots.keySet(), eventType, minutes);
        if (eventType.is("onlyShowFirstAvailableSlot")) {
            TreeSet<LocalDate> seen = new TreeSet<>();
            slots.keySet().removeIf(start -> !seen.add(LocalDate.ofInstant(start, ZoneOffset.UTC)));
        }
        return slots;
    }

    /** No more than what can be looked through at once; the past has no slots anyway. */
    private Span bounded(Span asked) {
        Instant yesterday = world.now().minus(Duration.ofDays(1));
        Instant last = world.now().plus(FURTHEST);
        return new Span(asked.start().isBefore(yesterday) ? yesterday : asked.start(), asked.end().isAfter(last) ? last : asked.end());
    }

    private TreeSet<Instant> starts(EventType eventType, Span asked, int minutes, Booking ignored) {
        TreeSet<Instant> starts = new TreeSet<>();
        List<Span> free = null;
        for (Account host : hosts(eventType)) {
            List<Span> ofHost = Span.without(working(eventType, host, asked), busy(eventType, host, asked, ignored));
            if ("collective".equals(eventType.schedulingType)) {
                free = free == null ? ofHost : Span.common(free, ofHost);
            } else {
                ofHost.forEach(span -> addStarts(starts, eventType, span, minutes));
            }
        }
        if (free != null) {
            free.forEach(span -> addStarts(starts, eventType, span, minutes));
        }
        starts.removeIf(start -> start.isBefore(asked.start()) || !start.isBefore(asked.end()) || !isInWindow(eventType, start)
                || limitReached(eventType, new Span(start, start.plus(Duration.ofMinutes(minutes))), ignored) != null);
        return starts;
    }

    private void addStarts(TreeSet<Instant> starts, EventType eventType, Span free, int minutes) {
        int step = eventType.minutes("slotInterval") > 0 ? eventType.minutes("slotInterval") : minutes;
        Instant earliest = world.now().plus(Duration.ofMinutes(eventType.minutes("minimumBookingNotice")));
        Instant start = aligned(free.start().isBefore(earliest) ? earliest : free.start(), step)
                .plus(Duration.ofMinutes(eventType.minutes("offsetStart")));
        while (!start.plus(Duration.ofMinutes(minutes)).isAfter(free.end())) {
            starts.add(start);
            start = start.plus(Duration.ofMinutes(step));
        }
    }

    /** Slots begin at round minutes of the hour: with steps of 45 minutes at :00, :15, :30 or :45. */
    private static Instant aligned(Instant instant, int step) {
        int round = 1;
        for (int candidate : ROUND_STEPS) {
            if (step % candidate == 0) {
                round = candidate;
                break;
            }
        }
        long seconds = round * 60L;
        return Instant.ofEpochSecond(Math.floorDiv(instant.getEpochSecond() + (instant.getNano() > 0 ? 1 : 0) + seconds - 1, seconds) * seconds);
    }

    private void addSeatedSlots(Map<Instant, Booking> slots, EventType eventType, Span asked) {
        for (Account host : hosts(eventType)) {
            for (Booking booking : world.bookingsOf(host.id, asked)) {
                // A full slot stays in the list, with no seats remaining.
                if (booking.eventTypeId == eventType.id && booking.isActive() && !booking.start.isBefore(asked.start())
                        && isBookableAt(eventType, booking.start)) {
                    slots.put(booking.start, booking);
                }
            }
        }
    }

    private void hideReserved(java.util.Set<Instant> starts, EventType eventType, int minutes) {
        if (eventType.seats() > 0) {
            return;
        }
        for (Reservation reservation : world.reservations.values()) {
            EventType reserved = world.eventType(reservation.eventTypeId);
            if (reserved != null && reserved.seats() == 0 && reserved.hosts().stream().anyMatch(eventType.hosts()::contains)) {
                starts.removeIf(start -> new Span(start, start.plus(Duration.ofMinutes(minutes))).overlaps(reservation.span()));
            }
        }
    }

    /** How many seats of a slot are held by reservations. */
    int reservedSeats(EventType eventType, Instant start) {
        return (int) world.reservations.values().stream()
                .filter(reservation -> reservation.eventTypeId == eventType.id && reservation.start.equals(start)).count();
    }

    private List<Account> hosts(EventType eventType) {
        return eventType.hosts().stream().map(world.accounts::get).toList();
    }

    private List<Span> working(EventType eventType, Account host, Span asked) {
        Schedule schedule = world.schedule(eventType, host);
        if (schedule == null) {
            return List.of();
        }
        ZoneId zone = Check.zone(schedule.timeZone).orElseThrow();
        List<Span> working = new ArrayList<>();
        LocalDate last = LocalDate.ofInstant(asked.end(), zone);
        for (LocalDate date = LocalDate.ofInstant(asked.start(), zone); !date.isAfter(last); date = date.plusDays(1)) {
            working.addAll(schedule.on(date));
        }
        return Span.union(working);
    }

    private List<Span> busy(EventType eventType, Account host, Span asked, Booking ignored) {
        Duration before = Duration.ofMinutes(eventType.minutes("beforeEventBuffer"));
        Duration after = Duration.ofMinutes(eventType.minutes("afterEventBuffer"));
        Span around = new Span(asked.start().minus(Duration.ofDays(1)), asked.end().plus(Duration.ofDays(1)));
        List<Span> busy = new ArrayList<>();
        for (Booking booking : world.bookingsOf(host.id, around)) {
            if (booking != ignored && takesTime(booking)) {
                EventType booked = world.eventType(booking.eventTypeId);
                Duration otherBefore = Duration.ofMinutes(booked == null ? 0 : booked.minutes("beforeEventBuffer"));
                Duration otherAfter = Duration.ofMinutes(booked == null ? 0 : booked.minutes("afterEventBuffer"));
                busy.add(new Span(booking.start.minus(after).minus(otherBefore), booking.end.plus(before).plus(otherAfter)));
            }
        }
        return busy;
    }

    private boolean takesTime(Booking booking) {
        EventType eventType = world.eventType(booking.eventTypeId);
        return booking.status == Booking.Status.ACCEPTED
                || booking.status == Booking.Status.PENDING && eventType != null && eventType.blocksWhilePending();
    }

    /** @return a host who is free, the least booked one; null if there is none, or if one of all hosts that are needed is busy */
    Account freeHost(EventType eventType, Span slot, Booking ignored) {
        List<Account> free = hosts(eventType).stream().filter(host -> isFree(eventType, host, slot, ignored)).toList();
        if ("collective".equals(eventType.schedulingType)) {
            return free.size() == eventType.hosts().size() && !free.isEmpty() ? free.get(0) : null;
        }
        Span always = new Span(slot.start().minus(Duration.ofDays(60)), slot.end().plus(Duration.ofDays(60)));
        return free.stream().min(Comparator.comparingInt(host -> world.bookingsOf(host.id, always).size())).orElse(null);
    }

    boolean isFree(EventType eventType, Account host, Span slot, Booking ignored) {
        return working(eventType, host, slot).stream().anyMatch(span -> span.contains(slot))
                && busy(eventType, host, slot, ignored).stream().noneMatch(span -> span.overlaps(slot));
    }

    /** Whether the notice and the window of the event type allow that start. */
    boolean isBookableAt(EventType eventType, Instant start) {
        return !start.isBefore(world.now().plus(Duration.ofMinutes(eventType.minutes("minimumBookingNotice")))) && isInWindow(eventType, start);
    }

    private boolean isInWindow(EventType eventType, Instant start) {
        JsonNode window = eventType.option("bookingWindow");
        String type = Json.text(window, "type");
        if (type == null || window.path("disabled").asBoolean()) {
            return true;
        }
        ZoneId zone = zone(eventType);
        LocalDate date = LocalDate.ofInstant(start, zone);
        if (type.equals("range")) {
            LocalDate first = LocalDate.parse(window.path("value").path(0).asText().substring(0, 10));
            LocalDate last = LocalDate.parse(window.path("value").path(1).asText().substring(0, 10));
            return !date.isBefore(first) && !date.isAfter(last);
        }
        return !date.isAfter(lastDay(LocalDate.ofInstant(world.now(), zone), window.path("value").asInt(), type.equals("businessDays"),
                window.path("rolling").asBoolean() ? schedule(eventType) : null));
    }

    /** @param workdays if not null, only days on which this schedule has hours count */
    private static LocalDate lastDay(LocalDate today, int days, boolean businessDays, Schedule workdays) {
        LocalDate day = today;
        int left = days;
        for (int i = 0; left > 0 && i < 1000; i++) {
            day = day.plusDays(1);
            boolean weekend = day.getDayOfWeek() == DayOfWeek.SATURDAY || day.getDayOfWeek() == DayOfWeek.SUNDAY;
            if (!(businessDays && weekend) && (workdays == null || !workdays.on(day).isEmpty())) {
                left--;
            }
        }
        return day;
    }

    private Schedule schedule(EventType eventType) {
        return hosts(eventType).stream().findFirst().map(host -> world.schedule(eventType, host)).orElse(null);
    }

    private ZoneId zone(EventType eventType) {
        Schedule schedule = schedule(eventType);
        return schedule == null ? ZoneOffset.UTC : Check.zone(schedule.timeZone).orElseThrow();
    }

    /** @return what Cal.com calls the limit that another booking would exceed; null if there is none */
    String limitReached(EventType eventType, Span slot, Booking ignored) {
        JsonNode counts = eventType.option("bookingLimitsCount");
        JsonNode durations = eventType.option("bookingLimitsDuration");
        if (counts.isMissingNode() && durations.isMissingNode()) {
            return null;
        }
        LocalDate date = LocalDate.ofInstant(slot.start(), zone(eventType));
        for (String period : List.of("day", "week", "month", "year")) {
            if (!counts.has(period) && !durations.has(period)) {
                continue;
            }
            List<Booking> others = bookingsIn(eventType, date, period, ignored);
            if (counts.has(period) && others.size() >= counts.path(period).asInt()) {
                return "booking_limit_reached";
            }
            long minutes = others.stream().mapToLong(Booking::minutes).sum() + Duration.between(slot.start(), slot.end()).toMinutes();
            if (durations.has(period) && minutes > durations.path(period).asInt()) {
                return "duration_limit_reached";
            }
        }
        return null;
    }

    private List<Booking> bookingsIn(EventType eventType, LocalDate date, String period, Booking ignored) {
        LocalDate first = switch (period) {
            case "day" -> date;
            case "week" -> date.minusDays(date.getDayOfWeek().getValue() - 1L);
            case "month" -> date.withDayOfMonth(1);
            default -> date.withDayOfYear(1);
        };
        LocalDate next = switch (period) {
            case "day" -> first.plusDays(1);
            case "week" -> first.plusWeeks(1);
            case "month" -> first.plusMonths(1);
            default -> first.plusYears(1);
        };
        ZoneId zone = zone(eventType);
        Span span = new Span(first.atStartOfDay(zone).toInstant(), next.atStartOfDay(zone).toInstant());
        return hosts(eventType).stream().flatMap(host -> world.bookingsOf(host.id, span).stream())
                .filter(booking -> booking != ignored && booking.eventTypeId == eventType.id && booking.status == Booking.Status.ACCEPTED)
                .toList();
    }
}
