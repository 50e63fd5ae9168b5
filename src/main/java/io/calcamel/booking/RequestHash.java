package io.calcamel.booking;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import io.calcamel.http.Json;
import java.io.UncheckedIOException;
import org.apache.commons.codec.digest.DigestUtils;

/** Whether two requests are the same. */
final class RequestHash {

    /** The order of an object's fields means nothing. */
    private static final ObjectWriter SORTED = Json.MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

    private RequestHash() {
    }

    /** Of a derived key all requests are the same: it was made of what counts. */
    static byte[] of(IntentKey key, JsonNode request) {
        try {
            return key.isDerived() ? DigestUtils.sha256(key.text()) : DigestUtils.sha256(SORTED.writeValueAsBytes(request));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
