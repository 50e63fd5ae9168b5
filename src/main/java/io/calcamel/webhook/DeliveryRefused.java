package io.calcamel.webhook;

/** The database takes other deliveries, but not this one: to wait does not help. */
public final class DeliveryRefused extends InboxUnavailable {

    /** @param detail why, without personal data */
    DeliveryRefused(String detail) {
        super(detail);
    }
}
