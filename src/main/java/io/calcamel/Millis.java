package io.calcamel;

import org.apache.camel.CamelContext;
import org.apache.camel.spi.PropertiesFunction;
import org.apache.camel.util.TimeUtils;

/**
 * {@code {{millis:event-types.sync.every}}} in a route: a setting such as {@code 30m}, for components that take
 * milliseconds only, as Camel's Quartz does.
 */
final class Millis implements PropertiesFunction {

    private final CamelContext context;

    Millis(CamelContext context) {
        this.context = context;
    }

    @Override
    public String getName() {
        return "millis";
    }

    @Override
    public String apply(String key) {
        return String.valueOf(TimeUtils.toMilliSeconds(context.resolvePropertyPlaceholders("{{" + key + "}}")));
    }
}
