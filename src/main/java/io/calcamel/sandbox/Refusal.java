package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A request that is refused. Cal.com has two shapes for that (Cal.com API v2, errors): an envelope, whose code is the name
 * of the exception's class, and a bare one, for what its booking core throws.
 */
final class Refusal extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;
    private final transient JsonNode details;

    private Refusal(int status, String code, String message, JsonNode details) {
        super(message, null, false, false);
        this.status = status;
        this.code = code;
        this.details = details;
    }

    static Refusal badRequest(String message) {
        return enveloped(400, "BadRequestException", "Bad Request", message);
    }

    static Refusal unauthorized(String message) {
        return enveloped(401, "UnauthorizedException", "Unauthorized", message);
    }

    static Refusal forbidden(String message) {
        return enveloped(403, "ForbiddenException", "Forbidden", message);
    }

    static Refusal notFound(String message) {
        return enveloped(404, "NotFoundException", "Not Found", message);
    }

    static Refusal conflict(String message) {
        return enveloped(409, "ConflictException", "Conflict", message);
    }

    static Refusal unprocessable(String message) {
        return enveloped(422, "UnprocessableEntityException", "Unprocessable Entity", message);
    }

    static Refusal noRoute(String method, String path) {
        return notFound("Cannot " + method + " " + path);
    }

    /** Of the validation of a body or query: every error, with what was sent. */
    static Refusal invalid(JsonNode errors) {
        return new Refusal(400, "BadRequestException", "Bad Request Exception", Json.object("errors", errors));
    }

    /** Of the booking core's own validation: a text, and no details. */
    static Refusal core(String message) {
        return new Refusal(400, "BAD_REQUEST", message, null);
    }

    static Refusal trpc(int status, String message) {
        return new Refusal(status, "TRPCError", message, null);
    }

    /** Of the database: a unique value is taken. */
    static Refusal taken() {
        return new Refusal(409, "CONFLICT", "Invalid Input: Trying to create a record that already exists.", null);
    }

    static Refusal tooManyRequests() {
        String message = "CustomThrottlerGuard - Too many requests. Please try again later.";
        return new Refusal(429, "ThrottlerException", message, Json.node(message));
    }

    static Refusal internal() {
        return new Refusal(500, "INTERNAL_SERVER_ERROR", "There was an error, please try again later.", null);
    }

    /** Of the sandbox itself, which keeps everything in memory and so has to stop somewhere. */
    static Refusal full(String what, int limit) {
        return enveloped(507, "InsufficientStorageException", "Insufficient Storage",
                "The sandbox keeps at most " + limit + " " + what + ". POST /_sandbox/reset empties it.");
    }

    static Refusal bare(int status, String message) {
        return new Refusal(status, null, message, null);
    }

    private static Refusal enveloped(int status, String code, String error, String message) {
        return new Refusal(status, code, message, Json.object("message", message, "error", error, "statusCode", status));
    }

    /** @param path path and query as they were asked for */
    Answer answer(String path, java.time.Instant now) {
        if (code == null) {
            return Answer.json(status, Json.object("statusCode", status, "message", getMessage()));
        }
        return Answer.json(status, Json.object(
                "status", "error",
                "timestamp", now,
                "path", path,
                "error", Json.object("code", code, "message", getMessage(), "details", Json.given(details))));
    }
}
