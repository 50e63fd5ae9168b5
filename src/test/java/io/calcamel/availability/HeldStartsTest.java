package io.calcamel.availability;

import static org.assertj.core.api.Assertions.assertThat;

import io.calcamel.calcom.Slot;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

/** How long a start is held back, which a test of the whole hub would have to wait for. */
class HeldStartsTest {

    private static final Instant TEN = Instant.parse("2030-01-07T10:00:00Z");
    private static final Instant HALF_PAST = TEN.plusSeconds(1800);

    private final HandClock clock = new HandClock();
    private final HeldStarts held = new HeldStarts(Duration.ofSeconds(30), clock);

    private static final class HandClock extends Clock {

        private Instant now = Instant.parse("2030-01-01T00:00:00Z");

        void wait(int seconds) {
            now = now.plusSeconds(seconds);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    private boolean isOffered(Instant start) {
        return isOffered(start, start.plusSeconds(1800));
    }

    private boolean isOffered(Instant start, Instant end) {
        return HeldStarts.isOffered(new Slot(start, end), held.of(1, 7));
    }

    @Test
    void whatIsBeingBookedIsForgottenByItself() {
        held.holdBack(1, 7, TEN, HALF_PAST);
        clock.wait(29);
        assertThat(isOffered(TEN)).isFalse();
        clock.wait(1);
        assertThat(isOffered(TEN)).isTrue();
        assertThat(held.of(1, 7)).isEmpty();
    }

    @Test
    void whatOverlapsIsHeldBackAndWhatTouchesIsNot() {
        held.holdBack(1, 7, TEN, HALF_PAST);
        assertThat(isOffered(TEN.minusSeconds(900))).isFalse();
        assertThat(isOffered(TEN.plusSeconds(900))).isFalse();
        assertThat(isOffered(TEN.minusSeconds(1800))).isTrue();
        assertThat(isOffered(HALF_PAST)).isTrue();
        assertThat(isOffered(TEN, null)).as("of unknown length").isFalse();
        assertThat(isOffered(HALF_PAST, null)).isTrue();
    }

    @Test
    void onceBookedItIsHeldBackAsLongAsCalcomMayStillOfferIt() {
        held.holdBack(1, 7, TEN, HALF_PAST);
        held.settled(1, 7, TEN);
        clock.wait(3);
        assertThat(isOffered(TEN)).isFalse();
        clock.wait(1);
        assertThat(isOffered(TEN)).as("what Cal.com says now is true").isTrue();
    }

    @Test
    void settlingIsNoReasonToHoldBackLonger() {
        held.holdBack(1, 7, TEN, HALF_PAST);
        clock.wait(28);
        held.settled(1, 7, TEN);
        clock.wait(2);
        assertThat(isOffered(TEN)).isTrue();
    }

    @Test
    void ofTwoWhoBookTheSameTheOneThatIsRefusedReleasesItsOwnOnly() {
        held.holdBack(1, 7, TEN, HALF_PAST);
        held.holdBack(1, 7, TEN, HALF_PAST);
        held.settled(1, 7, TEN);
        held.release(1, 7, TEN);
        held.release(1, 7, TEN);
        assertThat(isOffered(TEN)).as("the other one has booked it").isFalse();
    }

    @Test
    void theNeighboursOfARefusedStartAreOffered() {
        held.refused(1, 7, TEN, HALF_PAST);
        assertThat(isOffered(TEN)).isFalse();
        assertThat(isOffered(TEN.plusSeconds(900))).isTrue();
        held.release(1, 7, TEN);
        clock.wait(119);
        assertThat(isOffered(TEN)).isFalse();
        clock.wait(1);
        assertThat(isOffered(TEN)).isTrue();
    }

    @Test
    void aRefusalIsForgottenWhenABookingOfThatTimeChanges() {
        held.refused(1, 7, TEN, HALF_PAST);
        held.holdBack(1, 7, HALF_PAST, HALF_PAST.plusSeconds(1800));
        held.changed(2, TEN, HALF_PAST);
        held.changed(1, HALF_PAST, HALF_PAST.plusSeconds(60));
        clock.wait(5);
        assertThat(isOffered(TEN)).as("another company, and another time").isFalse();
        held.changed(1, TEN.plusSeconds(900), HALF_PAST);
        clock.wait(3);
        assertThat(isOffered(TEN)).as("Cal.com may still say the old").isFalse();
        clock.wait(1);
        assertThat(isOffered(TEN)).isTrue();
        assertThat(isOffered(HALF_PAST)).as("a booking that is under way is not over").isFalse();
    }

    @Test
    void companiesAndEventTypesAreApart() {
        held.holdBack(2, 7, TEN, HALF_PAST);
        held.refused(1, 8, TEN, HALF_PAST);
        assertThat(isOffered(TEN)).isTrue();
    }

    @Test
    void itIsBoundedAndTheOldestGoesFirst() {
        for (int i = 0; i <= HeldStarts.MOST_OF_AN_EVENT_TYPE; i++) {
            held.holdBack(1, 7, TEN.plusSeconds(1800L * i), HALF_PAST.plusSeconds(1800L * i));
        }
        assertThat(held.of(1, 7)).hasSize(HeldStarts.MOST_OF_AN_EVENT_TYPE);
        assertThat(isOffered(TEN)).isTrue();
        assertThat(isOffered(HALF_PAST)).isFalse();
        for (int type = 100; type < 200; type++) {
            for (int i = 0; i < 200; i++) {
                held.refused(1, type, TEN.plusSeconds(1800L * i), HALF_PAST.plusSeconds(1800L * i));
            }
        }
        int all = 0;
        for (int type = 0; type < 200; type++) {
            all += held.of(1, type).size();
        }
        assertThat(all).isBetween(1, 10_000);
    }
}
