package io.calcamel;

import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Ready is who lets requests in and can keep a delivery: Camel itself says so as soon as the routes run. Cal.com is no part of it, nor
 * is the database: a hub that spools must go on being sent webhooks.
 */
final class Readiness extends AbstractHealthCheck {

    private final BooleanSupplier isOpen;
    private final BooleanSupplier keepsDeliveries;

    /**
     * @param isOpen          whether all requests are let in
     * @param keepsDeliveries whether a delivery can be stored anywhere
     */
    Readiness(BooleanSupplier isOpen, BooleanSupplier keepsDeliveries) {
        super("calcamel", "hub");
        this.isOpen = isOpen;
        this.keepsDeliveries = keepsDeliveries;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        if (!isOpen.getAsBoolean()) {
            builder.message("The hub is starting, or stopping.").down();
        } else if (!keepsDeliveries.getAsBoolean()) {
            builder.message("The database is away, and the spool is full or can't be written.").down();
        } else {
            builder.up();
        }
    }
}
