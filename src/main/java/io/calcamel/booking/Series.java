package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.availability.Near;
import io.calcamel.availability.Offer;
import io.calcamel.calcom.CalcomError;
import io.calcamel.http.Json;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
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

    /** Code of a date that the caller has called off while it waited. */
    static final String CANCELLED = "already_cancelled";

    private static final String PROBLEM = "problem";
    private static final String ITEMS = "items";
    private static final String SERIES_UID = "seriesUid";
    private static final String EVERYWHERE = "everywhere";
    private static final String SEAT_UID = "seatUid";
    private static final String CHECKED = "checked";
    private static final String UNEXPECTED = "unexpected";
    /** Days of slots that are asked for at once: what a month's or a week's dates take is a call to Cal.com or three. */
    private static final long PORTION_DAYS = 30;
    /** What is looked through around a date. */
    private static final long AROUND_DAYS = 9;

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
        var items = json.putArray(ITEMS);
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

        /** Whether it was looked whether it is free. */
        boolean isChecked() {
            return json.path(CHECKED).asBoolean();
        }

        void checked() {
            json.put(CHECKED, true);
        }

        /** The seat that was booked; null without seats, and where it is not known. */
        String seatUid() {
            return json.path(SEAT_UID).textValue();
        }

        /** It is a seat of a booking that others may have seats of. */
        void seated(String seatUid) {
            json.put(SEAT_UID, seatUid);
        }

        /** Whether it is ours alone to cancel: not a booking with seats of which nobody knows which is ours. */
        boolean isUndoable() {
            return is(State.BOOKED) && !json.path(SEAT_UID).isNull();
        }

        /** Whether Cal.com has booked it unasked, beside what was wanted. */
        boolean isUnexpected() {
            return json.path(UNEXPECTED).asBoolean();
        }

        boolean isCalledOff() {
            return is(State.REFUSED) && CANCELLED.equals(code());
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

        /** Cal.com was not asked after all. */
        void unsent() {
            become(State.OPEN);
            json.put("tries", Math.max(0, tries() - 1));
        }

        private void reopen() {
            become(State.OPEN);
            json.remove("code");
            json.remove("alternatives");
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

        private void offer(List<Offer> alternatives) {
            json.set("alternatives", Json.MAPPER.valueToTree(alternatives));
        }
    }

    private List<Date> all() {
        List<Date> dates = new ArrayList<>();
        json.path(ITEMS).forEach(item -> dates.add(new Date((ObjectNode) item)));
        return dates;
    }

    /** The dates that are wanted. */
    List<Date> dates() {
        return all().stream().filter(date -> !date.isUnexpected()).toList();
    }

    /** Those in one of these states; what Cal.com has booked beside them, too. */
    List<Date> dates(State... states) {
        return all().stream().filter(date -> date.is(states)).toList();
    }

    Optional<Date> first(State state) {
        return dates(state).stream().findFirst();
    }

    Optional<Date> at(Instant start) {
        return all().stream().filter(date -> date.start().equals(start)).findFirst();
    }

    boolean has(State... states) {
        return !dates(states).isEmpty();
    }

    /** The date of a booking that Cal.com has made; one that was not wanted is noted, since it has to be undone. */
    Date of(Instant start) {
        return at(start).orElseGet(() -> new Date(((ArrayNode) json.path(ITEMS)).addObject().put("start", start.toString())
                .put("state", State.OPEN.name()).put(UNEXPECTED, true)));
    }

    /** What is to be undone next. */
    Optional<Date> undoable() {
        return all().stream().filter(Date::isUndoable).findFirst();
    }

    /** By which its appointments are one series; null as long as Cal.com has none of it. */
    String seriesUid() {
        return json.path(SERIES_UID).textValue();
    }

    void seriesUid(String uid) {
        json.put(SERIES_UID, uid);
    }

    /** Whether its bookings are looked for among those of all event types: Cal.com no longer knows this one. */
    boolean isSoughtEverywhere() {
        return json.path(EVERYWHERE).asBoolean();
    }

    void seekEverywhere() {
        json.put(EVERYWHERE, true);
    }

    /** The dates of which it is still to be looked whether they are free. */
    List<Date> unchecked() {
        return dates(State.OPEN).stream().filter(date -> !date.isChecked()).toList();
    }

    /**
     * As many of them as are looked at in one go: what was found is kept in between, so that a long series comes to an end
     * with a small rate budget, too.
     */
    List<Date> portion() {
        List<Date> portion = new ArrayList<>();
        long days = 0;
        for (Date date : unchecked()) {
            days += portion.isEmpty() ? AROUND_DAYS : Math.min(AROUND_DAYS, daysBetween(portion.get(portion.size() - 1), date));
            if (!portion.isEmpty() && days > PORTION_DAYS) {
                break;
            }
            portion.add(date);
        }
        return portion;
    }

    /** Over a change to summer time, too. */
    private static long daysBetween(Date one, Date next) {
        return (Duration.between(one.start(), next.start()).toHours() + 12) / 24;
    }

    /** What was found free or taken is long ago: it is looked at anew. */
    void forgetChecks() {
        dates().forEach(date -> date.json.remove(CHECKED));
        dates(State.REFUSED).stream().filter(date -> CalcomError.SLOT_TAKEN.code().equals(date.code())).forEach(Date::reopen);
    }

    /** What there is in place of a date; not other dates of the same series. */
    void offer(Near near) {
        Set<Instant> starts = dates().stream().map(Date::start).collect(Collectors.toSet());
        at(near.start()).ifPresent(date -> date.offer(near.alternatives().stream()
                .filter(offer -> !starts.contains(OffsetDateTime.parse(offer.start()).toInstant())).toList()));
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
            return undoable().isPresent() ? "compensate" : "refuse";
        }
        if (has(State.OPEN)) {
            return "send";
        }
        return has(State.BOOKED, State.JOINED) ? "finish" : "refuse";
    }
}
