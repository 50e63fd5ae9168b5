package io.calcamel.eventtype;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * Where an event type takes place: today's form ({@code {"type":"address","address":"…","public":true}}; Cal.com's OpenAPI
 * document, schemas Input…Location_2024_06_14) and the old one, which is a word ({@code "inPerson"}) or an object with it
 * as its type (API v1, {@code EventType.locations}).
 */
final class Locations {

    /** The types of today's form, each with the field that it can't do without; empty for none. */
    private static final Map<String, String> TODAY = Map.of("address", "address", "link", "link", "integration", "integration", "phone", "phone",
            "attendeeAddress", "", "attendeePhone", "", "attendeeDefined", "");

    /** What an appointment in person says where nobody gave an address. */
    private static final String IN_PERSON = "In person";

    private Locations() {
    }

    static ArrayNode toCalcom(JsonNode given, InvalidEventType.Findings wrong) {
        ArrayNode locations = JsonNodeFactory.instance.arrayNode();
        for (int i = 0; i < given.size(); i++) {
            JsonNode one = given.get(i);
            ObjectNode location = one.isTextual() ? JsonNodeFactory.instance.objectNode().put("type", one.textValue())
                    : one.isObject() ? one.deepCopy() : JsonNodeFactory.instance.objectNode();
            locations.add(check(today(location), "locations[" + i + "]", wrong));
        }
        return locations;
    }

    private static ObjectNode today(ObjectNode given) {
        String type = given.path("type").asText();
        ObjectNode today = JsonNodeFactory.instance.objectNode();
        return switch (type) {
            case "inPerson" -> today.put("type", "address").put("address", given.path("address").asText(IN_PERSON)).put("public", true);
            case "attendeeInPerson" -> today.put("type", "attendeeAddress");
            case "somewhereElse" -> today.put("type", "attendeeDefined");
            case "userPhone" -> today.put("type", "phone").put("phone", given.path("hostPhoneNumber").asText("")).put("public", true);
            case "phone" -> given.has("phone") ? given : today.put("type", "attendeePhone");
            case "integrations:daily" -> today.put("type", "integration").put("integration", "cal-video");
            case "integrations:google:meet" -> today.put("type", "integration").put("integration", "google-meet");
            case "integrations:zoom" -> today.put("type", "integration").put("integration", "zoom");
            case "integrations:office365_video" -> today.put("type", "integration").put("integration", "office365-video");
            default -> given;
        };
    }

    private static ObjectNode check(ObjectNode location, String where, InvalidEventType.Findings wrong) {
        String type = location.path("type").asText();
        String needs = TODAY.get(type);
        if (needs == null) {
            wrong.add(where, "has no type that Cal.com knows: use " + String.join(", ", TODAY.keySet().stream().sorted().toList())
                    + ", or in the old form inPerson.");
        } else if (!needs.isEmpty() && (!location.path(needs).isTextual() || location.path(needs).textValue().isBlank())) {
            wrong.add(where + "." + needs, "is missing: a text.");
        } else if (location.has("public") && !location.path("public").isBoolean()) {
            wrong.add(where + ".public", "is neither true nor false.");
        } else if (List.of("address", "link", "phone").contains(type) && !location.has("public")) {
            location.put("public", true);
        }
        return location;
    }
}
