package io.calcamel.http;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;

/**
 * The first step of every {@code /api} route: knows the caller by the bearer token, takes the parameters that the route
 * may use, and drops every header, so that nothing from outside steers a component.
 *
 * <p>It sets the variables {@code companyId} (the id of the token's company) and {@code parameters} (path and query
 * parameters by name; where one is given twice, the path's wins, then the last).
 */
public final class ApiCall implements Processor {

    private final Function<String, Optional<Integer>> companyOfToken;

    /**
     * @param companyOfToken tells the company's id of a bearer token, or empty for an unknown one; compares in
     *                       constant time
     */
    public ApiCall(Function<String, Optional<Integer>> companyOfToken) {
        this.companyOfToken = companyOfToken;
    }

    /**
     * @param exchange the request
     * @throws Problem 401 {@code unauthorized} without a known bearer token (RFC 6750, section 2.1)
     */
    @Override
    public void process(Exchange exchange) {
        Message message = exchange.getMessage();
        Map<String, String> parameters = parameters(message);
        String token = bearerToken(message.getHeader("Authorization"));
        message.removeHeaders("*");
        message.setBody(message.getBody() == null ? null : message.getBody(byte[].class));

        int company = Optional.ofNullable(token).flatMap(companyOfToken).orElseThrow(() -> new Problem(401, "unauthorized",
                "The bearer token is missing or unknown", null, "Send Authorization: Bearer <the company's API token>."));
        exchange.setVariable("companyId", company);
        exchange.setVariable("parameters", parameters);
    }

    /** The token of an Authorization header; null where there is none, it is of another scheme, or it came twice. */
    private static String bearerToken(Object authorization) {
        if (!(authorization instanceof String header) || header.length() < 8
                || !header.substring(0, 7).toLowerCase(Locale.ROOT).equals("bearer ")) {
            return null;
        }
        return header.substring(7).strip();
    }

    private static Map<String, String> parameters(Message message) {
        Map<String, String> parameters = new LinkedHashMap<>(QueryString.parse(message.getHeader(Exchange.HTTP_RAW_QUERY, String.class)));
        // The path's own value, never a header or query parameter of the same name.
        String[] names = ((PlatformHttpEndpoint) message.getExchange().getFromEndpoint()).getPath().split("/");
        String[] values = message.getHeader(Exchange.HTTP_PATH, "", String.class).split("/");
        for (int i = 0; i < Math.min(names.length, values.length); i++) {
            if (names[i].startsWith("{") && names[i].endsWith("}")) {
                parameters.put(names[i].substring(1, names[i].length() - 1), QueryString.decode(values[i]));
            }
        }
        return parameters;
    }
}
