package io.calcamel.appointment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.calcamel.appointment.BookingFacts.Left;
import io.calcamel.http.Json;
import io.calcamel.privacy.Erased;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What one delivery says, in our words: facts by booking uid.
 *
 * <p>Cal.com has two forms for a booking: nested ({@code payload}), and flat for MEETING_STARTED and MEETING_ENDED
 * (Cal.com webhook payloads, families N and F). The set of fields differs by trigger event and version, so all but the
 * uid is optional, and null means "not said".
 *
 * @param uid   the booking it is about
 * @param facts what it says, by booking uid; a moved seat says something about two
 * @param names the uids and seats it names, sorted: applying it locks them in this order
 */
record BookingEvent(String uid, Map<String, BookingFacts> facts, SortedSet<String> names) {

    private static final Pattern UID = Pattern.compile("[\\x21-\\x7e]{1,200}");
    private static final Pattern SMS_ADDRESS = Pattern.compile("(\\d+)@sms\\.cal\\.com");

    /**
     * Reads a delivery about a booking.
     *
     * @param body   the delivery
     * @param hash   its body's SHA-256, in hex
     * @param status what its trigger event says about the status; null if nothing
     * @return its facts
     * @throws UnrecognisedDelivery if it does not name a booking
     * @throws UnreadableValue      if a time is no time
     */
    static BookingEvent ofBooking(Map<String, Object> body, String hash, Status status) {
        return new Reader(body, hash, status).booking();
    }

    /**
     * Reads BOOKING_PAID. It is the one whose status counts (PENDING: paid, and still to be confirmed), and whose
     * metadata is the payment's, not the booking's.
     */
    static BookingEvent ofPayment(Map<String, Object> body, String hash) {
        boolean pending = body.get("payload") instanceof Map<?, ?> payload && "PENDING".equals(payload.get("status"));
        BookingEvent event = new Reader(body, hash, pending ? Status.REQUESTED : Status.CONFIRMED).booking();
        event.facts().get(event.uid()).metadata.clear();
        return event;
    }

    /** Reads BOOKING_NO_SHOW_UPDATED, whose payload has {@code bookingUid} and attendees with {@code noShow}. */
    static BookingEvent ofNoShow(Map<String, Object> body, String hash) {
        return new Reader(body, hash, null).noShow();
    }

    /** Reads MEETING_STARTED or MEETING_ENDED; {@code field} is {@code startedAt} or {@code endedAt}. */
    static BookingEvent ofMeeting(Map<String, Object> body, String hash, String field) {
        return new Reader(body, hash, Status.CONFIRMED).meeting(field);
    }

    /** Reads RECORDING_READY or RECORDING_TRANSCRIPTION_GENERATED. */
    static BookingEvent ofRecording(Map<String, Object> body, String hash) {
        return new Reader(body, hash, null).recording();
    }

    /** The phone number that Cal.com hides in an address it made up for somebody without one; null for a real address. */
    static String phoneOf(String email) {
        var sms = email == null ? null : SMS_ADDRESS.matcher(email);
        return sms != null && sms.matches() ? "+" + sms.group(1) : null;
    }

    /** Reads one delivery. Not reused. */
    private static final class Reader {

        private final JsonNode payload;
        private final Status status;
        private final Version version;
        private final String uid;
        private final BookingFacts facts = new BookingFacts();
        private final Map<String, BookingFacts> about = new HashMap<>();
        private final SortedSet<String> names = new TreeSet<>();

        Reader(Map<String, Object> body, String hash, Status said) {
            JsonNode root = Json.MAPPER.valueToTree(body);
            payload = root.path("payload").isObject() ? root.path("payload") : root;
            status = said == Status.CANCELLED && payload.path("requestReschedule").asBoolean() ? Status.RESCHEDULE_REQUESTED : said;
            Instant createdAt = instant(root, "createdAt");
            version = new Version(createdAt == null ? Instant.EPOCH : createdAt, status == null ? 0 : status.rank(), hash);
            uid = uid();
            about.put(uid, facts);
            names.add(uid);
        }

        BookingEvent booking() {
            facts.booked = true;
            if (status != null) {
                facts.evidence.put(status, version.at());
            }
            readFields();
            readChain();
            readPeople();
            return event();
        }

        BookingEvent meeting(String field) {
            BookingEvent event = booking();
            // The scheduled time: Cal.com sends no other, and that of arrival would differ in a replay.
            set(field, time(field.equals("startedAt") ? "startTime" : "endTime"));
            return event;
        }

