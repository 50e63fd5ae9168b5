package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** A booking: of one attendee with guests, one occurrence of a series, or a slot with seats. */
final class Booking {

    /** In the order in which Cal.com's database lists them. */
    enum Status {
        ACCEPTED, PENDING, CANCELLED, REJECTED;

        String lower() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    final int id;
    final String uid;
    final int eventTypeId;
    final Instant createdAt;
    Account host;
    String title;
    String description;
    Status status;
    Instant start;
    Instant end;
    String location;
    /** The page of the video call; null if the booking has none (yet). */
    String videoUrl;
    ObjectNode responses = Json.object();
    ObjectNode metadata = Json.object();
    String cancellationReason = "";
    String rejectionReason;
    String rescheduledBy;
    /** The booking that this one replaces, and the one that replaces it. */
    String fromUid;
    String toUid;
    boolean hostAbsent;
    Instant updatedAt;
    String icsUid;
    int icsSequence;
    String seriesUid;
    boolean seated;
    final List<Attendee> attendees = new ArrayList<>();

    /** Until when reads still show the booking as it was before its cancellation; null if they don't. */
    Instant cancellationShownFrom;
    Status statusBeforeCancellation;

    Booking(int id, String uid, int eventTypeId, Instant createdAt) {
        this.id = id;
        this.uid = uid;
        this.eventTypeId = eventTypeId;
        this.createdAt = createdAt;
        this.updatedAt = createdAt;
        this.icsUid = uid + "@Cal.com";
    }

    Span span() {
        return new Span(start, end);
    }

    long minutes() {
        return Duration.between(start, end).toMinutes();
    }

    boolean isActive() {
        return status == Status.ACCEPTED || status == Status.PENDING;
    }

    Status statusShownAt(Instant now) {
        return cancellationShownFrom != null && now.isBefore(cancellationShownFrom) ? statusBeforeCancellation : status;
    }

    String shownLocation() {
        return videoUrl != null ? videoUrl : location;
    }

    Attendee seat(String seatUid) {
        return attendees.stream().filter(attendee -> seatUid.equals(attendee.seatUid)).findFirst().orElse(null);
    }

    /** The booker: of the attendees the one whose address the answers have. */
    Attendee booker() {
        String email = Json.text(responses, "email");
        return attendees.stream().filter(attendee -> attendee.email.equals(email)).findFirst()
                .orElse(attendees.isEmpty() ? null : attendees.get(0));
    }

    List<String> guests() {
        List<String> guests = new ArrayList<>();
        responses.path("guests").forEach(guest -> guests.add(guest.asText()));
        return guests;
    }
}
