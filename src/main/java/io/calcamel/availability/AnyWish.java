package io.calcamel.availability;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;

/**
 * What somebody would like to book: a start, with any of several event types.
 *
 * @param eventTypeIds Cal.com's ids of the event types, the one that is liked best first
 * @param start        the start
 * @param durations    minutes, by event type; none where it is the event type's own
 * @param zone         whose days are looked at, and whose offset the alternatives have
 * @param isAfresh     whether Cal.com is to be asked, also where what it said a moment ago is still believed
 */
public record AnyWish(List<Long> eventTypeIds, Instant start, Map<Long, Integer> durations, ZoneId zone, boolean isAfresh) {
}
