package io.calcamel.eventtype;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.Optional;

/**
 * An event type of a company, as the last sync left it.
 *
 * @param id             Cal.com's id
 * @param title          its title
 * @param slug           its name in addresses; not unique
 * @param description    may be empty
 * @param length         minutes
 * @param locations      where it takes place, as Cal.com lists it: an array
 * @param bookingFields  what the booker is asked, as Cal.com lists it: an array
 * @param teamId         its team; null for a personal one
 * @param schedulingType {@code collective}, {@code roundRobin}, {@code managed}; null for a personal one
 * @param parentId       the managed event type that it is a child of; null for others
 * @param hidden         whether it is hidden in Cal.com's own pages
 * @param active         whether Cal.com still has it
 * @param missingInSyncs complete syncs in a row that did not find it
 * @param changedAt      when a sync last found it changed
 * @param document       the whole, as Cal.com has it
 */
public record EventType(long id, String title, String slug, String description, int length, JsonNode locations, JsonNode bookingFields,
        Long teamId, String schedulingType, Long parentId, boolean hidden, boolean active, int missingInSyncs, Instant changedAt, JsonNode document) {

    /** What a booking of an event type can fail on before Cal.com is asked. */
    public enum NotBookable {

        /** Cal.com no longer has it. */
        INACTIVE("Cal.com no longer has it."),

        /** A managed event type is booked by its children, which have ids of their own. */
        MANAGED_PARENT("It is a managed event type, which is booked by its children.");

        private final String text;

        NotBookable(String text) {
            this.text = text;
        }

        /** As a sentence. */
        public String text() {
            return text;
        }
    }

    /** Whether it can be booked. */
    public boolean bookable() {
        return whyNotBookable().isEmpty();
    }

    /** Why it can't be booked; empty where it can. */
    public Optional<NotBookable> whyNotBookable() {
        if (!active) {
            return Optional.of(NotBookable.INACTIVE);
        }
        return "managed".equalsIgnoreCase(schedulingType) ? Optional.of(NotBookable.MANAGED_PARENT) : Optional.empty();
    }
}
