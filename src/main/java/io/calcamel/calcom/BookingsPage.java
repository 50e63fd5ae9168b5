package io.calcamel.calcom;

import java.util.List;

/**
 * Some of the bookings that were asked for, the oldest first by when they were made.
 *
 * @param items       the bookings
 * @param hasNextPage whether there are more after them
 */
public record BookingsPage(List<CalcomBooking> items, boolean hasNextPage) {
}
