package io.calcamel.calcom;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Set;

/** The bodies of API v2's webhook calls, which have no version. */
final class SubscriptionBodies {

    /** After so many minutes somebody who is not there counts as a no-show. */
    private static final int NO_SHOW_MINUTES = 5;

    private SubscriptionBodies() {
    }

    static ObjectNode create(NewSubscription subscription, Edition edition) {
        ObjectNode body = JsonNodeFactory.instance.objectNode().put("subscriberUrl", subscription.url()).put("active", true);
        putTriggers(body, subscription.triggers(), edition);
        BookingBodies.put(body, "secret", subscription.secret());
        return body;
    }

    /** A template goes by null, which the input's validation lets pass to the database (API v2's source; not recorded). */
    static ObjectNode change(SubscriptionChange change, Edition edition) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        BookingBodies.put(body, "subscriberUrl", change.url());
        if (change.active() != null) {
            body.put("active", change.active());
        }
        if (change.triggers() != null) {
            putTriggers(body, change.triggers(), edition);
        }
        BookingBodies.put(body, "secret", change.secret());
        if (change.withoutTemplate()) {
            body.putNull("payloadTemplate");
        }
        return body;
    }

    /** The community edition's API takes no time: there a no-show is told only once somebody has set one in Cal.com itself. */
    private static void putTriggers(ObjectNode body, Set<String> triggers, Edition edition) {
        ArrayNode all = body.putArray("triggers");
        triggers.forEach(all::add);
        if (edition == Edition.HOSTED && Triggers.needTime(triggers)) {
            body.put("time", NO_SHOW_MINUTES).put("timeUnit", "MINUTE");
        }
    }
}
