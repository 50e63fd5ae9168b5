package io.calcamel.availability;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.availability.AnySearch.Told;
import io.calcamel.calcom.CalcomHttp;
import io.calcamel.calcom.Slot;
import io.calcamel.http.Json;
import io.calcamel.http.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;

/**
 * When is there time at any of several event types? The bean {@code anyAvailability} of the routes
 * {@code availability-any} and {@code availability-any-near}, and of what follows the former.
 */
public final class AnyAvailability {

    static final String SEARCH = "anySearch";

    private static final int MOST_ALTERNATIVES = 3;
    /** Cal.com itself keeps its answers for two seconds (recorded). */
    private static final Duration AFRESH = Duration.ofSeconds(2);
    private static final Comparator<SlotOf> BY_START = Comparator.comparing((SlotOf one) -> one.slot().start()).thenComparing(SlotOf::eventTypeId);

    private final Availability availability;
    private final HeldStarts heldStarts;
    private final Availability.Settings settings;
    private final Clock clock;

    /** A slot, and whose it is. */
    private record SlotOf(Slot slot, long eventTypeId) {
    }

    AnyAvailability(Availability availability, HeldStarts heldStarts, Availability.Settings settings, Clock clock) {
        this.availability = availability;
        this.heldStarts = heldStarts;
        this.settings = settings;
        this.clock = clock;
    }

    /** The question about each event type. */
    public List<Question> questions(@Variable(SEARCH) AnySearch search) {
        return search.questions();
    }

    /** Puts the key of one question where camel-caffeine looks for it. */
    public void ask(Exchange exchange, @Body Question question) {
        Availability.put(exchange, question);
    }

    /** Puts one question, and does not wait. */
    public void put(@Body CachedAvailability held, @Variable(Availability.QUESTION) Question question, @Variable(SEARCH) AnySearch search) {
        search.put(question, held);
    }

