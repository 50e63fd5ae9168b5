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
     * A page of items that have an {@code id}, after which the next page begins.
     *
     * @param total      how many items match in all
     * @param found      the items that were found: one more than the page may have, where there is a next one
     * @param path       the list's path
     * @param parameters the parameters of this page; {@code limit} among them
     * @return the page
     */
    public static Page of(long total, List<Map<String, Object>> found, String path, Parameters parameters) {
        int limit = parameters.limit();
        if (found.size() <= limit) {
            return new Page(total, found, null);
        }
        List<Map<String, Object>> page = List.copyOf(found.subList(0, limit));
        return new Page(total, page, nextLink(path, parameters, String.valueOf(page.get(limit - 1).get("id"))));
    }

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
