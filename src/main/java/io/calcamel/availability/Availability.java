package io.calcamel.availability;

import io.calcamel.calcom.Slot;
import io.calcamel.calcom.SlotsQuery;
import io.calcamel.http.Parameters;
import io.calcamel.http.Patience;
import io.calcamel.http.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import org.apache.camel.Body;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Variable;
import org.apache.camel.component.caffeine.CaffeineConstants;

/** The face of this module, and the bean {@code availability} of the routes: when is there time? */
public final class Availability implements AutoCloseable {

    static final String QUESTION = "question";
    /** Buffers around a booking reach beyond it, and a long meeting that begins the evening before runs into it. */
    private static final Duration BUFFER = Duration.ofHours(12);

    /**
     * @param fresh            how long an answer is believed
     * @param freshEmpty       how long an answer without slots is believed
     * @param refresh          from which age an answer that is asked for again is refreshed in the background
     * @param keep             how long what nobody asks for is kept for when Cal.com fails
     * @param slots            slots kept at most, of all questions
     * @param longestDays      days that may be asked for at once
     * @param patience         how long a caller waits who gives no deadline
     * @param patienceWhenBusy how long, while many wait: then waiting would hold the threads that take webhooks in
     * @param manyWaiting      how many those are
     * @param threads          questions put to Cal.com at the same time
     * @param waiting          questions that may wait to be put
     * @param heldBack         how long a start is not offered that somebody is booking, unless it is told how that ended
     */
    public record Settings(Duration fresh, Duration freshEmpty, Duration refresh, Duration keep, int slots, int longestDays, Duration patience,
            Duration patienceWhenBusy, int manyWaiting, int threads, int waiting, Duration heldBack) {
    }

    private final Settings settings;
    private final KnownEventTypes eventTypes;
    private final AvailabilityCache cache;
    private final HeldStarts heldStarts;
    private final Semaphore unhurried;

    private Availability(Settings settings, KnownEventTypes eventTypes, AvailabilityCache cache, HeldStarts heldStarts) {
        this.settings = settings;
        this.eventTypes = eventTypes;
        this.cache = cache;
        this.heldStarts = heldStarts;
        this.unhurried = new Semaphore(settings.manyWaiting());
    }

    /**
     * Binds the beans of the routes in {@code routes/availability}.
     *
     * @param context    the Camel context
     * @param eventTypes what is known of event types
     * @param settings   the settings
     * @return the module, to be closed when the routes have stopped
     */
    public static Availability start(CamelContext context, KnownEventTypes eventTypes, Settings settings) {
        Clock clock = Clock.systemUTC();
        AvailabilityCache cache = new AvailabilityCache(context.createProducerTemplate(), settings, clock);
        HeldStarts heldStarts = new HeldStarts(settings.heldBack(), clock);
        Availability availability = new Availability(settings, eventTypes, cache, heldStarts);
        context.getRegistry().bind("availabilityCache", cache.bean());
        context.getRegistry().bind("availability", availability);
        context.getRegistry().bind("anyAvailability", new AnyAvailability(availability, heldStarts, settings, clock));
        context.getRegistry().bind("nearStarts", new NearStarts(availability, heldStarts, clock));
        context.getRegistry().bind("availabilityExplanation", new Explanation(eventTypes, cache, settings));
        return availability;
    }

    /**
     * Reads the question of {@code GET /api/availability}, and puts its key where camel-caffeine looks for it. Where several event
     * types are asked for, by branch and name, it puts the variable {@code anySearch} instead.
     *
     * @throws Problem 400 {@code bad_parameter}; 404 {@code branch_not_found}, or {@code event_type_not_found} where the branch
     *                 does not offer it
     */
    public void ask(Exchange call, @Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        Duration patience = Patience.of(call, settings.patience());
        Parameters given = new Parameters(parameters);
        Optional<String> branch = given.text("branch");
        Optional<String> name = given.text("name");
        if (given.text("eventTypeId").isPresent() || branch.isEmpty() && name.isEmpty()) {
            Question question = Question.of(company, parameters, patience, settings.longestDays());
            name.ifPresent(text -> {
                throw Problem.badParameter("name", "was given together with eventTypeId.", "Send one of them; name goes with branch.");
            });
            branch.ifPresent(text -> eventTypes.requireOffered(company, text, question.key().eventTypeId()));
            put(call, question);
        } else {
            call.setVariable(AnyAvailability.SEARCH, anySearch(company, branch, name, parameters, patience));
        }
    }

