package io.calcamel.calcom;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A personal event type to be created (version 2024-06-14, {@code POST /v2/event-types}).
 *
 * @param title         its title
 * @param slug          its name in addresses, unique for the account
 * @param description   may be null
 * @param length        minutes
 * @param locations     an array in Cal.com's form; null for Cal.com's default
 * @param bookingFields an array in Cal.com's form, without the default fields; null for none
 */
public record NewEventType(String title, String slug, String description, int length, JsonNode locations, JsonNode bookingFields) {
}
