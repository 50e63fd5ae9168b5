package io.calcamel.calcom;

import java.util.Set;

/**
 * A webhook subscription as Cal.com has it ({@code /v2/webhooks}): where it tells of what.
 *
 * @param id              Cal.com's id
 * @param url             where the deliveries go, exactly as it was given
 * @param active          whether it is not paused
 * @param triggers        what is told
 * @param payloadTemplate what the bodies are made by instead of Cal.com's own form; null for none
 * @param secret          what the deliveries are signed with; null for none
 */
public record Subscription(String id, String url, boolean active, Set<String> triggers, String payloadTemplate, String secret) {

    /** Without the secret. */
    @Override
    public String toString() {
        return "subscription " + id + (active ? "" : ", paused,") + " to " + url;
    }
}
