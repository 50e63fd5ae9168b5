package io.calcamel.calcom;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/**
 * Reads JSON whose form is known, and stops where it has another: Cal.com answers a wrong version header with 200 in an
 * old format, which must not pass for an empty or half-filled one.
 *
 * @param node  the value
 * @param where its place, for the message
 */
record Shape(JsonNode node, String where) {

    static Shape of(CalcomAnswer answer) {
        return new Shape(answer.body(), "answer");
    }

    /** The value in the envelope {@code {"status":"success","data":…}} of API v2. */
    static Shape data(CalcomAnswer answer) {
        Shape envelope = of(answer);
        if (!envelope.node.path("status").asText().equals("success")) {
            throw envelope.unexpected("has no status success");
        }
        return envelope.at("data");
    }

    Shape at(String name) {
        return new Shape(node.path(name), where + "." + name);
    }

    Shape at(int index) {
        return new Shape(node.path(index), where + "[" + index + "]");
    }

    Shape object() {
        if (!node.isObject()) {
            throw unexpected("is no object");
        }
        return this;
    }

    <T> List<T> list(Function<Shape, T> read) {
        array();
        List<T> items = new ArrayList<>(node.size());
        for (int i = 0; i < node.size(); i++) {
            items.add(read.apply(at(i)));
        }
        return items;
    }

    /** Field by field of an object. */
    List<Shape> values() {
        object();
        List<Shape> values = new ArrayList<>(node.size());
        for (Iterator<String> names = node.fieldNames(); names.hasNext();) {
            values.add(at(names.next()));
        }
        return values;
    }

    long number() {
        if (!node.isIntegralNumber()) {
            throw unexpected("is no whole number");
        }
        return node.longValue();
    }

    String text() {
        if (!node.isTextual()) {
            throw unexpected("is no text");
        }
        return node.textValue();
    }

    Instant instant() {
        try {
            return OffsetDateTime.parse(text()).toInstant();
        } catch (DateTimeException e) {
            throw unexpected("is no time");
        }
    }

    Long numberOrNull() {
        return isNone() ? null : Long.valueOf(number());
    }

    /** Cal.com leaves optional fields out, sends null, or an empty text. */
    String textOrNull() {
        return isNone() || node.asText().isEmpty() ? null : text();
    }

    Instant instantOrNull() {
        return isNone() ? null : instant();
    }

    boolean isText() {
        return node.isTextual();
    }

    JsonNode array() {
        if (!node.isArray()) {
            throw unexpected("is no array");
        }
        return node;
    }

    boolean bool() {
        if (!node.isBoolean()) {
            throw unexpected("is neither true nor false");
        }
        return node.booleanValue();
    }

    boolean flag() {
        return node.asBoolean(false);
    }

    JsonNode treeOrNull() {
        return isNone() ? null : node;
    }

    private boolean isNone() {
        return node.isMissingNode() || node.isNull();
    }

    CalcomException unexpected(String how) {
        return new CalcomException(CalcomError.UNEXPECTED_FORMAT, "'" + where + "' in Cal.com's answer " + how + ".", false, Ending.UNCLEAR);
    }
}
