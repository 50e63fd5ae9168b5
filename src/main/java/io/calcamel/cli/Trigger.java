package io.calcamel.cli;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Cal.com's trigger events: what each means, and which sample it is sent with (Cal.com, Webhooks, "Event triggers").
 *
 * <p>The first sample is the body; each further one is a JSON merge patch (RFC 7396) on it, so that a trigger event whose
 * body is like another's shows no more than what differs.
 */
enum Trigger {
    BOOKING_CREATED("a booking was accepted", "booking-created"),
    BOOKING_REQUESTED("a booking waits for the host's confirmation", "booking-created", "booking-requested"),
    BOOKING_REJECTED("the host declined a requested booking", "booking-cancelled", "booking-rejected"),
    BOOKING_RESCHEDULED("a booking replaced another one (--reschedule-uid)", "booking-created", "booking-rescheduled"),
    BOOKING_CANCELLED("a booking was cancelled", "booking-cancelled"),
    BOOKING_PAYMENT_INITIATED("a booking waits for its payment", "booking-created", "booking-payment-initiated"),
    BOOKING_PAID("a booking was paid", "booking-paid"),
    BOOKING_NO_SHOW_UPDATED("an attendee was marked as no-show", "booking-no-show-updated"),
    BOOKING_LOCATION_UPDATED("a booking got another location", "booking-created", "booking-location-updated"),
    BOOKING_REASSIGNED("a booking got another host", "booking-created", "booking-reassigned"),
    MEETING_STARTED("a booking's start time has come", "meeting"),
    MEETING_ENDED("a booking's end time has come", "meeting"),
    RECORDING_READY("a recording can be fetched", "recording-ready"),
    RECORDING_TRANSCRIPTION_GENERATED("a transcript can be fetched", "recording-ready", "recording-transcription-generated"),
    INSTANT_MEETING("somebody wants to talk right now", "instant-meeting"),
    INSTANT_MEETING_ACCEPTED("a host joined an instant meeting", "instant-meeting-accepted"),
    AFTER_HOSTS_CAL_VIDEO_NO_SHOW("no host came to the video room", "after-hosts-cal-video-no-show"),
    AFTER_GUESTS_CAL_VIDEO_NO_SHOW("no guest came to the video room", "after-hosts-cal-video-no-show", "after-guests-cal-video-no-show"),
    OOO_CREATED("a host will be out of office", "ooo-created"),
    FORM_SUBMITTED("a routing form was submitted", "form-submitted"),
    FORM_SUBMITTED_NO_EVENT("a form's submitter has not booked", "form-submitted", "form-submitted-no-event"),
    ROUTING_FORM_FALLBACK_HIT("no rule of a routing form fitted", "routing-form-fallback-hit"),
    WRONG_ASSIGNMENT_REPORT("a host says a booking should be another's", "wrong-assignment-report"),
    CALENDAR_ENTRY_REJECTED("an attendee declined the calendar entry", "calendar-entry-rejected"),
    DELEGATION_CREDENTIAL_ERROR("a calendar refused delegated access", "delegation-credential-error"),
    DELEGATION_CREDENTIAL_SECRET_ROTATED("a delegation secret was replaced", "delegation-credential-rotation"),
    DELEGATION_CREDENTIAL_SECRET_ROTATION_FAILED("a delegation secret could not be replaced", "delegation-credential-rotation",
            "delegation-credential-secret-rotation-failed"),
    DELEGATION_CREDENTIAL_ROTATION_REQUIRED("a delegation secret expires soon", "delegation-credential-rotation"),
    PING("somebody pressed a webhook's test button", "ping");

    /** Names that an example of Cal.com's API reference has and Cal.com does not; by spelling they are near to wrong ones. */
    private static final Map<String, Trigger> MISNAMED = Map.of("BOOKINGCONFIRMED", BOOKING_CREATED, "BOOKINGCOMPLETED", MEETING_ENDED);

    private final String meaning;
    private final List<String> samples;

    Trigger(String meaning, String... samples) {
        this.meaning = meaning;
        this.samples = List.of(samples);
    }

    /** What happened at Cal.com, in half a line. */
    String meaning() {
        return meaning;
    }

    /** The names of its sample and of the merge patches on it, in this order. */
    List<String> samples() {
        return samples;
    }

    /**
     * @param name a name as people type it: in any case, words joined by {@code _}, {@code -} or not at all
     * @return its trigger event; empty if there is none
     */
    static Optional<Trigger> named(String name) {
        String key = key(name);
        return Arrays.stream(values()).filter(trigger -> key(trigger.name()).equals(key)).findFirst();
    }

    /**
     * @param name a name that is no trigger event's
     * @return the trigger event that was most likely meant; empty if the name is far from all
     */
    static Optional<Trigger> closestTo(String name) {
        String key = key(name);
        if (key.isEmpty() || MISNAMED.containsKey(key)) {
            return Optional.ofNullable(MISNAMED.get(key));
        }
        // A part of a name, such as CREATED, is many edits away from all, and often nearest to a wrong one.
        Optional<Trigger> containing = Arrays.stream(values()).filter(trigger -> key(trigger.name()).contains(key)).findFirst();
        return containing.or(() -> Arrays.stream(values())
                .min(Comparator.comparingInt(trigger -> distance(key, key(trigger.name()))))
                .filter(trigger -> distance(key, key(trigger.name())) <= key.length() / 2));
    }

    private static String key(String name) {
        return name.toUpperCase(Locale.ROOT).replaceAll("[-_\\s]", "");
    }

    /** Levenshtein: how many characters to insert, delete or replace. */
    private static int distance(String from, String to) {
        int[] above = new int[to.length() + 1];
        Arrays.setAll(above, column -> column);
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = above[column - 1] + (from.charAt(row - 1) == to.charAt(column - 1) ? 0 : 1);
                current[column] = Math.min(replaced, Math.min(above[column], current[column - 1]) + 1);
            }
            above = current;
        }
        return above[to.length()];
    }
}
