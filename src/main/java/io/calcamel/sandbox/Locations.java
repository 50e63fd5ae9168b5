package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where a booking takes place: the places that an event type offers and what becomes of the one that is chosen (Cal.com API v2, locations). */
final class Locations {

    /** What is kept of the location that a booking asks for: the internal name and what the attendee adds to it. */
    record Choice(String value, String optionValue) {

        ObjectNode view() {
            return Json.object("value", value, "optionValue", optionValue);
        }
    }

    private static final Set<String> APPS_OF_EVENT_TYPES = new LinkedHashSet<>(List.of("cal-video", "google-meet", "zoom", "whereby-video",
            "whatsapp-video", "webex-video", "telegram-video", "tandem", "sylaps-video", "skype-video", "sirius-video", "signal-video",
            "shimmer-video", "salesroom-video", "roam-video", "riverside-video", "ping-video", "office365-video", "mirotalk-video", "jitsi",
            "jelly-video", "jelly-conferencing", "huddle", "facetime-video", "element-call-video", "eightxeight-video", "discord-video",
            "demodesk-video", "campfire-video"));
    private static final List<String> TYPES =
            List.of("address", "link", "integration", "phone", "attendeePhone", "attendeeAddress", "attendeeDefined", "organizersDefaultApp");
    private static final Map<String, String> INTERNAL = Map.of("cal-video", "integrations:daily", "google-meet", "integrations:google:meet",
            "zoom", "integrations:zoom", "office365-video", "integrations:office365_video");
    private static final String CAL_VIDEO = "integrations:daily";

    private Locations() {
    }

    /** Checks the places of an event type as they were given, and makes them what is shown. */
    static ArrayNode ofEventType(JsonNode given, boolean team) {
        if (!given.isArray()) {
            throw Refusal.badRequest("'locations' must be an array.");
        }
        if (given.isEmpty()) {
            throw Refusal.badRequest("'locations' must contain at least 1 location.");
        }
        ArrayNode locations = Json.array();
        for (JsonNode location : given) {
            String type = location.path("type").asText("");
            if (type.isEmpty()) {
                throw Refusal.badRequest("Each object in 'locations' must have a 'type' property.");
            }
            if (!TYPES.contains(type) || type.equals("organizersDefaultApp") && !team) {
                throw Refusal.badRequest("Unsupported location type '" + type + "'. Valid types are address, link, integration, and phone.");
            }
            List<String> wrong = new ArrayList<>();
            ObjectNode shown = shown(location, type, wrong);
            if (!wrong.isEmpty()) {
                throw Refusal.badRequest("Validation failed for " + type + " location: " + String.join(", ", wrong));
            }
            locations.add(shown);
        }
        return locations;
    }

    private static ObjectNode shown(JsonNode location, String type, List<String> wrong) {
        ObjectNode shown = Json.object("type", type);
        switch (type) {
            case "address" -> need(location, shown, wrong, "address", location.path("address").isTextual(), "address must be a string");
            case "link" -> need(location, shown, wrong, "link", Check.isUrl(location.path("link").asText("")), "link must be a URL address");
            case "phone" -> need(location, shown, wrong, "phone", Check.isPhoneNumber(location.path("phone").asText("")),
                    "phone must be a valid phone number");
            case "integration" -> {
                String app = location.path("integration").asText("");
                if (!APPS_OF_EVENT_TYPES.contains(app)) {
                    wrong.add("integration must be one of the following values: " + String.join(", ", APPS_OF_EVENT_TYPES));
                }
                shown.put("integration", app);
            }
            default -> {
            }
        }
        return shown;
    }

    private static void need(JsonNode location, ObjectNode shown, List<String> wrong, String field, boolean holds, String text) {
        if (!holds) {
            wrong.add(text);
        }
        if (!location.path("public").isBoolean()) {
            wrong.add("public must be a boolean value");
        }
        shown.set(field, location.get(field));
        shown.set("public", location.get("public"));
    }

    /** Only the video app of the server itself is connected. */
    static void checkConnected(JsonNode locations) {
        for (JsonNode location : locations) {
            String app = Json.text(location, "integration");
            if (app != null && !app.equals("cal-video")) {
                throw Refusal.badRequest(app.replace("office365-video", "msteams").replace("-video", "") + " not connected.");
            }
        }
    }

