package io.calcamel.calcom;

import java.time.Instant;

/**
 * Which bookings are asked for (version 2024-08-13, {@code GET /v2/bookings}); what is null does not matter. API v1 has
 * no status and no times of changes, and takes only whole pages: {@code skip} is a multiple of {@code take}.
 *
 * @param attendeeEmail  exactly this address; of whoever gave a phone number only, {@code <digits>@sms.cal.com}
 * @param eventTypeId    Cal.com's id of the event type; one that is gone is refused
 * @param afterStart     they start then or later
 * @param beforeEnd      they end then or earlier
 * @param afterCreatedAt they were made then or later
 * @param afterUpdatedAt they were changed then or later; a server can leave out those that never were, so it takes two questions
 *                       to see all that is new
 * @param status         {@code upcoming}, {@code recurring}, {@code past}, {@code cancelled} (declined ones too),
 *                       {@code unconfirmed}, or several with commas
 * @param order          which come first
 * @param take           how many, 1 to 250
 * @param skip           after how many
 */
public record BookingsQuery(String attendeeEmail, Long eventTypeId, Instant afterStart, Instant beforeEnd, Instant afterCreatedAt, Instant afterUpdatedAt,
        String status, Order order, int take, int skip) {

    /** Orders in which a booking that is made or changed meanwhile moves none to a page that was read already. */
    public enum Order {

        /** The oldest first by when they were made. */
        MADE("sortCreated", "asc"),

        /** The latest change first: one that changes meanwhile lets another come twice. */
        LATEST_CHANGE("sortUpdatedAt", "desc");

        private final String parameter;
        private final String direction;

        Order(String parameter, String direction) {
            this.parameter = parameter;
            this.direction = direction;
        }

        String parameter() {
            return parameter;
        }

        String direction() {
            return direction;
        }
    }

    /** Whenever they were made or changed, the oldest first. */
    public BookingsQuery(String attendeeEmail, Long eventTypeId, Instant afterStart, Instant beforeEnd, String status, int take, int skip) {
        this(attendeeEmail, eventTypeId, afterStart, beforeEnd, null, null, status, Order.MADE, take, skip);
    }

    /** Those with one of these statuses, the oldest first. */
    public static BookingsQuery of(String status, int take, int skip) {
        return new BookingsQuery(null, null, null, null, null, null, status, Order.MADE, take, skip);
    }

    /** Those that were made then or later, the oldest first. */
    public static BookingsQuery madeSince(Instant then, int take, int skip) {
        return new BookingsQuery(null, null, null, null, then, null, null, Order.MADE, take, skip);
    }

    /** Those that were changed then or later, the latest change first. */
    public static BookingsQuery changedSince(Instant then, int take, int skip) {
        return new BookingsQuery(null, null, null, null, null, then, null, Order.LATEST_CHANGE, take, skip);
    }

    /** Without personal data. */
    @Override
    public String toString() {
        return "bookings " + skip + " to " + (skip + take);
    }
}
