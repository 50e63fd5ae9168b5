package io.calcamel.eventtype;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * One thing that a run asks Cal.com.
 *
 * @param kind what
 * @param id   the team's or the event type's id; 0 where the kind needs none
 */
record Question(Kind kind, long id) {

    /** What can be asked: for the teams, for the personal list, for the list of a team, for one event type. */
    enum Kind {
        TEAMS, PERSONAL, TEAM, EVENT_TYPE;

        /** As the routes have it. */
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final Question TEAMS = new Question(Kind.TEAMS, 0);
    static final Question PERSONAL = new Question(Kind.PERSONAL, 0);

    static Question team(long id) {
        return new Question(Kind.TEAM, id);
    }

    static Question eventType(long id) {
        return new Question(Kind.EVENT_TYPE, id);
    }

    /** A list is known by its team's id, the personal one by 0. */
    boolean isList() {
        return kind == Kind.PERSONAL || kind == Kind.TEAM;
    }

    /** What an error was about: {@code list} or {@code eventTypeId}. */
    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        if (kind == Kind.EVENT_TYPE) {
            json.put("eventTypeId", id);
        } else {
            json.put("list", kind.text());
        }
        if (kind == Kind.TEAM) {
            json.put("teamId", id);
        }
        return json;
    }
}
