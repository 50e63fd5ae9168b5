package io.calcamel.calcom;

import java.util.Set;

/**
 * A webhook subscription to be made, active and without a template.
 *
 * @param organizationId the organisation whose bookings are told; null for those of the key's owner
 * @param url            where the deliveries go; Cal.com's own service takes public https addresses only
 * @param triggers       what is told, as {@link Triggers} has it
 * @param secret         what the deliveries are signed with; null for no signature
 */
public record NewSubscription(Long organizationId, String url, Set<String> triggers, String secret) {

    /** Without the secret. */
    @Override
    public String toString() {
        return "new subscription to " + url;
    }
}