    private AnySearch anySearch(int company, Optional<String> branch, Optional<String> name, Map<String, String> parameters, Duration patience) {
        String atBranch = branch.orElseThrow(() -> Problem.badParameter("branch", "is missing: a name means something at a branch.",
                "Send the branch's slug with it, or eventTypeId alone."));
        String called = name.orElseThrow(() -> Problem.badParameter("name", "is missing: a branch has several event types.",
                "Send the title of an event type with it, or an eventTypeId."));
        KnownEventTypes.Offered offered = eventTypes.offered(company, atBranch, called);
        return new AnySearch(offered.branch(), called, Question.ofEach(company, offered.eventTypes(), parameters, patience, settings.longestDays()));
    }

    /**
     * Reads the question of {@code GET /api/teams/{teamId}/availability}.
     *
     * @throws Problem 400 {@code bad_parameter}; 404 {@code event_type_not_found} where the team has no such event type
     */
    public void askTeam(Exchange call, @Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        Question question = Question.ofDay(company, parameters, Patience.of(call, settings.patience()), settings.longestDays());
        long team = new Parameters(parameters).number("teamId").filter(id -> id > 0)
                .orElseThrow(() -> Problem.badParameter("teamId", "is no id of a team.", "GET /api/event-types tells the team of each event type."));
        KnownEventTypes.Known known = known(company, question.key().eventTypeId());
        if (known != null && (known.teamId() == null || known.teamId() != team)) {
            throw new Problem(404, "event_type_not_found", "The team has no such event type", null,
                    "GET /api/event-types tells the team of each event type.");
        }
        put(call, question);
    }

    static void put(Exchange call, Question question) {
        call.setVariable(QUESTION, question);
        call.getMessage().setHeader(CaffeineConstants.KEY, question.key().text());
    }

    /**
     * Answers the question from what the cache holds of it, waiting for Cal.com where it must be asked.
     *
     * @throws Problem              where Cal.com refuses, or fails and nothing is known
     * @throws InterruptedException if the hub stops
     */
    public void answer(Exchange call, @Body CachedAvailability held, @Variable(QUESTION) Question question) throws InterruptedException {
        CachedAvailability.Reply reply = patiently(question.patience(), patience -> held.ask(question.maxAge(), patience));
        write(call, reply.answer().json(question, reply.source(), reply.age(), heldStarts.of(question.key())));
    }

    /** Something that waits. */
    interface Waiting<T> {

        T upTo(Duration patience) throws InterruptedException;
    }

    /** Waits as long as the caller does, or not as long where many wait. */
    <T> T patiently(Duration patience, Waiting<T> waiting) throws InterruptedException {
        boolean mayTakeItsTime = unhurried.tryAcquire();
        try {
            boolean isCut = !mayTakeItsTime && patience.compareTo(settings.patienceWhenBusy()) > 0;
            return waiting.upTo(isCut ? settings.patienceWhenBusy() : patience);
        } finally {
            if (mayTakeItsTime) {
                unhurried.release();
            }
        }
    }

    static void write(Exchange call, byte[] json) {
        Message message = call.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        message.setBody(json);
    }

    /**
     * Turns a key into the question that Cal.com is asked.
     *
     * @throws Problem 404 {@code event_type_not_found} or 422 {@code not_bookable}, without asking Cal.com
     */
    public SlotsQuery query(@Body AvailabilityKey key, Exchange exchange) {
        requireBookable(exchange, key.company(), key.eventTypeId(), key.duration());
        SlotsQuery query = new SlotsQuery(key.eventTypeId(), key.from(), key.to(), key.duration());
        exchange.setVariable("slotsQuery", query);
        return query;
    }

    /** Refuses what can't be booked, and puts the variable {@code length} for {@link #withEnds}. */
    void requireBookable(Exchange exchange, int company, long eventTypeId, Integer duration) {
        KnownEventTypes.Known known = known(company, eventTypeId);
        if (known != null && known.whyNotBookable() != null) {
            throw new Problem(422, "not_bookable", "The event type can't be booked", known.whyNotBookable(), null);
        }
        exchange.setVariable("length", duration != null ? duration : known == null ? null : Integer.valueOf(known.length()));
    }

    /**
     * The same question in other words, for Cal.com keeps its answers for two seconds (recorded): a second longer, which
     * is left out of the answer.
     */
    public SlotsQuery queryAgain(@Variable("slotsQuery") SlotsQuery query) {
        return inOtherWords(query);
    }

