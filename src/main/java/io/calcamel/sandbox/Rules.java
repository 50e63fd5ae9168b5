package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the fields of a body or a query have to be, and the two ways in which Cal.com says that they are not.
 *
 * <p>Most endpoints drop fields that they don't know and list every error with the value that was sent
 * ({@link #checkLeniently}); slots and the creation and changes of bookings refuse unknown fields and answer with one line
 * of text ({@link #checkStrictly}). Names and texts of the constraints are those of class-validator, the library that
 * Cal.com uses, since clients get to see them.
 */
final class Rules {

    private final Map<String, Field> fields = new LinkedHashMap<>();

    /** One constraint: its name, its text and when it holds. */
    private record Constraint(String name, String text, Predicate<JsonNode> holds) {
    }

    /** One field of a body: optional or not, with constraints and possibly rules for what is inside. */
    private static final class Field {
        private boolean optional;
        private Rules inside;
        private boolean each;
        /** The field by which one sees that what is inside has these rules; null if it always has. */
        private String sign;
        private final List<Constraint> constraints = new ArrayList<>();
    }

    /** What has to hold for the object as a whole, noted under a name that is no field's. */
    private record Whole(String property, Constraint constraint) {
    }

    private final List<Whole> wholes = new ArrayList<>();
    private String last;

    static Rules rules() {
        return new Rules();
    }

    Rules field(String name) {
        fields.put(name, new Field());
        last = name;
        return this;
    }

    Rules optional(String name) {
        field(name);
        current().optional = true;
        return this;
    }

    private Field current() {
        return fields.get(last);
    }

    /** @param text the constraint's text; {@code $} stands for the field's name */
    Rules must(String constraint, String text, Predicate<JsonNode> holds) {
        current().constraints.add(new Constraint(constraint, text.replace("$", last), holds));
        return this;
    }

    /** @param property the name under which an error is noted */
    Rules whole(String property, String constraint, String text, Predicate<JsonNode> holds) {
        wholes.add(new Whole(property, new Constraint(constraint, text, holds)));
        return this;
    }

    Rules string() {
        return must("isString", "$ must be a string", JsonNode::isTextual);
    }

    Rules bool() {
        return must("isBoolean", "$ must be a boolean value", JsonNode::isBoolean);
    }

    Rules integer() {
        return must("isInt", "$ must be an integer number", Check::isInteger);
    }

    Rules number() {
        return must("isNumber", "$ must be a number conforming to the specified constraints", JsonNode::isNumber);
    }

    Rules min(int least) {
        return must("min", "$ must not be less than " + least, value -> value.isNumber() && value.doubleValue() >= least);
    }

    Rules max(int most) {
        return must("max", "$ must not be greater than " + most, value -> value.isNumber() && value.doubleValue() <= most);
    }

    Rules array() {
        return must("isArray", "$ must be an array", JsonNode::isArray);
    }

    Rules object() {
        return must("isObject", "$ must be an object", JsonNode::isObject);
    }

    Rules date() {
        return must("isDateString", "$ must be a valid ISO 8601 date string", Check::isDate);
    }

    Rules zone() {
        return must("isTimeZone", "$ must be a valid IANA time-zone", value -> Check.zone(value).isPresent());
    }

    Rules email() {
        return must("isEmail", "$ must be an email", value -> value.isTextual() && Check.isEmail(value.textValue()));
    }

    Rules url() {
        return must("isUrl", "$ must be a URL address", value -> value.isTextual() && Check.isUrl(value.textValue()));
    }

    Rules matches(String regex, String text) {
        return must("matches", text, value -> value.isTextual() && value.textValue().matches(regex));
    }

    Rules oneOf(String constraint, Object... values) {
        String all = Arrays.stream(values).map(Object::toString).collect(Collectors.joining(", "));
        return must(constraint, "$ must be one of the following values: " + all, value -> isOneOf(value, values));
    }

    Rules eachOneOf(String constraint, Object... values) {
        String all = Arrays.stream(values).map(Object::toString).collect(Collectors.joining(", "));
        return must(constraint, "each value in $ must be one of the following values: " + all, everyItem(value -> isOneOf(value, values)));
    }

    Rules eachString() {
        return must("isString", "each value in $ must be a string", everyItem(JsonNode::isTextual));
    }

    private static boolean isOneOf(JsonNode value, Object... values) {
        return Arrays.stream(values).anyMatch(allowed -> Json.node(allowed).equals(value));
    }

    /** Of what is no array the value itself is tested, as class-validator does it. */
    static Predicate<JsonNode> everyItem(Predicate<JsonNode> holds) {
        return array -> {
            if (!array.isArray()) {
                return holds.test(array);
            }
            for (JsonNode item : array) {
                if (!holds.test(item)) {
                    return false;
                }
            }
            return true;
        };
    }

    /** The field is an object, with fields that have rules of their own. */
    Rules inside(Rules rules) {
        current().inside = rules;
        return this;
    }

    /** The field is an object; if it has the field that is the sign, its fields have rules of their own. */
    Rules insideIf(String sign, Rules rules) {
        current().sign = sign;
        return inside(rules);
    }

    /** The field is an array of objects, with fields that have rules of their own. */
    Rules eachInside(Rules rules) {
        current().inside = rules;
        current().each = true;
        return this;
    }

    /** @return the object with the known fields only */
    ObjectNode checkLeniently(JsonNode sent) {
        ObjectNode known = keepKnown(sent);
        ArrayNode errors = Json.array();
        collect(known, errors, false);
        if (!errors.isEmpty()) {
            throw Refusal.invalid(errors);
        }
        return known;
    }

    /** @return the object, all of whose fields are known */
    ObjectNode checkStrictly(JsonNode sent) {
        ObjectNode object = sent instanceof ObjectNode given ? given : Json.object();
        ArrayNode errors = Json.array();
        collect(object, errors, true);
        if (!errors.isEmpty()) {
            throw Refusal.badRequest(inOneLine(errors));
        }
        return object;
    }

    /** One line of text for all errors, as slots and bookings answer them. */
    private static String inOneLine(JsonNode errors) {
        List<String> lines = new ArrayList<>();
        for (JsonNode error : errors) {
            List<String> texts = new ArrayList<>();
            error.path("constraints").forEach(text -> texts.add(text.textValue()));
            String inner = error.path("children").isEmpty() ? "" : inOneLine(error.path("children"));
            lines.add(error.path("property").textValue() + " property is wrong," + String.join(", ", texts) + " " + inner);
        }
        return String.join(", ", lines);
    }

    private ObjectNode keepKnown(JsonNode sent) {
        ObjectNode known = Json.object();
        if (sent != null && sent.isObject()) {
            sent.properties().forEach(entry -> {
                Field field = fields.get(entry.getKey());
                if (field != null) {
                    known.set(entry.getKey(), keepKnownInside(field, entry.getValue()));
                }
            });
        }
        return known;
    }

    private static JsonNode keepKnownInside(Field field, JsonNode value) {
        if (field.inside == null) {
            return value;
        }
        if (field.each && value.isArray()) {
            ArrayNode items = Json.array();
            value.forEach(item -> items.add(item.isObject() ? field.inside.keepKnown(item) : item));
            return items;
        }
        return value.isObject() && (field.sign == null || value.has(field.sign)) ? field.inside.keepKnown(value) : value;
    }

    private void collect(ObjectNode object, ArrayNode errors, boolean strictly) {
        if (strictly) {
            for (Iterator<String> names = object.fieldNames(); names.hasNext();) {
                String name = names.next();
                if (!fields.containsKey(name)) {
                    errors.add(error(object, name, Json.array(), Json.object("whitelistValidation", "property " + name + " should not exist")));
                }
            }
        }
        fields.forEach((name, field) -> {
            JsonNode value = object.get(name);
            boolean missing = value == null || value.isNull();
            if (missing && field.optional) {
                return;
            }
            JsonNode tested = value == null ? com.fasterxml.jackson.databind.node.MissingNode.getInstance() : value;
            ObjectNode broken = Json.object();
            field.constraints.stream().filter(constraint -> !constraint.holds().test(tested))
                    .forEach(constraint -> broken.put(constraint.name(), constraint.text()));
            ArrayNode children = Json.array();
            if (!missing && field.inside != null) {
                collectInside(field, value, name, children, broken, strictly);
            }
            if (!broken.isEmpty() || !children.isEmpty()) {
                errors.add(error(object, name, children, broken.isEmpty() ? null : broken));
            }
        });
        wholes.stream().filter(whole -> !whole.constraint().holds().test(object)).forEach(whole -> errors.add(error(object, whole.property(),
                Json.array(), Json.object(whole.constraint().name(), whole.constraint().text()))));
    }

    private static void collectInside(Field field, JsonNode value, String name, ArrayNode children, ObjectNode broken, boolean strictly) {
        if (field.each && value.isArray()) {
            for (int i = 0; i < value.size(); i++) {
                ArrayNode inner = Json.array();
                if (value.get(i) instanceof ObjectNode item) {
                    field.inside.collect(item, inner, strictly);
                    if (!inner.isEmpty()) {
                        children.add(Json.object("target", value, "value", item, "property", Integer.toString(i), "children", inner));
                    }
                } else {
                    children.add(Json.object("target", value, "value", value.get(i), "property", Integer.toString(i), "children", Json.array(),
                            "constraints", Json.object("nestedValidation", "each value in nested property " + name + " must be either object or array")));
                }
            }
        } else if (!field.each && value instanceof ObjectNode nested) {
            if (field.sign == null || nested.has(field.sign)) {
                field.inside.collect(nested, children, strictly);
            }
        } else {
            broken.put("nestedValidation", "nested property " + name + " must be either object or array");
        }
    }

    private static ObjectNode error(ObjectNode target, String name, ArrayNode children, ObjectNode constraints) {
        JsonNode value = target.get(name);
        return Json.object("target", target, "value", Json.given(value), "property", name, "children", children,
                "constraints", Json.given(constraints));
    }
}
