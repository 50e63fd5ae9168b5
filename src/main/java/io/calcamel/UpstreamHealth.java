package io.calcamel;

import java.util.Map;
import java.util.function.IntSupplier;
import org.apache.camel.health.HealthCheckResultBuilder;
import org.apache.camel.impl.health.AbstractHealthCheck;

/**
 * Whether Cal.com answers. Part of {@code /observe/health} only, and never down there: a hub that is started again does not mend Cal.com.
 */
final class UpstreamHealth extends AbstractHealthCheck {

    private final IntSupplier failing;

    /** @param failing how many companies are not asked right now, since their Cal.com fails */
    UpstreamHealth(IntSupplier failing) {
        super("calcamel", "calcom");
        this.failing = failing;
    }

    @Override
    public boolean isLiveness() {
        return false;
    }

    @Override
    public boolean isReadiness() {
        return false;
    }

    @Override
    protected void doCall(HealthCheckResultBuilder builder, Map<String, Object> options) {
        int companies = failing.getAsInt();
        if (companies == 0) {
            builder.up();
        } else {
            builder.message("Cal.com fails for " + companies + " of the companies; bookings are left to persons. GET /api/calcom/health says more.").unknown();
        }
    }
}
