package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Tells the subscriptions what happened to a booking: which trigger each step has (Cal.com, Webhooks, "Event triggers"). */
final class Notices {

    private final World world;
    private final WebhookSender sender;
    private final WebhookBodies bodies;
    private final boolean hosted;

    Notices(World world, WebhookSender sender, boolean hosted) {
        this.world = world;
        this.sender = sender;
        this.bodies = new WebhookBodies(world);
        this.hosted = hosted;
    }

    private void tell(Booking booking, EventType eventType, String trigger, ObjectNode payload) {
        for (Subscription subscription : Subscriptions.interested(world, eventType, booking.host.id, trigger)) {
            sender.send(subscription, trigger, Json.object("triggerEvent", trigger, "createdAt", world.now(), "payload", payload));
        }
    }

    /** A new booking. One that replaces another and waits for the host is told as if it were new. */
    void booked(Booking booking, Order order) {
        EventType eventType = order.eventType;
        Attendee seat = booking.seated ? booking.attendees.get(booking.attendees.size() - 1) : null;
        if (booking.status == Booking.Status.PENDING && eventType.option("price").asInt() > 0) {
            tell(booking, eventType, "BOOKING_PAYMENT_INITIATED", bodies.paymentInitiated(booking, eventType));
        } else if (booking.status == Booking.Status.PENDING) {
            tell(booking, eventType, "BOOKING_REQUESTED", bodies.requested(booking, eventType));
        } else if (order.moved != null) {
            tell(booking, eventType, "BOOKING_RESCHEDULED",
                    bodies.rescheduled(booking, eventType, seat, order.moved, order.moved.uid, order.movedBy));
        } else {
            tell(booking, eventType, "BOOKING_CREATED", bodies.created(booking, eventType, seat));
        }
    }

    /** One more seat of a booking that is there already. */
    void seatTaken(Booking booking, Attendee seat, Order order) {
        tell(booking, order.eventType, "BOOKING_CREATED", bodies.created(booking, order.eventType, seat));
    }

    void seatMoved(Booking booking, Attendee seat, Booking before, String seatUidBefore, String movedBy) {
        EventType eventType = world.eventType(booking.eventTypeId);
        tell(booking, eventType, "BOOKING_RESCHEDULED", bodies.rescheduled(booking, eventType, seat, before, seatUidBefore, movedBy));
    }

    void confirmed(Booking booking) {
        EventType eventType = world.eventType(booking.eventTypeId);
        if (eventType != null) {
            tell(booking, eventType, "BOOKING_CREATED", bodies.decided(booking, eventType, null));
        }
    }

    void declined(Booking booking) {
        EventType eventType = world.eventType(booking.eventTypeId);
        if (eventType != null) {
            tell(booking, eventType, "BOOKING_REJECTED", bodies.decided(booking, eventType, booking.rejectionReason));
        }
    }

    /** @param all whether all remaining occurrences go; even then there is one notice, of the addressed one */
    void cancelled(Booking booking, Attendee seat, String reason, String cancelledBy, boolean all) {
        EventType eventType = world.eventType(booking.eventTypeId);
        if (eventType != null) {
            tell(booking, eventType, "BOOKING_CANCELLED", bodies.cancelled(booking, eventType, seat, reason, cancelledBy, all));
        }
    }

    void requestedToReschedule(Booking booking, String reason) {
        EventType eventType = world.eventType(booking.eventTypeId);
        if (eventType != null) {
            ObjectNode payload = bodies.cancelled(booking, eventType, null, "Please reschedule. " + reason, booking.host.email, false);
            tell(booking, eventType, "BOOKING_CANCELLED", payload.put("requestReschedule", true));
        }
    }

    void noShow(Booking booking, List<Attendee> attendees) {
        EventType eventType = world.eventType(booking.eventTypeId);
        if (eventType != null) {
            tell(booking, eventType, "BOOKING_NO_SHOW_UPDATED", WebhookBodies.noShow(booking, attendees));
        }
    }

    void locationChanged(Booking booking, String before) {
        EventType eventType = world.eventType(booking.eventTypeId);
        if (hosted && eventType != null) {
            tell(booking, eventType, "BOOKING_LOCATION_UPDATED", bodies.created(booking, eventType, null).put("previousLocation", before));
        }
    }

    void reassigned(Booking booking, Account before) {
        EventType eventType = world.eventType(booking.eventTypeId);
        if (hosted && eventType != null && before != booking.host) {
            ObjectNode payload = bodies.created(booking, eventType, null);
            payload.setAll(Json.object("addedHostUserIds", Json.array(booking.host.id), "removedHostUserIds", Json.array(before.id)));
            tell(booking, eventType, "BOOKING_REASSIGNED", payload);
        }
    }

    /** A start or an end has come. */
    void meeting(Booking booking, String trigger) {
        EventType eventType = world.eventType(booking.eventTypeId);
        if (eventType == null) {
            return;
        }
        for (Subscription subscription : Subscriptions.interested(world, eventType, booking.host.id, trigger)) {
            ObjectNode flat = Json.object("triggerEvent", trigger);
            flat.setAll(WebhookBodies.meeting(booking, eventType));
            sender.send(subscription, trigger, flat);
        }
    }
}
