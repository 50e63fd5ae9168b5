package io.calcamel.company;

/**
 * How a company reaches its Cal.com.
 *
 * @param apiKey         its API key; null where it has none, and so can't call
 * @param baseUrl        the API's address, such as {@code https://api.cal.com/v2}
 * @param apiVersion     {@code v1} or {@code v2}
 * @param teamId         Cal.com's id of its team; null where that is not known
 * @param teamSlug       the team whose event types are synced beside the personal ones; null for all teams
 * @param organizationId Cal.com's id of its organisation; null for none
 */
public record CalcomAccess(String apiKey, String baseUrl, String apiVersion, Long teamId, String teamSlug, Long organizationId) {

    /** Without the key. */
    @Override
    public String toString() {
        return baseUrl;
    }
}
