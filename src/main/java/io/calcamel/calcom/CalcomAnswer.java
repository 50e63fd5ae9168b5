package io.calcamel.calcom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.calcamel.http.Json;
import java.io.IOException;

/**
 * What Cal.com answered.
 *
 * @param status the HTTP status
 * @param body   the JSON body; a missing node where it is no JSON: a proxy's HTML page, or nothing
 */
record CalcomAnswer(int status, JsonNode body) {

    static CalcomAnswer of(int status, byte[] bytes) {
        return new CalcomAnswer(status, parse(bytes));
    }

    private static JsonNode parse(byte[] bytes) {
        try {
            JsonNode tree = Json.MAPPER.readTree(bytes);
            return tree == null ? MissingNode.getInstance() : tree;
        } catch (IOException | RuntimeException e) {
            return MissingNode.getInstance();
        }
    }

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    boolean isJson() {
        return !body.isMissingNode();
    }

    /** Without the body, which can hold personal data and the secrets of subscriptions. */
    @Override
    public String toString() {
        return "answer " + status;
    }
}
