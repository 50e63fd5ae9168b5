package io.calcamel.appointment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.calcamel.appointment.Appointment.Attendee;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An appointment that somebody wants and that is not booked yet: Cal.com can't be reached, or nobody knows whether it has
 * booked. Its booking joins it when it is known, by whatever way.
 *
 * @param eventTypeId Cal.com's id of the event type
 * @param title       what it is called until Cal.com says
 * @param start       when it starts
 * @param end         when it ends
 * @param name        who comes
 * @param email       may be null
 * @param phoneNumber may be null
 * @param timeZone    IANA name
 * @param language    may be null
 * @param responses   answers by slug, an object
 * @param metadata    what the booking will have in Cal.com, {@link #STAMP} included
 */
public record WantedAppointment(long eventTypeId, String title, Instant start, Instant end, String name, String email, String phoneNumber,
        String timeZone, String language, JsonNode responses, Map<String, String> metadata) {

    /** Key in a booking's metadata by which it is known as the one that was wanted; Cal.com takes keys of 40 characters. */
    public static final String STAMP = "calcamel_intent";
    /** Key of the branch. */
    public static final String BRANCH = "calcamel_branch";
    /** Key of the series, where Cal.com itself knows of none, or of another for each of its dates. */
    public static final String SERIES = "calcamel_series";

    private static final Set<String> WAITING = Set.of("pending", "manual");

    /** The appointment as the API shows it. {@code reason} is why a person has to book it, null while none has. */
    Appointment appointment(boolean isManual, String reason) {
        Attendee attendee = new Attendee(name, email, phoneNumber, timeZone, language, false, null, null);
        SortedMap<String, JsonNode> answers = new TreeMap<>();
        responses.properties().forEach(answer -> answers.put(answer.getKey(), answer.getValue()));
        SortedMap<String, JsonNode> attached = new TreeMap<>();
        metadata.forEach((key, value) -> attached.put(key, TextNode.valueOf(value)));
        return new Appointment(null, List.of(), isManual ? "manual" : "pending", start.toString(), end.toString(), title, null, null, null,
                eventTypeId, metadata.get(BRANCH), attendee, List.of(attendee), answers, metadata.get(SERIES), null, null, null, null, null, null,
                isManual, reason, null, attached, null, null);
    }

    /** What the caller attached to what was wanted, which a booking made by hand does not have. */
    static BookingFacts attached(JsonNode document) {
        BookingFacts facts = new BookingFacts();
        document.path("metadata").properties().stream().filter(entry -> !entry.getKey().equals(STAMP))
                .forEach(entry -> facts.metadata.put(entry.getKey(), new Register(entry.getValue(), new Version(Instant.EPOCH, 0, "wanted"))));
        return facts;
    }

    /** Whether an appointment's document is of one that still has no booking. */
    static boolean isWaiting(JsonNode document) {
        return document.path("uid").isNull() && WAITING.contains(document.path("status").asText());
    }

    /** Whether a booking is the one that was wanted: by its stamp, or, made by hand, by event type, start and person. */
    static boolean isMetBy(JsonNode document, Appointment booked) {
        JsonNode stamp = booked.metadata().get(STAMP);
        if (stamp != null) {
            return document.path("metadata").path(STAMP).equals(stamp);
        }
        return sameEventType(document, booked) && booked.attendees().stream().anyMatch(person -> isSame(document.path("attendee"), person.email(), person.phoneNumber()));
    }

    private static boolean sameEventType(JsonNode document, Appointment booked) {
        return booked.eventTypeId() != null && document.path("eventTypeId").asLong() == booked.eventTypeId();
    }

    /** Whether an attendee of an appointment's document is who has this address or number. */
    static boolean isSame(JsonNode attendee, String email, String phoneNumber) {
        String knownEmail = attendee.path("email").textValue();
        String knownPhone = attendee.path("phoneNumber").textValue();
        return knownEmail != null && email != null && AppointmentStore.emailKey(knownEmail).equals(AppointmentStore.emailKey(email))
                || knownPhone != null && phoneNumber != null && AppointmentStore.phoneKey(knownPhone).equals(AppointmentStore.phoneKey(phoneNumber));
    }

    /** Without personal data. */
    @Override
    public String toString() {
        return "wanted appointment of event type " + eventTypeId + " at " + start;
    }
}
