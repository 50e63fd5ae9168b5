package io.calcamel.calcom;

import java.util.List;

/**
 * Some of the bookings that were asked for, in the order that was asked for.
 *
 * @param items       the bookings; of API v1 fewer than were asked for, or none, where others had to be left out
 * @param hasNextPage whether there are more after them; of API v1 whether there can be
 */
public record BookingsPage(List<CalcomBooking> items, boolean hasNextPage) {
}
