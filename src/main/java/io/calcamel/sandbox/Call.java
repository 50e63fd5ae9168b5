package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * A request on its way to whoever answers it.
 *
 * @param path without query, and without the prefixes that are rewritten; with that of its region, as faults know it
 * @param asked path and query as errors show them
 * @param variables what stands for the parts of the route's path that are in braces
 * @param caller the account whose key was sent; null if none was, or if it is ignored here
 */
record Call(String method, String path, String asked, Map<String, List<String>> query, Map<String, String> headers, JsonNode body,
        Map<String, String> variables, Account caller, Instant now) {

    String variable(String name) {
        return variables.get(name);
    }

    /** @return the query parameter; null if it was not sent */
    String parameter(String name) {
        List<String> values = query.get(name);
        return values == null || values.isEmpty() ? null : values.get(0);
    }

    boolean isCalledBy(Account account) {
        return caller != null && caller == account;
    }

    /** The body as an object, empty if there was none. */
    ObjectNode object() {
        return body instanceof ObjectNode object ? object : Json.object();
    }

    /** @throws Refusal 500, as Cal.com has it, if the variable is no number */
    int id(String name) {
        try {
            return Integer.parseInt(variable(name));
        } catch (NumberFormatException e) {
            throw Refusal.internal();
        }
    }

    /** @throws Refusal 400 if the variable is no number, on endpoints that look before they read */
    int checkedId(String name) {
        if (!variable(name).matches("-?\\d{1,9}")) {
            throw Refusal.badRequest("Validation failed (numeric string is expected)");
        }
        return Integer.parseInt(variable(name));
    }
}
