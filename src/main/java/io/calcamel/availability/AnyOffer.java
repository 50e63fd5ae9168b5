package io.calcamel.availability;

/**
 * A start that may be offered to somebody, of one of several event types.
 *
 * @param start       when it starts: ISO 8601, with the offset of the zone that was asked for
 * @param end         when it ends, likewise; null where neither Cal.com nor the last sync tells it
 * @param eventTypeId Cal.com's id of the event type
 */
public record AnyOffer(String start, String end, long eventTypeId) {
}
