package io.calcamel.sandbox;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Everything that the sandbox remembers. It lives in memory and is bounded; it is only touched on the one event loop of the
 * server, so nothing in it is locked.
 */
final class World {

    static final int MOST_ACCOUNTS = 10_000;
    private static final int MOST_EVENT_TYPES = 100_000;
    private static final int MOST_BOOKINGS = 100_000;
    private static final int MOST_SCHEDULES = 50_000;
    private static final int MOST_SUBSCRIPTIONS = 50_000;
    private static final int MOST_RESERVATIONS = 50_000;
    private static final String BASE_58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    final Clock clock;
    final String webUrl;
    final Map<Integer, Account> accounts = new HashMap<>();
    /** By user name. A name may be taken twice; the last one has it. */
    final Map<String, Account> accountsByName = new HashMap<>();
    final Map<Integer, Schedule> schedules = new LinkedHashMap<>();
    final Map<Integer, Team> teams = new LinkedHashMap<>();
    final Map<String, Reservation> reservations = new LinkedHashMap<>();
    final Map<String, Subscription> subscriptions = new LinkedHashMap<>();
    final Map<String, PrivateLink> privateLinks = new LinkedHashMap<>();
    private final Map<Integer, EventType> eventTypes = new LinkedHashMap<>();
    private final Map<Integer, Map<Integer, EventType>> eventTypesByOwner = new HashMap<>();
    private final Map<String, Booking> bookings = new LinkedHashMap<>();
    private final Map<Integer, Booking> bookingsById = new HashMap<>();
    private final Map<String, Booking> bookingsBySeat = new HashMap<>();
    private final Map<String, List<Booking>> series = new HashMap<>();
    private final Map<Integer, NavigableMap<Instant, List<Booking>>> bookingsByHost = new HashMap<>();
    private final Map<Integer, Integer> ids = new HashMap<>();
    private final Random random = new SecureRandom();
    private Duration longest = Duration.ofHours(1);

    World(Clock clock, String webUrl) {
        this.clock = clock;
        this.webUrl = webUrl;
    }

    Instant now() {
        return clock.instant().truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
    }

    /** The next id of a kind; each kind counts from its own first number. */
    int nextId(int first) {
        return ids.merge(first, first, (id, ignored) -> id + 1);
    }

    String uid() {
        StringBuilder uid = new StringBuilder(22);
        for (int i = 0; i < 22; i++) {
            uid.append(BASE_58.charAt(random.nextInt(BASE_58.length())));
        }
        return uid.toString();
    }

    String uuid() {
        return new UUID(random.nextLong() & 0xffffffffffff0fffL | 0x4000L, random.nextLong() & 0x3fffffffffffffffL | 0x8000000000000000L).toString();
    }

    // Event types

    EventType add(EventType eventType) {
        if (eventTypes.size() >= MOST_EVENT_TYPES) {
            throw Refusal.full("event types", MOST_EVENT_TYPES);
        }
        eventTypes.put(eventType.id, eventType);
        if (!eventType.isTeam()) {
            eventTypesByOwner.computeIfAbsent(eventType.ownerId, owner -> new LinkedHashMap<>()).put(eventType.id, eventType);
        }
        return eventType;
    }

    void remove(EventType eventType) {
        eventTypes.remove(eventType.id);
        if (eventType.ownerId != null) {
            eventTypesByOwner.getOrDefault(eventType.ownerId, Map.of()).remove(eventType.id);
        }
        subscriptions.values().removeIf(subscription -> Integer.valueOf(eventType.id).equals(subscription.eventTypeId));
        privateLinks.values().removeIf(link -> link.eventTypeId() == eventType.id);
    }

    /** @return the event type; null if there is none with that id */
    EventType eventType(int id) {
        return eventTypes.get(id);
    }

    /** The personal event types of an account. */
    Collection<EventType> eventTypesOf(int ownerId) {
        return eventTypesByOwner.getOrDefault(ownerId, Map.of()).values();
    }

    Collection<EventType> eventTypes() {
        return eventTypes.values();
    }

