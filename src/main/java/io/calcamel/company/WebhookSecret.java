package io.calcamel.company;

/**
 * A secret that Cal.com may sign a company's webhooks with.
 *
 * @param fingerprint what it is known by without being told
 * @param value       the secret as UTF-8 bytes
 * @param isStored    whether the database has it; else the environment
 */
public record WebhookSecret(String fingerprint, byte[] value, boolean isStored) {

    /** Without the secret. */
    @Override
    public String toString() {
        return "webhook secret " + fingerprint;
    }
}