        BookingEvent noShow() {
            for (JsonNode attendee : payload.path("attendees")) {
                String email = text(attendee, "email");
                if (email != null && attendee.path("noShow").isBoolean()) {
                    facts.noShow.put(email.toLowerCase(Locale.ROOT), new Register(attendee.get("noShow"), version));
                }
            }
            return event();
        }

        BookingEvent recording() {
            set("recordingUrl", text(payload, "downloadLink"));
            set("recordingUrl", text(payload.path("downloadLinks"), "recording"));
            set("transcriptUrl", text(payload.path("downloadLinks").path("transcription").path(0), "link"));
            return event();
        }

        private BookingEvent event() {
            return new BookingEvent(uid, about, names);
        }

        private String uid() {
            String found = uid("uid") != null ? uid("uid") : uid("bookingUid");
            if (found == null) {
                throw new UnrecognisedDelivery("it names no booking: payload.uid is missing or is no uid");
            }
            return found;
        }

        /** A uid in a field; null where there is none, or nothing that could be one. */
        private String uid(String field) {
            String found = text(payload, field);
            return found != null && UID.matcher(found).matches() ? found : null;
        }

        private void readFields() {
            set("start", time("startTime"));
            set("end", time("endTime"));
            set("title", text(payload, "title"));
            set("location", text(payload, "location"));
            set("host", text(payload.path("organizer"), "email"));
            set("host", text(payload.path("user"), "email"));
            set("eventTypeId", number("eventTypeId"));
            if (!isMovedSeat()) {
                // A moved seat's delivery can carry the number of the booking it left.
                set("bookingId", number("id"));
                set("bookingId", number("bookingId"));
            }
            set("seriesUid", text(payload, "recurringEventId"));
            set("cancellationReason", text(payload, "cancellationReason"));
            set("rejectionReason", text(payload, "rejectionReason"));
            set("meetingUrl", url(text(payload.path("metadata"), "videoCallUrl")));
            // Not videoCallData.url, which is the provider's room and not the page to send to people.
            set("meetingUrl", url(text(payload, "location")));
            if (payload.path("recurringEvent").isObject() || text(payload, "recurringEventId") != null) {
                facts.recurring = true;
            }
            payload.path("metadata").properties().forEach(entry -> put(facts.metadata, entry.getKey(), entry.getValue()));
            payload.path("responses").properties().forEach(entry -> put(facts.responses, entry.getKey(), answer(entry.getValue())));
            payload.path("userFieldsResponses").properties().forEach(entry -> put(facts.responses, entry.getKey(), answer(entry.getValue())));
        }

        /** rescheduleUid with rescheduleId is the booking that this one replaces; without it, a seat has moved. */
        private void readChain() {
            String replaced = uid("rescheduleUid");
            if (replaced != null && !replaced.equals(uid) && !isMovedSeat()) {
                facts.reschedules.put(replaced, version);
                names.add(replaced);
            }
        }

        private boolean isMovedSeat() {
            String from = uid("rescheduleUid");
            return isSeated() && from != null && !from.equals(uid) && !payload.hasNonNull("rescheduleId");
        }

        private boolean isSeated() {
            return payload.hasNonNull("seatsPerTimeSlot") || text(payload, "attendeeSeatId") != null;
        }

        private void readPeople() {
            ArrayNode people = JsonNodeFactory.instance.arrayNode();
            payload.path("attendees").forEach(attendee -> people.add(person(attendee)));
            if (isSeated()) {
                facts.seated = true;
                readSeats(people);
            } else if (!people.isEmpty()) {
                facts.fields.put("attendees", new Register(people, version));
                set("attendeePhone", answeredPhone());
                set("attendeePhone", text(people.get(0), "phoneNumber"));
            }
        }

        /** The phone number that the booker gave in the form; the attendees of a creation have none. */
        private String answeredPhone() {
            String answered = text(answer(payload.path("responses").path("attendeePhoneNumber")));
            return answered != null ? answered : text(payload, "smsReminderNumber");
        }

