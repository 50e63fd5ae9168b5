package io.calcamel.http;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An error that a caller can act on, answered as {@code application/problem+json} (RFC 9457).
 *
 * <p>It is an exception, so that a route step can refuse and the route configuration answers. It has no stack trace:
 * it says what the caller did, not where our code was.
 */
public class Problem extends RuntimeException {

    /** The media type of RFC 9457, section 3. */
    public static final String CONTENT_TYPE = "application/problem+json";

    private final int status;
    private final String code;
    private final String title;
    private final String hint;

    /**
     * @param status the HTTP status, 400 to 599
     * @param code   the stable code that callers branch on, in snake_case
     * @param title  what is wrong, the same for every occurrence of the code
     * @param detail what is wrong with this request; never a secret or personal data. May be null
     * @param hint   what to do about it. May be null
     */
    public Problem(int status, String code, String title, String detail, String hint) {
        super(detail == null ? title : detail, null, false, false);
        this.status = status;
        this.code = code;
        this.title = title;
        this.hint = hint;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** The stable code. */
    public String code() {
        return code;
    }

    /** The problem as the JSON object of RFC 9457, with {@code code} and {@code hint} as extension members. */
    public Map<String, Object> toJson() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "about:blank");
        json.put("title", title);
        json.put("status", status);
        json.put("code", code);
        if (!getMessage().equals(title)) {
            json.put("detail", getMessage());
        }
        if (hint != null) {
            json.put("hint", hint);
        }
        return json;
    }

    /**
     * A parameter or field that can't be used.
     *
     * @param name   the parameter
     * @param detail what is wrong with it
     * @param hint   what would be right
     * @return 400 {@code bad_parameter}
     */
    public static Problem badParameter(String name, String detail, String hint) {
        return new Problem(400, "bad_parameter", "A parameter can't be used", "Parameter '" + name + "' " + detail, hint);
    }

    /**
     * The problem for a status that the HTTP server itself answers with.
     *
     * @param status the HTTP status
     * @return its problem; {@code internal_error} where there is no better name
     */
    public static Problem ofStatus(int status) {
        return switch (status) {
            case 400 -> new Problem(400, "bad_request", "The request can't be read", null,
                    "Check the request line, the path and the encoding of its parameters.");
            case 404 -> new Problem(404, "not_found", "There is nothing at this path", null,
                    "GET /openapi.json lists the paths.");
            case 405 -> new Problem(405, "method_not_allowed", "This path does not take this method", null, null);
            case 406 -> new Problem(406, "not_acceptable", "The answer is JSON, which the Accept header excludes", null, null);
            case 413 -> new Problem(413, "too_large", "The body is larger than this hub takes", "The limit is 1 MiB.", null);
            case 414 -> new Problem(414, "uri_too_long", "The request line is longer than this hub takes", null, null);
            case 415 -> new Problem(415, "unsupported_media_type", "The body is of a type that this path does not take", null,
                    "Send JSON with Content-Type: application/json.");
            case 431 -> new Problem(431, "headers_too_large", "The headers are larger than this hub takes", null, null);
            case 503 -> new Problem(503, "unavailable", "The hub can't answer right now", null, "Try again in a moment.");
            default -> new Problem(status >= 400 && status < 600 ? status : 500, "internal_error",
                    "Something went wrong in the hub", null, "The hub's log says more.");
        };
    }
}
