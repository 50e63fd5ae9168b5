package io.calcamel.calcom;

import java.net.URI;
import java.util.Locale;

/**
 * How a company reaches its Cal.com.
 *
 * @param companyId  the company
 * @param server     scheme, host, port and any path before {@code /v2}, without a slash at the end
 * @param apiKey     its API key
 * @param apiVersion the generation of the API that the server is asked in
 * @param edition    which Cal.com it is
 */
public record Connection(int companyId, URI server, String apiKey, ApiVersion apiVersion, Edition edition) {

    /**
     * @param companyId  the company
     * @param baseUrl    the API's address, such as {@code https://api.cal.com/v2}; with or without the version at its end
     * @param apiKey     its API key
     * @param apiVersion the generation of the API that the server is asked in
     * @return the connection
     * @throws IllegalArgumentException if there can be no such connection; the message says why and what to do
     */
    public static Connection of(int companyId, String baseUrl, String apiKey, ApiVersion apiVersion) {
        URI server = server(baseUrl);
        Edition edition = Edition.at(server);
        if (apiVersion == ApiVersion.V1 && edition == Edition.HOSTED) {
            throw new IllegalArgumentException("Cal.com's own API v1 was shut off on 2026-04-08 and answers 410:"
                    + " set calcom.api-version=v2 for " + server.getHost() + ". v1 is for old self-hosted servers only.");
        }
        return new Connection(companyId, server, apiKey, apiVersion, edition);
    }

    private static URI server(String baseUrl) {
        try {
            URI url = URI.create(baseUrl.strip());
            String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
            if ((scheme.equals("https") || scheme.equals("http")) && url.getHost() != null && url.getUserInfo() == null
                    && url.getQuery() == null && url.getFragment() == null) {
                return URI.create(url.toString().replaceFirst("/*$", "").replaceFirst("/v[12]$", ""));
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw new IllegalArgumentException("calcom.base-url is no address of an API: use the like of https://api.cal.com/v2.");
    }

    /** Company and host: what fails together, and so shares a circuit breaker. */
    String line() {
        return companyId + "@" + server.getAuthority();
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "company " + companyId + " at " + server;
    }
}
