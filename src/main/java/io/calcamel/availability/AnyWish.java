package io.calcamel.availability;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/**
 * What somebody would like to book: a start, with any of several event types.
 *
 * @param eventTypeIds Cal.com's ids of the event types, the one that is liked best first
 * @param start        the start
 * @param duration     minutes; null for the event type's own
 * @param zone         whose days are looked at, and whose offset the alternatives have
 */
public record AnyWish(List<Long> eventTypeIds, Instant start, Integer duration, ZoneId zone) {
}
