package io.calcamel.eventtype;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import io.calcamel.calcom.CalcomEventType;
import io.calcamel.http.Json;
import java.io.UncheckedIOException;
import org.apache.commons.codec.digest.DigestUtils;

/** Whether an event type is what it was: Cal.com tells no time of change. */
final class ContentHash {

    /** The order of an object's fields means nothing, and is not promised. */
    private static final ObjectWriter SORTED = Json.MAPPER.writer().with(JsonNodeFeature.WRITE_PROPERTIES_SORTED);

    private ContentHash() {
    }

    static byte[] of(CalcomEventType type) {
        try {
            var digest = DigestUtils.getSha256Digest();
            DigestUtils.updateDigest(digest, type.teamId() + "\n");
            return digest.digest(SORTED.writeValueAsBytes(type.document()));
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
