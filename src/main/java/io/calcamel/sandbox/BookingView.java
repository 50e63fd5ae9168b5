package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.List;

/** Bookings as the API shows them (Cal.com API v2, bookings, 2024-08-13): a single one, an occurrence and a seated one differ in their fields. */
final class BookingView {

    private final World world;

    BookingView(World world) {
        this.world = world;
    }

    /**
     * @param showsAll whether the caller may see who else has a seat
     * @return the booking in the form that fits its kind
     */
    ObjectNode view(Booking booking, boolean showsAll) {
        if (booking.seated) {
            return seated(booking, showsAll ? booking.attendees : List.of(), true);
        }
        return booking.seriesUid != null ? occurrence(booking) : single(booking);
    }

    /** Whether everybody may see all seats of that booking, or this caller may. */
    boolean showsAll(Booking booking, Account caller) {
        EventType eventType = world.eventType(booking.eventTypeId);
        return eventType != null && (eventType.showsAttendees() || caller != null && eventType.hosts().contains(caller.id));
    }

    /** The occurrences of a series, in order of time. */
    ArrayNode series(List<Booking> bookings, Account caller) {
        return Json.array(bookings.stream().sorted(Comparator.comparing(booking -> booking.start))
                .map(booking -> view(booking, showsAll(booking, caller))).toList());
    }

    private ObjectNode single(Booking booking) {
        ObjectNode view = Json.object("id", booking.id, "uid", booking.uid, "title", booking.title, "description", booking.description,
                "hosts", Json.array(booking.host.asHost(true)), "status", status(booking), "cancellationReason", booking.cancellationReason,
                "cancelledByEmail", "", "reschedulingReason", reason(booking), "rescheduledByEmail", rescheduledBy(booking),
                "rescheduledFromUid", Json.given(booking.fromUid), "rescheduledToUid", Json.given(booking.toUid));
        addTimes(view, booking);
        view.set("metadata", booking.metadata);
        addEnd(view, booking, Json.array(booking.attendees.stream().map(attendee -> attendee.view(true)).toList()));
        addAnswers(view, booking);
        return view;
    }

    private ObjectNode occurrence(Booking booking) {
        ObjectNode view = Json.object("attendees", booking.attendees.stream().map(attendee -> attendee.view(false)).toList());
        addAnswers(view, booking);
        view.setAll(Json.object("id", booking.id, "uid", booking.uid, "title", booking.title, "description", booking.description,
                "hosts", Json.array(booking.host.asHost(true)), "status", status(booking), "cancellationReason", booking.cancellationReason,
                "cancelledByEmail", "", "reschedulingReason", reason(booking), "rescheduledFromUid", Json.given(booking.fromUid)));
        addTimes(view, booking);
        view.set("metadata", booking.metadata);
        view.setAll(Json.object("rating", null, "icsUid", booking.icsUid, "recurringBookingUid", booking.seriesUid));
        return view;
    }

    ObjectNode seated(Booking booking, List<Attendee> shown, boolean withHostZone) {
        ObjectNode view = Json.object("id", booking.id, "uid", booking.uid, "title", booking.title, "description", null,
                "hosts", Json.array(booking.host.asHost(withHostZone)), "status", status(booking), "cancellationReason", booking.cancellationReason,
                "rescheduledByEmail", booking.seriesUid == null ? rescheduledBy(booking) : Json.OMITTED,
                "rescheduledFromUid", Json.given(booking.fromUid));
        addTimes(view, booking);
        addEnd(view, booking, Json.array(shown.stream().map(Attendee::viewWithSeat).toList()));
        if (booking.seriesUid != null) {
            view.put("recurringBookingUid", booking.seriesUid);
        }
        return view;
    }

    private String status(Booking booking) {
        return booking.statusShownAt(world.now()).lower();
    }

    private static Object reason(Booking booking) {
        return Json.given(booking.responses.get("rescheduledReason"));
    }

    /** Whoever moved a booking is noted at the one that was moved. */
    private Object rescheduledBy(Booking booking) {
        Booking before = booking.toUid == null && booking.fromUid != null ? world.booking(booking.fromUid) : null;
        return before != null && before.rescheduledBy != null ? before.rescheduledBy : booking.rescheduledBy;
    }

    private void addTimes(ObjectNode view, Booking booking) {
        EventType eventType = world.eventType(booking.eventTypeId);
        view.setAll(Json.object("start", booking.start, "end", booking.end, "duration", booking.minutes(),
                "eventTypeId", eventType == null ? null : eventType.id,
                "eventType", eventType == null ? null : Json.object("id", eventType.id, "slug", eventType.slug),
                "meetingUrl", booking.shownLocation(), "location", booking.shownLocation(), "absentHost", booking.hostAbsent,
                "createdAt", booking.createdAt, "updatedAt", booking.updatedAt));
    }

    private static void addEnd(ObjectNode view, Booking booking, ArrayNode attendees) {
        view.setAll(Json.object("rating", null, "icsUid", booking.icsUid, "attendees", attendees));
    }

    private static void addAnswers(ObjectNode view, Booking booking) {
        ObjectNode answers = booking.responses.deepCopy();
        answers.set("displayEmail", Json.node(Json.text(answers, "email")));
        if (answers.has("guests")) {
            view.set("guests", answers.get("guests"));
            answers.set("displayGuests", answers.get("guests"));
        }
        view.set("bookingFieldsResponses", answers);
    }
}
