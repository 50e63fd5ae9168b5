package io.calcamel.availability;

import java.time.Instant;
import java.util.List;

/**
 * Whether a start that somebody wishes is free, and what is free near it.
 *
 * @param start        the start
 * @param isFree       whether Cal.com offers it. That it is held back here does not count: a wish must not be hindered by
 *                     its own booking
 * @param alternatives three at most, the nearest first; none is past, held back, or itself wished
 */
public record Near(Instant start, boolean isFree, List<Offer> alternatives) {
}
