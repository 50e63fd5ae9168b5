package io.calcamel.reconcile;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.component.micrometer.MicrometerConstants;

/** The metric calcamel_webhooks_missed_total: bookings of which a webhook must have been sent and did not come, by company. */
final class WebhooksMissed {

    private static final String NAME = "calcamel.webhooks.missed";

    private final CamelContext context;

    WebhooksMissed(CamelContext context) {
        this.context = context;
    }

    /** These are shown, with 0 as long as nothing was missed. */
    void show(List<String> companies) {
        companies.forEach(company -> count(company, 0));
    }

    /** Some more were missed. */
    void count(String company, int more) {
        MeterRegistry registry = context.getRegistry().lookupByNameAndType(MicrometerConstants.METRICS_REGISTRY_NAME, MeterRegistry.class);
        if (registry != null) {
            Counter.builder(NAME).description("Bookings of which Cal.com's webhook did not come, found by reconciling").tag("company", company)
                    .register(registry).increment(more);
        }
    }
}
