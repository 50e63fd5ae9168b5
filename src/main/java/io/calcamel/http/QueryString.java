package io.calcamel.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Reads the query part of a request line (the application/x-www-form-urlencoded form of the URL Standard, section 5). */
final class QueryString {

    /** Times, numbers and addresses. */
    private static final Set<String> KEEP_PLUS = Set.of("from", "to", "start", "end", "phone", "email");

    private QueryString() {
    }

    /**
     * @param query the raw query, without the question mark; may be null
     * @return the last value of each name
     * @throws Problem 400 where a percent-encoding is broken
     */
    static Map<String, String> parse(String query) {
        Map<String, String> parameters = new LinkedHashMap<>();
        if (query != null) {
            for (String pair : query.split("&")) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    String name = decode(pair.substring(0, equals));
                    parameters.put(name, decodeValue(name, pair.substring(equals + 1)));
                }
            }
        }
        return parameters;
    }

    /**
     * @param text percent-encoded text of a path
     * @return the text it stands for
     * @throws Problem 400 where a percent-encoding is broken
     */
    static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Problem.ofStatus(400);
        }
    }

    /** In a time such as 2026-12-01T10:00:00+01:00 the plus sign is the offset's, as people paste it; elsewhere a blank. */
    private static String decodeValue(String name, String value) {
        boolean keepsPlus = KEEP_PLUS.contains(name);
        return keepsPlus ? decode(value) : decode(value.replace("+", "%20"));
    }
}
