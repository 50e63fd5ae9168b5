package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The questions of an event type: from how they are given to how they are shown (Cal.com API v2, event types, bookingFields). */
final class BookingFields {

    private static final Set<String> BY_SLUG = Set.of("title", "notes", "guests", "rescheduleReason", "location");
    private static final Set<String> WITH_OPTIONS = Set.of("select", "multiselect", "checkbox", "radio");
    private static final Set<String> WITHOUT_PLACEHOLDER = Set.of("multiselect", "checkbox", "radio", "boolean");
    private static final Set<String> TYPES = Set.of("name", "splitName", "email", "phone", "address", "text", "number", "textarea", "select",
            "multiselect", "multiemail", "checkbox", "radio", "boolean", "url");
    private static final Map<String, String> DEFAULT_TYPES =
            Map.of("title", "text", "notes", "textarea", "guests", "multiemail", "rescheduleReason", "textarea");

    private BookingFields() {
    }

    /** The questions of an event type that says nothing about them. */
    static ArrayNode standard() {
        return of(Json.array());
    }

    /** @param given the questions as they were given, which have been checked */
    static ArrayNode of(JsonNode given) {
        ArrayNode fields = Json.array();
        fields.add(name(find(given, "type", "name"), find(given, "type", "splitName")));
        fields.add(email(find(given, "type", "email")));
        fields.add(location(find(given, "slug", "location")));
        for (JsonNode field : given) {
            String type = Json.text(field, "type");
            if (!BY_SLUG.contains(String.valueOf(Json.text(field, "slug"))) && !Set.of("name", "splitName", "email").contains(String.valueOf(type))) {
                fields.add(custom(field, type));
            }
        }
        fields.add(standard(find(given, "slug", "title"), "title", true, true));
        fields.add(standard(find(given, "slug", "notes"), "notes", false, false));
        fields.add(standard(find(given, "slug", "guests"), "guests", false, false));
        fields.add(standard(find(given, "slug", "rescheduleReason"), "rescheduleReason", false, false));
        return fields;
    }

    private static JsonNode find(JsonNode fields, String by, String value) {
        for (JsonNode field : fields) {
            if (value.equals(Json.text(field, by))) {
                return field;
            }
        }
        return null;
    }

    private static ObjectNode name(JsonNode full, JsonNode split) {
        if (split != null) {
            return Json.object("isDefault", true, "type", "splitName", "slug", "splitName",
                    "firstNameLabel", Json.given(Json.text(split, "firstNameLabel")),
                    "firstNamePlaceholder", split.path("firstNamePlaceholder").asText(""),
                    "lastNameLabel", Json.given(Json.text(split, "lastNameLabel")),
                    "lastNamePlaceholder", split.path("lastNamePlaceholder").asText(""),
                    "lastNameRequired", split.path("lastNameRequired").asBoolean(),
                    "disableOnPrefill", split.path("disableOnPrefill").asBoolean());
        }
        return Json.object("isDefault", true, "type", "name", "slug", "name", "required", true,
                "label", full == null ? "your_name" : Json.given(Json.text(full, "label")),
                "placeholder", full == null ? Json.OMITTED : Json.given(Json.text(full, "placeholder")),
                "disableOnPrefill", full != null && full.path("disableOnPrefill").asBoolean());
    }

    private static ObjectNode email(JsonNode given) {
        JsonNode field = given == null ? Json.object() : given;
        return Json.object("isDefault", true, "type", "email", "slug", "email", "required", field.path("required").asBoolean(true),
                "label", Json.given(Json.text(field, "label")), "placeholder", Json.given(Json.text(field, "placeholder")),
                "disableOnPrefill", field.path("disableOnPrefill").asBoolean(), "hidden", field.path("hidden").asBoolean());
    }

    private static ObjectNode location(JsonNode given) {
        return Json.object("isDefault", true, "type", "radioInput", "slug", "location", "required", false, "hidden", false,
                "label", given == null ? Json.OMITTED : Json.given(Json.text(given, "label")));
    }

    private static ObjectNode standard(JsonNode given, String slug, boolean required, boolean hidden) {
        JsonNode field = given == null ? Json.object("required", required, "hidden", hidden) : given;
        return Json.object("isDefault", true, "type", DEFAULT_TYPES.get(slug), "slug", slug, "required", field.path("required").asBoolean(),
                "label", Json.given(Json.text(field, "label")), "placeholder", Json.given(Json.text(field, "placeholder")),
                "disableOnPrefill", field.path("disableOnPrefill").asBoolean(), "hidden", field.path("hidden").asBoolean());
    }

