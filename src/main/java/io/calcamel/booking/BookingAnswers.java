package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.calcamel.eventtype.EventType;
import java.net.URI;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * Holds what a caller answered against what an event type asks (its synced {@code bookingFields}, version 2024-06-14),
 * before Cal.com is asked: Cal.com refuses one answer at a time, and some in words that nobody can act on.
 *
 * <p>An answer to a field that is not known here is passed on: Cal.com stores it.
 */
final class BookingAnswers {

    /** What stands in Cal.com's own fields is the attendee's, or not the booker's to say. */
    private static final Set<String> NOT_ASKED = Set.of("name", "splitName", "email", "attendeePhoneNumber", "location", "title", "rescheduleReason", "unknown");
    /** Cal.com takes these, and refuses others (API v2, bookings 2024-08-13, attendee.language). */
    private static final Set<String> LANGUAGES = Set.of("ar", "az", "bg", "bn", "ca", "cs", "da", "de", "el", "en", "es", "es-419", "et", "eu", "fi", "fr",
            "he", "hr", "hu", "id", "it", "iw", "ja", "km", "ko", "lv", "nl", "no", "pl", "pt", "pt-BR", "ro", "ru", "sk", "sr", "sv", "ta", "th", "tr", "uk",
            "vi", "zh-CN", "zh-TW");
    /** People write Asia/kolkata, which Cal.com does not take. */
    private static final Map<String, String> ZONES = ZoneId.getAvailableZoneIds().stream().collect(Collectors.toMap(name -> name.toLowerCase(Locale.ROOT), name -> name, (one, other) -> one));
    private static final Map<String, String> OWN_LABELS = Map.of("name", "Name", "email", "E-mail address", "phoneNumber", "Phone number", "notes", "Notes",
            "guests", "Guests", "title", "Subject");
    /** RFC 5321, section 4.5.3.1.3, less the angle brackets. */
    private static final int LONGEST_EMAIL = 254;
    private static final Pattern EMAIL = Pattern.compile("[^\\s@]{1,64}@[^\\s@]+\\.[^\\s@]{2,}");

    private final EventType type;
    private final List<WrongField> wrong = new ArrayList<>();
    private Checked checked;
    private final ObjectNode accepted = JsonNodeFactory.instance.objectNode();

    private BookingAnswers(EventType type) {
        this.type = type;
    }

    /**
     * @param type     the event type
     * @param caller   who books, as given
     * @param answers  answers by slug, without the attendee's own; an object
     * @return the answers in the form that Cal.com takes, and the attendee's with the phone number in E.164
     * @throws MissingFields 422 {@code missing_fields}, which lists all that is missing or wrong
     */
    static Checked check(EventType type, Caller caller, JsonNode answers) {
        return check(type, caller, answers, JsonNodeFactory.instance.missingNode());
    }

    /** As {@link #check(EventType, Caller, JsonNode)}, with the place: null or missing for the event type's own. */
    static Checked check(EventType type, Caller caller, JsonNode answers, JsonNode location) {
        BookingAnswers all = read(type, caller, answers, location);
        if (!all.wrong.isEmpty()) {
            throw new MissingFields(all.wrong);
        }
        return all.checked;
    }

    /** As {@link #check(EventType, Caller, JsonNode, JsonNode)}, of what was checked once: whether it would pass now does not matter. */
    static Checked unchecked(EventType type, Caller caller, JsonNode answers, JsonNode location) {
        return read(type, caller, answers, location).checked;
    }

    private static BookingAnswers read(EventType type, Caller caller, JsonNode answers, JsonNode location) {
        BookingAnswers all = new BookingAnswers(type);
        Caller checked = all.checkCaller(caller);
        JsonNode place = all.checkLocation(location, checked);
        all.accepted.setAll((ObjectNode) answers.deepCopy());
        for (JsonNode field : type.bookingFields()) {
            if (!NOT_ASKED.contains(field.path("slug").asText())) {
                all.checkField(field, answers.path(field.path("slug").asText()));
            }
        }
        all.checked = new Checked(checked, all.accepted, place);
        return all;
    }

    /**
     * What can be sent to Cal.com.
     *
     * @param caller   who books
     * @param answers  answers by slug
     * @param location in Cal.com's form; null for the event type's own
     */
    record Checked(Caller caller, ObjectNode answers, JsonNode location) {
    }

