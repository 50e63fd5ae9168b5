package io.calcamel;

import java.util.Map;
import java.util.function.BooleanSupplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/** Ready is who lets requests in: Camel itself says so as soon as the routes run. Cal.com is no part of it. */
final class Readiness extends AbstractHealthCheck {

    private final BooleanSupplier isOpen;

    /** @param isOpen whether all requests are let in */
    Readiness(BooleanSupplier isOpen) {
        super("calcamel", "hub");
        this.isOpen = isOpen;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        if (isOpen.getAsBoolean()) {
            builder.up();
        } else {
            builder.message("The hub is starting, or stopping.").down();
        }
    }
}
