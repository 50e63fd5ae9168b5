package io.calcamel.booking;

import java.time.Duration;
import java.time.ZoneId;

/**
 * How bookings are made.
 *
 * @param zone             the zone of attendees who name none
 * @param patience         how long a caller waits who gives no deadline
 * @param patienceWhenBusy how long, while many wait: then waiting would hold the threads that take webhooks in
 * @param manyWaiting      how many those are
 * @param threads          bookings that are made at the same time for callers who wait
 * @param jobThreads       bookings that are seen to at the same time in the background
 * @param waiting          bookings that may wait for a thread; more are made in the background
 * @param retryManual      whether what could not be booked is booked when Cal.com is back, if the slot is still free
 * @param settle           after how long Cal.com is surely through with a request that it never answered
 * @param lease            how long a booking is in the hand of whoever makes it
 * @param keep             how long the answer to an idempotency key is kept
 */
public record BookingSettings(ZoneId zone, Duration patience, Duration patienceWhenBusy, int manyWaiting, int threads, int jobThreads, int waiting,
        boolean retryManual, Duration settle, Duration lease, Duration keep) {
}
