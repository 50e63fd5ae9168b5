package io.calcamel.calcom;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/** Which headers travel to Cal.com, and which of its headers come in: none but these. */
final class ToCalcomOnly implements HeaderFilterStrategy {

    private static final Set<String> OUT = Set.of("authorization", "cal-api-version", "accept", "user-agent");

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return !OUT.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        String known = name.toLowerCase(Locale.ROOT);
        return !known.startsWith(RateHeaders.PREFIX) && !known.equals(RateHeaders.RETRY_AFTER);
    }
}
