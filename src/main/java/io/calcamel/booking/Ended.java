package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;

/** Which appointments nobody comes to any more. */
final class Ended {

    private static final Set<String> STATUSES = Set.of("cancelled", "rejected", "reschedule_requested");

    private Ended() {
    }

    static boolean is(JsonNode appointment) {
        return STATUSES.contains(appointment.path("status").asText());
    }
}
