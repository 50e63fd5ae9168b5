package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.availability.Near;
import io.calcamel.http.Json;
import io.calcamel.http.Problem;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How far a series is, date by date: what an intent of a series keeps as its progress, so that whoever takes it over knows what
 * to look for, to go on with, or to undo.
 */
final class Series {

    /** How far a date is. */
    enum State {

        /** To be booked. */
        OPEN,
        /** Cal.com was asked, and it is not known what came of it. */
        SENDING,
        /** Booked by this intent. */
        BOOKED,
        /** Booked by hand, while the series waited. */
        JOINED,
        /** Not to be had. */
        REFUSED,
        /** Was booked, and is cancelled again. */
        UNDONE,
        /** Was booked, was to be cancelled again, and Cal.com does not let it be. */
        KEPT
    }

    private static final String PROBLEM = "problem";

    private final ObjectNode json;

    private Series(ObjectNode json) {
        this.json = json;
    }

    /**
     * @param known  the intent's progress; null where it has none
     * @param starts the dates
     */
    static Series of(JsonNode known, List<Instant> starts) {
        if (known != null) {
            return new Series(known.deepCopy());
        }
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        var items = json.putArray("items");
        starts.forEach(start -> items.addObject().put("start", start.toString()).put("state", State.OPEN.name()));
        return new Series(json);
    }

    ObjectNode json() {
        return json;
    }

    /** A date of the series. */
    static final class Date {

        private final ObjectNode json;

        private Date(ObjectNode json) {
            this.json = json;
        }

        Instant start() {
            return Instant.parse(json.path("start").asText());
        }

        State state() {
            return State.valueOf(json.path("state").asText());
        }

        void become(State state) {
            json.put("state", state.name());
        }

        boolean is(State... states) {
            return Stream.of(states).anyMatch(state -> state == state());
        }

        String uid() {
            return json.path("uid").textValue();
        }

        Long bookingId() {
            return json.hasNonNull("bookingId") ? json.path("bookingId").longValue() : null;
        }

        Long appointment() {
            return json.hasNonNull("appointmentId") ? json.path("appointmentId").longValue() : null;
        }

        int tries() {
            return json.path("tries").asInt();
        }

        String code() {
            return json.path("code").textValue();
        }

        JsonNode alternatives() {
            return json.path("alternatives");
        }

        void sending() {
            become(State.SENDING);
            json.put("tries", tries() + 1);
        }

        void booked(State how, String uid, Long bookingId, long appointmentId) {
            become(how);
            json.put("uid", uid).put("bookingId", bookingId).put("appointmentId", appointmentId);
        }

        void refused(String code) {
            become(State.REFUSED);
            json.put("code", code);
        }

        void kept(String code) {
            become(State.KEPT);
            json.put("code", code);
        }

        void offer(Near near) {
            json.set("alternatives", Json.MAPPER.valueToTree(near.alternatives()));
        }
    }

    List<Date> dates() {
        List<Date> dates = new ArrayList<>();
        json.path("items").forEach(item -> dates.add(new Date((ObjectNode) item)));
        return dates;
    }

    List<Date> dates(State... states) {
        return dates().stream().filter(date -> date.is(states)).toList();
    }

    Optional<Date> first(State state) {
        return dates().stream().filter(date -> date.is(state)).findFirst();
    }

    Optional<Date> at(Instant start) {
        return dates().stream().filter(date -> date.start().equals(start)).findFirst();
    }

    boolean has(State... states) {
        return !dates(states).isEmpty();
    }

    /** Why all of it is not to be; the first reason stays. */
    void fails(Problem why) {
        if (!json.has(PROBLEM)) {
            json.set(PROBLEM, Json.MAPPER.valueToTree(why.toJson()));
        }
    }

    /** Null where nothing stands against it. */
    ObjectNode problem() {
        return (ObjectNode) json.get(PROBLEM);
    }

    /** What comes next, as a route {@code booking-series-…} is called. */
    String next() {
        if (has(State.SENDING)) {
            return "look-up";
        }
        if (problem() != null) {
            return has(State.BOOKED) ? "compensate" : "refuse";
        }
        if (has(State.OPEN)) {
            return "send";
        }
        return has(State.BOOKED, State.JOINED) ? "finish" : "refuse";
    }
}
