package io.calcamel.calcom;

import java.time.Instant;

/**
 * A bookable start.
 *
 * @param start when it starts
 * @param end   when it ends; null where Cal.com did not tell (v1)
 */
public record Slot(Instant start, Instant end) {
}
