package io.calcamel.sandbox;

import java.util.HashSet;
import java.util.Set;

/**
 * The values of the {@code cal-api-version} header and what each group of endpoints makes of them. A value that is missing
 * or not known counts as the oldest (Cal.com API v2, versions); a known one of another group gets the old answers or a 404.
 */
final class Versions {

    static final String OLDEST = "2024-04-15";
    private static final String SCHEDULES = "2024-06-11";
    private static final String EVENT_TYPES = "2024-06-14";
    private static final String BOOKINGS = "2024-08-13";
    private static final String SLOTS = "2024-09-04";
    private static final String HOSTED_BOOKINGS = "2026-02-25";
    private static final String HOSTED_LIST = "2026-05-01";
    private static final String HOSTED_EVENT_TYPES = "2026-06-12";

    static final Set<String> ALL = Set.of();
    static final Set<String> OLD_SCHEDULES = Set.of(OLDEST);
    static final Set<String> NEW_SCHEDULES = Set.of(SCHEDULES, EVENT_TYPES);
    static final Set<String> OLD_EVENT_TYPES = Set.of(OLDEST, SCHEDULES);
    static final Set<String> OLD_BOOKINGS = Set.of(OLDEST, SCHEDULES, EVENT_TYPES);
    static final Set<String> OLD_SLOTS = Set.of(OLDEST, SCHEDULES, EVENT_TYPES, BOOKINGS);
    static final Set<String> NEW_SLOTS = Set.of(SLOTS);

    private final boolean hosted;

    Versions(boolean hosted) {
        this.hosted = hosted;
    }

    Set<String> eventTypes() {
        return hosted ? Set.of(EVENT_TYPES, HOSTED_EVENT_TYPES) : Set.of(EVENT_TYPES);
    }

    Set<String> bookings() {
        return hosted ? Set.of(BOOKINGS, HOSTED_BOOKINGS, HOSTED_LIST) : Set.of(BOOKINGS);
    }

    /** @param sent the header's value; null if it was not sent */
    String of(String sent) {
        Set<String> known = new HashSet<>(Set.of(OLDEST, SCHEDULES, EVENT_TYPES, BOOKINGS, SLOTS));
        if (hosted) {
            known.addAll(Set.of(HOSTED_BOOKINGS, HOSTED_LIST, HOSTED_EVENT_TYPES));
        }
        return sent != null && known.contains(sent) ? sent : OLDEST;
    }

    /** Whether the list of bookings is paged by cursor. */
    static boolean isPagedByCursor(Call call) {
        return HOSTED_LIST.equals(call.headers().get("cal-api-version"));
    }
}
