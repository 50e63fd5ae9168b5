package io.calcamel.booking;

import java.time.Duration;
import java.util.function.IntFunction;

/**
 * How bookings are made.
 *
 * @param attendees        what is believed of the attendees of a company, by its id
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
public record BookingSettings(IntFunction<AttendeeDefaults> attendees, Duration patience, Duration patienceWhenBusy, int manyWaiting, int threads, int jobThreads, int waiting,
        boolean retryManual, Duration settle, Duration lease, Duration keep) {

    /**
     * The same, with other defaults.
     *
     * @param others what is believed of the attendees of a company, by its id
     */
    public BookingSettings of(IntFunction<AttendeeDefaults> others) {
        return new BookingSettings(others, patience, patienceWhenBusy, manyWaiting, threads, jobThreads, waiting, retryManual, settle, lease, keep);
    }
}
