package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** What is sent back: a status, headers of its own and a body, possibly empty. */
record Answer(int status, Map<String, String> headers, byte[] body) {

    private static final String JSON = "application/json; charset=utf-8";

    static Answer json(int status, JsonNode body) {
        return new Answer(status, Map.of("Content-Type", JSON), Json.write(body).getBytes(StandardCharsets.UTF_8));
    }

    static Answer text(int status, String contentType, String body) {
        return new Answer(status, Map.of("Content-Type", contentType), body.getBytes(StandardCharsets.UTF_8));
    }

    static Answer empty(int status, Map<String, String> headers) {
        return new Answer(status, headers, new byte[0]);
    }

    /** {@code {"status":"success","data":…}} */
    static Answer success(int status, Object data) {
        return json(status, Json.object("status", "success", "data", data));
    }

    static Answer ok(Object data) {
        return success(200, data);
    }

    static Answer created(Object data) {
        return success(201, data);
    }

    /** {@code {"status":"success"}} and nothing else. */
    static Answer done() {
        return json(200, Json.object("status", "success"));
    }
}
