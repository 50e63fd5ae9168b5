package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a caller attached to a booking, with the intent's stamp, within Cal.com's limits: 50 keys of 40 characters, texts of
 * 500 (API v2, bookings 2024-08-13). One that is over them has the whole booking refused, and so has a number (recorded with
 * API v2 of July 2026).
 *
 * @param sent what Cal.com is sent, the stamp first
 * @param cut  keys whose value was shortened or left out, for the caller to be told
 */
public record BookingMetadata(Map<String, String> sent, List<String> cut) {

    private static final int MOST_KEYS = 50;
    private static final int LONGEST_KEY = 40;
    private static final int LONGEST_VALUE = 500;

    /**
     * Makes metadata fit.
     *
     * @param given what the caller attached: an object, or none
     * @param stamp the intent's stamp
     * @return what fits, and what did not
     */
    public static BookingMetadata of(JsonNode given, String stamp) {
        Map<String, String> sent = new LinkedHashMap<>();
        List<String> cut = new ArrayList<>();
        sent.put(Intent.METADATA_KEY, stamp);
        given.properties().forEach(entry -> {
            String key = entry.getKey();
            JsonNode value = entry.getValue();
            if (value.isNull()) {
                return;
            }
            boolean isNoKey = key.equals(Intent.METADATA_KEY) || key.isEmpty() || key.length() > LONGEST_KEY;
            if (isNoKey || value.isContainerNode() || sent.size() == MOST_KEYS) {
                cut.add(key);
                return;
            }
            String text = shortened(value.asText());
            if (text.length() < value.asText().length()) {
                cut.add(key);
            }
            sent.put(key, text);
        });
        return new BookingMetadata(sent, cut);
    }

    /** Not through the middle of a character of two halves. */
    private static String shortened(String text) {
        if (text.length() <= LONGEST_VALUE) {
            return text;
        }
        return text.substring(0, Character.isHighSurrogate(text.charAt(LONGEST_VALUE - 1)) ? LONGEST_VALUE - 1 : LONGEST_VALUE);
    }

    /** Without personal data. */
    @Override
    public String toString() {
        return sent.size() + " entries, " + cut.size() + " cut";
    }
}
