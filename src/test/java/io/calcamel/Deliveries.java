package io.calcamel;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.http.Json;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Bodies as Cal.com's sender makes them, for one fictitious practice: which fields each trigger event has and lacks, and
 * in which of the three time formats, is as it was seen on the wire.
 */
public final class Deliveries {

    private static final Instant FIRST = Instant.parse("2026-11-22T13:30:00.100Z");

    private Deliveries() {
    }

    /** The moment of the n-th thing that happens: a minute after the one before. */
    public static Instant at(int n) {
        return FIRST.plusSeconds(60L * n);
    }

    /** BOOKING_CREATED of a booking that stands at once. */
    public static ObjectNode created(String uid, int at) {
        return nested("BOOKING_CREATED", at, full(uid, "2027-01-11T10:00:00Z", "2027-01-11T10:30:00Z", "ACCEPTED"));
    }

    /** BOOKING_CREATED as it comes when the host confirms: less fields, and metadata without the booker's own. */
    public static ObjectNode confirmed(String uid, int at) {
        ObjectNode delivery = nested("BOOKING_CREATED", at, full(uid, "2027-01-11T10:00:00.000Z", "2027-01-11T10:30:00.000Z", "ACCEPTED"));
        payload(delivery).putObject("metadata").put("videoCallUrl", "https://meet.example.com/" + uid);
        payload(delivery).remove(List.of("iCalUID", "userFieldsResponses"));
        return delivery;
    }

    public static ObjectNode requested(String uid, int at) {
        ObjectNode delivery = nested("BOOKING_REQUESTED", at, full(uid, "2027-01-11T10:00:00.000Z", "2027-01-11T10:30:00.000Z", "PENDING"));
        payload(delivery).put("requiresConfirmation", true);
        return delivery;
    }

    public static ObjectNode rejected(String uid, int at) {
        ObjectNode delivery = nested("BOOKING_REJECTED", at, full(uid, "2027-01-11T10:00:00.000Z", "2027-01-11T10:30:00.000Z", "REJECTED"));
        payload(delivery).put("rejectionReason", "Im Urlaub 🌴").remove("metadata");
        return delivery;
    }

    /** BOOKING_RESCHEDULED: {@code uid} takes the place of {@code replaced}. */
    public static ObjectNode rescheduled(String uid, String replaced, int at, String day) {
        ObjectNode delivery = nested("BOOKING_RESCHEDULED", at, full(uid, day + "T12:00:00Z", day + "T12:30:00Z", "ACCEPTED"));
        payload(delivery).put("rescheduleUid", replaced).put("rescheduleId", Math.abs(replaced.hashCode()))
                .put("rescheduledBy", "zoe@example.org").put("iCalSequence", 1);
        return delivery;
    }

    /** BOOKING_CANCELLED: no metadata, times with +00:00. */
    public static ObjectNode cancelled(String uid, int at) {
        ObjectNode delivery = nested("BOOKING_CANCELLED", at, full(uid, "2027-01-11T10:00:00+00:00", "2027-01-11T10:30:00+00:00", "CANCELLED"));
        payload(delivery).put("cancellationReason", "Krank – leider 🤒").put("requestReschedule", false).put("cancelledBy", "zoe@example.org")
                .putNull("additionalNotes").remove("metadata");
        return delivery;
    }

    /** The host asks the attendee for another time. */
    public static ObjectNode rescheduleAsked(String uid, int at) {
        ObjectNode delivery = cancelled(uid, at);
        payload(delivery).put("requestReschedule", true).put("cancellationReason", "Please reschedule. Bitte neu wählen");
        return delivery;
    }

    /** BOOKING_PAYMENT_INITIATED: says ACCEPTED although nothing is paid. */
    public static ObjectNode paymentInitiated(String uid, int at) {
        ObjectNode delivery = nested("BOOKING_PAYMENT_INITIATED", at, full(uid, "2027-01-11T10:00:00Z", "2027-01-11T10:30:00Z", "ACCEPTED"));
        payload(delivery).put("paymentId", 1);
        return delivery;
    }

