package io.calcamel.reconcile;

import io.calcamel.appointment.BookingComparison;
import io.calcamel.appointment.BookingComparison.Difference;
import io.calcamel.appointment.BookingComparison.Field;
import io.calcamel.appointment.BookingComparison.Kind;
import io.calcamel.attention.Matter;
import io.calcamel.calcom.BookingsPage;
import io.calcamel.calcom.BookingsQuery;
import io.calcamel.calcom.CalcomBooking;
import io.calcamel.calcom.CalcomError;
import io.calcamel.calcom.CalcomException;
import io.calcamel.calcom.Lane;
import io.calcamel.database.Locks;
import io.calcamel.http.ApiCall;
import io.calcamel.http.Page;
import io.calcamel.http.Parameters;
import io.calcamel.http.Problem;
import io.calcamel.reconcile.ReconcileRequest.Cause;
import io.calcamel.reconcile.ReconcileRequest.Scope;
import io.calcamel.reconcile.ReconcileRun.Question;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;
import org.apache.camel.support.SynchronizationAdapter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The steps of a run that need a type or a loop, in the order in which the routes in {@code routes/reconcile} take them: bean
 * {@code reconcile}. A run is the variable {@code reconcileRun}.
 */
public final class ReconcileSteps {

    private static final Logger LOG = LoggerFactory.getLogger(ReconcileSteps.class);

    private static final String RUN = "reconcileRun";
    private static final String LOCK = "reconcileLock";
    /** Within which time the same booking is told of once. */
    private static final Duration TOLD_WITHIN = Duration.ofDays(1);
    private static final int MOST_TOLD = 10;
    private static final Set<CalcomError> UNKNOWN_THERE = Set.of(CalcomError.BOOKING_NOT_FOUND, CalcomError.NOT_FOUND);
    /** Refusals that say nothing about the next question. */
    private static final Set<CalcomError> OF_ONE = Set.of(CalcomError.FORBIDDEN, CalcomError.UNSUPPORTED, CalcomError.UNEXPECTED_FORMAT);

    private final ReconcileRuns runs;
    private final DueReconciles dueReconciles;
    private final BookingComparison comparison;
    private final ReconciledCompanies companies;
    private final ReconcileSettings settings;
    private final BiFunction<Integer, Collection<String>, Set<String>> deliveriesWaiting;
    private final WebhooksMissed missed;
    private final Consumer<Matter> attention;
    private final ReconcileOrder orders;
    private volatile boolean isStopping;

    ReconcileSteps(ReconcileRuns runs, DueReconciles dueReconciles, BookingComparison comparison, ReconciledCompanies companies, ReconcileSettings settings,
            BiFunction<Integer, Collection<String>, Set<String>> deliveriesWaiting, WebhooksMissed missed, Consumer<Matter> attention) {
        this.runs = runs;
        this.dueReconciles = dueReconciles;
        this.comparison = comparison;
        this.companies = companies;
        this.settings = settings;
        this.deliveriesWaiting = deliveriesWaiting;
        this.missed = missed;
        this.attention = attention;
        this.orders = new ReconcileOrder(companies, settings);
    }

    /**
     * Reads the order of somebody who calls the API, and begins the run.
     *
     * @param exchange the call
     * @param company  the caller's company; any is the administrator's
     * @throws Problem where it can't be read, or 409 {@code reconcile_running}
     */
    public void command(Exchange exchange, @Variable("companyId") int company) {
        boolean isAdministrator = exchange.getVariable(ApiCall.IS_ADMINISTRATOR, false, Boolean.class);
        ReconcileOrder.Order order = orders.read(company, isAdministrator, exchange.getMessage().getBody(byte[].class));
        Instant now = Instant.now();
        begin(exchange, new ReconcileRequest(order.company(), Cause.COMMAND, Scope.WINDOW, order.isWhole() ? since(order.company(), now) : null,
                order.from().orElseGet(() -> orders.usualFrom(now)), order.to().orElse(null), order.dryRun()));
    }

    /** Since when changes are asked for: the last known moment, and a little before it. */
    private Instant since(int company, Instant now) {
        return companies.isAskedInV1(company) ? null
                : dueReconciles.knownUntil(company).map(moment -> moment.minus(settings.overlap())).orElseGet(() -> now.minus(settings.back()));
    }

