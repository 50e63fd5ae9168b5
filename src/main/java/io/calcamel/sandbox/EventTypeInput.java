package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an event type may be given: checked, and put into the form in which it is shown (Cal.com API v2, event types, 2024-06-14). */
final class EventTypeInput {

    private static final List<String> PERIODS = List.of("day", "week", "month", "year");
    private static final List<String> TAKEN_AS_THEY_ARE = List.of("slotInterval", "minimumBookingNotice", "beforeEventBuffer", "afterEventBuffer",
            "scheduleId", "onlyShowFirstAvailableSlot", "offsetStart", "bookerLayouts", "requiresBookerEmailVerification", "hideCalendarNotes",
            "lockTimeZoneToggleOnBookingPage", "color", "customName", "useDestinationCalendarEmail", "hideCalendarEventDetails",
            "successRedirectUrl", "hideOrganizerEmail", "hidden", "bookingRequiresAuthentication", "interfaceLanguage",
            "allowReschedulingPastBookings", "allowReschedulingCancelledBookings", "showOptimizedSlots", "price", "currency");
    private static final Set<String> VARIABLES = Set.of("Event type title", "Organiser", "Scheduler", "Location", "Organiser first name",
            "Scheduler first name", "Scheduler last name", "Event duration", "LOCATION", "HOST/ATTENDEE", "HOST", "ATTENDEE", "USER");
    private static final Pattern VARIABLE = Pattern.compile("\\{(.+?)}");

    private static final Rules RECURRENCE = Rules.rules()
            .field("interval").integer()
            .field("occurrences").integer()
            .field("frequency").oneOf("isEnum", "yearly", "monthly", "weekly");
    private static final Rules SEATS = Rules.rules()
            .field("seatsPerTimeSlot").min(1).integer()
            .field("showAttendeeInfo").bool()
            .field("showAvailabilityCount").bool();
    private static final Rules BOOKINGS_OF_ONE = Rules.rules()
            .field("maximumActiveBookings").min(1).integer()
            .optional("offerReschedule").bool();
    private static final Rules COLOR = Rules.rules().field("lightThemeHex").string().field("darkThemeHex").string();
    private static final Rules CALENDAR = Rules.rules().field("integration").string().field("externalId").string();
    private static final Rules CANCELLING = Rules.rules().optional("disabled").bool();
    private static final Rules RESCHEDULING = Rules.rules().optional("disabled").bool().optional("minutesBefore").min(1).integer();
    private static final Rules VIDEO = Rules.rules()
            .optional("disableRecordingForOrganizer").bool()
            .optional("disableRecordingForGuests").bool()
            .optional("redirectUrlOnExit").url()
            .optional("enableAutomaticRecordingForOrganizer").bool()
            .optional("enableAutomaticTranscription").bool()
            .optional("disableTranscriptionForGuests").bool()
            .optional("disableTranscriptionForOrganizer").bool()
            .optional("sendTranscriptionEmails").bool();

    static final Rules NEW = rules(false);
    static final Rules CHANGES = rules(true);

    private EventTypeInput() {
    }

