package io.calcamel.attention;

import java.util.Locale;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.spi.HeaderFilterStrategy;

/** Which headers travel to {@code attention.url}: none but these. None of its own come in. */
final class ToAttentionOnly implements HeaderFilterStrategy {

    private static final Set<String> OUT = Set.of("user-agent", AttentionSteps.SIGNATURE.toLowerCase(Locale.ROOT));

    @Override
    public boolean applyFilterToCamelHeaders(String name, Object value, Exchange exchange) {
        return !OUT.contains(name.toLowerCase(Locale.ROOT));
    }

    @Override
    public boolean applyFilterToExternalHeaders(String name, Object value, Exchange exchange) {
        return true;
    }
}
