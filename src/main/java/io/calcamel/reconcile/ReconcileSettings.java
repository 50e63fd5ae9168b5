package io.calcamel.reconcile;

import java.time.Duration;

/**
 * How companies are reconciled.
 *
 * @param every     how often Cal.com is asked what changed
 * @param near      how far ahead bookings are compared one and all, every {@code nearEvery}
 * @param nearEvery how often
 * @param far       how far ahead they are every {@code farEvery}
 * @param farEvery  how often
 * @param back      how long after their start bookings are still compared
 * @param overlap   how much of the time before the last known moment is asked for again: Cal.com's clock and ours may differ
 * @param grace     for how long after a change a difference may be a webhook on its way
 * @param atStart   whether companies are reconciled when the hub starts, or only after an interval
 * @param atOnce    companies at the same time
 * @param page      bookings asked for in one call
 * @param pages     calls that a run makes at most to list bookings
 * @param oneByOne  bookings that a run asks for one by one at most
 * @param keep      how long runs are kept
 */
public record ReconcileSettings(Duration every, Duration near, Duration nearEvery, Duration far, Duration farEvery, Duration back, Duration overlap,
        Duration grace, boolean atStart, int atOnce, int page, int pages, int oneByOne, Duration keep) {
}
