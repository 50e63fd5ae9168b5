package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** What the API checks of the answers to an event type's own questions, before the core checks them again (Cal.com API v2, booking errors). */
final class Answers {

    private Answers() {
    }

    static void check(ObjectNode given, EventType eventType) {
        JsonNode answers = given.path("bookingFieldsResponses");
        for (JsonNode field : eventType.bookingFields) {
            String slug = Json.text(field, "slug");
            boolean phone = slug.equals("attendeePhoneNumber");
            if (field.path("isDefault").asBoolean() && !phone) {
                continue;
            }
            JsonNode answer = phone ? given.path("attendee").get("phoneNumber") : answers.get(slug);
            boolean missing = answer == null || answer.isNull();
            if (missing && field.path("required").asBoolean()) {
                throw Refusal.badRequest(phone
                        ? "Missing attendee phone number - it is required by the event type. Pass it as \"attendee.phoneNumber\" string in the request."
                        : "Missing required booking field response: " + slug + " - it is required by the event type booking fields, but missing in the"
                                + " bookingFieldsResponses. You can fetch the event type with ID " + eventType.id + " to see the required fields.");
            }
            if (answer != null) {
                check(answer, field, slug);
            }
        }
    }

    private static void check(JsonNode answer, JsonNode field, String slug) {
        String type = Json.text(field, "type");
        switch (type) {
            case "phone", "address", "text", "textarea", "url" -> expect(answer.isTextual(), "string", answer, slug, type);
            case "number" -> expect(answer.isNumber(), "number", answer, slug, type);
            case "boolean" -> expect(answer.isBoolean(), "boolean", answer, slug, type);
            case "multiemail" -> expect(answer.isArray(), "array", answer, slug, type);
            case "select", "radio" -> {
                expect(answer.isTextual() || answer.isNumber(), "string or number", answer, slug, type);
                List<String> options = Bookings.texts(field.path("options"));
                if (!options.isEmpty() && !options.contains(answer.asText())) {
                    throw Refusal.badRequest("Invalid option '" + answer.asText() + "' for booking field '" + slug + "'. Allowed options are: "
                            + String.join(", ", options) + ".");
                }
            }
            case "multiselect", "checkbox" -> {
                expect(answer.isArray(), "array", answer, slug, type);
                List<String> options = Bookings.texts(field.path("options"));
                if (!options.isEmpty() && !new ArrayList<>(options).containsAll(Bookings.texts(answer))) {
                    throw Refusal.badRequest("One or more invalid options for booking field '" + slug + "'. Allowed options are: "
                            + String.join(", ", options) + ".");
                }
            }
            default -> {
            }
        }
    }

    private static void expect(boolean holds, String expected, JsonNode answer, String slug, String type) {
        if (!holds) {
            String received = answer.isTextual() ? "string" : answer.isNumber() ? "number" : answer.isBoolean() ? "boolean" : "object";
            throw Refusal.badRequest("Invalid type for booking field '" + slug + "'. Expected type " + expected + " (compatible with field type '"
                    + type + "'), but received " + received + ".");
        }
    }
}
