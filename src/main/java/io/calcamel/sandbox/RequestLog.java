package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import java.util.ArrayDeque;
import java.util.List;

/** The requests that the API was asked, the latest last; the oldest are forgotten. Tests read it from threads of their own. */
final class RequestLog {

    private static final int MOST = 5000;

    private final ArrayDeque<Sandbox.RecordedRequest> requests = new ArrayDeque<>();

    synchronized void add(Sandbox.RecordedRequest request) {
        if (requests.size() >= MOST) {
            requests.removeFirst();
        }
        requests.addLast(request);
    }

    synchronized List<Sandbox.RecordedRequest> all() {
        return List.copyOf(requests);
    }

    synchronized void clear() {
        requests.clear();
    }

    ArrayNode view() {
        return Json.array(all().stream().map(request -> Json.object("method", request.method(), "path", request.path(), "query", request.query(),
                "headers", request.headers(), "body", request.body(), "at", request.at(), "status", request.status(), "caller", request.caller())).toList());
    }
}
