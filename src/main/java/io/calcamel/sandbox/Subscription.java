package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;

/** Who wants to be told what: a webhook of an account or of an event type. */
final class Subscription {

    final String id;
    final Integer userId;
    final Integer eventTypeId;
    final Instant createdAt;
    String url;
    List<String> triggers;
    boolean active;
    String secret;
    String payloadTemplate;

    Subscription(String id, Integer userId, Integer eventTypeId, Instant createdAt) {
        this.id = id;
        this.userId = userId;
        this.eventTypeId = eventTypeId;
        this.createdAt = createdAt;
    }

    ObjectNode view() {
        return Json.object("id", id, "payloadTemplate", payloadTemplate, "triggers", triggers, "subscriberUrl", url, "active", active,
                "secret", secret, "userId", Json.given(userId), "eventTypeId", Json.given(eventTypeId));
    }

    /** The whole row, which only reading by id shows. */
    ObjectNode row() {
        return Json.object("id", id, "userId", userId, "teamId", null, "eventTypeId", eventTypeId, "subscriberUrl", url,
                "payloadTemplate", payloadTemplate, "createdAt", createdAt, "active", active, "appId", null, "secret", secret,
                "platform", false, "time", null, "timeUnit", null, "version", "2021-10-20", "triggers", triggers, "oAuthClientId", null);
    }
}
