package io.calcamel.availability;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.calcamel.calcom.Slot;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Starts that are not offered although Cal.com lists them, since somebody is just booking them, or Cal.com has just
 * refused them. Forgotten by themselves, and bounded in number; another hub that does not know them offers a start that
 * Cal.com then refuses, and no more.
 */
final class HeldStarts {

    /** Cal.com keeps its answers for two seconds (recorded), and takes its time to give them. */
    static final Duration SETTLING = Duration.ofSeconds(4);
    /** Cal.com can list starts that it never lets be booked, such as a round robin's whose fixed host is busy. */
    static final Duration REFUSED = Duration.ofMinutes(2);

    private static final int MOST_OF_ALL = 10_000;
    static final int MOST_OF_AN_EVENT_TYPE = 1_000;
    /** No slot is longer, and so none reaches further into another day. */
    private static final Duration LONGEST_SLOT = Duration.ofDays(1);

    private enum Why { BEING_BOOKED, BOOKED, REFUSED }

    private record Of(int company, long eventTypeId) {
    }

    /** A start that is not offered. */
    record Hold(Instant start, Instant end, Instant until, Why why) {

        /** A refusal says nothing of the starts beside it; a booking takes all the time until its end. */
        boolean covers(Slot slot) {
            return why == Why.REFUSED ? slot.start().equals(start) : slot.start().isBefore(end) && endOf(slot).isAfter(start);
        }

        private static Instant endOf(Slot slot) {
            return slot.end() == null ? slot.start().plusNanos(1) : slot.end();
        }

        private boolean isBeingBooked(Instant wanted) {
            return why == Why.BEING_BOOKED && start.equals(wanted);
        }

        private boolean overlaps(Instant otherStart, Instant otherEnd) {
            return start.isBefore(otherEnd) && end.isAfter(otherStart);
        }

        private Hold noLongerThan(Instant instant, Why nowWhy) {
            return new Hold(start, end, until.isBefore(instant) ? until : instant, nowWhy);
        }
    }

    private final Duration heldBack;
    private final Clock clock;
    private final Cache<Of, List<Hold>> holds;

    /**
     * @param heldBack how long a start is held back while it is being booked
     * @param clock    the time
     */
    HeldStarts(Duration heldBack, Clock clock) {
        this.heldBack = heldBack;
        this.clock = clock;
        this.holds = Caffeine.newBuilder().maximumWeight(MOST_OF_ALL).weigher((Of of, List<Hold> list) -> list.size())
                .expireAfterWrite(heldBack.compareTo(REFUSED) > 0 ? heldBack : REFUSED).executor(Runnable::run).build();
    }

    /** Somebody is booking it. As often as this is said, it must be said that it ended. */
    void holdBack(int company, long eventTypeId, Instant start, Instant end) {
        add(company, eventTypeId, new Hold(start, end, clock.instant().plus(heldBack), Why.BEING_BOOKED));
    }

    /** It was not booked. Of two who were booking it, the other one goes on. */
    void release(int company, long eventTypeId, Instant start) {
        ofOneBeingBooked(company, eventTypeId, start, hold -> null);
    }

    /** It was booked: Cal.com will say so itself in a moment. */
    void settled(int company, long eventTypeId, Instant start) {
        Instant soon = clock.instant().plus(SETTLING);
        ofOneBeingBooked(company, eventTypeId, start, hold -> hold.noLongerThan(soon, Why.BOOKED));
    }

    /** Cal.com offers it, and does not let it be booked. */
    void refused(int company, long eventTypeId, Instant start, Instant end) {
        add(company, eventTypeId, new Hold(start, end, clock.instant().plus(REFUSED), Why.REFUSED));
    }

    /** A time was booked or freed: Cal.com soon knows better than an earlier refusal whether it can be booked. */
    void changed(int company, Instant start, Instant end) {
        Instant soon = clock.instant().plus(SETTLING);
        UnaryOperator<Hold> change = hold -> hold.why() == Why.REFUSED && hold.overlaps(start, end) ? hold.noLongerThan(soon, Why.REFUSED) : hold;
        holds.asMap().keySet().stream().filter(of -> of.company() == company).forEach(of ->
                holds.asMap().computeIfPresent(of, (same, list) -> kept(inForce(list).stream().map(change).toList())));
    }

    private void add(int company, long eventTypeId, Hold hold) {
        holds.asMap().compute(new Of(company, eventTypeId), (of, list) -> {
            List<Hold> more = new ArrayList<>(list == null ? List.of() : inForce(list));
            more.removeIf(other -> hold.why() == Why.REFUSED && other.why() == Why.REFUSED && other.start().equals(hold.start()));
            more.add(hold);
            return List.copyOf(more.subList(Math.max(0, more.size() - MOST_OF_AN_EVENT_TYPE), more.size()));
        });
    }

    private void ofOneBeingBooked(int company, long eventTypeId, Instant start, UnaryOperator<Hold> change) {
        holds.asMap().computeIfPresent(new Of(company, eventTypeId), (of, list) -> {
            List<Hold> others = new ArrayList<>(inForce(list));
            Optional<Hold> one = others.stream().filter(hold -> hold.isBeingBooked(start)).findFirst();
            one.ifPresent(others::remove);
            one.map(change).ifPresent(others::add);
            return kept(others);
        });
    }

    /** Null removes the entry. */
    private static List<Hold> kept(List<Hold> list) {
        return list.isEmpty() ? null : List.copyOf(list);
    }

    private List<Hold> inForce(List<Hold> list) {
        Instant now = clock.instant();
        return list.stream().filter(hold -> hold.until().isAfter(now)).toList();
    }

    /** What of an event type is held back now: mostly nothing, which must cost nothing. */
    List<Hold> of(int company, long eventTypeId) {
        List<Hold> list = holds.getIfPresent(new Of(company, eventTypeId));
        return list == null ? List.of() : inForce(list);
    }

    /** What is held back of the days of an answer. */
    List<Hold> of(AvailabilityKey key) {
        List<Hold> list = of(key.company(), key.eventTypeId());
        return list.isEmpty() ? list : list.stream().filter(hold -> key.touches(hold.start(), hold.end(), LONGEST_SLOT)).toList();
    }

    /** Whether a slot may be offered. */
    static boolean isOffered(Slot slot, List<Hold> held) {
        return held.stream().noneMatch(hold -> hold.covers(slot));
    }
}
