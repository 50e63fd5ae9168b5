package io.calcamel.availability;

import io.calcamel.http.Problem;
import java.util.List;

/**
 * With which of several event types a wished start can be had, and what is free near it.
 *
 * @param candidates   those worth trying: first those that list the start, then those that somebody else is just booking, then
 *                     those of which Cal.com did not tell; among equals, the one that is liked best first
 * @param alternatives three at most, the nearest first, of different starts; none is past or held back
 * @param refusal      what Cal.com, or the last sync, says against all of them; null where it does not
 * @param isRemembered whether Cal.com was not asked about some of them just now, so that another one may be free by now
 */
public record AnyNear(List<Long> candidates, List<AnyOffer> alternatives, Problem refusal, boolean isRemembered) {
}