    private static Rules rules(boolean allOptional) {
        Rules rules = Rules.rules();
        (allOptional ? rules.optional("lengthInMinutes") : rules.field("lengthInMinutes")).min(1).integer();
        rules.optional("lengthInMinutesOptions")
                .must("min", "each value in $ must not be less than 1", Rules.everyItem(item -> item.isNumber() && item.doubleValue() >= 1))
                .must("isInt", "each value in $ must be an integer number", Rules.everyItem(Check::isInteger))
                .must("arrayUnique", "All $'s elements must be unique", EventTypeInput::isUnique)
                .must("arrayNotEmpty", "$ should not be empty", value -> value.isArray() && !value.isEmpty())
                .array();
        (allOptional ? rules.optional("title") : rules.field("title")).string();
        (allOptional ? rules.optional("slug") : rules.field("slug")).string();
        return rules.optional("description").string()
                .optional("bookingFields")
                .optional("disableGuests").bool()
                .optional("slotInterval").integer()
                .optional("minimumBookingNotice").min(0).integer()
                .optional("beforeEventBuffer").integer()
                .optional("afterEventBuffer").integer()
                .optional("scheduleId").integer()
                .optional("bookingLimitsCount").must("ValidateBookingLimitsCount", "Invalid bookingLimitsCount: use { disabled: true } or whole numbers"
                        + " of at least 1 for day, week, month and year, in ascending order.", limits -> isLimits(limits, 1))
                .optional("bookerActiveBookingsLimit").insideIf("maximumActiveBookings", BOOKINGS_OF_ONE)
                .optional("onlyShowFirstAvailableSlot").bool()
                .optional("bookingLimitsDuration").must("ValidateBookingLimitsDuration", "Invalid bookingLimitsDuration: use { disabled: true } or whole"
                        + " numbers of at least 15 for day, week, month and year, in ascending order.", limits -> isLimits(limits, 15))
                .optional("bookingWindow").must("ValidateBookingWindow", "Invalid bookingWindow structure.", EventTypeInput::isWindow)
                .optional("offsetStart").min(0).integer()
                .optional("bookerLayouts").inside(Rules.rules()
                        .field("defaultLayout").oneOf("isEnum", "month", "week", "column")
                        .field("enabledLayouts").eachOneOf("isEnum", "month", "week", "column").array())
                .optional("confirmationPolicy").must("ValidateConfirmationPolicy", "Invalid requiresConfirmation structure. Use { disabled: true }"
                        + " or ConfirmationPolicy.", EventTypeInput::isConfirmationPolicy)
                .optional("recurrence").insideIf("interval", RECURRENCE)
                .optional("requiresBookerEmailVerification").bool()
                .optional("hideCalendarNotes").bool()
                .optional("lockTimeZoneToggleOnBookingPage").bool()
                .optional("color").inside(COLOR)
                .optional("seats").insideIf("seatsPerTimeSlot", SEATS)
                .optional("customName").string()
                .optional("destinationCalendar").inside(CALENDAR)
                .optional("useDestinationCalendarEmail").bool()
                .optional("hideCalendarEventDetails").bool()
                .optional("successRedirectUrl").url()
                .optional("hideOrganizerEmail").bool()
                .optional("calVideoSettings").inside(VIDEO)
                .optional("hidden").bool()
                .optional("bookingRequiresAuthentication").bool()
                .optional("disableCancelling").inside(CANCELLING)
                .optional("disableRescheduling").inside(RESCHEDULING)
                .optional("interfaceLanguage").string()
                .optional("allowReschedulingPastBookings").bool()
                .optional("allowReschedulingCancelledBookings").bool()
                .optional("showOptimizedSlots").bool()
                .optional("locations")
                .optional("schedulingType").oneOf("isEnum", "collective", "roundRobin", "managed", "COLLECTIVE", "ROUND_ROBIN", "MANAGED")
                .optional("hosts").array()
                .optional("assignAllTeamMembers").bool();
    }

    private static boolean isUnique(JsonNode array) {
        Set<JsonNode> seen = new HashSet<>();
        return array.isArray() && Rules.everyItem(seen::add).test(array);
    }

    private static boolean isWindow(JsonNode window) {
        if (window.path("disabled").asBoolean()) {
            return true;
        }
        return switch (window.path("type").asText("")) {
            case "businessDays", "calendarDays" -> window.path("value").isNumber() && (!window.has("rolling") || window.path("rolling").isBoolean());
            case "range" -> window.path("value").size() == 2 && Rules.everyItem(Check::isDate).test(window.path("value"));
            default -> false;
        };
    }

    private static boolean isLimits(JsonNode limits, int least) {
        if (!limits.isObject() || limits.has("disabled")) {
            return limits.isObject();
        }
        double before = least;
        for (String period : PERIODS) {
            JsonNode most = limits.get(period);
            if (most != null && (!Check.isInteger(most) || most.doubleValue() < before)) {
                return false;
            }
            before = most == null ? before : most.doubleValue();
        }
        return true;
    }

    private static boolean isConfirmationPolicy(JsonNode policy) {
        if (policy.path("disabled").asBoolean()) {
            return true;
        }
        return switch (policy.path("type").asText("")) {
            case "always" -> true;
            case "time" -> policy.path("noticeThreshold").path("count").isNumber() && policy.path("noticeThreshold").path("unit").isTextual();
            default -> false;
        };
    }

