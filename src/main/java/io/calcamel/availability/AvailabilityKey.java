package io.calcamel.availability;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;

/**
 * What availability is cached by: whole local days, so that questions about parts of a day share an answer.
 *
 * @param company     the company
 * @param eventTypeId Cal.com's id of the event type
 * @param from        begin of the first local day
 * @param to          end of the last local day, which is the begin of the next
 * @param zone        whose days and offsets the answer has
 * @param duration    minutes; null for the event type's own
 */
record AvailabilityKey(int company, long eventTypeId, Instant from, Instant to, ZoneId zone, Integer duration) {

    /** The key as text, since camel-caffeine takes no other. */
    String text() {
        return company + "|" + eventTypeId + "|" + from.getEpochSecond() + "|" + to.getEpochSecond() + "|" + zone.getId() + "|"
                + (duration == null ? "" : duration);
    }

    /**
     * @param text as {@link #text()} has it
     * @return the key
     */
    static AvailabilityKey parse(String text) {
        String[] parts = text.split("\\|", -1);
        return new AvailabilityKey(Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Instant.ofEpochSecond(Long.parseLong(parts[2])),
                Instant.ofEpochSecond(Long.parseLong(parts[3])), ZoneId.of(parts[4]), parts[5].isEmpty() ? null : Integer.valueOf(parts[5]));
    }

    /** Whether a time, with a buffer before and after it, falls among these days. */
    boolean touches(Instant start, Instant end, Duration buffer) {
        return start.minus(buffer).isBefore(to) && end.plus(buffer).isAfter(from);
    }
}
