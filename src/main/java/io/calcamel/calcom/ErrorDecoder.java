package io.calcamel.calcom;

import static io.calcamel.calcom.CalcomError.ALREADY_BOOKED;
import static io.calcamel.calcom.CalcomError.ALREADY_CANCELLED;
import static io.calcamel.calcom.CalcomError.ALREADY_CONFIRMED;
import static io.calcamel.calcom.CalcomError.ALREADY_EXISTS;
import static io.calcamel.calcom.CalcomError.ATTENDEE_REFUSED;
import static io.calcamel.calcom.CalcomError.BOOKING_ENDED;
import static io.calcamel.calcom.CalcomError.BOOKING_NOT_FOUND;
import static io.calcamel.calcom.CalcomError.EVENT_TYPE_NOT_FOUND;
import static io.calcamel.calcom.CalcomError.FORBIDDEN;
import static io.calcamel.calcom.CalcomError.INVALID_FIELDS;
import static io.calcamel.calcom.CalcomError.INVALID_REQUEST;
import static io.calcamel.calcom.CalcomError.LIMIT_REACHED;
import static io.calcamel.calcom.CalcomError.MISSING_FIELDS;
import static io.calcamel.calcom.CalcomError.NOT_A_SERIES;
import static io.calcamel.calcom.CalcomError.NOT_BOOKABLE;
import static io.calcamel.calcom.CalcomError.NOT_CANCELLABLE;
import static io.calcamel.calcom.CalcomError.NOT_FOUND;
import static io.calcamel.calcom.CalcomError.NOT_RESCHEDULABLE;
import static io.calcamel.calcom.CalcomError.NO_SEATS_LEFT;
import static io.calcamel.calcom.CalcomError.OUT_OF_BOUNDS;
import static io.calcamel.calcom.CalcomError.RATE_LIMITED;
import static io.calcamel.calcom.CalcomError.REASON_REQUIRED;
import static io.calcamel.calcom.CalcomError.SEAT_NOT_FOUND;
import static io.calcamel.calcom.CalcomError.SEAT_REQUIRED;
import static io.calcamel.calcom.CalcomError.SLOT_TAKEN;
import static io.calcamel.calcom.CalcomError.TOO_EARLY;
import static io.calcamel.calcom.CalcomError.UNAUTHORIZED;
import static io.calcamel.calcom.CalcomError.UNAVAILABLE;
import static io.calcamel.calcom.CalcomError.UNEXPECTED_FORMAT;
import static io.calcamel.calcom.CalcomError.UNSUPPORTED;
import static io.calcamel.calcom.CalcomError.URL_NOT_ALLOWED;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names what Cal.com's refusals mean. Cal.com has two forms of error, an envelope whose code is a class name and a bare
 * {@code {statusCode, message}}, and uses statuses freely (401 for a booking limit, 500 for a seat that was not named), so
 * the text decides before the status does. Only the text of the message is looked at: the details echo what was sent.
 */
final class ErrorDecoder {

