package io.calcamel.eventtype;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a booker is asked: today's form (Cal.com's OpenAPI document, schemas …FieldInput_2024_06_14) and the old one,
 * {@code customInputs} (API v1).
 */
final class BookingFields {

    /** The types that one can add, and whether Cal.com's document demands a placeholder. */
    private static final Map<String, Boolean> TYPES = Map.ofEntries(Map.entry("text", true), Map.entry("textarea", true), Map.entry("number", true),
            Map.entry("phone", true), Map.entry("address", true), Map.entry("url", true), Map.entry("select", true), Map.entry("multiemail", true),
            Map.entry("multiselect", false), Map.entry("checkbox", false), Map.entry("radio", false), Map.entry("boolean", false));
    private static final Set<String> WITH_OPTIONS = Set.of("select", "multiselect", "checkbox", "radio");

    /** Cal.com's own fields, which can be shaped and not added: by their slug, the first two by their type. */
    private static final Set<String> OWN = Set.of("name", "email", "title", "location", "notes", "guests", "rescheduleReason");
    private static final Set<String> RESERVED = Set.of("name", "email", "title", "location", "notes", "guests", "rescheduleReason",
            "attendeePhoneNumber", "smsReminderNumber", "aiAgentCallPhoneNumber");

    /** API v1's types (enum EventTypeCustomInputType) in today's words. */
    private static final Map<String, String> OLD_TYPES = Map.of("text", "text", "textlong", "textarea", "number", "number", "bool", "boolean",
            "phone", "phone", "radio", "radio");

    /** A misspelt one must not pass for a missing one; isDefault is what Cal.com's own answers have. */
    private static final List<String> KEYS = List.of("type", "slug", "label", "required", "hidden", "placeholder", "options", "isDefault",
            "disableOnPrefill");

    private final InvalidEventType.Findings wrong;
    private final Set<String> slugs = new HashSet<>();
    private final ArrayNode fields = JsonNodeFactory.instance.arrayNode();

    private BookingFields(InvalidEventType.Findings wrong) {
        this.wrong = wrong;
    }

    static ArrayNode toCalcom(JsonNode given, InvalidEventType.Findings wrong) {
        BookingFields all = new BookingFields(wrong);
        for (int i = 0; i < given.size(); i++) {
            all.add(given.get(i), "bookingFields[" + i + "]");
        }
        return all.fields;
    }

    static ArrayNode ofCustomInputs(JsonNode given, InvalidEventType.Findings wrong) {
        BookingFields all = new BookingFields(wrong);
        for (int i = 0; i < given.size(); i++) {
            all.addOld(given.get(i), "customInputs[" + i + "]");
        }
        return all.fields;
    }

    private void add(JsonNode given, String where) {
        if (!given.isObject()) {
            wrong.add(where, "is no object.");
        } else if (isOwn(given)) {
            fields.add(given);
        } else {
            addCustom(given, where, text(given, "type").orElse(""), text(given, "slug"));
        }
    }

    private static boolean isOwn(JsonNode given) {
        String type = given.path("type").asText();
        return type.equals("name") || type.equals("email") || type.isEmpty() && OWN.contains(given.path("slug").asText());
    }

    private void addOld(JsonNode given, String where) {
        String type = OLD_TYPES.get(given.path("type").asText().toLowerCase(Locale.ROOT));
        if (type == null) {
            wrong.add(where + ".type", "is none: use text, textLong, number, bool, phone or radio.");
        } else {
            addCustom(given, where, type, Optional.empty());
        }
    }

    private void addCustom(JsonNode given, String where, String type, Optional<String> givenSlug) {
        Optional<String> label = text(given, "label");
        if (!TYPES.containsKey(type)) {
            wrong.add(where + ".type", "is none: use " + String.join(", ", TYPES.keySet().stream().sorted().toList()) + ".");
        }
        if (label.isEmpty()) {
            wrong.add(where + ".label", "is missing: a text.");
        }
        given.fieldNames().forEachRemaining(name -> {
            if (!KEYS.contains(name)) {
                wrong.add(where + "." + name, "is not known here: use " + String.join(", ", KEYS) + ".");
            }
        });
        for (String flag : List.of("required", "hidden")) {
            if (given.hasNonNull(flag) && !given.path(flag).isBoolean()) {
                wrong.add(where + "." + flag, "is neither true nor false.");
            }
        }
        if (given.hasNonNull("placeholder") && !given.path("placeholder").isTextual()) {
            wrong.add(where + ".placeholder", "is no text.");
        }
        String slug = givenSlug.map(one -> checked(one, where)).orElseGet(() -> made(label.orElse(""), where));
        ObjectNode field = fields.addObject().put("type", type).put("slug", slug).put("label", label.orElse(""))
                .put("required", given.path("required").asBoolean(false)).put("hidden", given.path("hidden").asBoolean(false));
        if (TYPES.getOrDefault(type, false)) {
            field.put("placeholder", given.path("placeholder").asText(""));
        }
        if (WITH_OPTIONS.contains(type)) {
            addOptions(given.path("options"), where, field.putArray("options"));
        }
    }

    private String checked(String slug, String where) {
        if (!Slug.isOfField(slug) || RESERVED.contains(slug)) {
            wrong.add(where + ".slug", "is none of a field of your own: letters and digits, joined by hyphens, and not one of Cal.com's ("
                    + String.join(", ", RESERVED.stream().sorted().toList()) + ").");
        } else if (!slugs.add(slug)) {
            wrong.add(where + ".slug", "is another field's already.");
        }
        return slug;
    }

    private String made(String label, String where) {
        String slug = Slug.of(label);
        if (slug.isEmpty() && !label.isEmpty()) {
            wrong.add(where + ".slug", "is missing, and can't be made of this label: letters and digits, joined by hyphens.");
        }
        String free = slug;
        for (int n = 2; RESERVED.contains(free) || !free.isEmpty() && slugs.contains(free); n++) {
            free = slug + "-" + n;
        }
        slugs.add(free);
        return free;
    }

    /** Texts; the old form had objects with a label. */
    private void addOptions(JsonNode given, String where, ArrayNode options) {
        List<String> texts = new ArrayList<>();
        given.forEach(option -> texts.add((option.isObject() ? option.path("label") : option).asText("").strip()));
        if (!given.isArray() || texts.isEmpty() || texts.contains("") || new HashSet<>(texts).size() < texts.size()) {
            wrong.add(where + ".options", "are missing: an array of texts, all different.");
        }
        texts.forEach(options::add);
    }

    private static Optional<String> text(JsonNode given, String name) {
        return Optional.of(given.path(name)).filter(JsonNode::isTextual).map(text -> text.textValue().strip()).filter(text -> !text.isEmpty());
    }
}
