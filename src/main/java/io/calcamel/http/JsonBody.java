package io.calcamel.http;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.util.Collection;
import java.util.Optional;

/** A request's body that is a JSON object. */
public final class JsonBody {

    /** {"dryRun":true,"dryRun":false} is nobody's intention. */
    private static final ObjectReader READER = Json.MAPPER.reader().with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    private JsonBody() {
    }

    /**
     * @param body the bytes; none stand for an empty object
     * @return the object
     * @throws Problem 400 {@code bad_request}
     */
    public static JsonNode read(byte[] body) {
        try {
            JsonNode tree = body == null || body.length == 0 ? JsonNodeFactory.instance.objectNode() : READER.readTree(body);
            if (tree.isObject()) {
                return tree;
            }
        } catch (IOException | RuntimeException e) {
            // said below
        }
        throw new Problem(400, "bad_request", "The request can't be read", "The body is no JSON object.", null);
    }

    /**
     * A misspelt name must not pass for a missing one: {@code "dry_run": true} would run.
     *
     * @param given the object
     * @param known the names that it may have
     * @throws Problem 400 {@code bad_parameter} for another
     */
    public static void refuseUnknown(JsonNode given, Collection<String> known) {
        given.fieldNames().forEachRemaining(name -> {
            if (!known.contains(name)) {
                throw Problem.badParameter(name, "is not known here.", "Use: " + String.join(", ", known) + ".");
            }
        });
    }

    /**
     * Somebody's id or slug, which may be a number or a text.
     *
     * @param given the object
     * @param name  the field
     * @return what it says; empty where it is missing or null
     * @throws Problem 400 {@code bad_parameter}
     */
    public static Optional<String> idOrSlug(JsonNode given, String name) {
        JsonNode value = given.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual() && !value.isIntegralNumber() || value.asText().isBlank() || value.asText().indexOf(0) >= 0) {
            throw Problem.badParameter(name, "is no id and no slug.", null);
        }
        return Optional.of(value.asText().strip());
    }
}