    /** Texts of Cal.com's messages (API v2 of July 2026, booking core, v1), in lower case; the first that fits wins. */
    private static final List<Rule> RULES = List.of(
            new Rule("invalid seatuid", SEAT_NOT_FOUND),
            new Rule("seat with uid", SEAT_NOT_FOUND),
            new Rule("booking with seatuid", SEAT_NOT_FOUND),
            new Rule("provide seatuid", SEAT_REQUIRED),

            new Rule("already has booking at this time", SLOT_TAKEN),
            new Rule("no_available_users_found_error", SLOT_TAKEN),
            new Rule("unavailable_for_booking", SLOT_TAKEN),
            new Rule("booking_conflict_error", SLOT_TAKEN),
            new Rule("slot is already reserved", SLOT_TAKEN),
            new Rule("event is already booked", SLOT_TAKEN),
            new Rule("no more seats left", NO_SEATS_LEFT),
            new Rule("booking_seats_full", NO_SEATS_LEFT),
            new Rule("already_signed_up_for_this_booking", ALREADY_BOOKED),
            new Rule("emails_must_be_unique", ALREADY_BOOKED),
            new Rule("booking_limit_reached", LIMIT_REACHED),
            new Rule("duration_limit_reached", LIMIT_REACHED),
            new Rule("maximum number of active bookings", LIMIT_REACHED),
            new Rule("maximum number of guests", LIMIT_REACHED),
            new Rule("can't be booked at the \"start\" time", OUT_OF_BOUNDS),
            new Rule("booking a meeting in the past", OUT_OF_BOUNDS),
            new Rule("book a meeting in the past", OUT_OF_BOUNDS),
            new Rule("booking_time_out_of_bounds", OUT_OF_BOUNDS),
            new Rule("restriction_schedule", OUT_OF_BOUNDS),

            new Rule("error_required_field", MISSING_FIELDS),
            new Rule("missing required booking field", MISSING_FIELDS),
            new Rule("missing attendee phone number", MISSING_FIELDS),
            new Rule("at least one contact method", MISSING_FIELDS),
            new Rule("both phone and email are missing", MISSING_FIELDS),
            new Rule("invalid option", INVALID_FIELDS),
            new Rule("invalid type for booking field", INVALID_FIELDS),
            new Rule("booking location with", INVALID_FIELDS),
            new Rule("lengthinminutes'", INVALID_FIELDS),
            new Rule("not one of the possible lengths", INVALID_FIELDS),
            new Rule("recurrence count is higher", INVALID_FIELDS),
            new Rule("responses - ", INVALID_FIELDS),
            new Rule("cannot use this email", ATTENDEE_REFUSED),
            new Rule("verification code", ATTENDEE_REFUSED),
            new Rule("email_verification_required", ATTENDEE_REFUSED),
            new Rule("invalid_verification_code", ATTENDEE_REFUSED),
            new Rule("checkbookingrequiresauthentication", ATTENDEE_REFUSED),
            new Rule("parent managed event type", NOT_BOOKABLE),
            new Rule("has no hosts", NOT_BOOKABLE),

            new Rule("has been cancelled", ALREADY_CANCELLED),
            new Rule("already been cancelled", ALREADY_CANCELLED),
            new Rule("already cancelled", ALREADY_CANCELLED),
            new Rule("cancelled_bookings_cannot_be_rescheduled", ALREADY_CANCELLED),
            new Rule("already confirmed", ALREADY_CONFIRMED),
            new Rule("already ended", BOOKING_ENDED),
            new Rule("does not allow cancellations", NOT_CANCELLABLE),
            new Rule("cancellation reason is required", REASON_REQUIRED),
            new Rule("not part of a recurring booking", NOT_A_SERIES),
            new Rule("cannot cancel subsequent bookings", NOT_A_SERIES),
            new Rule("rescheduling is not allowed", NOT_RESCHEDULABLE),
            new Rule("does not allow rescheduling", NOT_RESCHEDULABLE),
            new Rule("marked as absent after", TOO_EARLY),

            new Rule("not a host of this event", FORBIDDEN),
            new Rule("not authorized to confirm", FORBIDDEN),
            new Rule("does not own", FORBIDDEN, 403),
            new Rule("no authentication provided", UNAUTHORIZED),
            new Rule("only be used for authenticated requests", UNAUTHORIZED),
            new Rule("apiauthstrategy", UNAUTHORIZED),
            new Rule("invalid api key", UNAUTHORIZED),
            new Rule("no apikey provided", UNAUTHORIZED),
            new Rule("api key is not valid", UNAUTHORIZED),

            new Rule("webhook url is not allowed", URL_NOT_ALLOWED),
            new Rule("already exists", ALREADY_EXISTS),
            new Rule("event type with this slug", ALREADY_EXISTS),
            new Rule("url_duplicate", ALREADY_EXISTS),
            new Rule("event type not found", EVENT_TYPE_NOT_FOUND, 404),
            new Rule("event type with", EVENT_TYPE_NOT_FOUND, 404),
            new Rule("booking with", BOOKING_NOT_FOUND, 404),
            new Rule("booking not found", BOOKING_NOT_FOUND, 404),
            new Rule("could not find original booking", BOOKING_NOT_FOUND, 404),
            new Rule("does not exist", NOT_FOUND, 400));

    private static final Pattern REQUIRED_FIELD = Pattern.compile("\\{([\\w-]{1,64})}error_required_field|booking field response: ([\\w-]{1,64})");
    private static final Pattern NO_SUCH_PATH = Pattern.compile("^Cannot [A-Z]+ /");

    private ErrorDecoder() {
    }

    /**
     * @param asked   what was asked
     * @param answer  an answer that is no success
     * @return what it means
     */
    static CalcomException decode(Asked asked, CalcomAnswer answer) {
        String message = message(answer.body());
        CalcomError error = error(asked, answer, message);
        return new CalcomException(error, detail(error, answer, message), error == UNAVAILABLE, ending(asked, answer, error, message));
    }

    /**
     * A refusal that has a name, and every 4xx, is one. Except where Cal.com does what it refuses (recorded with API v2 of
     * July 2026): it cancels a booking of which it says that it is no occurrence, and keeps the first dates of a series
     * whose later one its database refuses. 408 is a proxy's, which knows nothing.
     */
    private static Ending ending(Asked asked, CalcomAnswer answer, CalcomError error, String message) {
        boolean isHalfDone = error == NOT_A_SERIES || asked.isBookingCreate() && isOfTheDatabase(message);
        boolean isUnnamed = error == UNAVAILABLE || error == UNEXPECTED_FORMAT;
        boolean isRefused = answer.status() >= 400 && answer.status() < 500 && answer.status() != 408;
        return isHalfDone || isUnnamed && !isRefused ? Ending.UNCLEAR : Ending.REFUSED;
    }

