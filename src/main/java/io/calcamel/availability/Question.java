package io.calcamel.availability;

import io.calcamel.http.Parameters;
import io.calcamel.http.Problem;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a caller asks: read from the request, and checked.
 *
 * @param key      what is asked of the cache
 * @param from     first instant at which a slot may start
 * @param to       first instant at which none may start any more
 * @param limit    slots to answer with at most; null for all
 * @param maxAge   how old the answer may be; null for as old as the cache lets it
 * @param patience how long the caller waits
 */
record Question(AvailabilityKey key, Instant from, Instant to, Integer limit, Duration maxAge, Duration patience) {

    private static final Set<String> ZONES = ZoneId.getAvailableZoneIds();
    private static final int FIRST_YEAR = 1970;
    private static final int LAST_YEAR = 2200;
    private static final long LONGEST_DURATION = 24 * 60;

    /** Whether whole days are asked for, without a limit: then the answer can be given as it is cached. */
    boolean isWhole() {
        return limit == null && from.equals(key.from()) && to.equals(key.to());
    }

    /**
     * Reads {@code eventTypeId, start, end, timeZone, duration, limit, maxAge}.
     *
     * @param company     the company that asks
     * @param values      the request's parameters
     * @param patience    how long the caller waits
     * @param longestDays days that may be asked for at once
     * @return the question
     * @throws Problem 400 {@code bad_parameter}, which names the parameter and says what would be right
     */
    static Question of(int company, Map<String, String> values, Duration patience, int longestDays) {
        Parameters parameters = new Parameters(values);
        ZoneId zone = zone(parameters);
        Instant from = instant(parameters, "start", zone, false);
        Instant to = instant(parameters, "end", zone, true);
        return of(company, eventType(parameters), parameters, zone, from, to, patience, longestDays);
    }

    /** As {@link #of}, of several event types, which are not read from the parameters. */
    static List<Question> ofEach(int company, List<Long> eventTypes, Map<String, String> values, Duration patience, int longestDays) {
        Parameters parameters = new Parameters(values);
        ZoneId zone = zone(parameters);
        Instant from = instant(parameters, "start", zone, false);
        Instant to = instant(parameters, "end", zone, true);
        return eventTypes.stream().map(eventType -> of(company, eventType, parameters, zone, from, to, patience, longestDays)).toList();
    }

    /** Reads {@code eventTypeId, date, timeZone, duration, limit, maxAge}: one local day. */
    static Question ofDay(int company, Map<String, String> values, Duration patience, int longestDays) {
        Parameters parameters = new Parameters(values);
        ZoneId zone = zone(parameters);
        String name = parameters.text("date").isPresent() || parameters.text("start").isEmpty() ? "date" : "start";
        Instant from = instant(parameters, name, zone, false);
        String last = parameters.text("end").isPresent() ? "end" : name;
        Instant to = instant(parameters, last, zone, true);
        return of(company, eventType(parameters), parameters, zone, from, to, patience, longestDays);
    }

    private static long eventType(Parameters parameters) {
        long eventType = parameters.number("eventTypeId").orElseThrow(() -> Problem.badParameter("eventTypeId", "is missing.",
                "Send Cal.com's id of an event type; GET /api/event-types lists them."));
        if (eventType <= 0) {
            throw Problem.badParameter("eventTypeId", "is no id of an event type.", "GET /api/event-types lists them.");
        }
        return eventType;
    }

    private static Question of(int company, long eventType, Parameters parameters, ZoneId zone, Instant from, Instant to, Duration patience,
            int longestDays) {
        if (!from.isBefore(to)) {
            throw Problem.badParameter("end", "is not after start.", "A date alone as end includes that day.");
        }
        Instant firstDay = from.atZone(zone).toLocalDate().atStartOfDay(zone).toInstant();
        LocalDate last = to.minusNanos(1).atZone(zone).toLocalDate();
        Instant lastDay = last.plusDays(1).atStartOfDay(zone).toInstant();
        if (Duration.between(firstDay, lastDay).toDays() > longestDays) {
            throw Problem.badParameter("end", "is more than " + longestDays + " days after start.", "Ask for fewer days at once.");
        }
        Optional<Long> duration = inRange(parameters, "duration", 1, LONGEST_DURATION);
        return new Question(new AvailabilityKey(company, eventType, firstDay, lastDay, zone, duration.map(Long::intValue).orElse(null)), from, to,
                inRange(parameters, "limit", 1, 10_000).map(Long::intValue).orElse(null),
                inRange(parameters, "maxAge", 0, 86_400).map(Duration::ofSeconds).orElse(null), patience);
    }

    private static Optional<Long> inRange(Parameters parameters, String name, long least, long most) {
        Optional<Long> value = parameters.number(name);
        value.filter(number -> number < least || number > most).ifPresent(number -> {
            throw Problem.badParameter(name, "is out of range.", "Use " + least + " to " + most + ".");
        });
        return value;
    }

    /** Names only: an offset such as +02:00 has no daylight-saving time, and Cal.com does not take it. */
    private static ZoneId zone(Parameters parameters) {
        return parameters.text("timeZone").map(name -> {
            if (!ZONES.contains(name)) {
                throw Problem.badParameter("timeZone", "is no time zone.", "Use a name of the IANA database, such as Europe/Berlin; case counts.");
            }
            return ZoneId.of(name);
        }).orElse(ZoneId.of("UTC"));
    }

    /** A date is that local day, a time without an offset is the zone's; an end that is a date includes it. */
    private static Instant instant(Parameters parameters, String name, ZoneId zone, boolean isEnd) {
        String text = parameters.text(name).orElseThrow(() -> Problem.badParameter(name, "is missing.", "Use a date such as 2026-12-01, or a time."));
        try {
            Instant instant = text.length() == 10
                    ? LocalDate.parse(text).plusDays(isEnd ? 1 : 0).atStartOfDay(zone).toInstant()
                    : time(text, zone);
            int year = instant.atZone(zone).getYear();
            if (year >= FIRST_YEAR && year <= LAST_YEAR) {
                return instant;
            }
        } catch (DateTimeException e) {
            // said below
        }
        throw Problem.badParameter(name, "is no date or time.",
                "Use ISO 8601: 2026-12-01, or 2026-12-01T09:00:00Z, or with an offset such as +01:00.");
    }

    private static Instant time(String text, ZoneId zone) {
        boolean hasOffset = text.endsWith("Z") || text.endsWith("z") || text.substring(Math.min(text.length(), 11)).matches(".*[+-].*");
        return hasOffset ? OffsetDateTime.parse(text).toInstant() : LocalDateTime.parse(text).atZone(zone).toInstant();
    }
}
