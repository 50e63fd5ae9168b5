package io.calcamel.sandbox;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** A stretch of time, its end not included. */
record Span(Instant start, Instant end) {

    boolean overlaps(Span other) {
        return start.isBefore(other.end) && other.start.isBefore(end);
    }

    boolean contains(Span other) {
        return !other.start.isBefore(start) && !other.end.isAfter(end);
    }

    /** The same time in as few spans as possible, in order. */
    static List<Span> union(List<Span> spans) {
        List<Span> sorted = spans.stream().sorted(Comparator.comparing(Span::start)).toList();
        List<Span> joined = new ArrayList<>();
        for (Span span : sorted) {
            Span before = joined.isEmpty() ? null : joined.get(joined.size() - 1);
            if (before == null || before.end.isBefore(span.start)) {
                joined.add(span);
            } else if (span.end.isAfter(before.end)) {
                joined.set(joined.size() - 1, new Span(before.start, span.end));
            }
        }
        return joined;
    }

    /** What is left of the spans when the busy ones are taken away. */
    static List<Span> without(List<Span> spans, List<Span> busy) {
        List<Span> free = union(spans);
        for (Span taken : busy) {
            List<Span> left = new ArrayList<>();
            for (Span span : free) {
                if (!span.overlaps(taken)) {
                    left.add(span);
                    continue;
                }
                if (span.start.isBefore(taken.start)) {
                    left.add(new Span(span.start, taken.start));
                }
                if (taken.end.isBefore(span.end)) {
                    left.add(new Span(taken.end, span.end));
                }
            }
            free = left;
        }
        return free;
    }

    /** What both have in common. */
    static List<Span> common(List<Span> ones, List<Span> others) {
        List<Span> common = new ArrayList<>();
        for (Span one : ones) {
            for (Span other : others) {
                if (one.overlaps(other)) {
                    common.add(new Span(one.start.isAfter(other.start) ? one.start : other.start,
                            one.end.isBefore(other.end) ? one.end : other.end));
                }
            }
        }
        return union(common);
    }
}