        /** attendeeSeatId is the seat of the first: whoever else is listed is known by e-mail. */
        private void readSeats(ArrayNode people) {
            String seatUid = uid("attendeeSeatId");
            if (!people.isEmpty() && people.get(0).path("phoneNumber").isNull()) {
                ((ObjectNode) people.get(0)).put("phoneNumber", answeredPhone());
            }
            for (int i = 0; i < people.size(); i++) {
                readSeat(people.get(i), i == 0 ? seatUid : null);
            }
            if (seatUid != null) {
                names.add(seatUid);
            }
            if (status == Status.CANCELLED && !people.isEmpty()) {
                // Only those seats end; whether the booking does is seen when all that is known of it is put together.
                facts.evidence.remove(Status.CANCELLED);
            }
            if (isMovedSeat() && !people.isEmpty()) {
                String from = uid("rescheduleUid");
                BookingFacts left = about.computeIfAbsent(from, none -> new BookingFacts());
                // One who names a seat moves alone; a host who moves a slot names none, and moves all.
                people.forEach(person -> {
                    if (seatUid == null || person == people.get(0)) {
                        leave(left, null, person, "moved");
                    }
                });
                names.add(from);
            }
        }

        private void readSeat(JsonNode person, String seatUid) {
            if (status == Status.CANCELLED) {
                leave(facts, seatUid, person, "cancelled");
            } else if (status != null && status != Status.REJECTED && status != Status.RESCHEDULE_REQUESTED) {
                facts.seats.put(seatUid != null ? seatUid : Left.byEmail(Chain.emailKey(person)),
                        new BookingFacts.Seat(new Register(person, version), version.at()));
            }
        }

        private void leave(BookingFacts booking, String seatUid, JsonNode person, String how) {
            booking.left.put(seatUid != null ? Left.bySeat(seatUid) : Left.byEmail(Chain.emailKey(person)),
                    new Left(new Register(person, version), version.at(), how));
        }

        private static ObjectNode person(JsonNode attendee) {
            ObjectNode person = JsonNodeFactory.instance.objectNode();
            person.put("name", name(attendee));
            person.put("email", text(attendee, "email"));
            person.put("phoneNumber", text(attendee, "phoneNumber"));
            person.put("timeZone", text(attendee, "timeZone"));
            String language = text(attendee.path("language"), "locale");
            person.put("language", language != null ? language : text(attendee, "locale"));
            // A delivery that is stored here without somebody who was erased.
            if (attendee.path(Erased.MARK).isTextual()) {
                person.set(Erased.MARK, attendee.path(Erased.MARK));
            }
            return person;
        }

        private static String name(JsonNode attendee) {
            JsonNode name = attendee.path("name");
            return name.isObject()
                    ? (name.path("firstName").asText("") + " " + name.path("lastName").asText("")).strip()
                    : text(attendee, "name");
        }

        /** The answer in a response, which is {@code {label, value, isHidden}} or the plain value (Cal.com, flat events). */
        private static JsonNode answer(JsonNode response) {
            return response.isObject() && (response.has("value") || response.has("label")) ? response.path("value") : response;
        }

        private void set(String field, String value) {
            if (value != null) {
                facts.fields.put(field, new Register(TextNode.valueOf(value), version));
            }
        }

        private void set(String field, Long value) {
            if (value != null) {
                facts.fields.put(field, new Register(JsonNodeFactory.instance.numberNode(value), version));
            }
        }

        private void put(Map<String, Register> registers, String key, JsonNode value) {
            if (!value.isMissingNode() && !value.isNull()) {
                registers.put(key, new Register(value, version));
            }
        }

        private String time(String field) {
            Instant time = instant(payload, field);
            return time == null ? null : time.toString();
        }

        private Long number(String field) {
            JsonNode value = payload.path(field);
            return value.canConvertToLong() && value.isIntegralNumber() ? Long.valueOf(value.longValue()) : null;
        }

        /** Cal.com writes {@code …00Z}, {@code …00.000Z} and {@code …00+00:00}. */
        private static Instant instant(JsonNode node, String field) {
            String text = text(node, field);
            try {
                return text == null ? null : OffsetDateTime.parse(text).toInstant();
            } catch (DateTimeParseException e) {
                throw new UnreadableValue(field + " is no ISO 8601 time with an offset");
            }
        }

        private static String url(String text) {
            return text != null && (text.startsWith("https://") || text.startsWith("http://")) ? text : null;
        }

        private static String text(JsonNode node, String field) {
            return text(node.path(field));
        }

        private static String text(JsonNode value) {
            return value.isTextual() && !value.textValue().isEmpty() ? value.textValue() : null;
        }
    }
}
