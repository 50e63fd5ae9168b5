package io.calcamel.eventtype;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.calcamel.calcom.NewEventType;
import io.calcamel.http.JsonBody;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Reads the body of {@code POST /api/event-types}, in today's form ({@code bookingFields}) and the old one
 * ({@code customInputs}), and finds everything that is wrong with it.
 */
final class EventTypeForm {

    private static final List<String> KNOWN = List.of("title", "slug", "description", "length", "lengthInMinutes", "locations", "bookingFields",
            "customInputs");
    /** Bounds of ours: what is longer than a day is a mistake in the unit. */
    private static final int SHORTEST = 1;
    private static final int LONGEST = 1_440;
    private static final int LONGEST_TITLE = 255;

    private final JsonNode given;
    private final InvalidEventType.Findings wrong = new InvalidEventType.Findings();

    private EventTypeForm(JsonNode given) {
        this.given = given;
    }

    /**
     * @param body the request's body
     * @return the event type to be created
     * @throws io.calcamel.http.Problem 400 {@code bad_request}, 422 {@code invalid_event_type}
     */
    static NewEventType read(byte[] body) {
        return new EventTypeForm(JsonBody.read(body)).read();
    }

    private NewEventType read() {
        given.fieldNames().forEachRemaining(name -> {
            if (!KNOWN.contains(name)) {
                wrong.add(name, "is not known here: use " + String.join(", ", KNOWN) + ".");
            }
        });
        String title = title();
        String slug = slug(title);
        String description = description();
        int length = length();
        ArrayNode locations = locations();
        ArrayNode fields = fields();
        wrong.refuse();
        return new NewEventType(title, slug, description, length, locations, fields);
    }

    private String title() {
        Optional<String> title = text("title").map(String::strip).filter(text -> !text.isEmpty() && text.length() <= LONGEST_TITLE && isPlain(text));
        if (title.isEmpty()) {
            wrong.add("title", "is missing, or can't be: a text of 1 to " + LONGEST_TITLE + " characters.");
        }
        return title.orElse("");
    }

    /** Without what Cal.com's database refuses with an error of its own: NUL, and half a character. */
    private static boolean isPlain(String text) {
        return text.indexOf(0) < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    private String slug(String title) {
        if (!given.hasNonNull("slug")) {
            String made = Slug.of(title);
            if (made.isEmpty() && !title.isEmpty()) {
                wrong.add("slug", "is missing, and can't be made of this title: lower-case letters and digits, joined by hyphens.");
            }
            return made;
        }
        String slug = text("slug").orElse("");
        if (!Slug.isOfEventType(slug)) {
            wrong.add("slug", "is not one: lower-case letters and digits, joined by hyphens, such as " + example(slug) + ".");
        }
        return slug;
    }

    private static String example(String slug) {
        String made = Slug.of(slug);
        return made.isEmpty() ? "first-visit" : made;
    }

    private String description() {
        if (given.hasNonNull("description") && !(given.path("description").isTextual() && isPlain(given.path("description").textValue()))) {
            wrong.add("description", "is no text.");
        }
        return text("description").orElse(null);
    }

    private int length() {
        boolean isTwice = given.hasNonNull("length") && given.hasNonNull("lengthInMinutes");
        String name = given.hasNonNull("lengthInMinutes") ? "lengthInMinutes" : "length";
        JsonNode length = given.path(name);
        if (isTwice) {
            wrong.add("length", "was given twice: send length or lengthInMinutes.");
        } else if (!length.isIntegralNumber() || !length.canConvertToInt() || length.intValue() < SHORTEST || length.intValue() > LONGEST) {
            wrong.add(name, "is no length: whole minutes, " + SHORTEST + " to " + LONGEST + ".");
        }
        return length.intValue();
    }

    private ArrayNode locations() {
        return array("locations").map(locations -> Locations.toCalcom(locations, wrong)).orElse(null);
    }

    private ArrayNode fields() {
        Optional<JsonNode> today = array("bookingFields");
        Optional<JsonNode> old = array("customInputs");
        if (today.isPresent() && old.isPresent()) {
            wrong.add("customInputs", "is the old form of bookingFields: send one of them.");
        }
        return today.map(fields -> BookingFields.toCalcom(fields, wrong))
                .or(() -> old.map(inputs -> BookingFields.ofCustomInputs(inputs, wrong)))
                .orElse(null);
    }

    private Optional<JsonNode> array(String name) {
        JsonNode value = given.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isArray()) {
            wrong.add(name, "is no array.");
            return Optional.empty();
        }
        return Optional.of(value);
    }

    private Optional<String> text(String name) {
        JsonNode value = given.path(name);
        return value.isTextual() ? Optional.of(value.textValue()) : Optional.empty();
    }
}
