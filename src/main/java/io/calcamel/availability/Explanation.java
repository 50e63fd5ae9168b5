package io.calcamel.availability;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.calcom.CalcomException;
import io.calcamel.calcom.Slot;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;

/**
 * Why there are slots, or none: goes through everything that decides it, in the order in which it does. The bean
 * {@code availabilityExplanation} of route {@code availability-explain}.
 */
public final class Explanation {

    private static final String QUESTION = "question";

    private final KnownEventTypes eventTypes;
    private final AvailabilityCache cache;
    private final Availability.Settings settings;

    Explanation(KnownEventTypes eventTypes, AvailabilityCache cache, Availability.Settings settings) {
        this.eventTypes = eventTypes;
        this.cache = cache;
        this.settings = settings;
    }

    /**
     * Reads the question, and turns it into the one that Cal.com is asked.
     *
     * @return the key
     * @throws Problem 400 {@code bad_parameter}
     */
    public AvailabilityKey ask(Exchange call, @Variable("companyId") int company, @Variable("parameters") Map<String, String> parameters) {
        Question question = Question.of(company, parameters, settings.patience(), settings.longestDays());
        call.setVariable(QUESTION, question);
        call.setVariable("deadline", Instant.now().plus(settings.patience()));
        return question.key();
    }

    /** Cal.com answered. */
    public Map<String, Object> answered(@Body List<Slot> slots, @Variable(QUESTION) Question question) {
        Answer answer = new Answer(question.key(), slots, Instant.now());
        long offered = answer.count(question);
        String says = offered > 0 ? "Cal.com offers " + offered + " slots."
                : "Cal.com offers no slot: the host is booked or away then, the schedule has no hours there, or a booking limit is reached.";
        return explain(question, new Step("calcomAnswer", offered > 0, says, Map.of("slots", offered)));
    }

    /** Cal.com refused or failed, or was not asked since the event type can't be booked. */
    public Map<String, Object> failed(@ExchangeException Problem problem, @Variable(QUESTION) Question question) {
        String said = problem instanceof CalcomException ? "Cal.com was asked and did not answer with slots: " : "Cal.com was not asked: ";
        return explain(question, new Step("calcomAnswer", false, said + problem.getMessage(), problem.toJson()));
    }

    private Map<String, Object> explain(Question question, Step answered) {
        AvailabilityKey key = question.key();
        Optional<KnownEventTypes.Known> known = eventTypes.find(key.company(), key.eventTypeId());
        JsonNode document = known.map(KnownEventTypes.Known::document).orElse(null);
        List<Step> steps = new ArrayList<>();
        steps.add(eventType(known, key.company()));
        steps.add(instants(question));
        steps.add(notice(document, question, Instant.now()));
        steps.add(window(document, question, Instant.now()));
        steps.add(cached(key));
        steps.add(answered);
        Step cause = steps.stream().filter(step -> !step.ok()).findFirst().orElse(null);

        Map<String, Object> json = new LinkedHashMap<>();
        json.put("eventTypeId", key.eventTypeId());
        json.put("timeZone", key.zone().getId());
        json.put("hasSlots", answered.ok());
        json.put("because", answered.ok() || cause == null ? answered.says() : cause.says());
        json.put("steps", steps);
        return json;
    }

    private Step eventType(Optional<KnownEventTypes.Known> known, int company) {
        if (known.isEmpty()) {
            return eventTypes.isSynced(company)
                    ? new Step("eventType", false, "The last sync did not bring this event type: check the id, or sync again.", Map.of())
                    : new Step("eventType", true, "The event types have not been synced yet; Cal.com decides.", Map.of());
        }
        String why = known.get().whyNotBookable();
        return new Step("eventType", why == null, why == null ? "'" + known.get().title() + "' is active and can be booked." : why,
                Map.of("title", known.get().title(), "length", known.get().length()));
    }

