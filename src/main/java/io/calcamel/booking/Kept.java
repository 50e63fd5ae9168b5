package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.Problem;

/** A refusal that was kept with its intent. */
final class Kept extends Problem {

    /** @param refusal as {@link Problem#toJson} has it */
    Kept(JsonNode refusal) {
        super(refusal.path("status").asInt(), code(refusal), refusal.path("title").asText(), refusal.path("detail").textValue(),
                refusal.path("hint").textValue());
    }

    private static String code(JsonNode refusal) {
        return refusal.path("code").asText();
    }
}
