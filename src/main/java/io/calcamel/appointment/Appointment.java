package io.calcamel.appointment;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.SortedMap;

/**
 * An appointment as the API shows it, without its id and the time of its last change. Times are UTC instants as text.
 *
 * @param uid                the current booking's uid
 * @param uids               all booking uids of the chain, the oldest first
 * @param status             see docs/appointments.md
 * @param location           as Cal.com said it: an address, a phone number, a URL, or an app such as integrations:daily
 * @param meetingUrl         the page to send people to, where the meeting is online
 * @param host               e-mail address of the host
 * @param eventTypeId        Cal.com's id of the event type
 * @param branch             slug of the branch; null where it is not known
 * @param attendee           who booked
 * @param attendees          all who take part; those of a seated booking with their seat
 * @param responses          answers to the booking fields, by slug
 * @param seriesUid          the series that it is an occurrence of
 * @param startedAt          the scheduled start, once Cal.com has said that the meeting started
 * @param endedAt            the scheduled end, once Cal.com has said that the meeting ended
 * @param calcomRescheduleUid the uid to reschedule by
 * @param calcomCancelUid    the uid to cancel by
 * @param requiresManualBooking whether a person has to make the booking in Cal.com
 * @param manualBookingReason why a person has to; null where none has
 * @param cancellationReason why it was cancelled or rejected, or is to be rescheduled
 * @param recordingUrl       Cal.com's link to the recording, which it honours for about an hour
 * @param transcriptUrl      Cal.com's link to the transcript, which it honours for about an hour
 */
record Appointment(String uid, List<String> uids, String status, String start, String end, String title, String location,
        String meetingUrl, String host, Long eventTypeId, String branch, Attendee attendee, List<Attendee> attendees,
        SortedMap<String, JsonNode> responses, String seriesUid, String startedAt, String endedAt, Long calcomBookingId,
        String calcomBookingUid, String calcomRescheduleUid, String calcomCancelUid, boolean requiresManualBooking,
        String manualBookingReason, String cancellationReason, SortedMap<String, JsonNode> metadata, String recordingUrl, String transcriptUrl) {

    /**
     * Somebody who takes part.
     *
     * @param email       null for somebody without one, whom Cal.com gives an address made of the phone number
     * @param phoneNumber in E.164 where Cal.com had it so
     * @param timeZone    IANA name
     * @param language    language tag
     * @param noShow      whether the host or the API marked them as not having come
     * @param seatUid     their seat, where the event type has seats and Cal.com has named it
     * @param status      {@code active}, {@code cancelled} or {@code moved} for a seat; null for others
     */
    record Attendee(String name, String email, String phoneNumber, String timeZone, String language, boolean noShow,
            String seatUid, String status) {

        static final String ACTIVE = "active";

        boolean isActive() {
            return ACTIVE.equals(status);
        }
    }
}
