package io.calcamel.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.oas.OpenApi30;
import io.calcamel.HubExtension;
import io.calcamel.http.Json;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The document as tests look at it: operations by id, references followed, and values held against schemas. */
final class Contract {

    /** The one of OpenAPI 3.0, with the components beside a schema, for its references. */
    private static final JsonMetaSchema DIALECT = JsonMetaSchema.builder(OpenApi30.getInstance()).keyword(new NonValidationKeyword("components")).build();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.builder().metaSchema(DIALECT).defaultMetaSchemaIri(DIALECT.getIri()).build();
    private static final SchemaValidatorsConfig STRICT = SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

    /** Those that answers are looked through for. */
    private static final List<String> HEADERS = List.of("Retry-After", "WWW-Authenticate", "Location", "Idempotency-Replayed");

    /** One method of one path. */
    record Operation(String method, String path, JsonNode json) {

        String id() {
            return json.path("operationId").asText();
        }
    }

    private final JsonNode document;
    private final Map<String, Operation> operations = new TreeMap<>();

    Contract(JsonNode document) {
        this.document = document;
        document.path("paths").properties().forEach(path -> path.getValue().properties().forEach(method -> {
            Operation operation = new Operation(method.getKey().toUpperCase(Locale.ROOT), path.getKey(), method.getValue());
            if (operations.put(operation.id(), operation) != null) {
                throw new IllegalStateException("there are two operations " + operation.id());
            }
        }));
    }

    JsonNode document() {
        return document;
    }

    Map<String, Operation> operations() {
        return operations;
    }

    /** The parameters of an operation, by name. */
    Map<String, JsonNode> parameters(Operation operation, String in) {
        Map<String, JsonNode> parameters = new LinkedHashMap<>();
        operation.json().path("parameters").forEach(given -> {
            JsonNode parameter = follow(given);
            if (parameter.path("in").asText().equals(in)) {
                parameters.put(parameter.path("name").asText(), parameter);
            }
        });
        return parameters;
    }

    /** What the operation answers with this status; missing where it is not documented. */
    Optional<JsonNode> response(Operation operation, String status) {
        return Optional.ofNullable(operation.json().path("responses").get(status)).map(this::follow);
    }

    /** What a reference stands for. */
    JsonNode follow(JsonNode node) {
        String reference = node.path("$ref").asText();
        return reference.isEmpty() ? node : follow(document.at(reference.substring(1)));
    }

    /** Holds an answer against what the operation documents for this status, and gives its body. */
    JsonNode answers(String operation, int status, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(operation + ": " + answer.body()).isEqualTo(status);
        return isDocumented(operation, String.valueOf(status), answer);
    }

    /** As {@link #answers}, where the status is documented under another name. */
    JsonNode isDocumented(String operation, String documentedAs, HttpResponse<String> answer) {
        JsonNode response = response(operations.get(operation), documentedAs)
                .orElseThrow(() -> new AssertionError(operation + " does not document " + documentedAs + ": " + answer.body()));
        String type = answer.headers().firstValue("Content-Type").orElseThrow();
        assertThat(response.path("content").has(type)).as(operation + " answers " + type).isTrue();
        JsonNode body = HubExtension.json(answer);
        assertThat(violations(response.path("content").path(type).path("schema"), body)).as(operation + ": " + answer.body()).isEmpty();
        Set<String> documented = new TreeSet<>();
        Set<String> required = new TreeSet<>();
        response.path("headers").properties().forEach(header -> {
            documented.add(header.getKey());
            if (follow(header.getValue()).path("required").asBoolean()) {
                required.add(header.getKey());
            }
        });
        Set<String> answered = HEADERS.stream().filter(name -> answer.headers().firstValue(name).isPresent()).collect(Collectors.toSet());
        assertThat(answered).as(operation).containsAll(required).isSubsetOf(documented);
        return body;
    }

    /** What of a value is not as the schema has it. */
    Set<String> violations(JsonNode schema, JsonNode value) {
        ObjectNode whole = Json.MAPPER.createObjectNode();
        whole.putArray("allOf").add(schema);
        whole.set("components", document.path("components"));
        return SCHEMAS.getSchema(whole, STRICT).validate(Json.write(value), InputFormat.JSON).stream().map(ValidationMessage::getMessage)
                .collect(Collectors.toSet());
    }
}
