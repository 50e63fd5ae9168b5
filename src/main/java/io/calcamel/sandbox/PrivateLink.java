package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/** A link to a booking page that others can't guess; it ends at a time or after a number of uses. */
record PrivateLink(String id, int eventTypeId, Instant expiresAt, int mostUses) {

    ObjectNode view(String webUrl, Instant now) {
        boolean byTime = expiresAt != null;
        return Json.object("linkId", id, "eventTypeId", eventTypeId, "isExpired", byTime && expiresAt.isBefore(now),
                "bookingUrl", webUrl + "/d/" + id, "expiresAt", byTime ? expiresAt : Json.OMITTED,
                "maxUsageCount", byTime ? Json.OMITTED : mostUses, "usageCount", byTime ? Json.OMITTED : 0);
    }
}
