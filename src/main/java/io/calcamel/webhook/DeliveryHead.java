package io.calcamel.webhook;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;

/**
 * What the inbox has to know of a body before anyone reads it in earnest: found in one pass, without building a tree.
 *
 * @param triggerEvent its trigger event; null where the body has none, or is no JSON object
 * @param bookingUid   the uid of the booking it is about, wherever its form keeps it; null where it is about none
 * @param hasCreatedAt whether the body has a createdAt, without which equal bytes need not be the same delivery
 */
record DeliveryHead(String triggerEvent, String bookingUid, boolean hasCreatedAt) {

    /** A body that is no JSON object: a template's text, or Cal.com's {@code false} for a template that failed. */
    static final DeliveryHead UNREADABLE = new DeliveryHead(null, null, false);

    private static final JsonFactory JSON = new JsonFactory();
    private static final int LONGEST = 200;

    /**
     * @param body the body's bytes
     * @return its head; {@link #UNREADABLE} rather than an error
     */
    static DeliveryHead of(byte[] body) {
        try (JsonParser parser = JSON.createParser(body)) {
            return parser.nextToken() == JsonToken.START_OBJECT ? ofObject(parser) : UNREADABLE;
        } catch (IOException | RuntimeException e) {
            // Whatever a parser fails with, the delivery was signed and is to be stored.
            return UNREADABLE;
        }
    }

    private static DeliveryHead ofObject(JsonParser parser) throws IOException {
        String triggerEvent = null;
        String flatUid = null;
        String nestedUid = null;
        boolean hasCreatedAt = false;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (field) {
                case "triggerEvent" -> triggerEvent = text(parser, value);
                case "createdAt" -> hasCreatedAt = value == JsonToken.VALUE_STRING && !parser.getText().isBlank();
                case "uid" -> flatUid = text(parser, value);
                case "payload", "booking" -> {
                    if (value == JsonToken.START_OBJECT) {
                        String uid = uidIn(parser);
                        nestedUid = uid != null ? uid : nestedUid;
                    } else {
                        parser.skipChildren();
                    }
                }
                default -> parser.skipChildren();
            }
        }
        boolean endsHere = parser.nextToken() == null;
        return endsHere ? new DeliveryHead(triggerEvent, nestedUid != null ? nestedUid : flatUid, hasCreatedAt) : UNREADABLE;
    }

    private static String uidIn(JsonParser parser) throws IOException {
        String uid = null;
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            if (field.equals("uid") || field.equals("bookingUid")) {
                String text = text(parser, value);
                uid = text != null ? text : uid;
            } else {
                parser.skipChildren();
            }
        }
        return uid;
    }

    /** Text that fits a column: PostgreSQL takes no NUL, and an index no long values. */
    private static String text(JsonParser parser, JsonToken value) throws IOException {
        if (value != JsonToken.VALUE_STRING) {
            parser.skipChildren();
            return null;
        }
        String text = parser.getText().replace("\u0000", "");
        return text.isBlank() ? null : text.substring(0, Math.min(text.length(), LONGEST));
    }
}
