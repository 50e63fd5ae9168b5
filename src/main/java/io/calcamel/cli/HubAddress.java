package io.calcamel.cli;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Where a hub listens.
 *
 * @param base its URL, http or https, without a slash at its end
 */
record HubAddress(URI base) {

    private static final int HIGHEST_PORT = 65_535;

    /**
     * @param url a URL as people type it
     * @return the address; empty if the URL is none of http or https, or has a query or fragment, to which no path can be
     *         added
     */
    static Optional<HubAddress> parse(String url) {
        URI uri;
        try {
            uri = URI.create(url.strip().replaceAll("/+$", ""));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        boolean web = "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
        return web && uri.getHost() != null && uri.getPort() <= HIGHEST_PORT && uri.getQuery() == null && uri.getFragment() == null
                ? Optional.of(new HubAddress(uri))
                : Optional.empty();
    }

    /** Where Cal.com posts for the default company. */
    URI webhooks() {
        return URI.create(base + "/webhooks/calcom");
    }

    /** Where Cal.com posts for the company with this slug. */
    URI webhooksOf(String company) {
        return URI.create(webhooks() + "/" + encoded(company));
    }

    URI appointment(String uid) {
        return URI.create(base + "/api/appointments/" + encoded(uid));
    }

    /** A path of the API, with its query. */
    URI api(String pathAndQuery) {
        return URI.create(base + pathAndQuery);
    }

    URI deliveries() {
        return URI.create(base + "/api/deliveries");
    }

    /** URLEncoder encodes for forms, where a blank is a plus; in a path it is not. */
    static String encoded(String segment) {
        return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
    }

    @Override
    public String toString() {
        return base.toString();
    }
}
