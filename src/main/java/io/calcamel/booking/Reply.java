package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What a caller was answered, so that the same key gets the same answer.
 *
 * @param status the HTTP status
 * @param body   the JSON body
 */
public record Reply(int status, JsonNode body) {

    /** Without personal data. */
    @Override
    public String toString() {
        return "reply " + status;
    }
}
