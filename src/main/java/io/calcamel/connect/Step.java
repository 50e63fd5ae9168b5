package io.calcamel.connect;

import io.calcamel.http.Problem;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One step of connecting a company, or one finding about it.
 *
 * @param name    what it is about
 * @param outcome what came of it, or {@code failed}
 * @param detail  more of it, for people; may be null
 * @param hint    what to do; null where there is nothing to do
 */
record Step(String name, String outcome, String detail, String hint) {

    static final String FAILED = "failed";
    static final String SKIPPED = "skipped";

    Step(String name, String outcome, String detail) {
        this(name, outcome, detail, null);
    }

    static Step failed(String name, Problem problem) {
        Map<String, Object> json = problem.toJson();
        String title = String.valueOf(json.get("title"));
        return new Step(name, FAILED, json.containsKey("detail") ? title + ". " + json.get("detail") : title, (String) json.get("hint"));
    }

    boolean isFailed() {
        return outcome.equals(FAILED);
    }

    /** As the API shows it. */
    Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("name", name);
        json.put("outcome", outcome);
        json.put("detail", detail);
        json.put("hint", hint);
        return json;
    }
}
