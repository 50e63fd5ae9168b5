package io.calcamel.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;

/**
 * The booking that a sample is about.
 *
 * @param uid           its uid
 * @param rescheduleUid the uid of the booking that it replaces, where the sample says so
 * @param start         its start
 * @param sentAt        when the delivery is made
 */
record SampleBooking(String uid, String rescheduleUid, Instant start, Instant sentAt) {

    /** How long it takes. */
    static final Duration LENGTH = Duration.ofMinutes(30);

    /** How much earlier the booking began that it replaces. */
    static final Duration MOVED_BY = Duration.ofDays(1);

    private static final LocalTime OPENING = LocalTime.of(10, 0);

    /**
     * @param trigger the trigger event
     * @param now     the time
     * @return when its booking starts unless somebody says: tomorrow at 10:00 UTC, and so much later when it was moved
     *         there from tomorrow
     */
    static Instant defaultStart(Trigger trigger, Instant now) {
        Instant tomorrow = LocalDate.ofInstant(now, ZoneOffset.UTC).plusDays(1).atTime(OPENING).toInstant(ZoneOffset.UTC);
        return trigger == Trigger.BOOKING_RESCHEDULED ? tomorrow.plus(MOVED_BY) : tomorrow;
    }
}