    /** @return what was given, checked as far as that needs no other data */
    static ObjectNode check(JsonNode body, Rules rules) {
        ObjectNode given = rules.checkLeniently(body);
        if (given.hasNonNull("bookingFields")) {
            BookingFields.check(given.get("bookingFields"));
        }
        if (isOn(given.get("recurrence")) && isOn(given.get("bookerActiveBookingsLimit"))) {
            throw Refusal.badRequest("The event type can't have both recurrence and bookerActiveBookingsLimit enabled at the same time.");
        }
        return given;
    }

    private static boolean isOn(JsonNode option) {
        return option != null && option.isObject() && !option.path("disabled").asBoolean();
    }

    /** @throws Refusal if the event type would have options that don't go together */
    static void checkTogether(ObjectNode given, EventType before) {
        boolean seated = given.has("seats") ? isOn(given.get("seats")) : before != null && before.seats() > 0;
        int locations = given.has("locations") ? given.path("locations").size() : before == null ? 1 : before.locations.size();
        boolean confirmed = given.has("confirmationPolicy") ? isOn(given.get("confirmationPolicy"))
                : before != null && isOn(before.option("confirmationPolicy"));
        if (seated && locations > 1) {
            throw Refusal.badRequest("Seats Validation failed: Seats are enabled but more than one location provided.");
        }
        if (seated && confirmed) {
            throw Refusal.badRequest("Seats Validation failed: Seats are enabled but requiresConfirmation is true.");
        }
        if (given.hasNonNull("customName")) {
            checkCustomName(given, before);
        }
        if (given.hasNonNull("destinationCalendar")) {
            throw Refusal.badRequest("Invalid destinationCalendarId: Calendar does not exist");
        }
        if (given.path("useDestinationCalendarEmail").asBoolean()) {
            throw Refusal.badRequest("Validation failed: A primary connected calendar is required to set useDestinationCalendarEmail");
        }
        if (given.hasNonNull("bookingFields")) {
            checkContact(BookingFields.of(given.get("bookingFields")));
        }
    }

    private static void checkCustomName(ObjectNode given, EventType before) {
        Set<String> slugs = new HashSet<>();
        JsonNode fields = given.hasNonNull("bookingFields") ? given.get("bookingFields") : before == null ? Json.array() : before.bookingFields;
        fields.forEach(field -> slugs.add(field.path("slug").asText("")));
        Matcher variables = VARIABLE.matcher(Json.text(given, "customName"));
        while (variables.find()) {
            if (!VARIABLES.contains(variables.group(1)) && !slugs.contains(variables.group(1))) {
                throw Refusal.badRequest("Invalid event name variables: " + variables.group());
            }
        }
    }

    private static void checkContact(ArrayNode fields) {
        boolean email = false;
        boolean phone = false;
        for (JsonNode field : fields) {
            String slug = Json.text(field, "slug");
            email |= "email".equals(slug) && BookingFields.isRequiredAndVisible(field);
            phone |= "attendeePhoneNumber".equals(slug) && BookingFields.isRequiredAndVisible(field);
        }
        if (!email && !phone) {
            throw Refusal.badRequest("Booking fields validation failed: visible and required email or visible and required attendee phone field"
                    + " is needed.");
        }
    }

    /** Only a team may do without the attendee's e-mail address. */
    static void checkPersonalContact(ObjectNode given) {
        if (given.hasNonNull("bookingFields") || given.has("disableGuests")) {
            JsonNode fields = BookingFields.of(given.path("bookingFields"));
            for (JsonNode field : fields) {
                if ("email".equals(Json.text(field, "slug")) && !BookingFields.isRequiredAndVisible(field)) {
                    throw Refusal.badRequest("checkIsEmailUserAccessible - Email booking field must be required and visible");
                }
            }
        }
    }