    /**
     * Answers {@code GET /api/availability} of a branch: what those event types offer that could be asked.
     *
     * @throws Problem              what the first was refused with, where none could be asked
     * @throws InterruptedException if the hub stops
     */
    public void answer(Exchange call, @Variable(SEARCH) AnySearch search) throws InterruptedException {
        Question any = search.questions().get(0);
        List<Told> all = availability.patiently(any.patience(), patience -> search.await(patience, clock));
        List<Told> told = all.stream().filter(one -> one.reply() != null).toList();
        if (told.isEmpty()) {
            throw all.get(0).problem();
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.putNull("eventTypeId").put("branch", search.branch()).put("name", search.name()).put("timeZone", any.key().zone().getId());
        List<SlotOf> slots = told.stream().flatMap(this::offered).sorted(BY_START)
                .limit(any.limit() == null ? Long.MAX_VALUE : any.limit()).toList();
        write(slots, any.key().zone(), json.putObject("slots"));
        ArrayNode missing = json.putArray("missing");
        all.stream().filter(one -> one.reply() == null).forEach(one ->
                missing.addObject().put("eventTypeId", one.question().key().eventTypeId()).put("code", one.problem().code()));
        writeSource(told, json);
        Availability.write(call, Json.write(json).getBytes(StandardCharsets.UTF_8));
    }

    private Stream<SlotOf> offered(Told told) {
        List<HeldStarts.Hold> held = heldStarts.of(told.question().key());
        return told.reply().answer().within(told.question()).filter(slot -> HeldStarts.isOffered(slot, held))
                .map(slot -> new SlotOf(slot, told.question().key().eventTypeId()));
    }

    private static void write(List<SlotOf> slots, ZoneId zone, ObjectNode days) {
        slots.forEach(one -> days.withArray("/" + LocalDate.ofInstant(one.slot().start(), zone)).addObject()
                .put("start", Answer.local(one.slot().start(), zone)).put("end", Answer.local(one.slot().end(), zone)).put("eventTypeId", one.eventTypeId()));
    }

    /** Of the part that can be trusted least. */
    private static void writeSource(List<Told> told, ObjectNode json) {
        List<String> sources = told.stream().map(one -> one.reply().source()).toList();
        String source = sources.contains("stale") ? "stale" : sources.contains("live") ? "live" : "cache";
        Instant asOf = told.stream().map(one -> one.reply().answer().asOf()).min(Comparator.naturalOrder()).orElseThrow();
        json.put("source", source).put("asOf", asOf.toString());
        if (source.equals("stale")) {
            json.put("ageSeconds", told.stream().map(one -> one.reply().age()).max(Comparator.naturalOrder()).orElseThrow().toSeconds());
        }
    }

    /** Begins the search for what can be had at a wished start, and near it. */
    public void begin(Exchange exchange, @Body AnyWish wish, @Variable("companyId") int company) {
        ZoneId zone = wish.zone();
        LocalDate day = LocalDate.ofInstant(wish.start(), zone);
        LocalDate today = LocalDate.ofInstant(clock.instant(), zone);
        LocalDate first = day.minusDays(NearSearch.DAYS_BEFORE).isBefore(today) ? today : day.minusDays(NearSearch.DAYS_BEFORE);
        Instant from = first.atStartOfDay(zone).toInstant();
        Instant to = day.plusDays(NearSearch.DAYS_AFTER + 1L).atStartOfDay(zone).toInstant();
        List<Long> asked = from.isBefore(to) ? wish.eventTypeIds() : List.of();
        Duration maxAge = wish.isAfresh() ? AFRESH : settings.refresh();
        exchange.setVariable(SEARCH, new AnySearch(null, null, asked.stream().map(eventType -> new Question(
                new AvailabilityKey(company, eventType, from, to, zone, wish.durations().get(eventType)), from, to, null, maxAge, settings.patience())).toList()));
        exchange.setVariable("anyWish", wish);
    }

    /**
     * Waits for what was asked, and says what it comes to.
     *
     * @param deadline until when whoever books has time for all that is still to do; null for no such time
     * @throws InterruptedException if the hub stops
     */
    public AnyNear near(@Variable("anyWish") AnyWish wish, @Variable(SEARCH) AnySearch search, @Variable(CalcomHttp.DEADLINE) Instant deadline)
            throws InterruptedException {
        if (wish.start().isBefore(clock.instant())) {
            // Whoever wishes the past is told so by Cal.com.
            return new AnyNear(wish.eventTypeIds(), List.of(), null, false);
        }
        Duration left = deadline == null ? settings.patience() : Duration.between(clock.instant(), deadline).dividedBy(2);
        Duration patience = left.isNegative() ? Duration.ZERO : left;
        List<Told> told = search.await(patience.compareTo(settings.patience()) < 0 ? patience : settings.patience(), clock);
        List<Long> listed = told.stream().filter(one -> lists(one, wish.start())).map(AnyAvailability::id).toList();
        List<Long> free = told.stream().filter(one -> one.reply() != null && offered(one).anyMatch(slot -> slot.slot().start().equals(wish.start())))
                .map(AnyAvailability::id).toList();
        List<Long> unknown = told.stream().filter(one -> !listed.contains(id(one)) && isUnknown(one)).map(AnyAvailability::id).toList();
        List<Long> candidates = Stream.of(free, listed, unknown).flatMap(List::stream).distinct().toList();
        Problem refusal = told.stream().allMatch(one -> one.problem() != null) ? told.get(0).problem() : null;
        boolean isRemembered = told.stream().anyMatch(one -> one.reply() != null && one.reply().source().equals("cache") && one.reply().age().compareTo(AFRESH) > 0);
        return new AnyNear(candidates, alternatives(told, wish), refusal, isRemembered);
    }

    private static long id(Told told) {
        return told.question().key().eventTypeId();
    }

    private static boolean lists(Told told, Instant start) {
        return told.reply() != null && told.reply().answer().within(told.question()).anyMatch(slot -> slot.start().equals(start));
    }

    /** Cal.com fails, so that nobody knows what is free there now; what it refuses is an answer. */
    private static boolean isUnknown(Told told) {
        return told.reply() == null ? told.problem().status() >= 500 : told.reply().source().equals("stale");
    }

    private List<AnyOffer> alternatives(List<Told> told, AnyWish wish) {
        Comparator<SlotOf> byDistance = Comparator.comparing(one -> Duration.between(wish.start(), one.slot().start()).abs());
        Map<Instant, SlotOf> nearest = new LinkedHashMap<>();
        told.stream().filter(one -> one.reply() != null).flatMap(this::offered)
                .filter(one -> one.slot().start().isAfter(clock.instant()) && !one.slot().start().equals(wish.start()))
                .sorted(byDistance.thenComparing(one -> one.slot().start(), Comparator.reverseOrder()).thenComparing(SlotOf::eventTypeId))
                .forEach(one -> nearest.putIfAbsent(one.slot().start(), one));
        return nearest.values().stream().limit(MOST_ALTERNATIVES).map(one -> new AnyOffer(
                Answer.local(one.slot().start(), wish.zone()), Answer.local(one.slot().end(), wish.zone()), one.eventTypeId())).toList();
    }
}
