package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An event type as its row in Cal.com's database: what the oldest API version shows. */
final class EventTypeRow {

    private static final List<String> FREQUENCIES = List.of("yearly", "monthly", "weekly");
    private static final Map<String, String> LOCATION_TYPES = Map.of("address", "inPerson", "phone", "userPhone", "attendeePhone", "phone",
            "attendeeAddress", "attendeeInPerson", "attendeeDefined", "somewhereElse", "organizersDefaultApp", "conferencing");
    private static final Map<String, String> PERIOD_TYPES = Map.of("businessDays", "ROLLING", "calendarDays", "ROLLING", "range", "RANGE");

    private EventTypeRow() {
    }

    /** The columns that lists have. */
    static ObjectNode of(EventType eventType, Account owner) {
        ObjectNode row = common(eventType);
        row.setAll(Json.object("isPinned", false, "position", 0, "profileId", null, "instantMeetingScheduleId", null,
                "enablePerHostLocations", false, "secondaryEmailId", null, "maxLeadThreshold", null, "useEventLevelSelectedCalendars", false,
                "userId", eventType.ownerId, "parentId", eventType.parentId, "owner", Json.object("timeZone", owner.timeZone)));
        return row;
    }

    /** The columns that both lists and single event types have. */
    static ObjectNode common(EventType eventType) {
        JsonNode options = eventType.options;
        JsonNode policy = options.path("confirmationPolicy");
        JsonNode window = options.path("bookingWindow");
        boolean range = "range".equals(window.path("type").asText());
        boolean seated = eventType.seats() > 0;
        return Json.object("id", eventType.id, "teamId", eventType.teamId, "schedulingType", schedulingType(eventType),
                "metadata", Json.object(), "description", eventType.description, "interfaceLanguage", options.get("interfaceLanguage"),
                "hidden", options.get("hidden"), "slug", eventType.slug, "length", eventType.length, "title", eventType.title,
                "requiresConfirmation", policy.has("type"), "canSendCalVideoTranscriptionEmails", true, "requiresConfirmationForFreeEmail", false,
                "requiresConfirmationWillBlockSlot", eventType.blocksWhilePending(), "autoTranslateDescriptionEnabled", false,
                "offsetStart", options.get("offsetStart"), "eventName", options.get("customName"), "timeZone", null,
                "periodType", PERIOD_TYPES.getOrDefault(window.path("type").asText(), "UNLIMITED"),
                "periodStartDate", range ? window.path("value").get(0) : null, "periodEndDate", range ? window.path("value").get(1) : null,
                "periodDays", window.path("value").isNumber() ? window.get("value") : null,
                "periodCountCalendarDays", window.has("type") && !range ? "calendarDays".equals(window.path("type").asText()) : null,
                "lockTimeZoneToggleOnBookingPage", options.get("lockTimeZoneToggleOnBookingPage"), "lockedTimeZone", null,
                "requiresBookerEmailVerification", options.get("requiresBookerEmailVerification"), "disableGuests", options.get("disableGuests"),
                "disableCancelling", options.path("disableCancelling").path("disabled"),
                "disableRescheduling", options.path("disableRescheduling").path("disabled"),
                "minimumRescheduleNotice", options.path("disableRescheduling").get("minutesBefore"),
                "allowReschedulingCancelledBookings", options.get("allowReschedulingCancelledBookings"),
                "hideCalendarNotes", options.get("hideCalendarNotes"), "minimumBookingNotice", options.get("minimumBookingNotice"),
                "beforeEventBuffer", options.get("beforeEventBuffer"), "afterEventBuffer", options.get("afterEventBuffer"),
                "seatsPerTimeSlot", seated ? eventType.seats() : null, "onlyShowFirstAvailableSlot", options.get("onlyShowFirstAvailableSlot"),
                "allowReschedulingPastBookings", options.get("allowReschedulingPastBookings"),
                "hideOrganizerEmail", options.get("hideOrganizerEmail"), "showOptimizedSlots", options.get("showOptimizedSlots"),
                "seatsShowAttendees", seated && eventType.showsAttendees(),
                "seatsShowAvailabilityCount", !seated || options.path("seats").path("showAvailabilityCount").asBoolean(),
                "scheduleId", options.get("scheduleId"), "price", options.get("price"), "currency", options.get("currency"),
                "slotInterval", options.get("slotInterval"), "successRedirectUrl", options.get("successRedirectUrl"), "isInstantEvent", false,
                "instantMeetingExpiryTimeOffsetInSeconds", 90, "instantMeetingParameters", Json.array(), "assignAllTeamMembers", false,
                "isRRWeightsEnabled", false, "rescheduleWithSameRoundRobinHost", false, "recurringEvent", recurringEvent(options.get("recurrence")),
                "locations", locations(eventType.locations), "bookingFields", fields(eventType.bookingFields),
                "useEventTypeDestinationCalendarEmail", options.get("useDestinationCalendarEmail"),
                "bookingLimits", limits(options.get("bookingLimitsCount")), "durationLimits", limits(options.get("bookingLimitsDuration")),
                "eventTypeColor", options.get("color"), "hideCalendarEventDetails", options.get("hideCalendarEventDetails"),
                "rrSegmentQueryValue", null, "assignRRMembersUsingSegment", false, "customReplyToEmail", null, "restrictionScheduleId", null,
                "useBookerTimezone", false, "instantMeetingSchedule", null);
    }

