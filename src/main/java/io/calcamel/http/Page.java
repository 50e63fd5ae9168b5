package io.calcamel.http;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * One page of a list, as every list of the API is answered.
 *
 * @param total how many items match in all
 * @param items the items of this page
 * @param next  path and query of the next page; null on the last one
 */
public record Page(long total, List<? extends Object> items, String next) {

    /**
     * @param path       the list's path
     * @param parameters the parameters of this page
     * @param after      where the next page begins, in the form that the list's {@code after} parameter takes
     * @return the link for {@link #next}
     */
    public static String nextLink(String path, Parameters parameters, String after) {
        Map<String, String> query = new LinkedHashMap<>(parameters.used());
        query.put("after", after);
        return path + "?" + query.entrySet().stream()
                .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
