package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** When somebody works: hours for days of the week, and other hours for single dates. */
final class Schedule {

    static final ArrayNode OFFICE_HOURS = Json.array(Json.object(
            "days", Json.array("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"), "startTime", "09:00", "endTime", "17:00"));

    final int id;
    final int ownerId;
    String name;
    String timeZone;
    private ArrayNode availability = OFFICE_HOURS.deepCopy();
    private ArrayNode overrides = Json.array();

    Schedule(int id, int ownerId, String name, String timeZone) {
        this.id = id;
        this.ownerId = ownerId;
        this.name = name;
        this.timeZone = timeZone;
    }

    void availability(JsonNode given) {
        availability = (ArrayNode) given.deepCopy();
    }

    void overrides(JsonNode given) {
        overrides = (ArrayNode) given.deepCopy();
    }

    JsonNode availability() {
        return availability;
    }

    JsonNode overrides() {
        return overrides;
    }

    ObjectNode view(boolean isDefault) {
        return Json.object("id", id, "ownerId", ownerId, "name", name, "timeZone", timeZone, "availability", availability,
                "isDefault", isDefault, "overrides", overrides);
    }

    /** The working hours of one date, as instants: what a clock on the wall of the schedule's zone shows, daylight saving included. */
    List<Span> on(LocalDate date) {
        ZoneId zone = Check.zone(timeZone).orElseThrow();
        List<Span> spans = new ArrayList<>();
        boolean overridden = false;
        for (JsonNode override : overrides) {
            if (date.toString().equals(Json.text(override, "date"))) {
                overridden = true;
                add(spans, date, override, zone);
            }
        }
        if (!overridden) {
            for (JsonNode hours : availability) {
                for (JsonNode day : hours.path("days")) {
                    if (DayOfWeek.valueOf(day.textValue().toUpperCase(Locale.ROOT)) == date.getDayOfWeek()) {
                        add(spans, date, hours, zone);
                    }
                }
            }
        }
        return Span.union(spans);
    }

    private static void add(List<Span> spans, LocalDate date, JsonNode hours, ZoneId zone) {
        Instant start = at(date, Json.text(hours, "startTime"), zone);
        Instant end = at(date, Json.text(hours, "endTime"), zone);
        if (start.isBefore(end)) {
            spans.add(new Span(start, end));
        }
    }

    private static Instant at(LocalDate date, String time, ZoneId zone) {
        // 23:59 is how the end of a day is written.
        return time.equals("23:59")
                ? date.plusDays(1).atStartOfDay(zone).toInstant()
                : date.atTime(LocalTime.parse(time)).atZone(zone).toInstant();
    }
}
