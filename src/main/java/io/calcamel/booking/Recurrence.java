package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.JsonBody;
import io.calcamel.http.Problem;
import java.time.Instant;
import java.time.Period;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How often an appointment is to be repeated.
 *
 * @param count      occurrences, the first included: 2 to {@value #MOST}
 * @param interval   {@code daily}, {@code weekly}, {@code biweekly} or {@code monthly}
 * @param bestEffort whether the dates that can be had are booked when others can't
 */
record Recurrence(int count, String interval, boolean bestEffort) {

    /** A year of weeks. */
    static final int MOST = 52;

    private static final List<String> FIELDS = List.of("count", "interval", "bestEffort");
    /** Every month has it. */
    private static final int LAST_SAFE_DAY = 28;
    private static final Map<String, Period> INTERVALS = Map.of("daily", Period.ofDays(1), "weekly", Period.ofWeeks(1), "biweekly", Period.ofWeeks(2),
            "monthly", Period.ofMonths(1));

    /**
     * @param given the field {@code recurrence}
     * @return what it says
     * @throws Problem 400 {@code bad_parameter}
     */
    static Recurrence read(JsonNode given) {
        if (given.isObject()) {
            JsonBody.refuseUnknown(given, FIELDS);
        }
        JsonNode count = given.path("count");
        if (!count.canConvertToExactIntegral() || !count.canConvertToInt() || count.intValue() < 2 || count.intValue() > MOST) {
            throw Problem.badParameter("recurrence.count", "is no number of occurrences.", "Use 2 to " + MOST + ".");
        }
        String interval = given.path("interval").asText("weekly");
        if (!INTERVALS.containsKey(interval)) {
            throw Problem.badParameter("recurrence.interval", "is unknown.", "Use daily, weekly, biweekly or monthly.");
        }
        JsonNode bestEffort = given.path("bestEffort");
        if (!bestEffort.isMissingNode() && !bestEffort.isNull() && !bestEffort.isBoolean()) {
            throw Problem.badParameter("recurrence.bestEffort", "is neither true nor false.", null);
        }
        return new Recurrence(count.intValue(), interval, bestEffort.asBoolean());
    }

    /**
     * The starts, by the attendee's clock: nine in the morning stays nine over a change to summer time, as in Cal.com's own
     * series.
     *
     * @param first the first start
     * @param zone  the attendee's
     */
    List<Instant> starts(Instant first, ZoneId zone) {
        List<Instant> starts = new ArrayList<>();
        IntStream.range(0, count).forEach(n -> starts.add(first.atZone(zone).plus(INTERVALS.get(interval).multipliedBy(n)).toInstant()));
        return starts;
    }

    /**
     * Whether Cal.com's own recurrence of an event type makes the same dates of it. It adds months one by one: after the 28th of
     * February comes the 28th of March, where the 31st was wanted. Days are nothing that it repeats by.
     *
     * @param recurrence the event type's
     * @param first      the first start
     * @param zone       the attendee's
     */
    boolean isAs(JsonNode recurrence, Instant first, ZoneId zone) {
        String frequency = recurrence.path("frequency").asText();
        int every = recurrence.path("interval").asInt(1);
        return switch (interval) {
            case "weekly" -> frequency.equals("weekly") && every == 1;
            case "biweekly" -> frequency.equals("weekly") && every == 2;
            case "monthly" -> frequency.equals("monthly") && every == 1
                    && Stream.of(zone, ZoneOffset.UTC).allMatch(place -> first.atZone(place).getDayOfMonth() <= LAST_SAFE_DAY);
            default -> false;
        };
    }
}