    /** BOOKING_PAID: without the custom answers, and with the payment's metadata in place of the booking's. */
    public static ObjectNode paid(String uid, int at, String status) {
        ObjectNode delivery = nested("BOOKING_PAID", at, full(uid, "2027-01-11T10:00:00.000Z", "2027-01-11T10:30:00.000Z", status));
        payload(delivery).put("paymentId", 1).putObject("metadata").put("identifier", "cal.com").put("externalId", "pi_1");
        payload(delivery).withObject("responses").remove("insurance");
        return delivery;
    }

    public static ObjectNode noShow(String uid, int at, String email, boolean noShow) {
        ObjectNode payload = Json.MAPPER.createObjectNode().put("message", email + " marked as no-show").put("bookingUid", uid).put("bookingId", 7);
        payload.putArray("attendees").addObject().put("email", email).put("noShow", noShow);
        return nested("BOOKING_NO_SHOW_UPDATED", at, payload);
    }

    /** BOOKING_LOCATION_UPDATED. */
    public static ObjectNode moved(String uid, int at, String location) {
        ObjectNode delivery = nested("BOOKING_LOCATION_UPDATED", at, full(uid, "2027-01-11T10:00:00Z", "2027-01-11T10:30:00Z", "ACCEPTED"));
        payload(delivery).put("location", location).put("previousLocation", "integrations:daily");
        payload(delivery).withObject("metadata").remove("videoCallUrl");
        return delivery;
    }

    /** BOOKING_REASSIGNED: another host, and few fields. */
    public static ObjectNode reassigned(String uid, int at, String host) {
        ObjectNode delivery = nested("BOOKING_REASSIGNED", at, full(uid, "2027-01-11T10:00:00Z", "2027-01-11T10:30:00Z", "ACCEPTED"));
        payload(delivery).withObject("organizer").put("email", host);
        payload(delivery).remove(List.of("metadata", "length", "price", "location"));
        return delivery;
    }

    /** MEETING_STARTED or MEETING_ENDED: flat, and createdAt is the booking's. */
    public static ObjectNode meeting(String trigger, String uid) {
        ObjectNode delivery = Json.MAPPER.createObjectNode().put("triggerEvent", trigger).put("id", Math.abs(uid.hashCode())).put("uid", uid)
                .put("eventTypeId", 1001).put("title", "Erstgespräch").put("startTime", "2027-01-11T10:00:00.000Z")
                .put("endTime", "2027-01-11T10:30:00.000Z").put("createdAt", FIRST.minusSeconds(1).toString()).put("status", "ACCEPTED")
                .put("location", "integrations:daily");
        delivery.putObject("responses").put("name", "Zoë Müller").put("email", "zoe@example.org");
        delivery.putObject("metadata").put("crmId", "L-1");
        delivery.putObject("user").put("email", "lena@example.com").put("name", "Lena Wirt");
        delivery.putArray("attendees").addObject().put("id", 5).put("email", "zoe@example.org").put("name", "Zoë Müller")
                .put("timeZone", "Europe/Berlin").put("locale", "de").put("noShow", false).putNull("phoneNumber");
        return delivery;
    }

    public static ObjectNode recordingReady(String uid, int at) {
        ObjectNode payload = Json.MAPPER.createObjectNode().put("type", "Erstgespräch").put("uid", uid).put("downloadLink", "https://rec.example.com/1");
        return nested("RECORDING_READY", at, payload);
    }

    /** BOOKING_CREATED of one seat. */
    public static ObjectNode seatTaken(String uid, String seatUid, String email, int at) {
        ObjectNode delivery = created(uid, at);
        payload(delivery).put("seatsPerTimeSlot", 4).put("attendeeSeatId", seatUid);
        payload(delivery).putArray("attendees").add(person(email));
        return delivery;
    }

    /** BOOKING_CANCELLED of one seat: it names the attendee and not the seat. */
    public static ObjectNode seatCancelled(String uid, String email, int at) {
        ObjectNode delivery = cancelled(uid, at);
        payload(delivery).put("seatsPerTimeSlot", 4);
        payload(delivery).putArray("attendees").add(person(email));
        return delivery;
    }

