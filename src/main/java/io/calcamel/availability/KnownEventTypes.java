package io.calcamel.availability;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.Problem;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What this module wants to know of event types; the hub puts the event type module behind it. */
public interface KnownEventTypes {

    /**
     * @param company the company
     * @param id      Cal.com's id of the event type
     * @return the event type, or empty where the company's last sync did not bring it
     */
    Optional<Known> find(int company, long id);

    /**
     * Whether the company's event types are known at all: before the first sync nothing can be said to be missing.
     *
     * @param company the company
     * @return true after its first complete sync
     */
    boolean isSynced(int company);

    /**
     * The event types that a branch offers under a name, of those that can be booked.
     *
     * @param company the company
     * @param branch  the branch's id or slug
     * @param name    what the event types are called there
     * @return one or several
     * @throws Problem 404 {@code branch_not_found}, {@code event_type_not_found}; 400 {@code bad_parameter} where they are too many
     */
    Offered offered(int company, String branch, String name);

    /**
     * That a branch offers an event type.
     *
     * @param company the company
     * @param branch  the branch's id or slug
     * @param id      Cal.com's id of the event type
     * @throws Problem 404 {@code branch_not_found}, {@code event_type_not_found}
     */
    void requireOffered(int company, String branch, long id);

    /**
     * @param branch     the branch's slug
     * @param eventTypes Cal.com's ids, sorted
     */
    record Offered(String branch, List<Long> eventTypes) {
    }

    /**
     * @param title             its title
     * @param length            minutes
     * @param teamId            its team; null for a personal one
     * @param whyNotBookable    null where it can be booked
     * @param document          the whole, as Cal.com has it
     */
    record Known(String title, int length, Long teamId, String whyNotBookable, JsonNode document) {

        /** In API v2, and in v1. */
        private static final Set<String> ROUND_ROBIN = Set.of("roundRobin", "ROUND_ROBIN");

        /** Whether a booking on one day can take slots away on others: a limit by week, month or year. */
        boolean hasLimits() {
            return isLimited("bookingLimitsCount") || isLimited("bookingLimitsDuration");
        }

        /** Whether a start that one booking takes may still be free for another: there are seats, or other hosts. */
        boolean takesSeveral() {
            return document != null && (document.path("seats").path("seatsPerTimeSlot").asInt() > 0 || document.path("seatsPerTimeSlot").asInt() > 0
                    || ROUND_ROBIN.contains(document.path("schedulingType").asText()));
        }

        private boolean isLimited(String policy) {
            return document != null && document.path(policy).isObject() && !document.path(policy).path("disabled").asBoolean()
                    && !document.path(policy).isEmpty();
        }
    }
}
