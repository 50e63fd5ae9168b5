package io.calcamel.calcom;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * An event type as Cal.com has it (version 2024-06-14; in v1 {@code GET /v1/event-types}).
 *
 * @param id                Cal.com's id
 * @param title             its title
 * @param slug              its name in addresses
 * @param description       may be empty
 * @param length            minutes
 * @param locations         where it takes place, as Cal.com lists it: an array
 * @param bookingFields     what the booker is asked, as Cal.com lists it: an array
 * @param teamId            its team; null for a personal one
 * @param schedulingType    {@code collective}, {@code roundRobin}, {@code managed}; null for a personal one
 * @param parentId          the managed event type that it is a child of; null for others
 * @param hidden            whether it is hidden in Cal.com's own pages; it can be booked by its id all the same
 * @param document          the whole, as it came
 */
public record CalcomEventType(long id, String title, String slug, String description, int length, JsonNode locations, JsonNode bookingFields,
        Long teamId, String schedulingType, Long parentId, boolean hidden, JsonNode document) {

    /** Whether it is the parent of managed event types, which Cal.com lists and never books: its children are booked. */
    public boolean isManagedParent() {
        return "managed".equalsIgnoreCase(schedulingType);
    }
}
