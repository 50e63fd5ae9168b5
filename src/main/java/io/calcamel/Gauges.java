package io.calcamel;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.DoubleSupplier;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.MicrometerConstants;

/** What {@code /observe/metrics} shows of the hub as a whole. */
final class Gauges {

    private final MeterRegistry registry;

    /** @param context the Camel context; without metrics nothing is shown */
    Gauges(CamelContext context) {
        registry = context.getRegistry().lookupByNameAndType(MicrometerConstants.METRICS_REGISTRY_NAME, MeterRegistry.class);
    }

    /**
     * @param name        the gauge's name, with dots
     * @param description what it says
     * @param value       its value
     * @return this
     */
    Gauges show(String name, String description, DoubleSupplier value) {
        if (registry != null) {
            Gauge.builder(name, value::getAsDouble).description(description).strongReference(true).register(registry);
        }
        return this;
    }
}
