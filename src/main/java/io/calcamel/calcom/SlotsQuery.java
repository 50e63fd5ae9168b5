package io.calcamel.calcom;

import java.time.Instant;

/**
 * Which slots are asked for.
 *
 * @param eventTypeId Cal.com's id of the event type
 * @param from        first instant at which a slot may start
 * @param to          first instant at which none may start any more; after {@code from}
 * @param duration    minutes; null for the event type's own
 */
public record SlotsQuery(long eventTypeId, Instant from, Instant to, Integer duration) {
}