    /** BOOKING_RESCHEDULED of one seat: rescheduleUid without rescheduleId. */
    public static ObjectNode seatMoved(String uid, String seatUid, String from, String email, int at) {
        ObjectNode delivery = seatTaken(uid, seatUid, email, at);
        delivery.put("triggerEvent", "BOOKING_RESCHEDULED");
        payload(delivery).put("rescheduleUid", from).put("startTime", "2027-01-13T10:00:00Z").put("endTime", "2027-01-13T10:30:00Z");
        return delivery;
    }

    /** BOOKING_PAID of a seat: as {@link #paid}, and it does not name the seat. */
    public static ObjectNode seatPaid(String uid, String email, int at) {
        ObjectNode delivery = paid(uid, at, "ACCEPTED");
        payload(delivery).put("seatsPerTimeSlot", 4);
        payload(delivery).putArray("attendees").add(person(email));
        return delivery;
    }

    /** The host moves a slot with all its seats: the same uid, all attendees, no seat and no rescheduleId. */
    public static ObjectNode slotMoved(String uid, String from, int at, String... emails) {
        ObjectNode delivery = seatMoved(uid, "", from, "", at);
        payload(delivery).remove("attendeeSeatId");
        payload(delivery).putArray("attendees").addAll(Arrays.stream(emails).map(Deliveries::person).toList());
        return delivery;
    }

    /** BOOKING_CANCELLED of a whole slot. */
    public static ObjectNode slotCancelled(String uid, int at, String... emails) {
        ObjectNode delivery = seatCancelled(uid, "", at);
        payload(delivery).putArray("attendees").addAll(Arrays.stream(emails).map(Deliveries::person).toList());
        return delivery;
    }

    /** BOOKING_CREATED of somebody who gave only a phone number, for whom Cal.com makes up an address. */
    public static ObjectNode createdByPhone(String uid, int at) {
        ObjectNode delivery = created(uid, at);
        payload(delivery).putArray("attendees").add(person("4915112345678@sms.cal.com").put("phoneNumber", "+4915112345678"));
        return delivery;
    }

    /** Changes a delivery's payload. */
    public static ObjectNode with(ObjectNode delivery, Consumer<ObjectNode> change) {
        change.accept(payload(delivery));
        return delivery;
    }

    public static ObjectNode payload(ObjectNode delivery) {
        return (ObjectNode) delivery.get("payload");
    }

    public static ObjectNode nested(String trigger, int at, ObjectNode payload) {
        ObjectNode delivery = Json.MAPPER.createObjectNode().put("triggerEvent", trigger).put("createdAt", at(at).toString());
        delivery.set("payload", payload);
        return delivery;
    }

    private static ObjectNode full(String uid, String start, String end, String status) {
        ObjectNode payload = Json.MAPPER.createObjectNode().put("bookerUrl", "https://cal.example.com").put("type", "erstgespraech")
                .put("title", "Erstgespräch").put("startTime", start).put("endTime", end).put("eventTypeId", 1001)
                .put("location", "integrations:daily").put("iCalUID", uid + "@Cal.com").put("length", 30)
                .put("uid", uid).put("bookingId", Math.abs(uid.hashCode())).put("status", status).putNull("seatsPerTimeSlot");
        payload.putObject("organizer").put("id", 101).put("name", "Lena Wirt").put("email", "lena@example.com").put("timeZone", "Europe/Berlin")
                .putObject("language").put("locale", "de");
        payload.putArray("attendees").add(person("zoe@example.org"));
        ObjectNode responses = payload.putObject("responses");
        answers().forEach((slug, value) -> responses.putObject(slug).put("label", slug).put("value", value).put("isHidden", false));
        responses.putObject("notes").put("label", "additional_notes").put("isHidden", false);
        payload.putObject("metadata").put("crmId", "L-1").put("videoCallUrl", "https://meet.example.com/" + uid);
        return payload;
    }

    private static Map<String, String> answers() {
        return Map.of("name", "Zoë Müller", "email", "zoe@example.org", "insurance", "AOK");
    }

    private static ObjectNode person(String email) {
        ObjectNode person = Json.MAPPER.createObjectNode().put("email", email).put("name", "Zoë Müller").put("firstName", "Zoë").put("lastName", "Müller")
                .put("timeZone", "Europe/Berlin").put("utcOffset", 60);
        person.putObject("language").put("locale", "de");
        return person;
    }
}
