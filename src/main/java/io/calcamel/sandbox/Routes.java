package io.calcamel.sandbox;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/** Which method, path and version is answered by whom, and who may call. */
final class Routes {

    /** Who may call a route, and with which words others are refused. */
    enum Guard {
        /** Anybody; what is sent as a key is not even looked at. */
        OPEN,
        /** Anybody, but a key that is sent must be good. */
        OPTIONAL,
        /** Whoever has a key; others get 401. */
        KEY,
        /** Whoever has a key; others get 403. */
        PERMISSION
    }

    /**
     * @param versions the API versions that the route has; empty if it is the same in all
     * @param limit the name of a limit of its own; null if the general one holds
     */
    record Route(String method, List<String> segments, Set<String> versions, Guard guard, String limit, Function<Call, Answer> handler) {

        private Map<String, String> match(List<String> asked) {
            if (asked.size() != segments.size()) {
                return null;
            }
            Map<String, String> variables = new HashMap<>();
            for (int i = 0; i < asked.size(); i++) {
                String segment = segments.get(i);
                if (segment.startsWith("{")) {
                    variables.put(segment.substring(1, segment.length() - 1), asked.get(i));
                } else if (!segment.equals(asked.get(i))) {
                    return null;
                }
            }
            return variables;
        }

        private long variableCount() {
            return segments.stream().filter(segment -> segment.startsWith("{")).count();
        }
    }

    /** A route that fits, with the values of its variables. */
    record Match(Route route, Map<String, String> variables) {
    }

    private final List<Route> routes = new ArrayList<>();

    void add(String method, String path, Set<String> versions, Guard guard, Function<Call, Answer> handler) {
        add(method, path, versions, guard, null, handler);
    }

    void add(String method, String path, Set<String> versions, Guard guard, String limit, Function<Call, Answer> handler) {
        routes.add(new Route(method, segments(path), versions, guard, limit, handler));
    }

    /** @return the route that fits best; null if there is none, of that version */
    Match find(String method, String path, String version) {
        List<String> asked = segments(path);
        return routes.stream()
                .filter(route -> route.method().equals(method) && (route.versions().isEmpty() || route.versions().contains(version)))
                .sorted(Comparator.comparingLong(Route::variableCount))
                .map(route -> new Match(route, route.match(asked)))
                .filter(match -> match.variables() != null)
                .findFirst().orElse(null);
    }

    private static List<String> segments(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : path.split("/")) {
            if (!segment.isEmpty()) {
                segments.add(segment.startsWith("{") ? segment : decode(segment));
            }
        }
        return segments;
    }

    private static String decode(String segment) {
        try {
            return URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }
}
