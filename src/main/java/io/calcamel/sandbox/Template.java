package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A webhook's own form of body, with {@code {{names}}} in it. Values are escaped for HTML, quotes excepted; a template that is
 * JSON and is none any more once filled makes the whole body the text {@code false} (Cal.com, Webhooks, "Custom payload template").
 */
final class Template {

    private static final Pattern NAME = Pattern.compile("\\{\\{\\{?\\s*([\\w.\\-]+)\\s*}?}}");

    private final String text;

    Template(String text) {
        this.text = text;
    }

    boolean isJson() {
        return parse(text) != null;
    }

    String fill(JsonNode context) {
        StringBuilder filled = new StringBuilder();
        Matcher names = NAME.matcher(text);
        while (names.find()) {
            names.appendReplacement(filled, Matcher.quoteReplacement(escape(value(context, names.group(1)))));
        }
        names.appendTail(filled);
        if (!isJson()) {
            return filled.toString();
        }
        JsonNode json = parse(filled.toString());
        return json == null ? "false" : Json.write(json);
    }

    private static String value(JsonNode context, String path) {
        JsonNode node = context;
        for (String name : path.split("\\.")) {
            node = node.isArray() && name.matches("\\d{1,6}") ? node.path(Integer.parseInt(name)) : node.path(name);
        }
        return node.isContainerNode() ? "[object Object]" : node.isNull() ? "" : node.asText("");
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("'", "&#x27;").replace("`", "&#x60;")
                .replace("=", "&#x3D;");
    }

    private static JsonNode parse(String json) {
        try {
            JsonNode node = Json.read(json.getBytes(StandardCharsets.UTF_8));
            return node == null || node.isMissingNode() ? null : node;
        } catch (IOException e) {
            return null;
        }
    }
}