    /** @return the account's event type with that slug; null if there is none */
    EventType eventTypeOf(int ownerId, String slug) {
        return eventTypesOf(ownerId).stream().filter(eventType -> eventType.slug.equals(slug)).findFirst().orElse(null);
    }

    // Bookings

    Booking add(Booking booking) {
        if (bookings.size() >= MOST_BOOKINGS) {
            throw Refusal.full("bookings", MOST_BOOKINGS);
        }
        bookings.put(booking.uid, booking);
        bookingsById.put(booking.id, booking);
        if (booking.seriesUid != null) {
            series.computeIfAbsent(booking.seriesUid, uid -> new ArrayList<>()).add(booking);
        }
        index(booking);
        return booking;
    }

    private void index(Booking booking) {
        Duration length = Duration.between(booking.start, booking.end);
        longest = length.compareTo(longest) > 0 ? length : longest;
        bookingsByHost.computeIfAbsent(booking.host.id, host -> new TreeMap<>())
                .computeIfAbsent(booking.start, start -> new ArrayList<>(1)).add(booking);
    }

    /** Gives a booking another time or another host. */
    void move(Booking booking, Account host, Instant start, Instant end) {
        bookingsByHost.get(booking.host.id).get(booking.start).remove(booking);
        booking.host = host;
        booking.start = start;
        booking.end = end;
        index(booking);
    }

    void seat(Booking booking, Attendee attendee) {
        booking.attendees.add(attendee);
        bookingsBySeat.put(attendee.seatUid, booking);
    }

    void unseat(Booking booking, Attendee attendee) {
        booking.attendees.remove(attendee);
        bookingsBySeat.remove(attendee.seatUid);
    }

    /** @return the booking; null if there is none with that uid */
    Booking booking(String uid) {
        return bookings.get(uid);
    }

    Booking bookingById(int id) {
        return bookingsById.get(id);
    }

    Booking bookingBySeat(String seatUid) {
        return bookingsBySeat.get(seatUid);
    }

    /** The occurrences of a series, empty if there is none with that uid. */
    List<Booking> series(String uid) {
        return series.getOrDefault(uid, List.of());
    }

    Collection<Booking> bookings() {
        return bookings.values();
    }

    /** The bookings of a host that overlap the span, whatever their status. */
    List<Booking> bookingsOf(int hostId, Span span) {
        List<Booking> found = new ArrayList<>();
        NavigableMap<Instant, List<Booking>> byStart = bookingsByHost.get(hostId);
        if (byStart != null) {
            byStart.subMap(span.start().minus(longest), true, span.end(), false).values()
                    .forEach(some -> some.stream().filter(booking -> booking.span().overlaps(span)).forEach(found::add));
        }
        return found;
    }

    // Others

    Schedule add(Schedule schedule) {
        if (schedules.size() >= MOST_SCHEDULES) {
            throw Refusal.full("schedules", MOST_SCHEDULES);
        }
        schedules.put(schedule.id, schedule);
        return schedule;
    }

    void add(Subscription subscription) {
        if (subscriptions.size() >= MOST_SUBSCRIPTIONS) {
            throw Refusal.full("webhooks", MOST_SUBSCRIPTIONS);
        }
        subscriptions.put(subscription.id, subscription);
    }

    void add(Reservation reservation) {
        forgetOldReservations();
        if (reservations.size() >= MOST_RESERVATIONS) {
            throw Refusal.full("reservations", MOST_RESERVATIONS);
        }
        reservations.put(reservation.uid, reservation);
    }

    void forgetOldReservations() {
        Instant now = now();
        reservations.values().removeIf(reservation -> !reservation.until.isAfter(now));
    }

    void add(PrivateLink link) {
        if (privateLinks.size() >= MOST_RESERVATIONS) {
            throw Refusal.full("private links", MOST_RESERVATIONS);
        }
        privateLinks.put(link.id(), link);
    }

    /** The schedule that holds for a host of an event type; null if the host has none. */
    Schedule schedule(EventType eventType, Account host) {
        Integer own = eventType.option("scheduleId").isInt() ? eventType.option("scheduleId").intValue() : null;
        return schedules.get(own != null && schedules.containsKey(own) ? own : host.defaultScheduleId);
    }
}
