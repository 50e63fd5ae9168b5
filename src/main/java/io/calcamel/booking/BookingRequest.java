package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.appointment.WantedAppointment;
import io.calcamel.calcom.NewBooking;
import io.calcamel.eventtype.EventType;
import io.calcamel.eventtype.EventTypes;
import io.calcamel.http.Problem;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/**
 * What the body of {@code POST /api/bookings} asks for, checked against the event type.
 *
 * @param type       the event type
 * @param start      when it starts
 * @param zone       the attendee's
 * @param checked    who comes, and the answers
 * @param length     minutes, where the caller chose among several; null for the event type's own
 * @param metadata   what the caller attached, an object
 * @param recurrence null for a single appointment
 */
record BookingRequest(EventType type, Instant start, ZoneId zone, BookingAnswers.Checked checked, Integer length, JsonNode metadata,
        Recurrence recurrence) {

    /** The caller's own reference to the appointment, in the booking's metadata. */
    static final String REFERENCE = "calcamel_reference";

    private static final List<String> FIELDS = List.of("eventTypeId", "start", "attendee", "responses", "metadata", "branch", "appointmentId",
            "recurrence", "location", "lengthInMinutes", "timeZone", "language");
    private static final Duration FARTHEST = Duration.ofDays(10 * 366);
    private static final LevenshteinDistance DISTANCE = new LevenshteinDistance(2);

    /**
     * @param company    whose booking it is
     * @param body       the body
     * @param chosen     the event type, where the body names several; null for the one that it names
     * @param eventTypes the synced event types
     * @param defaults   what is believed of an attendee of whom the body does not say it
     * @return what is asked for
     * @throws Problem 400 {@code bad_parameter}, 404 {@code event_type_not_found}, 422 {@code not_bookable} or
     *                 {@code missing_fields}
     */
    static BookingRequest read(int company, JsonNode body, Long chosen, EventTypes eventTypes, AttendeeDefaults defaults) {
        refuseMisspelt(body);
        type(company, body, chosen, eventTypes).whyNotBookable().ifPresent(why -> {
            throw new Problem(422, "not_bookable", "The event type can't be booked", why.text(), null);
        });
        return read(company, body, chosen, eventTypes, defaults, true);
    }

    /** As {@link #read}, of a request that was taken before: whether it would be taken now does not matter. */
    static BookingRequest stored(int company, JsonNode body, Long chosen, EventTypes eventTypes, AttendeeDefaults defaults) {
        return read(company, body, chosen, eventTypes, defaults, false);
    }

    private static BookingRequest read(int company, JsonNode body, Long chosen, EventTypes eventTypes, AttendeeDefaults defaults, boolean isChecked) {
        EventType type = type(company, body, chosen, eventTypes);
        ObjectNode answers = object(body, "responses");
        ObjectNode attendee = object(body, "attendee");
        Caller caller = new Caller(first(attendee.path("name"), answers.remove("name")), first(attendee.path("email"), answers.remove("email")),
                first(attendee.path("phoneNumber"), attendee.path("phone"), answers.remove("phone"), answers.remove("attendeePhoneNumber")),
                first(attendee.path("timeZone"), body.path("timeZone")), language(first(attendee.path("language"), body.path("language")), defaults));
        JsonNode place = body.hasNonNull("location") ? body.path("location") : Optional.ofNullable(answers.get("location")).orElse(body.path("location"));
        answers.remove("location");
        BookingAnswers.Checked checked = isChecked ? BookingAnswers.check(type, caller, answers, place) : BookingAnswers.unchecked(type, caller, answers, place);
        ZoneId zone = checked.caller().timeZone() == null ? defaults.zone() : ZoneId.of(checked.caller().timeZone());
        Recurrence recurrence = body.hasNonNull("recurrence") ? Recurrence.read(body.path("recurrence")) : null;
        return new BookingRequest(type, start(body.path("start"), checked.caller().timeZone() == null ? null : zone), zone, checked, length(body, type),
                metadata(company, body, eventTypes), recurrence);
    }

    /** Only one that Cal.com takes: it is nobody's mistake here. */
    private static String language(String given, AttendeeDefaults defaults) {
        return given == null && defaults.language() != null ? BookingAnswers.language(defaults.language()) : given;
    }

    /** Half of a series, since somebody wrote recurence, is worse than a refusal. */
    private static void refuseMisspelt(JsonNode body) {
        body.fieldNames().forEachRemaining(name -> {
            if (!FIELDS.contains(name)) {
                FIELDS.stream().filter(known -> DISTANCE.apply(known.toLowerCase(), name.toLowerCase().replace("_", "")) >= 0).findFirst().ifPresent(known -> {
                    throw Problem.badParameter(name, "is not known here.", "Did you mean " + known + "?");
                });
            }
        });
    }

    private static EventType type(int company, JsonNode body, Long chosen, EventTypes eventTypes) {
        String id = chosen == null ? body.path("eventTypeId").asText("") : chosen.toString();
        if (!id.matches("[1-9]\\d{0,17}")) {
            throw Problem.badParameter("eventTypeId", "is missing or no id of an event type.",
                    "Send Cal.com's id, or branch and name; GET /api/event-types lists them.");
        }
        return eventTypes.find(company, Long.parseLong(id)).orElseThrow(() -> new Problem(404, "event_type_not_found",
                "There is no such event type", null,
                "GET /api/event-types lists them; one that was just made in Cal.com is known after POST /api/event-types/sync."));
    }

    private static ObjectNode object(JsonNode body, String name) {
        JsonNode given = body.path(name);
        if (given.isObject()) {
            return given.deepCopy();
        }
        if (given.isMissingNode() || given.isNull()) {
            return JsonNodeFactory.instance.objectNode();
        }
        throw Problem.badParameter(name, "is no JSON object.", null);
    }

    /** The first that says something; a name can be {@code {firstName, lastName}}. */
    private static String first(JsonNode... given) {
        for (JsonNode one : given) {
            String text = one == null ? "" : one.isObject() ? (one.path("firstName").asText("") + " " + one.path("lastName").asText("")).strip() : one.asText("");
            if (!text.isBlank() && !text.equals("null")) {
                return text;
            }
        }
        return null;
    }

    /** A time without an offset is the attendee's, where the request names the zone; else nobody knows whose it is. */
    private static Instant start(JsonNode given, ZoneId zone) {
        try {
            String text = given.asText("").strip();
            boolean isLocal = zone != null && text.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d(:\\d\\d(\\.\\d+)?)?");
            Instant start = (isLocal ? local(LocalDateTime.parse(text), zone) : OffsetDateTime.parse(text).toInstant()).truncatedTo(ChronoUnit.MILLIS);
            if (start.isBefore(Instant.EPOCH) || start.isAfter(Instant.now().plus(FARTHEST))) {
                throw Problem.badParameter("start", "is out of range.", "Send a start as availability lists it.");
            }
            return start;
        } catch (DateTimeException e) {
            throw Problem.badParameter("start", "is missing or no time with an offset.",
                    "Send a start as availability lists it, such as 2026-12-01T09:00:00Z or 2026-12-01T10:00:00+01:00.");
        }
    }

    /** Twice a year an hour does not exist: whoever names a time in it means something else. */
    private static Instant local(LocalDateTime time, ZoneId zone) {
        if (zone.getRules().getValidOffsets(time).isEmpty()) {
            throw Problem.badParameter("start", "does not exist in that time zone: the clocks are put forward over it.", "Send it with an offset, or another time.");
        }
        return time.atZone(zone).toInstant();
    }

    /** Minutes, where they were asked for; null for the event type's own. */
    static Integer length(JsonNode body, EventType type) {
        JsonNode given = body.path("lengthInMinutes");
        if (given.isMissingNode() || given.isNull()) {
            return null;
        }
        if (!given.canConvertToInt() || given.intValue() < 1 || given.intValue() > 1_440) {
            throw Problem.badParameter("lengthInMinutes", "is no length.", "Use whole minutes, 1 to 1440.");
        }
        boolean isItsOnly = given.intValue() == type.length() && !type.document().path("lengthInMinutesOptions").isArray();
        return isItsOnly ? null : given.intValue();
    }

    /** With the branch by its slug, or as the caller named it, where it is gone since the request was taken. */
    private static ObjectNode metadata(int company, JsonNode body, EventTypes eventTypes) {
        ObjectNode metadata = object(body, "metadata");
        String branch = AnyRequest.text(body, "branch");
        if (branch != null) {
            metadata.put(WantedAppointment.BRANCH, eventTypes.branches().slug(company, branch).orElse(branch));
        }
        if (body.hasNonNull("appointmentId")) {
            metadata.put(REFERENCE, body.path("appointmentId").asText());
        }
        return metadata;
    }

    /** When it ends. */
    Instant end() {
        return end(start);
    }

    Instant end(Instant from) {
        return from.plus(Duration.ofMinutes(length == null ? type.length() : length));
    }

    /** Whether Cal.com makes a series of whatever is booked of the event type. */
    boolean isOfRecurringType() {
        return type.document().path("recurrence").isObject() && !type.document().path("recurrence").path("disabled").asBoolean();
    }

    /** Whether Cal.com itself makes this series, in one call: the event type recurs as it is wanted, and as often. */
    boolean isCalcomsSeries() {
        JsonNode recurs = type.document().path("recurrence");
        return recurrence != null && isOfRecurringType() && recurrence.isAs(recurs, start, zone) && recurrence.count() <= recurs.path("occurrences").asInt();
    }

    /** What Cal.com is asked: an occurrence alone of a recurring event type too, of which it would book them all. */
    NewBooking booking(Instant from, Map<String, String> stamped, Integer occurrences) {
        Caller caller = checked.caller();
        NewBooking.Attendee attendee = new NewBooking.Attendee(caller.name(), caller.email(), caller.phoneNumber(), zone.getId(), caller.language());
        return new NewBooking(type.id(), from, attendee, checked.answers(), stamped, checked.location(), length,
                isOfRecurringType() ? occurrences : null);
    }

    /** The appointment until it is booked. */
    WantedAppointment wanted(Instant from, Map<String, String> stamped) {
        Caller caller = checked.caller();
        return new WantedAppointment(type.id(), type.title(), from, end(from), caller.name(), caller.email(), caller.phoneNumber(), zone.getId(),
                caller.language(), checked.answers(), stamped);
    }

    /** Without personal data. */
    @Override
    public String toString() {
        return "booking of event type " + type.id() + " at " + start;
    }
}
