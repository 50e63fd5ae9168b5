package io.calcamel.company;

/**
 * What the environment says of the company {@value Company#DEFAULT}.
 *
 * @param apiKey         its Cal.com API key; blank for none
 * @param baseUrl        the API's address, which other companies use too that name none
 * @param apiVersion     {@code v1} or {@code v2}; of the others too
 * @param teamSlug       its team; blank for all
 * @param webhookSecrets the secrets of its webhooks, separated by commas
 * @param apiToken       its bearer token for the API
 */
public record DefaultCompany(String apiKey, String baseUrl, String apiVersion, String teamSlug, String webhookSecrets, String apiToken) {

    /** Without what is secret. */
    @Override
    public String toString() {
        return Company.DEFAULT;
    }
}
