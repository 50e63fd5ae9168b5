package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What somebody wants to book, whichever version of the API it came by. */
final class Order {

    EventType eventType;
    Instant start;
    int minutes;
    /** A text, or an object with first and last name. */
    JsonNode name;
    /** null if only a phone number was given. */
    String email;
    String phoneNumber;
    String timeZone;
    String language = "en";
    List<String> guests;
    Locations.Choice location;
    ObjectNode answers = Json.object();
    ObjectNode metadata = Json.object();
    String verificationCode;
    Account caller;

    /** The booking that is to be replaced; null for a new one. */
    Booking moved;
    String movedBy;
    String reason;
    /** Whether it is the host who moves it: then there is nobody to ask. */
    boolean movedByHost;

    String seriesUid;
    /** Only the first occurrence of a series is checked; see {@link BookingDesk}. */
    boolean unchecked;

    String fullName() {
        return name.isObject() ? (name.path("firstName").asText() + " " + name.path("lastName").asText("")).trim() : name.asText();
    }

    Span span() {
        return new Span(start, start.plus(java.time.Duration.ofMinutes(minutes)));
    }

    /** The same order for another time. */
    Order at(Instant other) {
        Order copy = new Order();
        copy.eventType = eventType;
        copy.start = other;
        copy.minutes = minutes;
        copy.name = name;
        copy.email = email;
        copy.phoneNumber = phoneNumber;
        copy.timeZone = timeZone;
        copy.language = language;
        copy.guests = guests == null ? null : new ArrayList<>(guests);
        copy.location = location;
        copy.answers = answers.deepCopy();
        copy.metadata = metadata.deepCopy();
        copy.verificationCode = verificationCode;
        copy.caller = caller;
        copy.seriesUid = seriesUid;
        return copy;
    }
}
