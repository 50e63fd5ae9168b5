package io.calcamel.eventtype;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.calcom.CalcomEventType;
import io.calcamel.http.Json;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * New and changed event types that are written in one statement.
 *
 * @param company the company's id
 * @param changes what is written
 */
record ChangedPage(int company, List<Change> changes) {

    /**
     * @param type  the event type
     * @param hash  of its content
     * @param isNew whether there is no row of it yet
     */
    record Change(CalcomEventType type, byte[] hash, boolean isNew) {
    }

    long created() {
        return changes.stream().filter(Change::isNew).count();
    }

    /** The parameters of the statement in route {@code event-types-upsert}: one array a column. */
    Map<String, Object> parameters() {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("company", company);
        parameters.put("ids", column(CalcomEventType::id, Long[]::new));
        parameters.put("titles", column(type -> storable(type.title()), String[]::new));
        parameters.put("slugs", column(type -> storable(type.slug()), String[]::new));
        parameters.put("descriptions", column(type -> storable(type.description()), String[]::new));
        parameters.put("lengths", column(CalcomEventType::length, Integer[]::new));
        parameters.put("locations", column(type -> json(type.locations()), String[]::new));
        parameters.put("bookingFields", column(type -> json(type.bookingFields()), String[]::new));
        parameters.put("teamIds", column(CalcomEventType::teamId, Long[]::new));
        parameters.put("schedulingTypes", column(type -> storable(type.schedulingType()), String[]::new));
        parameters.put("parentIds", column(CalcomEventType::parentId, Long[]::new));
        parameters.put("hidden", column(CalcomEventType::hidden, Boolean[]::new));
        parameters.put("hashes", changes.stream().map(Change::hash).toArray(byte[][]::new));
        parameters.put("documents", column(type -> json(type.document()), String[]::new));
        return parameters;
    }

    private <T> T[] column(Function<CalcomEventType, T> value, IntFunction<T[]> array) {
        return changes.stream().map(Change::type).map(value).toArray(array);
    }

    private static String json(JsonNode node) {
        return Json.writeColumn(node);
    }

    /** Without what PostgreSQL's text can't hold: NUL, and half a surrogate pair. The document keeps them. */
    private static String storable(String text) {
        if (text == null) {
            return null;
        }
        // As Java encodes by default, with a question mark in place of what is malformed.
        return new String(text.replace("\0", "").getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
    }
}