    /** What a list of bookings tells of the event type. */
    static ObjectNode ofBooking(EventType eventType) {
        JsonNode options = eventType.options;
        return Json.object("slug", eventType.slug, "id", eventType.id, "title", eventType.title, "eventName", options.get("customName"),
                "price", options.get("price"), "recurringEvent", recurringEvent(options.get("recurrence")), "currency", options.get("currency"),
                "metadata", Json.object(), "disableGuests", options.get("disableGuests"),
                "seatsShowAttendees", eventType.seats() > 0 && eventType.showsAttendees(), "seatsShowAvailabilityCount", true,
                "eventTypeColor", options.get("color"), "customReplyToEmail", null,
                "allowReschedulingPastBookings", options.get("allowReschedulingPastBookings"),
                "hideOrganizerEmail", options.get("hideOrganizerEmail"),
                "disableCancelling", options.path("disableCancelling").path("disabled"),
                "disableRescheduling", options.path("disableRescheduling").path("disabled"),
                "schedulingType", schedulingType(eventType), "length", eventType.length, "team", null);
    }

    static String schedulingType(EventType eventType) {
        return eventType.schedulingType == null ? null : eventType.schedulingType.equals("roundRobin") ? "ROUND_ROBIN"
                : eventType.schedulingType.toUpperCase(Locale.ROOT);
    }

    private static ObjectNode recurringEvent(JsonNode recurrence) {
        return recurrence == null || !recurrence.isObject() ? null : Json.object("freq",
                FREQUENCIES.indexOf(recurrence.path("frequency").asText()), "count", recurrence.get("occurrences"), "interval", recurrence.get("interval"));
    }

    private static ObjectNode limits(JsonNode limits) {
        if (limits == null || !limits.isObject()) {
            return null;
        }
        ObjectNode kept = Json.object();
        limits.properties().forEach(limit -> kept.set("PER_" + limit.getKey().toUpperCase(Locale.ROOT), limit.getValue()));
        return kept;
    }

    private static ArrayNode locations(ArrayNode shown) {
        ArrayNode locations = Json.array();
        for (JsonNode location : shown) {
            String type = location.path("type").asText();
            locations.add(type.equals("integration") ? Json.object("type", Locations.choice(location).value())
                    : Json.object("type", LOCATION_TYPES.getOrDefault(type, type), "address", Json.given(location.get("address")),
                            "link", Json.given(location.get("link")), "hostPhoneNumber", Json.given(location.get("phone")),
                            "displayLocationPublicly", Json.given(location.get("public"))));
        }
        return locations;
    }

    private static ArrayNode fields(ArrayNode shown) {
        ArrayNode fields = Json.array();
        for (JsonNode field : shown) {
            boolean standard = field.path("isDefault").asBoolean();
            fields.add(Json.object("name", field.get("slug"), "type", field.get("type"), "label", Json.given(field.get("label")),
                    "placeholder", Json.given(field.get("placeholder")), "options", Json.given(field.get("options")),
                    "required", field.path("required").asBoolean(), "hidden", Json.given(field.get("hidden")),
                    "editable", standard ? "system" : "user", "disableOnPrefill", Json.given(field.get("disableOnPrefill")),
                    "sources", Json.array(Json.object("id", standard ? "default" : "user", "type", standard ? "default" : "user",
                            "label", standard ? "Default" : "User"))));
        }
        return fields;
    }
}
