package io.calcamel.booking;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A place in the words of API v1, {@code {value, optionValue}}, in those of today (API v2, bookings 2024-08-13, location). */
final class OldLocation {

    private OldLocation() {
    }

    static ObjectNode today(ObjectNode given) {
        if (!given.hasNonNull("value") || given.has("type")) {
            return given.deepCopy();
        }
        String said = given.path("optionValue").asText("");
        return switch (given.path("value").asText()) {
            case "inPerson" -> of("address");
            case "userPhone" -> of("phone");
            case "conferencing" -> of("organizersDefaultApp");
            case "phone" -> with("attendeePhone", "phone", said);
            case "attendeeInPerson" -> with("attendeeAddress", "address", said);
            case "somewhereElse" -> with("attendeeDefined", "location", said);
            case "integrations:daily" -> of("integration").put("integration", "cal-video");
            case "integrations:google:meet" -> of("integration").put("integration", "google-meet");
            case "integrations:zoom" -> of("integration").put("integration", "zoom");
            case "integrations:office365_video" -> of("integration").put("integration", "office365-video");
            default -> of(given.path("value").asText());
        };
    }

    private static ObjectNode of(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    private static ObjectNode with(String type, String field, String said) {
        return said.isBlank() ? of(type) : of(type).put(field, said);
    }
}
