package io.calcamel.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.commons.codec.digest.DigestUtils;

/**
 * The first step of every {@code /api} route: knows the caller by the bearer token, takes the parameters that the route
 * may use, and drops every header, so that nothing from outside steers a component.
 *
 * <p>It sets the variables {@code companyId} (the id of the token's company) and {@code parameters} (path and query
 * parameters by name; where one is given twice, the path's wins, then the last).
 */
public final class ApiCall implements Processor {

    private static final String SCHEME = "Bearer ";

    /** Variable that says whether the token is the administrator's, where the route takes both. */
    public static final String IS_ADMINISTRATOR = "isAdministrator";

    /** Variable with the SHA-256 of the token, by which it can be named. */
    public static final String TOKEN_HASH = "tokenHash";

    private final String whose;
    private final Function<String, Optional<Integer>> companyOfToken;
    private final Predicate<String> isAdministrator;

    /**
     * @param whose          whose token it takes, for the hint: {@code the company's API token}
     * @param companyOfToken tells the company's id of a bearer token, or empty for an unknown one; tells
     *                       nothing about a token by the time that it takes
     */
    public ApiCall(String whose, Function<String, Optional<Integer>> companyOfToken) {
        this(whose, companyOfToken, token -> false);
    }

    private ApiCall(String whose, Function<String, Optional<Integer>> companyOfToken, Predicate<String> isAdministrator) {
        this.whose = whose;
        this.companyOfToken = companyOfToken;
        this.isAdministrator = isAdministrator;
    }

    /**
     * For a route that takes the administrator's token too, and is told so by the variable {@code isAdministrator}.
     *
     * @param other     the company that the call is for then, as long as it names no other
     * @param recognise whether a bearer token is the administrator's; tells nothing about it by the time that it takes
     * @return the step
     */
    public ApiCall orAdministrator(int other, Predicate<String> recognise) {
        return new ApiCall(whose + " or the administrator's", token -> recognise.test(token) ? Optional.of(other) : companyOfToken.apply(token), recognise);
    }

    /**
     * @param exchange the request
     * @throws Problem 401 {@code unauthorized} without a known bearer token (RFC 6750, section 2.1)
     */
    @Override
    public void process(Exchange exchange) {
        Request request = Request.of(exchange);
        Map<String, String> parameters = parameters(request, (PlatformHttpEndpoint) exchange.getFromEndpoint());
        String token = bearerToken(request.header("Authorization"));
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setBody(message.getBody() == null ? null : message.getBody(byte[].class));

        int company = Optional.ofNullable(token).flatMap(companyOfToken).orElseThrow(() -> new Problem(401, "unauthorized",
                "The bearer token is missing or unknown", null, "Send Authorization: Bearer <" + whose + ">."));
        exchange.setVariable("companyId", company);
        exchange.setVariable(IS_ADMINISTRATOR, isAdministrator.test(token));
        exchange.setVariable(TOKEN_HASH, DigestUtils.sha256(token));
        exchange.setVariable("parameters", parameters);
    }

    /** The token of an Authorization header; null where there is none, or it is of another scheme. */
    private static String bearerToken(String authorization) {
        boolean isBearer = authorization != null && authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
        return isBearer ? authorization.substring(SCHEME.length()).strip() : null;
    }

    private static Map<String, String> parameters(Request request, PlatformHttpEndpoint endpoint) {
        Map<String, String> parameters = new LinkedHashMap<>(QueryString.parse(request.query()));
        String[] names = endpoint.getPath().split("/");
        String[] values = request.path().split("/");
        for (int i = 0; i < Math.min(names.length, values.length); i++) {
            if (names[i].startsWith("{") && names[i].endsWith("}")) {
                parameters.put(names[i].substring(1, names[i].length() - 1), QueryString.decode(values[i]));
            }
        }
        return parameters;
    }
}
