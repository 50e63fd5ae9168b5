package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.ZoneId;

/** A user of the sandbox. Keys point to one; two keys may point to the same. */
final class Account {

    final int id;
    final String username;
    String name;
    String email;
    String timeZone = "Europe/Berlin";
    String weekStart = "Monday";
    int timeFormat = 24;
    String bio;
    String avatarUrl;
    String locale = "en";
    Integer defaultScheduleId;

    Account(int id, String username, String name, String email) {
        this.id = id;
        this.username = username;
        this.name = name;
        this.email = email;
    }

    ZoneId zone() {
        return Check.zone(timeZone).orElseThrow();
    }

    /** The account as {@code GET /v2/me} shows it. */
    ObjectNode profile() {
        return Json.object("id", id, "email", email, "name", name, "avatarUrl", avatarUrl, "bio", bio, "timeFormat", timeFormat,
                "defaultScheduleId", defaultScheduleId, "weekStart", weekStart, "timeZone", timeZone, "username", username,
                "organizationId", null);
    }

    /** The account as a user of an event type. */
    ObjectNode asUser() {
        return Json.object("id", id, "name", name, "username", username, "avatarUrl", avatarUrl, "brandColor", null,
                "darkBrandColor", null, "weekStart", weekStart, "metadata", Json.object());
    }

    /** The account as a host of a booking. */
    ObjectNode asHost(boolean withZone) {
        return Json.object("id", id, "name", name, "email", email, "displayEmail", email, "username", username,
                "timeZone", withZone ? timeZone : Json.OMITTED);
    }
}
