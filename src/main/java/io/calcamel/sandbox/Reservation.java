package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;

/** A slot that is held for some minutes: hidden from others' slot queries, and nothing more. */
final class Reservation {

    final String uid;
    int eventTypeId;
    Instant start;
    Instant end;
    Instant until;
    int minutes;

    Reservation(String uid) {
        this.uid = uid;
    }

    Span span() {
        return new Span(start, end);
    }

    ObjectNode view(boolean made) {
        return Json.object("eventTypeId", eventTypeId, "slotStart", start, "slotEnd", end, "slotDuration", Duration.between(start, end).toMinutes(),
                "reservationUid", uid, "reservationDuration", made ? minutes : Json.OMITTED, "reservationUntil", until);
    }
}