    private Caller checkCaller(Caller caller) {
        if (isBlank(caller.name())) {
            report(own("name"), "name", true, "is missing.");
        }
        JsonNode email = own("email");
        boolean isEmailAsked = !email.isMissingNode() && !email.path("hidden").asBoolean();
        if (!isBlank(caller.email()) && !EMAIL.matcher(caller.email().strip()).matches()) {
            report(email, "email", true, "is no e-mail address.");
        } else if (!isBlank(caller.email()) && caller.email().strip().length() > LONGEST_EMAIL) {
            report(email, "email", true, "is longer than an e-mail address can be.");
        } else if (isBlank(caller.email()) && isEmailAsked && email.path("required").asBoolean()) {
            report(email, "email", true, "is missing.");
        }
        JsonNode phone = own("attendeePhoneNumber");
        boolean isPhoneNeeded = phone.path("required").asBoolean() && !phone.path("hidden").asBoolean();
        String e164 = isBlank(caller.phoneNumber()) ? null : PhoneNumbers.e164(caller.phoneNumber()).orElse(null);
        if (!isBlank(caller.phoneNumber()) && e164 == null) {
            report(phone, "phoneNumber", true, "is no phone number with its country, such as +49 30 123456.");
        } else if (isBlank(caller.phoneNumber()) && (isPhoneNeeded || isBlank(caller.email()) && wrong.stream().noneMatch(field -> field.slug().equals("email")))) {
            report(phone, "phoneNumber", true, isPhoneNeeded ? "is missing." : "is missing: without an e-mail address there must be a phone number.");
        }
        String zone = isBlank(caller.timeZone()) ? null : ZONES.get(caller.timeZone().strip().toLowerCase(Locale.ROOT));
        if (!isBlank(caller.timeZone()) && zone == null) {
            report(JsonNodeFactory.instance.missingNode(), "timeZone", false, "is no time zone: use a name of the IANA database, such as Europe/Berlin.");
        }
        String language = isBlank(caller.language()) ? null : language(caller.language().strip());
        if (!isBlank(caller.language()) && language == null) {
            report(JsonNodeFactory.instance.missingNode(), "language", false, "is none that Cal.com takes: use a tag such as en, de or pt-BR.");
        }
        return new Caller(strip(caller.name()), strip(caller.email()), e164, zone, language);
    }

    /** Cal.com's tag for a language: of {@code de-AT} it has {@code de} only. */
    static String language(String tag) {
        String key = tag.replace('_', '-').toLowerCase(Locale.ROOT);
        return Stream.of(key, key.split("-")[0]).flatMap(name -> LANGUAGES.stream().filter(known -> known.equalsIgnoreCase(name))).findFirst().orElse(null);
    }

    /** A place that the event type does not offer is refused by Cal.com, in words that nobody can act on. */
    private JsonNode checkLocation(JsonNode given, Caller caller) {
        List<String> offered = StreamSupport.stream(type.locations().spliterator(), false).map(place -> place.path("type").asText()).toList();
        ObjectNode location = given.isObject() ? OldLocation.today((ObjectNode) given) : JsonNodeFactory.instance.objectNode();
        if (given.isTextual() && !given.textValue().isBlank()) {
            location.put("type", given.textValue().strip());
        } else if (!given.isObject() && offered.equals(List.of("attendeePhone")) && caller.phoneNumber() != null) {
            location.put("type", "attendeePhone");
        }
        if (location.isEmpty()) {
            return null;
        }
        String kind = location.path("type").asText();
        if (kind.equals("attendeePhone") && !location.hasNonNull("phone") && caller.phoneNumber() != null) {
            location.put("phone", caller.phoneNumber());
        }
        boolean isOffered = offered.isEmpty() || offered.contains("unknown") || offered.contains(kind);
        boolean isSameApp = !kind.equals("integration") || offered.isEmpty() || StreamSupport.stream(type.locations().spliterator(), false)
                .anyMatch(place -> place.path("integration").equals(location.path("integration")));
        if (!isOffered || !isSameApp) {
            wrong.add(new WrongField("location", "location", "location", false, offered, "is none that the event type offers."));
        }
        return location;
    }

    private JsonNode own(String slug) {
        return StreamSupport.stream(type.bookingFields().spliterator(), false).filter(field -> field.path("slug").asText().equals(slug)).findFirst()
                .orElse(JsonNodeFactory.instance.missingNode());
    }

    private void checkField(JsonNode field, JsonNode answer) {
        boolean isHidden = field.path("hidden").asBoolean();
        boolean isMissing = answer.isMissingNode() || answer.isNull() || answer.isTextual() && answer.textValue().isBlank() || answer.isArray() && answer.isEmpty();
        String slug = field.path("slug").asText();
        if (field.path("type").asText().equals("number")) {
            if (!isMissing || field.path("required").asBoolean() && !isHidden) {
                report(field, slug, field.path("required").asBoolean(),
                        "is a number, which Cal.com's API takes in no form: make it a text field in Cal.com.");
            }
            accepted.remove(slug);
        } else if (isMissing) {
            accepted.remove(slug);
            if (field.path("required").asBoolean() && !isHidden) {
                report(field, slug, true, "is missing.");
            }
        } else {
            checkAnswer(field, slug, answer);
        }
    }

