package io.calcamel.availability;

import java.time.Instant;
import java.time.ZoneId;
import java.util.List;

/**
 * What somebody would like to book: one start, or all of a series.
 *
 * @param eventTypeId Cal.com's id of the event type
 * @param starts      the starts
 * @param duration    minutes; null for the event type's own
 * @param zone        whose days are looked at, and whose offset the alternatives have
 */
public record Wish(long eventTypeId, List<Instant> starts, Integer duration, ZoneId zone) {
}