    private static Step instants(Question question) {
        AvailabilityKey key = question.key();
        Map<String, Object> facts = new LinkedHashMap<>();
        facts.put("from", question.from());
        facts.put("to", question.to());
        facts.put("askedFrom", key.from());
        facts.put("askedTo", key.to());
        boolean isPast = question.to().isBefore(Instant.now());
        return new Step("instantsAsked", !isPast, isPast ? "All of it is past." : "Whole days of " + key.zone().getId()
                + " are asked for, as instants; what lies outside the question is left out.", facts);
    }

    /** The least time between booking and start, in minutes (Cal.com API v2, event types, minimumBookingNotice). */
    private static Step notice(JsonNode document, Question question, Instant now) {
        if (document == null || !document.path("minimumBookingNotice").isIntegralNumber()) {
            return new Step("notice", true, "The minimum booking notice is not known.", Map.of());
        }
        long minutes = document.path("minimumBookingNotice").longValue();
        Instant first = now.plus(Duration.ofMinutes(minutes));
        boolean ok = first.isBefore(question.to());
        return new Step("notice", ok, ok ? "A booking takes " + minutes + " minutes' notice."
                : "A booking takes " + minutes + " minutes' notice, so the first start is " + first + ", after what was asked for.",
                Map.of("minimumBookingNotice", minutes, "firstStart", first));
    }

    /** How far ahead may be booked (Cal.com API v2, event types, bookingWindow). */
    private static Step window(JsonNode document, Question question, Instant now) {
        JsonNode window = document == null ? null : document.path("bookingWindow");
        JsonNode rule = window == null ? null : window.isArray() ? window.path(0) : window;
        String type = rule == null ? "" : rule.path("type").asText();
        ZoneId zone = question.key().zone();
        LocalDate firstAsked = question.from().atZone(zone).toLocalDate();
        LocalDate lastAsked = question.to().minusNanos(1).atZone(zone).toLocalDate();
        LocalDate first = null;
        LocalDate last = null;
        switch (type) {
            case "range" -> {
                first = date(rule.path("value").path(0));
                last = date(rule.path("value").path(1));
            }
            case "calendarDays" -> last = LocalDate.ofInstant(now, zone).plusDays(rule.path("value").asLong());
            case "businessDays" -> last = plusBusinessDays(LocalDate.ofInstant(now, zone), rule.path("value").asLong());
            default -> {
                return new Step("bookingWindow", true, "There is no booking window: any day may be booked.", Map.of());
            }
        }
        boolean ok = (first == null || !lastAsked.isBefore(first)) && (last == null || !firstAsked.isAfter(last));
        String span = (first == null ? "" : "from " + first + " ") + (last == null ? "" : "until " + last);
        return new Step("bookingWindow", ok, (ok ? "It can be booked " : "It can only be booked ") + span.strip() + ".",
                Map.of("bookingWindow", rule));
    }

    private static LocalDate date(JsonNode value) {
        String text = value.asText();
        return text.length() < 10 ? null : LocalDate.parse(text.substring(0, 10));
    }

    private static LocalDate plusBusinessDays(LocalDate day, long count) {
        LocalDate last = day;
        for (long left = Math.min(count, 3650); left > 0;) {
            last = last.plusDays(1);
            if (last.getDayOfWeek().getValue() <= 5) {
                left--;
            }
        }
        return last;
    }

    private Step cached(AvailabilityKey key) {
        CachedAvailability.Reply held = cache.peek(key);
        if (held == null) {
            return new Step("cache", true, "Nothing of this is in the cache.", Map.of());
        }
        return new Step("cache", true, "The cache has " + held.answer().size() + " slots of these days, " + held.age().toSeconds() + " seconds old"
                + (held.source().equals("stale") ? ", and does not believe them any more." : "."),
                Map.of("slots", held.answer().size(), "asOf", held.answer().asOf(), "ageSeconds", held.age().toSeconds()));
    }

    /**
     * One thing that decides.
     *
     * @param step  its name
     * @param ok    whether slots are possible as far as it goes
     * @param says  for a person
     * @param facts for a program
     */
    public record Step(String step, boolean ok, String says, Map<String, Object> facts) {
    }
}