    private void checkAnswer(JsonNode field, String slug, JsonNode answer) {
        switch (field.path("type").asText()) {
            case "text", "textarea", "address" -> text(field, slug, answer);
            case "url" -> url(field, slug, answer);
            case "phone" -> phone(field, slug, answer);
            case "boolean" -> bool(field, slug, answer);
            case "select", "radio" -> oneOf(field, slug, answer);
            case "multiselect", "checkbox" -> someOf(field, slug, answer);
            case "multiemail" -> emails(field, slug, answer);
            default -> {
                // A type that is newer than this hub: Cal.com judges it.
            }
        }
    }

    private void text(JsonNode field, String slug, JsonNode answer) {
        if (answer.isValueNode()) {
            accepted.set(slug, TextNode.valueOf(answer.asText()));
        } else {
            report(field, slug, "is no text.");
        }
    }

    private void url(JsonNode field, String slug, JsonNode answer) {
        try {
            URI uri = URI.create(answer.asText().strip());
            if (answer.isTextual() && uri.getHost() != null && Set.of("http", "https").contains(String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT))) {
                return;
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        report(field, slug, "is no address of a page, such as https://example.org.");
    }

    private void phone(JsonNode field, String slug, JsonNode answer) {
        PhoneNumbers.e164(answer.asText()).ifPresentOrElse(number -> accepted.put(slug, number),
                () -> report(field, slug, "is no phone number with its country, such as +49 30 123456."));
    }

    private void bool(JsonNode field, String slug, JsonNode answer) {
        if (answer.isBoolean() || Set.of("true", "false").contains(answer.asText().strip().toLowerCase(Locale.ROOT))) {
            accepted.set(slug, BooleanNode.valueOf(answer.asBoolean() || answer.asText().strip().equalsIgnoreCase("true")));
        } else {
            report(field, slug, "is neither true nor false.");
        }
    }

    private void oneOf(JsonNode field, String slug, JsonNode answer) {
        option(field, answer).ifPresentOrElse(option -> accepted.put(slug, option), () -> report(field, slug, "is none of the options."));
    }

    private void someOf(JsonNode field, String slug, JsonNode answer) {
        ArrayNode chosen = JsonNodeFactory.instance.arrayNode();
        for (JsonNode one : answer.isArray() ? answer : JsonNodeFactory.instance.arrayNode().add(answer)) {
            option(field, one).ifPresent(chosen::add);
        }
        if (chosen.size() == (answer.isArray() ? answer.size() : 1)) {
            accepted.set(slug, chosen);
        } else {
            report(field, slug, "has one that is none of the options.");
        }
    }

    /** The option that is meant: callers who speak don't know about capitals. */
    private static Optional<String> option(JsonNode field, JsonNode answer) {
        return options(field).stream().filter(option -> answer.isValueNode() && option.strip().equalsIgnoreCase(answer.asText().strip())).findFirst();
    }

    private void emails(JsonNode field, String slug, JsonNode answer) {
        ArrayNode addresses = JsonNodeFactory.instance.arrayNode();
        for (JsonNode one : answer.isArray() ? answer : JsonNodeFactory.instance.arrayNode().add(answer)) {
            if (one.isTextual() && EMAIL.matcher(one.textValue().strip()).matches()) {
                addresses.add(one.textValue().strip());
            }
        }
        if (addresses.size() == (answer.isArray() ? answer.size() : 1)) {
            accepted.set(slug, addresses);
        } else {
            report(field, slug, "has one that is no e-mail address.");
        }
    }

    private static List<String> options(JsonNode field) {
        Set<String> seen = new TreeSet<>();
        List<String> options = new ArrayList<>();
        field.path("options").forEach(option -> {
            if (seen.add(option.asText())) {
                options.add(option.asText());
            }
        });
        return options;
    }

    private void report(JsonNode field, String slug, String problem) {
        report(field, slug, field.path("required").asBoolean(), problem);
    }

    private void report(JsonNode field, String slug, boolean isRequired, String problem) {
        wrong.add(new WrongField(slug, label(field, slug), field.path("type").asText("text"), isRequired, options(field), problem));
    }

    /** Of its own fields Cal.com tells the key of a translation, your_name, which nobody can be asked. */
    private static String label(JsonNode field, String slug) {
        String label = field.path("label").asText("");
        return !label.isBlank() && !label.matches("[a-z]+(_[a-z]+)+") ? label : OWN_LABELS.getOrDefault(slug, slug);
    }

    private static boolean isBlank(String text) {
        return text == null || text.isBlank();
    }

    private static String strip(String text) {
        return isBlank(text) ? null : text.strip();
    }
}
