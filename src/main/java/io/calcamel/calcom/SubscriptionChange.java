package io.calcamel.calcom;

import java.util.Set;

/**
 * A webhook subscription to be changed; what is null stays as it is.
 *
 * @param organizationId  the organisation that it is of; null for the key's owner
 * @param id              Cal.com's id of it
 * @param url             where the deliveries go
 * @param triggers        what is told, all of it
 * @param active          false to pause it
 * @param secret          what the deliveries are signed with
 * @param withoutTemplate whether its template is taken away, if it has one
 */
public record SubscriptionChange(Long organizationId, String id, String url, Set<String> triggers, Boolean active, String secret,
        boolean withoutTemplate) {

    /** Without the secret. */
    @Override
    public String toString() {
        return "change of subscription " + id;
    }
}
