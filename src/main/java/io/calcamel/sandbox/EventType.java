package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/**
 * Something that can be booked. Its options are kept as the API shows them (Cal.com API v2, event types, 2024-06-14), since
 * showing them is what the sandbox does most.
 */
final class EventType {

    final int id;
    /** The owner of a personal event type; of a team's, the member to whom a managed child belongs, else null. */
    final Integer ownerId;
    final Integer teamId;
    String title;
    String slug;
    String description = "";
    int length;
    /** The lengths to choose from; null if there is only one. */
    ArrayNode lengths;
    ArrayNode locations = Json.array(Json.object("type", "integration", "integration", "cal-video"));
    ArrayNode bookingFields = BookingFields.standard();
    /** null, collective, roundRobin or managed. */
    String schedulingType;
    Integer parentId;
    final List<Integer> hostIds = new ArrayList<>();
    final ObjectNode options = Json.object(
            "recurrence", null,
            "disableGuests", false,
            "slotInterval", null,
            "minimumBookingNotice", 120,
            "beforeEventBuffer", 0,
            "afterEventBuffer", 0,
            "price", 0,
            "currency", "usd",
            "lockTimeZoneToggleOnBookingPage", false,
            "forwardParamsSuccessRedirect", true,
            "successRedirectUrl", null,
            "isInstantEvent", false,
            "scheduleId", null,
            "onlyShowFirstAvailableSlot", false,
            "offsetStart", 0,
            "bookingWindow", disabled(true),
            "confirmationPolicy", disabled(true),
            "requiresBookerEmailVerification", false,
            "hideCalendarNotes", false,
            "seats", disabled(true),
            "useDestinationCalendarEmail", false,
            "hideCalendarEventDetails", false,
            "hideOrganizerEmail", false,
            "calVideoSettings", Json.object("sendTranscriptionEmails", true),
            "hidden", false,
            "bookingRequiresAuthentication", false,
            "bookerActiveBookingsLimit", disabled(true),
            "disableCancelling", disabled(false),
            "disableRescheduling", disabled(false),
            "interfaceLanguage", null,
            "allowReschedulingPastBookings", false,
            "allowReschedulingCancelledBookings", false,
            "showOptimizedSlots", false);

    EventType(int id, Integer ownerId, Integer teamId, String title, String slug, int length) {
        this.id = id;
        this.ownerId = ownerId;
        this.teamId = teamId;
        this.title = title;
        this.slug = slug;
        this.length = length;
    }

    static ObjectNode disabled(boolean disabled) {
        return Json.object("disabled", disabled);
    }

    JsonNode option(String name) {
        return options.path(name);
    }

    int minutes(String name) {
        return option(name).asInt();
    }

    boolean is(String name) {
        return option(name).asBoolean();
    }

    /** @return how many seats a slot has; 0 if the event type is not seated */
    int seats() {
        return option("seats").path("seatsPerTimeSlot").asInt();
    }

    boolean showsAttendees() {
        return option("seats").path("showAttendeeInfo").asBoolean();
    }

    /** @return how many occurrences a series has at most; 0 if the event type is not recurring */
    int occurrences() {
        return option("recurrence").path("occurrences").asInt();
    }

    boolean blocksWhilePending() {
        return option("confirmationPolicy").path("blockUnconfirmedBookingsInBooker").asBoolean();
    }

    boolean isTeam() {
        return teamId != null;
    }

    boolean isManagedParent() {
        return "managed".equals(schedulingType) && parentId == null;
    }

    /** Everybody who may be the host of a booking. */
    List<Integer> hosts() {
        return hostIds.isEmpty() && ownerId != null ? List.of(ownerId) : hostIds;
    }
}
