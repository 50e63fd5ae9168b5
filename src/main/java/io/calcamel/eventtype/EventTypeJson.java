package io.calcamel.eventtype;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An event type as the API shows it. */
final class EventTypeJson {

    /** The names of API v1's numbers (RFC 5545's frequencies, as the rrule library counts them). */
    private static final List<String> FREQUENCIES = List.of("yearly", "monthly", "weekly", "daily");

    private EventTypeJson() {
    }

    static Map<String, Object> of(EventType type, List<String> branches, Instant lastSynced) {
        JsonNode document = type.document();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", type.id());
        json.put("title", type.title());
        json.put("slug", type.slug());
        json.put("description", type.description());
        json.put("length", type.length());
        json.put("lengths", document.path("lengthInMinutesOptions").isArray() ? document.path("lengthInMinutesOptions") : List.of(type.length()));
        json.put("locations", type.locations());
        json.put("bookingFields", type.bookingFields());
        json.put("teamId", type.teamId());
        json.put("schedulingType", type.schedulingType());
        json.put("parentId", type.parentId());
        json.put("isActive", type.active());
        json.put("isBookable", type.bookable());
        json.put("notBookableBecause", type.whyNotBookable().map(why -> why.name().toLowerCase(Locale.ROOT)).orElse(null));
        json.put("missingInSyncs", type.missingInSyncs());
        json.put("branches", branches);
        json.put("requiresConfirmation", requiresConfirmation(document));
        json.put("recurrence", recurrence(document));
        json.put("seatsPerTimeSlot", seats(document));
        json.put("minimumBookingNotice", number(document.path("minimumBookingNotice")));
        json.put("lastSyncedAt", lastSynced);
        json.put("changedAt", type.changedAt());
        return json;
    }

    /** v2: a policy that is not disabled; v1: a flag. */
    private static boolean requiresConfirmation(JsonNode document) {
        JsonNode policy = document.path("confirmationPolicy");
        return policy.isObject() ? !policy.path("disabled").asBoolean(false) : document.path("requiresConfirmation").asBoolean(false);
    }

    /** In v2's form {@code {interval, occurrences, frequency}}; null where it does not recur. */
    private static JsonNode recurrence(JsonNode document) {
        JsonNode recurrence = document.path("recurrence");
        if (recurrence.isObject()) {
            return recurrence.path("disabled").asBoolean(false) ? null : recurrence;
        }
        JsonNode old = document.path("recurringEvent");
        int frequency = old.path("freq").asInt(-1);
        return frequency < 0 || frequency >= FREQUENCIES.size() ? null : JsonNodeFactory.instance.objectNode()
                .put("interval", old.path("interval").asInt(1)).put("occurrences", old.path("count").asInt(1))
                .put("frequency", FREQUENCIES.get(frequency));
    }

    private static Long seats(JsonNode document) {
        Long seats = number(document.path("seatsPerTimeSlot"));
        return seats == null ? number(document.path("seats").path("seatsPerTimeSlot")) : seats;
    }

    private static Long number(JsonNode value) {
        return value.isNumber() ? value.longValue() : null;
    }
}