    /**
     * Begins the run of a company whose turn it is.
     *
     * @return whether there is anything to ask: API v1 can't tell what changed
     * @throws Problem 409 {@code reconcile_running}
     */
    boolean begin(Exchange exchange, DueReconciles.Due due, Cause cause) {
        Instant now = Instant.now();
        Instant since = since(due.company(), now);
        Instant from = switch (due.scope()) {
            case NEAR -> now.minus(shorter(settings.back(), Duration.ofDays(1)));
            case FAR -> orders.usualFrom(now);
            default -> null;
        };
        Instant to = from == null ? null : now.plus(due.scope() == Scope.NEAR ? settings.near() : settings.far());
        if (since == null && from == null) {
            return false;
        }
        begin(exchange, new ReconcileRequest(due.company(), cause, due.scope(), since, from, to, false));
        return true;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    private void begin(Exchange exchange, ReconcileRequest request) {
        Locks.Lock lock = runs.lock(request.company()).orElseThrow(ReconcileRuns::running);
        // Not even where the route is just being reloaded may the lock outlive the exchange.
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onDone(Exchange done) {
                lock.close();
            }
        });
        exchange.setVariable("companyId", request.company());
        exchange.setVariable(LOCK, lock);
        try {
            exchange.setVariable(RUN, runs.begin(request));
        } catch (RuntimeException e) {
            // Before a route has taken it, an exchange that fails completes nothing.
            lock.close();
            throw e;
        }
        exchange.setVariable(Lane.VARIABLE, "background");
        exchange.setVariable("trigger", "reconcile");
        exchange.getMessage().setBody(null);
    }

    /** Whether there is another page to ask for. */
    public boolean hasPage(@Variable(RUN) ReconcileRun run) {
        return !isStopping && run.hasPage(settings.pages());
    }

    /** What Cal.com is asked next. */
    public BookingsQuery nextPage(@Variable(RUN) ReconcileRun run) {
        return run.nextPage(settings.page());
    }

    /**
     * Compares a page.
     *
     * @return the bookings whose appointments are to be mended
     */
    public List<CalcomBooking> page(@Body BookingsPage page, @Variable(RUN) ReconcileRun run) {
        List<CalcomBooking> wanted = page.items().stream().filter(booking -> run.isWanted(booking.start()) && run.isNew(booking.uid())).toList();
        run.pageRead(page.hasNextPage());
        List<CalcomBooking> differing = compare(wanted, run);
        runs.progress(run);
        return differing;
    }

    private List<CalcomBooking> compare(List<CalcomBooking> bookings, ReconcileRun run) {
        int company = run.request().company();
        bookings.stream().filter(booking -> booking.rescheduledToUid() != null && !booking.hasSeats())
                .forEach(booking -> run.replaced(booking.uid(), booking.rescheduledToUid()));
        List<Difference> differences = comparison.compare(company, bookings, run.readAt());
        if (differences.isEmpty()) {
            return List.of();
        }
        Set<String> waiting = deliveriesWaiting.apply(company, differences.stream().map(difference -> difference.booking().uid()).toList());
        List<CalcomBooking> mendable = new ArrayList<>();
        for (Difference difference : differences) {
            if (waiting.contains(difference.booking().uid()) || difference.isFresh() && run.request().cause() != Cause.COMMAND) {
                run.waits();
            } else if (difference.isLater() && !run.request().dryRun()) {
                run.later(difference.booking());
            } else if (!difference.isMendable() && !difference.isLater()) {
                list(difference, run);
            } else if (run.request().dryRun()) {
                add(difference, difference.appointment(), ReconcileItem.WOULD_REPAIR, run);
            } else {
                mendable.add(difference.booking());
            }
        }
        return mendable;
    }

    /** What differs and can't be mended; that can still be on its way. */
    private void list(Difference difference, ReconcileRun run) {
        if (difference.isFresh()) {
            run.waits();
        } else {
            add(difference, difference.appointment(), ReconcileItem.LISTED, run);
        }
    }

    /** Mends an appointment, and sets the variables that route {@code appointment-changed} wants. */
    public void mend(Exchange exchange, @Body CalcomBooking booking, @Variable(RUN) ReconcileRun run) {
        int company = run.request().company();
        Optional<BookingComparison.Mended> mended = comparison.mend(company, booking, run.readAt());
        exchange.setVariable("appointmentChanged", mended.isPresent());
        mended.ifPresent(done -> {
            Difference difference = done.difference();
            exchange.setVariable("appointmentId", done.appointment());
            exchange.setVariable("touched", done.touched());
            boolean isLeft = !difference.left().isEmpty() && !difference.isFresh();
            add(difference, done.appointment(), isLeft ? ReconcileItem.LISTED : ReconcileItem.REPAIRED, run);
            if (isMissedWebhook(difference, company)) {
                missed.count(companies.slug(company), 1);
            }
        });
    }

    private boolean isMissedWebhook(Difference difference, int company) {
        return difference.kind() != Kind.DRIFT && !difference.isFresh() && !isOlder(difference.booking(), company);
    }

    /** Whether it was changed before Cal.com could tell this hub of it. */
    private boolean isOlder(CalcomBooking booking, int company) {
        return Stream.of(booking.createdAt(), booking.updatedAt()).filter(Objects::nonNull).allMatch(companies.listeningSince(company)::isAfter);
    }

    /** An appointment could not be mended: the others are all the same. */
    public void notMended(@ExchangeException Exception failure, @Body CalcomBooking booking, @Variable(RUN) ReconcileRun run) {
        LOG.warn("The appointment of booking {} could not be repaired: {}", booking.uid(), failure.getClass().getName());
        run.notRepaired(new Problem(500, "not_repaired", "An appointment could not be repaired", "That of booking " + booking.uid() + ".", "The hub's log says more."));
    }

    private void add(Difference difference, Long appointment, String action, ReconcileRun run) {
        List<Field> fields = new ArrayList<>(difference.fields());
        difference.left().stream().filter(name -> fields.stream().noneMatch(field -> field.name().equals(name)))
                .forEach(name -> fields.add(new Field(name, null, name.equals("status") ? difference.booking().status() : null)));
        run.add(new ReconcileItem(companies.slug(run.request().company()), difference.booking().uid(), appointment,
                difference.kind().name().toLowerCase(Locale.ROOT), fields, action, reason(difference, action, run)));
    }

    private String reason(Difference difference, String action, ReconcileRun run) {
        if (action.equals(ReconcileItem.LISTED)) {
            return "What deliveries told holds, and Cal.com says otherwise: " + String.join(", ", difference.left());
        }
        if (difference.isFresh()) {
            return "It was changed a moment ago, and its webhook may be on its way";
        }
        if (difference.kind() == Kind.DRIFT) {
            return "Cal.com says otherwise, and nothing told of it";
        }
        return isOlder(difference.booking(), run.request().company()) ? "It was changed before this hub was told of bookings" : "No webhook told of it";
    }

    /** Finds what the pages did not show: bookings that replaced others, and appointments that Cal.com should have. */
    public void findMissing(@Variable(RUN) ReconcileRun run) {
        ReconcileRequest request = run.request();
        askForReplacements(run);
        if (request.from() != null && !isStopping) {
            boolean isV1 = companies.isAskedInV1(request.company());
            comparison.standing(request.company(), request.from(), request.to(), run.seenUids()).stream()
                    .filter(standing -> !isV1 || standing.bookingId() != null)
                    .forEach(standing -> run.ask(new Question(standing.uid(), standing.bookingId(), standing.id(), null)));
        }
    }

    private void askForReplacements(ReconcileRun run) {
        Map<String, String> unseen = run.takeUnseenReplacements();
        if (!unseen.isEmpty()) {
            comparison.unlinked(run.request().company(), unseen).forEach(uid -> run.ask(new Question(uid, null, null, unseen.get(uid))));
        }
    }

    /** Whether there is another booking to ask for by itself. */
    public boolean hasQuestion(@Variable(RUN) ReconcileRun run) {
        return !isStopping && run.hasQuestion(settings.oneByOne());
    }

    /** The key of the booking that is asked for next: its number, where Cal.com is asked in v1. */
    public String nextQuestion(@Variable(RUN) ReconcileRun run) {
        Question question = run.nextQuestion();
        return companies.isAskedInV1(run.request().company()) ? String.valueOf(question.bookingId()) : question.uid();
    }

    /**
     * Compares a booking that was asked for by itself.
     *
     * @return the booking, if its appointment is to be mended
     */
    public List<CalcomBooking> answered(@Body List<CalcomBooking> bookings, @Variable(RUN) ReconcileRun run) {
        List<CalcomBooking> own = bookings.stream().filter(booking -> booking.uid().equals(run.question().uid()) && run.isNew(booking.uid())).toList();
        List<CalcomBooking> differing = compare(own, run);
        askForReplacements(run);
        runs.progress(run);
        return differing;
    }

    /** Whether bookings are left that wait for those that replaced them. */
    public boolean hasLater(@Variable(RUN) ReconcileRun run) {
        return !isStopping && run.hasLater();
    }

    /**
     * Compares those again whose turn had not come.
     *
     * @return those whose turn it is now
     */
    public List<CalcomBooking> nextLater(@Variable(RUN) ReconcileRun run) {
        List<CalcomBooking> ready = comparison.compare(run.request().company(), run.later(), run.readAt()).stream().filter(Difference::isMendable)
                .map(Difference::booking).toList();
        run.now(ready);
        return ready;
    }

    /**
     * Cal.com did not give a booking that was asked for by itself.
     *
     * @throws CalcomException where it would not give another either
     */
    public void notAnswered(@ExchangeException CalcomException failure, @Variable(RUN) ReconcileRun run) {
        Question question = run.question();
        if (UNKNOWN_THERE.contains(failure.error())) {
            boolean isStanding = question.replaces() == null;
            run.add(new ReconcileItem(companies.slug(run.request().company()), isStanding ? question.uid() : question.replaces(), question.appointment(),
                    isStanding ? ReconcileItem.GONE : ReconcileItem.DRIFT, List.of(), ReconcileItem.LISTED,
                    isStanding ? "Cal.com has no such booking; the appointment was left as it is"
                            : "Cal.com says that it was replaced by a booking that it does not have"));
        } else if (OF_ONE.contains(failure.error())) {
            run.partial(failure);
        } else {
            throw failure;
        }
    }

    /** The run could not go on. */
    public void fail(@ExchangeException Exception failure, @Variable(RUN) ReconcileRun run) {
        if (isStopping) {
            // Said when it ends.
            return;
        }
        if (failure instanceof Problem problem) {
            run.failed(problem);
            return;
        }
        LOG.error("Reconciling failed unexpectedly", failure);
        run.failed(Problem.ofStatus(500));
    }

    /**
     * Ends the run, and tells of what a person has to look at.
     *
     * @return the report
     */
    public Map<String, Object> end(@Variable(RUN) ReconcileRun run, @Variable(LOCK) Locks.Lock lock) {
        ReconcileRequest request = run.request();
        if (isStopping) {
            run.interrupted(new Problem(503, "interrupted", "The hub stopped in the middle of it", null, null));
        }
        runs.end(run);
        if (run.knowsChanges()) {
            dueReconciles.knownUntil(request.company(), run.startedAt().minus(settings.grace()));
        }
        if (run.isFailure() && request.cause() != Cause.COMMAND) {
            dueReconciles.again(request.company(), request.scope());
        }
        runs.prune(Instant.now().minus(settings.keep()));
        tell(run);
        lock.close();
        LOG.info("Reconciled company {} ({}): {}, {} bookings in {} calls, {} missed webhooks, {} unknown here, {} gone there, {} drifted, {} repaired, {} listed",
                companies.slug(request.company()), request.scope().name().toLowerCase(Locale.ROOT), run.status(), run.seen(), run.calls(),
                run.count("missed_webhook"), run.count("unknown_here"), run.count(ReconcileItem.GONE), run.count(ReconcileItem.DRIFT),
                run.count(ReconcileItem.REPAIRED), run.count(ReconcileItem.LISTED));
        return runs.report(request.company(), run.id());
    }

    private void tell(ReconcileRun run) {
        int company = run.request().company();
        if (run.listedUids().isEmpty() || run.request().dryRun()) {
            return;
        }
        List<String> news = runs.news(run, run.listedUids(), TOLD_WITHIN);
        if (!news.isEmpty()) {
            attention.accept(Matter.of(Matter.Kind.DRIFT, company, "reconcile run " + run.id(), run.count(ReconcileItem.GONE) + " appointments are not in Cal.com, "
                    + (run.count(ReconcileItem.LISTED) - run.count(ReconcileItem.GONE)) + " differ and could not be repaired. New: "
                    + String.join(", ", news.subList(0, Math.min(MOST_TOLD, news.size()))) + (news.size() > MOST_TOLD ? " and " + (news.size() - MOST_TOLD) + " more" : "")));
        }
    }

    /** Lists the runs. */
    public Page runs(Exchange call, @Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        Parameters given = new Parameters(parameters);
        return runs.list(named(call, company, given), given);
    }

    /** One run, with its differences. */
    public Map<String, Object> run(Exchange call, @Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        Parameters given = new Parameters(parameters);
        return runs.report(named(call, company, given), given.number("id").orElse(0L));
    }

    private int named(Exchange call, int company, Parameters given) {
        boolean isAdministrator = call.getVariable(ApiCall.IS_ADMINISTRATOR, false, Boolean.class);
        return given.text("company").map(name -> orders.company(company, isAdministrator, name)).orElse(company);
    }

    /** The hub stops: runs end where they are. */
    void expectStop() {
        isStopping = true;
    }

    boolean isStopping() {
        return isStopping;
    }
}