    private static boolean isOfTheDatabase(String message) {
        return message.toLowerCase(Locale.ROOT).contains("error occurred while querying the database");
    }

    private static CalcomError error(Asked asked, CalcomAnswer answer, String message) {
        String text = message.toLowerCase(Locale.ROOT);
        Optional<CalcomError> named = RULES.stream().filter(rule -> rule.fits(text, answer.status())).map(Rule::error).findFirst();
        if (named.isPresent()) {
            return named.get();
        }
        return switch (answer.status()) {
            case 400, 422 -> asked.isBookingCreate() && isOfTheDatabase(message) ? SLOT_TAKEN : INVALID_REQUEST;
            case 401, 498 -> isBare(answer) ? FORBIDDEN : UNAUTHORIZED;
            case 403 -> answer.isJson() ? FORBIDDEN : UNAVAILABLE;
            case 404 -> NO_SUCH_PATH.matcher(message).find() || !answer.isJson() ? UNSUPPORTED : NOT_FOUND;
            case 405, 410, 501 -> UNSUPPORTED;
            case 409 -> ALREADY_EXISTS;
            case 429 -> RATE_LIMITED;
            case 500 -> ofServerError(asked, answer);
            default -> answer.status() >= 500 || answer.status() == 408 ? UNAVAILABLE
                    : answer.status() >= 400 ? INVALID_REQUEST : UNEXPECTED_FORMAT;
        };
    }

    /** The requests to which Cal.com answers 500 although they, not the server, are at fault. */
    private static CalcomError ofServerError(Asked asked, CalcomAnswer answer) {
        String path = asked.path();
        if (path.matches(".*/event-types/(?!\\d+(/|$))[^/]+.*")) {
            return INVALID_REQUEST;
        }
        if (!isBare(answer)) {
            return UNAVAILABLE;
        }
        if (!asked.hasKey() && path.endsWith("/reschedule") && !asked.body().hasNonNull("seatUid")) {
            return SEAT_REQUIRED;
        }
        return path.endsWith("/api-keys/refresh") ? UNSUPPORTED : UNAVAILABLE;
    }

    /** The form of the booking core: {@code {statusCode, message}} without an envelope. */
    private static boolean isBare(CalcomAnswer answer) {
        return answer.body().has("statusCode") && !answer.body().has("error");
    }

    /** The message of whichever form; empty where there is none. */
    private static String message(JsonNode body) {
        JsonNode error = body.path("error");
        JsonNode message = error.isObject() ? error.path("message") : body.path("message");
        if (message.isArray()) {
            return String.join(", ", textsOf(message));
        }
        return message.isTextual() ? message.textValue() : error.asText("");
    }

    private static List<String> textsOf(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    private static String detail(CalcomError error, CalcomAnswer answer, String message) {
        if (error == MISSING_FIELDS) {
            TreeSet<String> slugs = new TreeSet<>();
            for (Matcher found = REQUIRED_FIELD.matcher(message); found.find();) {
                slugs.add(found.group(1) != null ? found.group(1) : found.group(2));
            }
            return slugs.isEmpty() ? null : "Missing: " + String.join(", ", slugs) + ".";
        }
        if (error == INVALID_REQUEST) {
            TreeSet<String> properties = new TreeSet<>();
            answer.body().at("/error/details/errors").forEach(wrong -> properties.add(wrong.path("property").asText()));
            return properties.isEmpty() ? null : "Cal.com does not take: " + String.join(", ", properties) + ".";
        }
        if (error == UNAUTHORIZED && message.toLowerCase(Locale.ROOT).contains("is expired")) {
            return "It has expired.";
        }
        return error == UNAVAILABLE || error == UNEXPECTED_FORMAT ? "Cal.com answered " + answer.status()
                + (answer.isJson() ? "." : ", and no JSON.") : null;
    }

    /**
     * @param method the HTTP method
     * @param path   the path without its query
     * @param hasKey whether an API key was sent
     * @param body   the body that was sent; a missing node for none
     */
    record Asked(String method, String path, boolean hasKey, JsonNode body) {

        static Asked of(CalcomRequest request) {
            return new Asked(request.method(), request.path(), true, request.body() == null ? MissingNode.getInstance() : request.body());
        }

        boolean isBookingCreate() {
            return method.equals("POST") && path.endsWith("/bookings");
        }
    }

    /** @param status the only status that it is for; 0 for any */
    private record Rule(String text, CalcomError error, int status) {

        Rule(String text, CalcomError error) {
            this(text, error, 0);
        }

        boolean fits(String message, int answered) {
            return (status == 0 || status == answered) && message.contains(text);
        }
    }
}
