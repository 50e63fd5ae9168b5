package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Somebody who attends a booking: the booker, a guest, or the holder of a seat. */
final class Attendee {

    final int id;
    final String name;
    final String email;
    final String timeZone;
    final String language;
    final String phoneNumber;
    boolean absent;
    /** The holder of a seat only: the seat's uid, answers and metadata. */
    String seatUid;
    ObjectNode responses;
    ObjectNode metadata;

    Attendee(int id, String name, String email, String timeZone, String language, String phoneNumber) {
        this.id = id;
        this.name = name;
        this.email = email;
        this.timeZone = timeZone;
        this.language = language;
        this.phoneNumber = phoneNumber;
    }

    /** @param withPhone occurrences of a series and seats don't show it */
    ObjectNode view(boolean withPhone) {
        return Json.object("name", name, "email", email, "displayEmail", email, "timeZone", timeZone, "language", language,
                "absent", absent, "phoneNumber", withPhone ? Json.given(phoneNumber) : Json.OMITTED);
    }

    ObjectNode viewWithSeat() {
        ObjectNode answers = responses.deepCopy();
        // For privacy, the address is not among the answers.
        answers.remove("email");
        return view(false).put("seatUid", seatUid).<ObjectNode>set("bookingFieldsResponses", answers).set("metadata", metadata);
    }

    ObjectNode viewWithId() {
        return view(true).put("id", id);
    }
}
