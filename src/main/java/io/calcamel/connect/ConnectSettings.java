package io.calcamel.connect;

import io.calcamel.http.Destinations;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What it takes to connect a company.
 *
 * @param destinations which addresses may be called
 * @param regions    the addresses of the API that a key may be of, where nobody names one: Cal.com's regions are separate, and a key of one is refused by the other
 * @param publicUrl  where Cal.com reaches this hub, without a slash at its end; blank where nobody said
 * @param loopback   where this hub listens, for a Cal.com on the same machine; null where that is not to be used
 * @param quietAfter how long after a change in Cal.com its webhook must have come
 * @param examine    how often every company is examined
 */
public record ConnectSettings(Destinations destinations, List<String> regions, String publicUrl, Supplier<String> loopback, Duration quietAfter, Duration examine) {

    private static final Set<String> HERE = Set.of("localhost", "127.0.0.1", "[::1]");

    /**
     * Where a Cal.com reaches this hub.
     *
     * @param server the Cal.com
     * @return the address, without a slash at its end; empty where nobody knows
     */
    String reachedBy(URI server) {
        if (publicUrl.isBlank() && loopback != null && HERE.contains(String.valueOf(server.getHost()))) {
            return loopback.get();
        }
        return publicUrl.strip().replaceFirst("/+$", "");
    }
}
