package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;

/** The text of a query parameter as the value that it stands for. */
final class Query {

    private Query() {
    }

    /** @return the number, or what JavaScript calls not a number */
    static JsonNode number(String text) {
        return Json.node(text.matches("-?\\d{1,9}") ? (Object) Integer.valueOf(text) : (Object) Double.NaN);
    }
}
