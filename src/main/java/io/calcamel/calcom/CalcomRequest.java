package io.calcamel.calcom;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import io.calcamel.http.Json;
import java.net.URLEncoder;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A request as it travels to Cal.com.
 *
 * @param operation what is asked
 * @param via       how the company reaches its Cal.com
 * @param method    the HTTP method
 * @param path      the path with its version, such as {@code /v2/slots}
 * @param query     parameters by name, in the order in which they are sent
 * @param body      the JSON body; null for none
 */
public record CalcomRequest(Operation operation, Connection via, String method, String path, Map<String, String> query, JsonNode body) {

    static CalcomRequest get(Operation operation, Connection via, String path) {
        return new CalcomRequest(operation, via, "GET", path, Map.of(), null);
    }

    CalcomRequest with(String name, Object value) {
        if (value == null) {
            return this;
        }
        Map<String, String> more = new LinkedHashMap<>(query);
        more.put(name, value.toString());
        return new CalcomRequest(operation, via, method, path, more, body);
    }

    /** Whether asking twice does no harm. */
    boolean isRead() {
        return method.equals("GET");
    }

    /** The address without its query, which in v1 holds the key. */
    String url() {
        return via.server() + path;
    }

    /** The query, percent-encoded; empty for none. */
    Optional<String> queryString() {
        return query.isEmpty() ? Optional.empty() : Optional.of(query.entrySet().stream()
                .map(parameter -> parameter.getKey() + "=" + URLEncoder.encode(parameter.getValue(), StandardCharsets.UTF_8))
                .collect(Collectors.joining("&")));
    }

    /** The body as it travels; null for none. */
    byte[] bytes() {
        return body == null ? null : Json.write(body).getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Without query and body: the one may hold a key, the other personal data. Ids of Cal.com have no signs; what has some is what a caller
     * took for one, and can be anybody's address.
     */
    @Override
    public String toString() {
        return method + " " + path.replaceAll("/[^/]*[%@+][^/]*", "/***");
    }
}
