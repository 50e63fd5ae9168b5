package io.calcamel.calcom;

import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Which Cal.com answers: the hosted service, or a server that somebody runs. There is no endpoint that tells the
 * versions a server knows, so each edition says what is asked of it.
 *
 * <p>Both ask for the versions that every server since 2024 knows, and that Cal.com's own OpenAPI document describes
 * (version 2026-03-11, header parameter {@code cal-api-version}). Newer ones (bookings 2026-02-25, event types 2026-06-12)
 * exist on the hosted service only and tell nothing that this hub needs.
 */
public enum Edition {

    /** api.cal.com and api.cal.eu: has teams and organisations, has no API v1. */
    HOSTED(true, Map.of(EndpointGroup.SLOTS, "2024-09-04", EndpointGroup.BOOKINGS, "2024-08-13",
            EndpointGroup.EVENT_TYPES, "2024-06-14", EndpointGroup.SCHEDULES, "2024-06-11")),

    /** A server of one's own: its community edition has no teams since April 2026, and answers 404 for them. */
    SELF_HOSTED(false, Map.of(EndpointGroup.SLOTS, "2024-09-04", EndpointGroup.BOOKINGS, "2024-08-13",
            EndpointGroup.EVENT_TYPES, "2024-06-14", EndpointGroup.SCHEDULES, "2024-06-11"));

    private static final Set<String> HOSTED_DOMAINS = Set.of("cal.com", "cal.eu");

    private final boolean alwaysHasTeams;
    private final Map<EndpointGroup, String> versions;

    Edition(boolean alwaysHasTeams, Map<EndpointGroup, String> versions) {
        this.alwaysHasTeams = alwaysHasTeams;
        this.versions = versions;
    }

    /**
     * @param server the server's address
     * @return the edition that runs there
     */
    public static Edition at(URI server) {
        String host = server.getHost().toLowerCase(Locale.ROOT);
        return HOSTED_DOMAINS.stream().anyMatch(domain -> host.equals(domain) || host.endsWith("." + domain)) ? HOSTED : SELF_HOSTED;
    }

    /** The value of {@code cal-api-version} for a group; empty where the header is not sent. */
    Optional<String> version(EndpointGroup group) {
        return Optional.ofNullable(versions.get(group));
    }

    /** Whether a server without teams would be a fault, not an edition. */
    boolean alwaysHasTeams() {
        return alwaysHasTeams;
    }
}
