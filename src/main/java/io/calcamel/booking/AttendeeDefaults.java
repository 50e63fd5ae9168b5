package io.calcamel.booking;

import java.time.ZoneId;

/**
 * What is believed of an attendee of whom nobody says it.
 *
 * @param zone     where they live
 * @param language what they speak, such as {@code de}; null for nothing
 */
public record AttendeeDefaults(ZoneId zone, String language) {
}
