package io.calcamel.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.http.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The OpenAPI document, put together from the YAML files beside this class: {@code base.yaml} for what all share, and one
 * for each group of paths, so that who changes a group of routes changes one short file. {@link Problems} writes the
 * errors, which every operation has many of, from their names.
 */
final class Document {

    private static final List<String> FILES = List.of("base", "webhooks", "appointments", "bookings", "availability", "event-types", "reconcile", "deliveries", "calcom",
            "companies", "tokens", "branches", "privacy", "openapi");

    private Document() {
    }

    /**
     * @param version of the hub
     * @return the document, without anything of ours that OpenAPI does not know
     */
    static ObjectNode read(String version) {
        ObjectNode document = Json.MAPPER.createObjectNode();
        FILES.forEach(file -> merge(document, load(file), file));
        ((ObjectNode) document.path("info")).put("version", version);
        new Problems(load("problems")).writeInto(document);
        return document;
    }

    static ObjectNode load(String file) {
        try (InputStream yaml = Document.class.getResourceAsStream(file + ".yaml")) {
            return Json.MAPPER.valueToTree(new Load(LoadSettings.builder().setLabel(file).build()).loadFromInputStream(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void merge(ObjectNode into, ObjectNode from, String file) {
        from.properties().forEach(field -> {
            JsonNode there = into.get(field.getKey());
            if (there == null) {
                into.set(field.getKey(), field.getValue());
            } else if (there instanceof ObjectNode object && field.getValue() instanceof ObjectNode more) {
                merge(object, more, file);
            } else {
                throw new IllegalStateException(file + ".yaml says '" + field.getKey() + "' once more");
            }
        });
    }
}