    private static ObjectNode custom(JsonNode field, String type) {
        String slug = Json.text(field, "slug");
        Object placeholder = WITHOUT_PLACEHOLDER.contains(type) ? Json.OMITTED
                : type.equals("url") ? field.path("placeholder").asText("") : Json.given(Json.text(field, "placeholder"));
        return Json.object("isDefault", slug.equals("attendeePhoneNumber"), "type", type, "slug", slug, "label", Json.text(field, "label"),
                "required", field.path("required").asBoolean(), "placeholder", placeholder,
                "disableOnPrefill", field.path("disableOnPrefill").asBoolean(),
                "options", WITH_OPTIONS.contains(type) ? field.path("options") : Json.OMITTED,
                "hidden", field.path("hidden").asBoolean());
    }

    /** @throws Refusal if the questions as they were given are none that can be asked */
    static void check(JsonNode given) {
        if (!given.isArray()) {
            throw Refusal.badRequest("'bookingFields' must be an array.");
        }
        if (given.isEmpty()) {
            throw Refusal.badRequest("'bookingFields' must contain at least 1 booking field.");
        }
        Set<String> slugs = new HashSet<>();
        for (JsonNode field : given) {
            String type = field.path("type").asText("");
            String slug = field.path("slug").asText("");
            boolean needsType = !BY_SLUG.contains(slug);
            if (needsType && type.isEmpty()) {
                throw Refusal.badRequest("All booking fields except ones with slug equal to title, notes, guests, rescheduleReason and location"
                        + " must have a 'type' property.");
            }
            boolean needsSlug = !Set.of("name", "splitName", "email").contains(type);
            if (needsSlug && slug.isEmpty()) {
                throw Refusal.badRequest("Each booking field except ones with type equal to name, splitName, email must have a 'slug' property.");
            }
            if (needsSlug && !slugs.add(slug)) {
                throw Refusal.badRequest("Duplicate bookingFields slug '" + slug + "' found. All bookingFields slugs must be unique.");
            }
            if (needsType && !TYPES.contains(type)) {
                throw Refusal.badRequest("Unsupported booking field type '" + type + "'.");
            }
            List<String> wrong = wrong(field, needsType, type);
            if (!wrong.isEmpty()) {
                throw Refusal.badRequest("Validation failed for " + (type.isEmpty() ? slug : type) + " booking field: " + String.join(", ", wrong));
            }
        }
    }

    private static List<String> wrong(JsonNode field, boolean needsType, String type) {
        List<String> wrong = new ArrayList<>();
        boolean custom = needsType && !Set.of("name", "splitName", "email").contains(type);
        if (custom) {
            check(wrong, field.path("label").isTextual(), "label must be a string");
            check(wrong, field.path("required").isBoolean(), "required must be a boolean value");
            check(wrong, !WITH_OPTIONS.contains(type) || field.path("options").isArray(), "options must be an array");
        } else {
            check(wrong, !Json.has(field, "label") || field.path("label").isTextual(), "label must be a string");
            check(wrong, !Json.has(field, "required") || field.path("required").isBoolean(), "required must be a boolean value");
        }
        check(wrong, !Json.has(field, "placeholder") || field.path("placeholder").isTextual(), "placeholder must be a string");
        check(wrong, !Json.has(field, "hidden") || field.path("hidden").isBoolean(), "hidden must be a boolean value");
        return wrong;
    }

    private static void check(List<String> wrong, boolean holds, String text) {
        if (!holds) {
            wrong.add(text);
        }
    }

    /** The questions without the hidden ones, as lists show them. */
    static ArrayNode visible(ArrayNode fields) {
        ArrayNode visible = Json.array();
        fields.forEach(field -> {
            if (!field.path("hidden").asBoolean()) {
                visible.add(field);
            }
        });
        return visible;
    }

    /** @return the question with that slug; null if there is none */
    static JsonNode of(EventType eventType, String slug) {
        return find(eventType.bookingFields, "slug", slug);
    }

    static boolean isRequiredAndVisible(JsonNode field) {
        return field != null && field.path("required").asBoolean() && !field.path("hidden").asBoolean();
    }
}
