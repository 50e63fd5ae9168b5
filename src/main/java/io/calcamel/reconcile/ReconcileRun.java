package io.calcamel.reconcile;

import io.calcamel.calcom.BookingsQuery;
import io.calcamel.calcom.BookingsQuery.Order;
import io.calcamel.calcom.CalcomBooking;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A run under way: what is still to be asked, and what was found. One thread at a time. */
final class ReconcileRun {

    /** Differences that are told one by one; all are counted. */
    private static final int MOST_ITEMS = 1_000;
    private static final int MOST_ERRORS = 20;
    /** Cal.com filters by the end; no booking is longer than this (event types: 1440 minutes). */
    private static final Duration LONGEST_BOOKING = Duration.ofDays(1);

    /** What Cal.com is asked for page by page. */
    private enum Pass {
        CHANGED, MADE, STARTS
    }

    /** A booking that is asked for by itself, and why. */
    record Question(String uid, Long bookingId, Long appointment, String replaces) {
    }

    private final long id;
    private final ReconcileRequest request;
    private final Instant startedAt;
    private final Deque<Pass> passes = new ArrayDeque<>();
    private final Set<String> seen = new HashSet<>();
    /** The bookings that replaced one that was seen, by their uid. */
    private final Map<String, String> replaced = new HashMap<>();
    /** Bookings that can only be mended once those that replaced them were. */
    private final Map<String, CalcomBooking> later = new LinkedHashMap<>();
    private boolean isAnotherRound = true;
    private final Deque<Question> questions = new ArrayDeque<>();
    private final Set<String> asked = new HashSet<>();
    private final List<ReconcileItem> items = new ArrayList<>();
    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private final List<Map<String, Object>> errors = new ArrayList<>();
    private final Set<String> listedUids = new LinkedHashSet<>();
    private String status = "complete";
    /** Whether what Cal.com changed may not all be known now. */
    private boolean isIncomplete;
    private int pagesOfPass;
    private int pages;
    private int calls;
    private int waiting;
    private Instant readAt;
    private Question current;

    ReconcileRun(long id, ReconcileRequest request, Instant startedAt) {
        this.id = id;
        this.request = request;
        this.startedAt = startedAt;
        if (request.since() != null) {
            passes.add(Pass.CHANGED);
            passes.add(Pass.MADE);
        }
        if (request.from() != null) {
            passes.add(Pass.STARTS);
        }
    }

    long id() {
        return id;
    }

    ReconcileRequest request() {
        return request;
    }

    Instant startedAt() {
        return startedAt;
    }

    boolean hasPage(int most) {
        if (!passes.isEmpty() && pages >= most) {
            passes.clear();
            isIncomplete = true;
            partial(new Problem(500, "too_many_bookings", "There are more bookings than a run asks for",
                    "The run ended after " + pages + " pages.", "Reconcile the rest by --from and --to, or set reconcile.pages higher."));
        }
        return !passes.isEmpty();
    }

    BookingsQuery nextPage(int size) {
        asking();
        int skip = pagesOfPass * size;
        return switch (passes.element()) {
            case CHANGED -> new BookingsQuery(null, null, null, lastEndOfChanges(), null, request.since(), null, Order.LATEST_CHANGE, size, skip);
            case MADE -> new BookingsQuery(null, null, null, lastEndOfChanges(), request.since(), null, null, Order.MADE, size, skip);
            case STARTS -> new BookingsQuery(null, null, request.from(), request.to() == null ? null : request.to().plus(LONGEST_BOOKING), null, size, skip);
        };
    }

    /** Where all that starts later is compared anyway, only what is over has to be asked for by its changes. */
    private Instant lastEndOfChanges() {
        return request.from() != null && request.to() == null ? request.from().plus(LONGEST_BOOKING) : null;
    }

    private void asking() {
        calls++;
        readAt = Instant.now();
    }

    void pageRead(boolean hasNext) {
        pages++;
        pagesOfPass++;
        if (!hasNext) {
            passes.remove();
            pagesOfPass = 0;
        }
    }

