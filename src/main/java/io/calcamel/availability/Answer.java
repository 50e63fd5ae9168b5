package io.calcamel.availability;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.calcom.Slot;
import io.calcamel.http.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The slots of some local days, as Cal.com told them.
 *
 * <p>Written once as JSON and kept so, since most questions are answered from the cache.
 */
final class Answer {

    private final AvailabilityKey key;
    private final List<Slot> slots;
    private final Instant asOf;
    private volatile String whole;

    /**
     * @param key    what was asked
     * @param slots  in any order; each has an end
     * @param asOf   when Cal.com was asked
     */
    Answer(AvailabilityKey key, List<Slot> slots, Instant asOf) {
        this.key = key;
        this.slots = slots.stream().filter(slot -> !slot.start().isBefore(key.from()) && slot.start().isBefore(key.to()))
                .sorted(Comparator.comparing(Slot::start)).distinct().toList();
        this.asOf = asOf;
    }

    Instant asOf() {
        return asOf;
    }

    boolean isEmpty() {
        return slots.isEmpty();
    }

    int size() {
        return slots.size();
    }

    /**
     * @param question what part of it is wanted
     * @param source   {@code live}, {@code cache} or {@code stale}
     * @param age      told where it is stale
     * @param held     what is not to be offered of it
     * @return the answer of {@code GET /api/availability}
     */
    byte[] json(Question question, String source, Duration age, List<HeldStarts.Hold> held) {
        String body = question.isWhole() && held.isEmpty() ? whole() : body(within(question).filter(slot -> HeldStarts.isOffered(slot, held))
                .limit(question.limit() == null ? Long.MAX_VALUE : question.limit()).toList());
        String told = source.equals("stale") ? ",\"ageSeconds\":" + age.toSeconds() : "";
        return (body + ",\"source\":\"" + source + "\",\"asOf\":\"" + asOf + "\"" + told + "}").getBytes(StandardCharsets.UTF_8);
    }

    /** How many slots lie in what was asked for. */
    long count(Question question) {
        return within(question).count();
    }

    /** The slots that lie in what was asked for. */
    Stream<Slot> within(Question question) {
        return slots.stream().filter(slot -> !slot.start().isBefore(question.from()) && slot.start().isBefore(question.to()));
    }

    private String whole() {
        if (whole == null) {
            whole = body(slots);
        }
        return whole;
    }

    /** The object, open at its end. */
    private String body(List<Slot> some) {
        Map<LocalDate, List<Slot>> days = new TreeMap<>();
        some.forEach(slot -> days.computeIfAbsent(LocalDate.ofInstant(slot.start(), key.zone()), day -> new ArrayList<>()).add(slot));
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("eventTypeId", key.eventTypeId()).put("timeZone", key.zone().getId());
        ObjectNode byDay = json.putObject("slots");
        days.forEach((day, starts) -> {
            var list = byDay.putArray(day.toString());
            starts.forEach(slot -> list.addObject().put("start", local(slot.start(), key.zone())).put("end", local(slot.end(), key.zone())));
        });
        String text = Json.write(json);
        return text.substring(0, text.length() - 1);
    }

    /** Null where there is no instant: API v1 tells no end, and before the first sync the length is not known either. */
    static String local(Instant instant, ZoneId zone) {
        return instant == null ? null : DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(OffsetDateTime.ofInstant(instant, zone));
    }
}