    /** Gives the event type what was given. */
    static void apply(ObjectNode given, EventType eventType) {
        eventType.title = given.path("title").asText(eventType.title);
        eventType.slug = given.path("slug").asText(eventType.slug);
        eventType.description = given.path("description").asText(eventType.description);
        eventType.length = given.path("lengthInMinutes").asInt(eventType.length);
        if (given.hasNonNull("lengthInMinutesOptions")) {
            eventType.lengths = (ArrayNode) given.get("lengthInMinutesOptions");
        }
        if (given.hasNonNull("locations")) {
            eventType.locations = Locations.ofEventType(given.get("locations"), eventType.isTeam());
        }
        if (given.hasNonNull("bookingFields")) {
            eventType.bookingFields = BookingFields.of(given.get("bookingFields"));
        }
        if (given.has("disableGuests")) {
            eventType.options.put("disableGuests", given.path("disableGuests").asBoolean());
            ((ObjectNode) BookingFields.of(eventType, "guests")).put("hidden", given.path("disableGuests").asBoolean());
        }
        TAKEN_AS_THEY_ARE.stream().filter(given::has).forEach(name -> eventType.options.set(name, given.get(name)));
        applyPolicies(given, eventType.options);
    }

    private static void applyPolicies(ObjectNode given, ObjectNode options) {
        if (given.hasNonNull("recurrence")) {
            JsonNode recurrence = given.get("recurrence");
            options.set("recurrence", isOn(recurrence) ? Json.object("disabled", false, "interval", recurrence.get("interval"),
                    "occurrences", recurrence.get("occurrences"), "frequency", recurrence.get("frequency")) : Json.node(null));
        }
        if (given.hasNonNull("seats")) {
            JsonNode seats = given.get("seats");
            options.set("seats", isOn(seats) ? Json.object("disabled", false, "seatsPerTimeSlot", seats.get("seatsPerTimeSlot"),
                    "showAttendeeInfo", seats.get("showAttendeeInfo"), "showAvailabilityCount", seats.get("showAvailabilityCount"))
                    : EventType.disabled(true));
        }
        if (given.hasNonNull("confirmationPolicy")) {
            JsonNode policy = given.get("confirmationPolicy");
            options.set("confirmationPolicy", isOn(policy) ? Json.object("type", policy.get("type"),
                    "noticeThreshold", Json.given(policy.get("noticeThreshold")),
                    "blockUnconfirmedBookingsInBooker", policy.path("blockUnconfirmedBookingsInBooker").asBoolean()) : EventType.disabled(true));
        }
        if (given.hasNonNull("bookingWindow")) {
            JsonNode window = given.get("bookingWindow");
            boolean range = "range".equals(Json.text(window, "type"));
            options.set("bookingWindow", isOn(window) ? Json.object("type", window.get("type"), "value", window.get("value"),
                    "rolling", range ? Json.OMITTED : window.path("rolling").asBoolean()) : EventType.disabled(true));
        }
        for (String limits : List.of("bookingLimitsCount", "bookingLimitsDuration")) {
            if (given.hasNonNull(limits)) {
                ObjectNode kept = Json.object();
                PERIODS.stream().filter(given.get(limits)::has).forEach(period -> kept.set(period, given.get(limits).get(period)));
                options.remove(limits);
                if (isOn(given.get(limits))) {
                    options.set(limits, kept);
                }
            }
        }
        if (given.hasNonNull("bookerActiveBookingsLimit")) {
            JsonNode limit = given.get("bookerActiveBookingsLimit");
            options.set("bookerActiveBookingsLimit", isOn(limit) ? Json.object("maximumActiveBookings", Json.given(limit.get("maximumActiveBookings")),
                    "offerReschedule", limit.path("offerReschedule").asBoolean()) : EventType.disabled(true));
        }
        if (given.hasNonNull("disableCancelling")) {
            options.set("disableCancelling", EventType.disabled(given.get("disableCancelling").path("disabled").asBoolean()));
        }
        if (given.hasNonNull("disableRescheduling")) {
            JsonNode rule = given.get("disableRescheduling");
            boolean disabled = rule.path("disabled").asBoolean();
            options.set("disableRescheduling", Json.object("disabled", disabled,
                    "minutesBefore", !disabled && rule.path("minutesBefore").asInt() > 0 ? rule.get("minutesBefore") : Json.OMITTED));
        }
        if (given.hasNonNull("calVideoSettings")) {
            ((ObjectNode) options.get("calVideoSettings")).setAll((ObjectNode) given.get("calVideoSettings"));
        }
    }
}
