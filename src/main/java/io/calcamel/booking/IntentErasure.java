package io.calcamel.booking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.privacy.Erased;
import io.calcamel.privacy.Erasure;
import java.util.Locale;
import java.util.Set;
import org.apache.camel.Variable;

/** Erases people from what callers wanted and were answered: the bean {@code intentErasure}. */
public final class IntentErasure {

    /** What a caller said of who comes, or was answered of them, whatever is in it. */
    private static final Set<String> OF_PERSON = Set.of("title", "reason", "cancellationReason", "recordingUrl", "transcriptUrl", "detail");
    private static final Set<String> PEOPLE = Set.of("attendee", "attendees");

    private final BookingIntents intents;

    IntentErasure(BookingIntents intents) {
        this.intents = intents;
    }

    /**
     * Erases the person from the intents that have something of them or are about an appointment of theirs. One that is still to be
     * carried out is left as it is, and counted as open: it needs the data.
     *
     * @param erasure whose, and the appointments
     */
    public void erase(@Variable(Erasure.VARIABLE) Erasure erasure) {
        Erased all = erasure.bookings().values().stream().reduce(erasure.person(), (one, other) -> one.and(other.marks()));
        intents.ofPerson(erasure.company(), erasure.wanted(), erasure.isPhone(), erasure.appointments(), found -> {
            boolean isTheirs = erasure.appointments().stream().anyMatch(found.appointments()::contains);
            boolean hasThem = all.isIn(found.request()) || all.isIn(found.response()) || all.isIn(found.progress()) || isTelling(found.key(), erasure);
            if (!isTheirs && !hasThem) {
                return;
            }
            if (found.isOpen()) {
                erasure.count("open", 1);
                return;
            }
            erasure.count("intents", 1);
            if (!erasure.isDryRun()) {
                boolean isBookers = isTheirs && !hasOther(found.request(), all) || isBookers(found.request(), all);
                intents.forget(found.id(), without(found.request(), all, isBookers), without(found.response(), all, isBookers),
                        without(found.progress(), all, isBookers), isTelling(found.key(), erasure));
            }
        });
    }

    /** A caller makes a key of whatever it has at hand, without a blank between. */
    private static boolean isTelling(String key, Erasure erasure) {
        return key != null && (erasure.isPhone() ? key.replaceAll("\\D", "") : key.toLowerCase(Locale.ROOT)).contains(erasure.wanted());
    }

    private static boolean isBookers(JsonNode request, Erased erased) {
        JsonNode booker = booker(request);
        return booker.isMissingNode() ? erased.isIn(request.path("responses")) : erased.isPerson(booker);
    }

    /** Whether somebody else booked it, with the person as a guest. */
    private static boolean hasOther(JsonNode request, Erased erased) {
        return !erased.marksOf(booker(request)).isEmpty() && !erased.isPerson(booker(request));
    }

    private static JsonNode booker(JsonNode request) {
        return request.path("attendee");
    }

    static JsonNode without(JsonNode tree, Erased erased, boolean isBookers) {
        if (tree.isArray()) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            tree.forEach(item -> {
                if (item.isContainerNode() || !erased.isIn(item)) {
                    copy.add(without(item, erased, isBookers));
                }
            });
            return copy;
        }
        if (!tree.isObject()) {
            return erased.isIn(tree) ? NullNode.getInstance() : tree;
        }
        ObjectNode copy = JsonNodeFactory.instance.objectNode();
        tree.properties().stream().filter(field -> !erased.isIn(field.getKey()))
                .forEach(field -> copy.set(field.getKey(), value(field.getKey(), field.getValue(), erased, isBookers)));
        return copy;
    }

    private static JsonNode value(String name, JsonNode value, Erased erased, boolean isBookers) {
        if (PEOPLE.contains(name) && value.isContainerNode()) {
            return people(value, erased);
        }
        if (isBookers && (OF_PERSON.contains(name) && value.isTextual() || name.equals("location") && !Erased.isHarmlessLocation(value.asText()))) {
            return NullNode.getInstance();
        }
        if (isBookers && name.equals("responses")) {
            return JsonNodeFactory.instance.objectNode();
        }
        if (isBookers && name.equals("metadata")) {
            ObjectNode kept = JsonNodeFactory.instance.objectNode();
            value.properties().stream().filter(field -> Erased.isHarmlessMetadata(field.getKey())).forEach(field -> kept.set(field.getKey(), field.getValue()));
            return kept;
        }
        return without(value, erased, isBookers);
    }

    private static JsonNode people(JsonNode value, Erased erased) {
        if (value.isArray()) {
            ArrayNode all = JsonNodeFactory.instance.arrayNode();
            value.forEach(person -> all.add(people(person, erased)));
            return all;
        }
        if (!erased.isPerson(value)) {
            return erased.without(value);
        }
        ObjectNode kept = value.deepCopy();
        erased.nobody(value).properties().stream().filter(field -> kept.has(field.getKey())).forEach(field -> kept.set(field.getKey(), field.getValue()));
        return kept;
    }
}
