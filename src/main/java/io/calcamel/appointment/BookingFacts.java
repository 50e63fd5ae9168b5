package io.calcamel.appointment;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.Json;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/**
 * All that deliveries, and Cal.com when it was asked, have said about one booking uid.
 *
 * <p>Facts only grow, and {@link #mergedWith} is commutative, associative and idempotent (it takes a maximum in every
 * place), so deliveries may come in any order and any number of times. What the booking then is, is worked out from the
 * facts alone, by {@link Chain}.
 */
@JsonAutoDetect(fieldVisibility = JsonAutoDetect.Visibility.NON_PRIVATE, getterVisibility = JsonAutoDetect.Visibility.NONE,
        isGetterVisibility = JsonAutoDetect.Visibility.NONE)
@JsonInclude(JsonInclude.Include.NON_EMPTY)
final class BookingFacts {

    /** A delivery came that makes an appointment, not only one that adds to it. */
    Boolean booked;
    /** The event type sells seats. */
    Boolean seated;
    /** It is one occurrence of a series. */
    Boolean recurring;
    /** Read back from Cal.com it was cancelled, and nothing took its place. */
    Boolean foundCancelled;
    /** Read back from Cal.com it was pending: waiting for the host or for a payment, which deliveries tell apart. */
    Boolean foundPending;
    /** What was said about the status, and the last time each was said. */
    Map<Status, Instant> evidence = new EnumMap<>(Status.class);
    /** The uids that this booking replaces. */
    SortedMap<String, Version> reschedules = new TreeMap<>();
    /** Single values by the name that the appointment gives them. */
    SortedMap<String, Register> fields = new TreeMap<>();
    SortedMap<String, Register> metadata = new TreeMap<>();
    SortedMap<String, Register> responses = new TreeMap<>();
    /** Who was marked as not having come, by e-mail. */
    SortedMap<String, Register> noShow = new TreeMap<>();
    /** Who took a seat, by seat uid, or by e-mail where the delivery names no seat. */
    SortedMap<String, Seat> seats = new TreeMap<>();
    /** Who gave a seat up, by {@link Left#bySeat} or {@link Left#byEmail}. */
    SortedMap<String, Left> left = new TreeMap<>();

    /**
     * @param person who has the seat
     * @param since  when they last took it
     */
    record Seat(Register person, Instant since) {

        Seat or(Seat other) {
            return new Seat(person.or(other.person), later(since, other.since));
        }
    }

    /**
     * @param person who had the seat
     * @param at     when they last gave it up
     * @param how    {@code cancelled}, or {@code moved} to another booking
     */
    record Left(Register person, Instant at, String how) {

        static String bySeat(String seatUid) {
            return "seat " + seatUid;
        }

        static String byEmail(String email) {
            return "email " + email;
        }

        Left or(Left other) {
            int order = at.equals(other.at) ? how.compareTo(other.how) : at.compareTo(other.at);
            return new Left(person.or(other.person), later(at, other.at), order >= 0 ? how : other.how);
        }
    }

    /**
     * @param other facts about the same uid
     * @return what both say together; neither is changed
     */
    BookingFacts mergedWith(BookingFacts other) {
        BookingFacts merged = new BookingFacts();
        merged.booked = either(booked, other.booked);
        merged.seated = either(seated, other.seated);
        merged.recurring = either(recurring, other.recurring);
        merged.foundPending = either(foundPending, other.foundPending);
        merged.foundCancelled = either(foundCancelled, other.foundCancelled);
        merge(merged.evidence, evidence, other.evidence, BookingFacts::later);
        merge(merged.reschedules, reschedules, other.reschedules, (a, b) -> a.compareTo(b) >= 0 ? a : b);
        merge(merged.fields, fields, other.fields, Register::or);
        merge(merged.metadata, metadata, other.metadata, Register::or);
        merge(merged.responses, responses, other.responses, Register::or);
        merge(merged.noShow, noShow, other.noShow, Register::or);
        merge(merged.seats, seats, other.seats, Seat::or);
        merge(merged.left, left, other.left, Left::or);
        return merged;
    }

    /** All of it as JSON. */
    JsonNode tree() {
        return Json.MAPPER.valueToTree(this);
    }

    /** The seats that are known by their uid. */
    List<String> seatUids() {
        return seats.keySet().stream().filter(BookingFacts::isSeatUid).toList();
    }

    /** Whether a key of {@link #seats} is a seat's uid, not an e-mail address in place of one. */
    static boolean isSeatUid(String key) {
        return !key.startsWith(Left.byEmail(""));
    }

    boolean isBooked() {
        return Boolean.TRUE.equals(booked);
    }

    boolean isSeated() {
        return Boolean.TRUE.equals(seated);
    }

    boolean isFoundPending() {
        return Boolean.TRUE.equals(foundPending);
    }

    boolean isFoundCancelled() {
        return Boolean.TRUE.equals(foundCancelled);
    }

    boolean isRecurring() {
        return Boolean.TRUE.equals(recurring);
    }

    private static <K, V> void merge(Map<K, V> into, Map<K, V> one, Map<K, V> other, BinaryOperator<V> maximum) {
        into.putAll(one);
        other.forEach((key, value) -> into.merge(key, value, maximum));
    }

    private static Boolean either(Boolean one, Boolean other) {
        return Boolean.TRUE.equals(one) || Boolean.TRUE.equals(other) ? Boolean.TRUE : null;
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }
}
