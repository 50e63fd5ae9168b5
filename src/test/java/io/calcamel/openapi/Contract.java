package io.calcamel.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonMetaSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.NonValidationKeyword;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.ValidationMessage;
import com.networknt.schema.oas.OpenApi30;
import io.calcamel.http.Json;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The document as tests look at it: operations by id, references followed, and values held against schemas. */
final class Contract {

    /** The one of OpenAPI 3.0, with the components beside a schema, for its references. */
    private static final JsonMetaSchema DIALECT = JsonMetaSchema.builder(OpenApi30.getInstance()).keyword(new NonValidationKeyword("components")).build();
    private static final JsonSchemaFactory SCHEMAS = JsonSchemaFactory.builder().metaSchema(DIALECT).defaultMetaSchemaIri(DIALECT.getIri()).build();
    private static final SchemaValidatorsConfig STRICT = SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();

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

    /** What of a value is not as the schema has it. */
    Set<String> violations(JsonNode schema, JsonNode value) {
        ObjectNode whole = Json.MAPPER.createObjectNode();
        whole.putArray("allOf").add(schema);
        whole.set("components", document.path("components"));
        return SCHEMAS.getSchema(whole, STRICT).validate(Json.write(value), InputFormat.JSON).stream().map(ValidationMessage::getMessage)
                .collect(Collectors.toSet());
    }
}