    /** @return what is wrong with a location that a booking asks for; null if nothing is */
    static String wrong(JsonNode location) {
        String validator = "BookingInputLocationValidator_2024_08_13 - ";
        if (location.isTextual()) {
            return null;
        }
        String type = location.path("type").asText("");
        if (type.isEmpty()) {
            return validator + "Booking 'location' must have a 'type' property.";
        }
        if (!TYPES.contains(type)) {
            return validator + "Unsupported booking location type '" + type + "'. Valid types are address, link, integration, phone, attendeePhone,"
                    + " attendeeAddress, attendeeDefined and organizersDefaultApp.";
        }
        String wrong = switch (type) {
            case "integration" -> APPS_OF_EVENT_TYPES.contains(location.path("integration").asText("")) ? null
                    : "integration must be one of the following values: " + String.join(", ", APPS_OF_EVENT_TYPES);
            case "attendeePhone" -> Check.isPhoneNumber(location.path("phone").asText("")) ? null : "phone must be a valid phone number";
            case "attendeeAddress" -> textIsMissing(location, "address");
            case "attendeeDefined" -> textIsMissing(location, "location");
            default -> null;
        };
        return wrong == null ? null : validator + "Validation failed for " + type + " location: " + wrong;
    }

    private static String textIsMissing(JsonNode location, String field) {
        if (!location.path(field).isTextual()) {
            return field + " must be longer than or equal to 1 characters, " + field + " must be a string";
        }
        return location.path(field).textValue().isEmpty() ? field + " must be longer than or equal to 1 characters" : null;
    }

    /** @throws Refusal if the event type does not offer the location */
    static void checkOffered(JsonNode location, EventType eventType) {
        if (location.isTextual()) {
            return;
        }
        List<String> types = new ArrayList<>();
        List<String> apps = new ArrayList<>();
        eventType.locations.forEach(offered -> {
            types.add(Json.text(offered, "type"));
            if (offered.has("integration")) {
                apps.add(Json.text(offered, "integration"));
            }
        });
        String type = Json.text(location, "type");
        if (!types.contains(type)) {
            throw Refusal.badRequest("Booking location with type " + type + " not valid for event type with id=" + eventType.id
                    + ". The event type has following location types: " + String.join(", ", types)
                    + ", and only these types are allowed for booking location.");
        }
        String app = Json.text(location, "integration");
        if (type.equals("integration") && !apps.contains(app)) {
            throw Refusal.badRequest("Booking location with integration " + app + " not valid for event type with id=" + eventType.id
                    + ". The event type has following integrations: " + String.join(", ", apps)
                    + ", and only these integrations are allowed for booking location.");
        }
    }

    /** What is kept of a location that a booking asks for. */
    static Choice choice(JsonNode location) {
        if (location.isTextual()) {
            String text = location.textValue();
            return Check.isUrl(text) || text.startsWith("www.") ? new Choice("link", text)
                    : Check.isPhoneNumber(text) ? new Choice("phone", text) : new Choice("somewhereElse", text);
        }
        return switch (Json.text(location, "type")) {
            case "integration" -> {
                String app = Json.text(location, "integration");
                yield new Choice(INTERNAL.getOrDefault(app, "integrations:" + app.replace('-', '_')), "");
            }
            case "address" -> new Choice("inPerson", "");
            case "attendeeAddress" -> new Choice("attendeeInPerson", Json.text(location, "address"));
            case "link" -> new Choice("link", "");
            case "phone" -> new Choice("userPhone", "");
            case "organizersDefaultApp" -> new Choice("conferencing", "");
            case "attendeePhone" -> new Choice("phone", Json.text(location, "phone"));
            default -> new Choice("somewhereElse", Json.text(location, "location"));
        };
    }

    /** The place as the booking keeps it: the attendee's own words, or what the event type says about the chosen kind of place. */
    static String place(Choice choice, EventType eventType) {
        if (choice != null && !choice.optionValue().isEmpty()) {
            return choice.optionValue();
        }
        for (JsonNode offered : eventType.locations) {
            String value = internal(offered);
            if (choice == null || choice.value().equals(value)) {
                return switch (Json.text(offered, "type")) {
                    case "link" -> Json.text(offered, "link");
                    case "address" -> Json.text(offered, "address");
                    case "phone" -> Json.text(offered, "phone");
                    default -> value;
                };
            }
        }
        return choice == null ? CAL_VIDEO : choice.value();
    }

    private static String internal(JsonNode offered) {
        return switch (Json.text(offered, "type")) {
            case "integration" -> INTERNAL.getOrDefault(Json.text(offered, "integration"), "integrations:" + Json.text(offered, "integration"));
            case "link" -> "link";
            case "address" -> "inPerson";
            case "phone" -> "userPhone";
            case "attendeePhone" -> "phone";
            case "attendeeAddress" -> "attendeeInPerson";
            case "organizersDefaultApp" -> CAL_VIDEO;
            default -> "somewhereElse";
        };
    }

    static boolean isCalVideo(String place) {
        return CAL_VIDEO.equals(place);
    }
}
