package io.calcamel.appointment;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.time.Instant;

/**
 * Which of two statements about the same thing is the later one, the same whatever order they arrive in: by the moment
 * Cal.com made the delivery, then by the rank of what it says, then by its bytes.
 *
 * @param at   the delivery's createdAt; {@link Instant#EPOCH} where it has none
 * @param rank the rank of the status that its trigger event means
 * @param hash the beginning of the body's SHA-256, in hex
 */
record Version(Instant at, int rank, String hash) implements Comparable<Version> {

    private static final int HASH_LENGTH = 16;

    Version {
        hash = hash.substring(0, Math.min(hash.length(), HASH_LENGTH));
    }

    @Override
    public int compareTo(Version other) {
        int byTime = at.compareTo(other.at);
        int byRank = byTime != 0 ? byTime : Integer.compare(rank, other.rank);
        return byRank != 0 ? byRank : hash.compareTo(other.hash);
    }

    /** The version as it is stored: {@code 2026-11-22T13:30:44.914Z 3 18e3292c17e0b018}. */
    @JsonValue
    String text() {
        return at + " " + rank + " " + hash;
    }

    @JsonCreator
    static Version parse(String text) {
        String[] parts = text.split(" ");
        return new Version(Instant.parse(parts[0]), Integer.parseInt(parts[1]), parts[2]);
    }
}
