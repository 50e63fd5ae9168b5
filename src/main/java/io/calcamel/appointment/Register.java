package io.calcamel.appointment;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * A value and the version of the delivery that said it; of two, the later one stays.
 *
 * @param value   what was said, never null
 * @param version when
 */
record Register(@JsonProperty("v") JsonNode value, @JsonProperty("at") Version version) {

    Register or(Register other) {
        return other.version.compareTo(version) > 0 ? other : this;
    }
}
