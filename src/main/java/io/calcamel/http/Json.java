package io.calcamel.http;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import java.io.IOException;
import java.io.UncheckedIOException;

/** JSON as this hub reads and writes it: nulls are written, dates are ISO 8601, big numbers keep their digits. */
public final class Json {

    /**
     * The mapper that every module uses. Thread-safe, and never reconfigured. Who reads what comes from outside must be ready for a
     * {@link NumberFormatException} too: Jackson throws it for an exponent beyond {@link java.math.BigDecimal}, such as that of 1e99999999999.
     */
    public static final JsonMapper MAPPER = JsonMapper.builder()
            .serializationInclusion(JsonInclude.Include.ALWAYS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(SerializationFeature.WRITE_DATES_AS_TIMESTAMPS)
            .addModule(new JavaTimeModule())
            .build();

    private static final ObjectWriter COLUMN_WRITER = MAPPER.writer().with(JsonWriteFeature.ESCAPE_NON_ASCII);

    private Json() {
    }

    /**
     * Writes a value for a column of PostgreSQL's type json: ASCII only, so that not even half a surrogate pair or a NUL
     * in somebody's name can make a row unwritable.
     *
     * @param value a tree, map, list or record
     * @return the JSON text
     */
    public static String writeColumn(Object value) {
        try {
            return COLUMN_WRITER.writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Writes a value as one line of JSON.
     *
     * @param value a tree, map, list or record
     * @return the JSON text
     */
    public static String write(Object value) {
        try {
            return MAPPER.writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
