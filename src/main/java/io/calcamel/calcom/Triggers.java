package io.calcamel.calcom;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The trigger events that a webhook subscription can be for (Cal.com's documentation of September 2026, and the community
 * edition of July 2026). No endpoint lists them, and a server refuses a whole subscription for one that it does not know.
 */
public final class Triggers {

    /** What every server with API v2 knows: enough to keep appointments true. */
    private static final List<String> CORE = List.of("BOOKING_CREATED", "BOOKING_REQUESTED", "BOOKING_REJECTED", "BOOKING_RESCHEDULED",
            "BOOKING_CANCELLED", "BOOKING_PAYMENT_INITIATED", "BOOKING_PAID", "BOOKING_NO_SHOW_UPDATED", "MEETING_STARTED", "MEETING_ENDED");

    /** These need to be told how long after the start. */
    private static final List<String> AFTER_START = List.of("AFTER_HOSTS_CAL_VIDEO_NO_SHOW", "AFTER_GUESTS_CAL_VIDEO_NO_SHOW");

    private static final List<String> COMMUNITY = join(CORE, AFTER_START, List.of("RECORDING_READY", "RECORDING_TRANSCRIPTION_GENERATED",
            "OOO_CREATED", "FORM_SUBMITTED", "FORM_SUBMITTED_NO_EVENT", "WRONG_ASSIGNMENT_REPORT"));

    private static final List<String> HOSTED = join(COMMUNITY, List.of("BOOKING_LOCATION_UPDATED", "BOOKING_REASSIGNED", "INSTANT_MEETING",
            "INSTANT_MEETING_ACCEPTED", "ROUTING_FORM_FALLBACK_HIT", "CALENDAR_ENTRY_REJECTED"));

    /** At any other level Cal.com refuses these. */
    private static final List<String> COMMUNITY_ORGANIZATION = List.of("DELEGATION_CREDENTIAL_ERROR");
    private static final List<String> HOSTED_ORGANIZATION = List.of("DELEGATION_CREDENTIAL_ERROR", "DELEGATION_CREDENTIAL_SECRET_ROTATED",
            "DELEGATION_CREDENTIAL_SECRET_ROTATION_FAILED", "DELEGATION_CREDENTIAL_ROTATION_REQUIRED");

    private Triggers() {
    }

    /**
     * What to subscribe to.
     *
     * @param edition        which Cal.com it is
     * @param ofOrganization whether the subscription is an organisation's
     * @return sets of triggers, the fullest first: where a server refuses one as {@link CalcomError#INVALID_REQUEST}, it is an
     *     older one, and the next is tried
     */
    public static List<Set<String>> sets(Edition edition, boolean ofOrganization) {
        Set<String> community = set(COMMUNITY, ofOrganization ? COMMUNITY_ORGANIZATION : List.of());
        Set<String> core = set(CORE, List.of());
        return edition == Edition.HOSTED ? List.of(set(HOSTED, ofOrganization ? HOSTED_ORGANIZATION : List.of()), community, core)
                : List.of(community, core);
    }

    /** Whether one of them fires some time after the start, which the subscription has to name. */
    static boolean needTime(Collection<String> triggers) {
        return AFTER_START.stream().anyMatch(triggers::contains);
    }

    private static Set<String> set(List<String> some, List<String> more) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(join(some, more)));
    }

    @SafeVarargs
    private static List<String> join(List<String>... parts) {
        List<String> all = new ArrayList<>();
        Arrays.stream(parts).forEach(all::addAll);
        return List.copyOf(all);
    }
}
