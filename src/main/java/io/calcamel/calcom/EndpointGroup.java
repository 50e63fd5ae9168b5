package io.calcamel.calcom;

/**
 * Endpoints that share a {@code cal-api-version}. Cal.com answers a missing or wrong version with 404 or, worse, with
 * 200 in the format of 2024-04-15, so this is the only place where versions are written.
 */
enum EndpointGroup {

    SLOTS, BOOKINGS, EVENT_TYPES, SCHEDULES,

    /** Me, teams, webhooks: these take no version. */
    UNVERSIONED
}
