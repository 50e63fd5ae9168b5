package io.calcamel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.stream.Stream;

/** The uid by which Cal.com knows a booking. */
final class BookingUid {

    /** Cal.com's uids are short UUIDs: base 58, which leaves out the characters that look alike (npm short-uuid, flickrBase58). */
    private static final String ALPHABET = "123456789abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ";
    private static final int LENGTH = 22;

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final ObjectMapper JSON = new ObjectMapper();

    private BookingUid() {
    }

    /** A uid that no booking has. */
    static String fresh() {
        return RANDOM.ints(LENGTH, 0, ALPHABET.length())
                .mapToObj(index -> ALPHABET.substring(index, index + 1))
                .reduce("", String::concat);
    }

    /**
     * A number to go with a uid.
     *
     * @param uid the booking's uid
     * @return its id, 100000 to 999999; always the same, so that deliveries sent one by one agree about the booking
     */
    static int idOf(String uid) {
        return 100_000 + Math.floorMod(uid.hashCode(), 900_000);
    }

    /**
     * @param body a delivery, in whatever form
     * @return the uid of the booking that it is about; empty if it is about none, or is no JSON
     */
    static Optional<String> in(byte[] body) {
        JsonNode delivery;
        try {
            delivery = JSON.readTree(body);
        } catch (IOException e) {
            return Optional.empty();
        }
        return Stream.of("/payload/uid", "/payload/bookingUid", "/payload/booking/uid", "/booking/uid", "/uid")
                .map(delivery::at)
                .filter(JsonNode::isTextual)
                .map(JsonNode::textValue)
                .findFirst();
    }
}
