package io.calcamel.availability;

import io.calcamel.calcom.Slot;
import io.calcamel.calcom.SlotsQuery;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;

/**
 * A search for what is free near some starts: which days to ask Cal.com for, and what its answers come to. Of one
 * exchange, and so of one thread.
 */
final class NearSearch {

    static final int DAYS_BEFORE = 1;
    static final int DAYS_AFTER = 7;
    private static final int LONGEST_CALL_DAYS = 31;
    private static final int MOST_ALTERNATIVES = 3;

    private final Wish wish;
    private final Instant now;
    private final List<SlotsQuery> queries;
    private final Queue<SlotsQuery> left;
    private final List<Slot> slots = new ArrayList<>();
    private boolean isRepeated;

    /**
     * @param wish what is wished
     * @param now  what is before it is not asked for
     */
    NearSearch(Wish wish, Instant now) {
        this.wish = wish;
        this.now = now;
        this.queries = queries();
        this.left = new ArrayDeque<>(queries);
    }

    /** Whole local days, as the cache asks for: Cal.com's grid of odd lengths begins where it does on its own page. */
    private List<SlotsQuery> queries() {
        Set<LocalDate> days = new TreeSet<>();
        wish.starts().forEach(start -> firstDay(start).datesUntil(dayAfter(start)).forEach(days::add));
        List<SlotsQuery> spans = new ArrayList<>();
        LocalDate first = null;
        LocalDate last = null;
        for (LocalDate day : days) {
            boolean goesOn = first != null && day.equals(last.plusDays(1)) && day.isBefore(first.plusDays(LONGEST_CALL_DAYS));
            if (first != null && !goesOn) {
                spans.add(query(first, last));
            }
            first = goesOn ? first : day;
            last = day;
        }
        if (first != null) {
            spans.add(query(first, last));
        }
        return spans;
    }

    private LocalDate firstDay(Instant start) {
        LocalDate first = LocalDate.ofInstant(start, wish.zone()).minusDays(DAYS_BEFORE);
        LocalDate today = LocalDate.ofInstant(now, wish.zone());
        return first.isBefore(today) ? today : first;
    }

    /** The day after the last; the first itself where all days are past, which makes none. */
    private LocalDate dayAfter(Instant start) {
        LocalDate after = LocalDate.ofInstant(start, wish.zone()).plusDays(DAYS_AFTER + 1L);
        return after.isBefore(firstDay(start)) ? firstDay(start) : after;
    }

    private SlotsQuery query(LocalDate first, LocalDate last) {
        return new SlotsQuery(wish.eventTypeId(), begin(first), begin(last.plusDays(1)), wish.duration());
    }

    private Instant begin(LocalDate day) {
        return day.atStartOfDay(wish.zone()).toInstant();
    }

    long eventTypeId() {
        return wish.eventTypeId();
    }

    /** Whether there is something left to ask: once more everything, where all answers were empty. */
    boolean hasNext() {
        if (left.isEmpty() && slots.isEmpty() && !isRepeated) {
            isRepeated = true;
            queries.stream().map(Availability::inOtherWords).forEach(left::add);
        }
        return !left.isEmpty();
    }

    SlotsQuery next() {
        return left.remove();
    }

    void heard(List<Slot> some) {
        slots.addAll(some);
    }

    /**
     * @param held what is not to be offered
     * @return what was found, in the order of the wished starts
     */
    List<Near> found(List<HeldStarts.Hold> held) {
        Set<Instant> wished = new HashSet<>(wish.starts());
        Set<Instant> offered = new HashSet<>();
        slots.forEach(slot -> offered.add(slot.start()));
        List<Slot> others = slots.stream().filter(slot -> slot.start().isAfter(now) && !wished.contains(slot.start()))
                .filter(slot -> HeldStarts.isOffered(slot, held)).distinct().toList();
        return wish.starts().stream().map(start -> new Near(start, offered.contains(start), nearest(start, others))).toList();
    }

    private List<Offer> nearest(Instant start, List<Slot> others) {
        Instant from = begin(firstDay(start));
        Instant to = begin(dayAfter(start));
        Comparator<Slot> byDistance = Comparator.comparing(slot -> Duration.between(start, slot.start()).abs());
        return others.stream().filter(slot -> !slot.start().isBefore(from) && slot.start().isBefore(to))
                .sorted(byDistance.thenComparing(Slot::start, Comparator.reverseOrder())).limit(MOST_ALTERNATIVES)
                .map(slot -> new Offer(Answer.local(slot.start(), wish.zone()), Answer.local(slot.end(), wish.zone()))).toList();
    }
}