    /** When Cal.com was asked for what is at hand. */
    Instant readAt() {
        return readAt;
    }

    /** Whether a start is one that is asked for, where Cal.com's filter is wider. */
    boolean isWanted(Instant start) {
        return passes.peek() != Pass.STARTS || request.to() == null || start.isBefore(request.to());
    }

    /** Whether a booking comes for the first time. */
    boolean isNew(String uid) {
        return seen.add(uid);
    }

    Set<String> seenUids() {
        return seen;
    }

    /** A booking says which one replaced it. */
    void replaced(String uid, String by) {
        replaced.put(by, uid);
    }

    /** The bookings that replaced others and did not come themselves. */
    Map<String, String> takeUnseenReplacements() {
        Map<String, String> unseen = new HashMap<>(replaced);
        unseen.keySet().removeAll(seen);
        replaced.clear();
        return unseen;
    }

    void ask(Question question) {
        if (asked.add(question.uid())) {
            questions.add(question);
        }
    }

    boolean hasQuestion(int most) {
        if (!questions.isEmpty() && asked.size() - questions.size() >= most) {
            partial(new Problem(500, "too_many_to_ask", "More bookings are not in Cal.com's list than a run asks for one by one",
                    questions.size() + " appointments were not looked at.",
                    "See whether the API key is still that of the same account; or set reconcile.one-by-one higher."));
            questions.clear();
        }
        return !questions.isEmpty();
    }

    Question nextQuestion() {
        asking();
        current = questions.remove();
        return current;
    }

    Question question() {
        return current;
    }

    void later(CalcomBooking booking) {
        later.put(booking.uid(), booking);
    }

    boolean hasLater() {
        return isAnotherRound && !later.isEmpty();
    }

    List<CalcomBooking> later() {
        return List.copyOf(later.values());
    }

    /** Some of them can be mended now, and then perhaps those that they replaced. */
    void now(Collection<CalcomBooking> bookings) {
        bookings.forEach(booking -> later.remove(booking.uid()));
        isAnotherRound = !bookings.isEmpty();
    }

    void waits() {
        waiting++;
    }

    void add(ReconcileItem item) {
        counts.merge(item.kind(), 1, Integer::sum);
        counts.merge(item.action(), 1, Integer::sum);
        if (item.action().equals(ReconcileItem.LISTED)) {
            listedUids.add(item.uid());
        }
        if (items.size() < MOST_ITEMS) {
            items.add(item);
        }
    }

    int count(String kindOrAction) {
        return counts.getOrDefault(kindOrAction, 0);
    }

    List<ReconcileItem> items() {
        return items;
    }

    /** The bookings of listed differences. */
    Collection<String> listedUids() {
        return listedUids;
    }

    int calls() {
        return calls;
    }

    int seen() {
        return seen.size();
    }

    int waiting() {
        return waiting;
    }

    void partial(Problem problem) {
        if (status.equals("complete")) {
            status = "partial";
        }
        error(problem);
    }

    /** A booking could not be repaired, for a reason of our own. */
    void notRepaired(Problem problem) {
        isIncomplete = true;
        partial(problem);
    }

    /** It ended before everything was looked at. */
    void failed(Problem problem) {
        isIncomplete = true;
        status = seen.isEmpty() ? "failed" : "partial";
        error(problem);
    }

    void interrupted(Problem problem) {
        isIncomplete = true;
        status = "interrupted";
        error(problem);
    }

    private void error(Problem problem) {
        if (errors.size() < MOST_ERRORS) {
            errors.add(problem.toJson());
        }
    }

    /** Whether all is known now that Cal.com changed since the time that was asked for. */
    boolean knowsChanges() {
        return request.since() != null && !request.dryRun() && !isIncomplete;
    }

    /** Whether it is worth another try before its next turn. */
    boolean isFailure() {
        return isIncomplete;
    }

    String status() {
        return status;
    }

    List<Map<String, Object>> errors() {
        return errors;
    }
}
