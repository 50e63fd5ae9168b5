package io.calcamel.calcom;

/**
 * Whose API key it is (Cal.com API v2, {@code GET /v2/me}).
 *
 * @param id             Cal.com's id of the user
 * @param username       the user name; null where none is set
 * @param email          the address
 * @param timeZone       the user's zone, as Cal.com has it
 * @param organizationId Cal.com's id of the user's organisation; null for none, and of API v1
 */
public record Account(long id, String username, String email, String timeZone, Long organizationId) {
}