    static SlotsQuery inOtherWords(SlotsQuery query) {
        return new SlotsQuery(query.eventTypeId(), query.from(), query.to().plusSeconds(1), query.duration());
    }

    /** Null where the company's event types are not known yet: then Cal.com decides. */
    private KnownEventTypes.Known known(int company, long eventTypeId) {
        return eventTypes.find(company, eventTypeId).orElseGet(() -> {
            if (eventTypes.isSynced(company)) {
                throw new Problem(404, "event_type_not_found", "There is no such event type", null,
                        "GET /api/event-types lists them; one that was just made in Cal.com is known after POST /api/event-types/sync.");
            }
            return null;
        });
    }

    /** Gives every slot its end, which API v1 does not tell. */
    public List<Slot> withEnds(@Body List<Slot> slots, @Variable("length") Integer length) {
        return slots.stream().map(slot -> slot.end() != null || length == null ? slot
                : new Slot(slot.start(), slot.start().plus(Duration.ofMinutes(length)))).toList();
    }

    /**
     * Drops what a booking, a reschedule or a cancellation touches: all that the company's event types offer at that
     * time, since they share hosts; and of an event type with a limit by week, month or year all that it offers.
     *
     * @param company the company
     * @param touched the times, each with {@code start}, {@code end} (ISO 8601, UTC) and {@code eventTypeId} (may be null)
     */
    public void forget(@Variable("companyId") int company, @Variable("touched") List<Map<String, Object>> touched) {
        if (touched == null || touched.isEmpty()) {
            return;
        }
        touched.forEach(time -> heldStarts.changed(company, Instant.parse((String) time.get("start")), Instant.parse((String) time.get("end"))));
        Set<Long> limited = touched.stream().map(time -> time.get("eventTypeId")).filter(Number.class::isInstance).map(id -> ((Number) id).longValue())
                .filter(id -> eventTypes.find(company, id).map(KnownEventTypes.Known::hasLimits).orElse(false)).collect(Collectors.toSet());
        for (CachedAvailability held : cache.held()) {
            AvailabilityKey key = held.key();
            boolean isTouched = touched.stream().anyMatch(time ->
                    key.touches(Instant.parse((String) time.get("start")), Instant.parse((String) time.get("end")), BUFFER));
            if (key.company() == company && (isTouched || limited.contains(key.eventTypeId()))) {
                held.forget();
            }
        }
    }

    /**
     * A booking is about to be sent: until it is told how that ended, {@code availability.held-back} at most, no start
     * that overlaps it is offered to others. Does nothing for an event type with seats or a round robin, where another
     * may take the same start, nor for one that is not known and may be such.
     *
     * @param company     the company
     * @param eventTypeId Cal.com's id of the event type
     * @param start       when it starts
     * @param end         when it ends
     */
    public void holdBack(int company, long eventTypeId, Instant start, Instant end) {
        if (eventTypes.find(company, eventTypeId).filter(known -> !known.takesSeveral()).isPresent()) {
            heldStarts.holdBack(company, eventTypeId, start, end);
        }
    }

    /**
     * The booking was refused, or failed surely: the start is offered again, unless another one is booking it.
     *
     * @param company     the company
     * @param eventTypeId Cal.com's id of the event type
     * @param start       when it would have started
     */
    public void release(int company, long eventTypeId, Instant start) {
        heldStarts.release(company, eventTypeId, start);
    }

    /**
     * The booking was made: its start is held back only as long as Cal.com may still offer it. What the cache offers is
     * dropped by {@link #forget}, not here.
     *
     * @param company     the company
     * @param eventTypeId Cal.com's id of the event type
     * @param start       when it starts
     */
    public void settled(int company, long eventTypeId, Instant start) {
        heldStarts.settled(company, eventTypeId, start);
    }

    /**
     * Cal.com offered the start and then refused it as taken: it is not offered for two minutes, of whatever kind the
     * event type is, or until a booking of that time changes. This does not stand for {@link #release}.
     *
     * @param company     the company
     * @param eventTypeId Cal.com's id of the event type
     * @param start       what was refused
     */
    public void refused(int company, long eventTypeId, Instant start) {
        int minutes = eventTypes.find(company, eventTypeId).map(KnownEventTypes.Known::length).orElse(1);
        heldStarts.refused(company, eventTypeId, start, start.plus(Duration.ofMinutes(minutes)));
    }

    @Override
    public void close() {
        cache.close();
    }
}
