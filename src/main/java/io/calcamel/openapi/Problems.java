package io.calcamel.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Writes the errors of every operation. A file of a group names them in {@code x-problems}, {@code base.yaml} there those
 * that every operation has, and in {@code x-other-problems} those that the server answers where no operation is meant;
 * {@code problems.yaml} says what each looks like.
 */
final class Problems {

    private static final String NAMES = "x-problems";
    private static final String OTHER_NAMES = "x-other-problems";
    private static final String KEY = "#/components/parameters/idempotencyKey";
    private static final String REPLAYED = "Idempotency-Replayed";
    /** Answered before anything is stored under a key, or because of what passes: these are not kept for a repetition. */
    private static final Set<Integer> NEVER_REPLAYED = Set.of(400, 401, 413, 500);

    private final ObjectNode catalogue;

    /** @param catalogue the problems by name; the name is the code unless it says another */
    Problems(ObjectNode catalogue) {
        this.catalogue = catalogue;
    }

    void writeInto(ObjectNode document) {
        List<String> ofAll = take(document, NAMES);
        List<String> others = take(document, OTHER_NAMES);
        document.path("paths").forEach(path -> path.forEach(operation -> write((ObjectNode) operation, ofAll, others)));
        TreeSet<String> codes = new TreeSet<>();
        catalogue.fieldNames().forEachRemaining(name -> codes.add(code(name)));
        ArrayNode known = ((ObjectNode) document.at("/components/schemas/ProblemCode")).putArray("enum");
        codes.forEach(known::add);
    }

    private void write(ObjectNode operation, List<String> ofAll, List<String> others) {
        Set<String> names = new LinkedHashSet<>(take(operation, NAMES));
        names.addAll(ofAll);
        Map<Integer, List<String>> byStatus = new TreeMap<>();
        names.forEach(name -> byStatus.computeIfAbsent(problem(name).path("status").intValue(), status -> new ArrayList<>()).add(name));
        ObjectNode responses = (ObjectNode) operation.path("responses");
        boolean takesKey = operation.path("parameters").findValuesAsText("$ref").contains(KEY);
        byStatus.forEach((status, same) -> {
            ObjectNode response = response(status, same);
            if (takesKey && !NEVER_REPLAYED.contains(status)) {
                response.withObject("/headers").putObject(REPLAYED).put("$ref", "#/components/headers/" + REPLAYED);
            }
            responses.set(String.valueOf(status), response);
        });
        responses.set("default", response(null, others));
    }

    private ObjectNode response(Integer status, List<String> names) {
        ObjectNode response = JsonNodeFactory.instance.objectNode();
        Set<String> titles = new LinkedHashSet<>();
        names.forEach(name -> titles.add(problem(name).path("title").asText()));
        response.put("description", String.join(". ", titles) + ".");
        if (status != null && status == 401 && names.stream().map(this::code).anyMatch("unauthorized"::equals)) {
            response.putObject("headers").putObject("WWW-Authenticate").put("$ref", "#/components/headers/WWW-Authenticate");
        }
        if (status != null && (status == 503 || status == 429)) {
            response.putObject("headers").putObject("Retry-After").put("$ref", "#/components/headers/Retry-After");
        }
        ObjectNode content = response.putObject("content").putObject("application/problem+json");
        ArrayNode all = content.putObject("schema").putArray("allOf");
        all.addObject().put("$ref", "#/components/schemas/Problem");
        ObjectNode narrowed = all.addObject().put("type", "object").putObject("properties");
        if (status != null) {
            narrowed.putObject("status").put("type", "integer").putArray("enum").add(status);
        }
        ArrayNode codes = narrowed.putObject("code").put("type", "string").putArray("enum");
        names.stream().map(this::code).distinct().forEach(codes::add);
        ObjectNode examples = content.putObject("examples");
        names.forEach(name -> examples.putObject(name).put("summary", problem(name).path("title").asText()).set("value", example(name)));
        return response;
    }

    private ObjectNode example(String name) {
        ObjectNode example = JsonNodeFactory.instance.objectNode().put("type", "about:blank");
        example.set("title", problem(name).path("title"));
        example.set("status", problem(name).path("status"));
        example.put("code", code(name));
        problem(name).properties().forEach(field -> {
            if (!example.has(field.getKey())) {
                example.set(field.getKey(), field.getValue());
            }
        });
        return example;
    }

    private String code(String name) {
        return problem(name).path("code").asText(name);
    }

    private JsonNode problem(String name) {
        JsonNode problem = catalogue.get(name);
        if (problem == null) {
            throw new IllegalStateException("problems.yaml has no '" + name + "'");
        }
        return problem;
    }

    private static List<String> take(ObjectNode from, String names) {
        List<String> taken = new ArrayList<>();
        JsonNode given = from.remove(names);
        if (given != null) {
            given.forEach(name -> taken.add(name.asText()));
        }
        return taken;
    }
}
