package io.calcamel.calcom;

/** What is asked of Cal.com, by the names that errors, logs and metrics use. */
public enum Operation {

    ME(EndpointGroup.UNVERSIONED),
    TEAMS(EndpointGroup.UNVERSIONED),
    EVENT_TYPES(EndpointGroup.EVENT_TYPES),
    TEAM_EVENT_TYPES(EndpointGroup.EVENT_TYPES),
    EVENT_TYPE(EndpointGroup.EVENT_TYPES),
    EVENT_TYPE_CREATE(EndpointGroup.EVENT_TYPES),
    SLOTS(EndpointGroup.SLOTS),
    BOOKING(EndpointGroup.BOOKINGS),
    BOOKINGS(EndpointGroup.BOOKINGS),
    BOOKING_CREATE(EndpointGroup.BOOKINGS),
    BOOKING_RESCHEDULE(EndpointGroup.BOOKINGS),
    BOOKING_CANCEL(EndpointGroup.BOOKINGS),
    BOOKING_CONFIRM(EndpointGroup.BOOKINGS),
    BOOKING_DECLINE(EndpointGroup.BOOKINGS),
    WEBHOOKS(EndpointGroup.UNVERSIONED),
    WEBHOOK_CREATE(EndpointGroup.UNVERSIONED),
    WEBHOOK_CHANGE(EndpointGroup.UNVERSIONED);

    private final EndpointGroup group;

    Operation(EndpointGroup group) {
        this.group = group;
    }

    /** The group whose version it needs. */
    EndpointGroup group() {
        return group;
    }
}
