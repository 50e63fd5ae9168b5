package io.calcamel.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.http.Json;
import io.calcamel.privacy.Erased;
import io.calcamel.privacy.Erasure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import org.apache.camel.Variable;

/**
 * Erases people from the bodies of stored deliveries: the bean {@code deliveryErasure}. Of a body that has something of them only
 * what is named here stays, so that it can still be replayed; a field that Cal.com adds one day goes.
 *
 * <p>The hash of the bytes as they came stays beside it: the same delivery sent again is still known as a repetition.
 */
public final class DeliveryErasure {

    private static final Set<String> KEPT = Set.of("triggerEvent", "createdAt", "uid", "bookingUid", "bookingId", "id", "eventTypeId", "startTime", "endTime",
            "status", "length", "rescheduleUid", "rescheduleId", "rescheduleStartTime", "rescheduleEndTime", "requestReschedule", "seatsPerTimeSlot",
            "attendeeSeatId", "recurringEvent", "recurringEventId", "organizer", "user", "paymentId", "requiresConfirmation");
    private static final String ATTENDEES = "attendees";

    private final Inbox inbox;

    DeliveryErasure(Inbox inbox) {
        this.inbox = inbox;
    }

    /**
     * Finds the bookings that deliveries with something of the person are about.
     *
     * @param erasure whose; is told of the bookings
     */
    public void find(@Variable(Erasure.VARIABLE) Erasure erasure) {
        inbox.withText(erasure.company(), erasure.wanted(), erasure.isPhone(), List.of(), found -> {
            if (found.bookingUid() != null && isOfPerson(found.body(), erasure.person())) {
                erasure.has(found.bookingUid(), erasure.person());
            }
        });
    }

    /** Somebody takes part, or is written of, in whatever way. */
    private static boolean isOfPerson(byte[] body, Erased person) {
        JsonNode tree = tree(body);
        return tree == null ? person.isIn(text(body)) : person.isIn(tree);
    }

    /**
     * Erases the person from the bodies, and all that is known of them in their bookings.
     *
     * @param erasure whose
     */
    public void erase(@Variable(Erasure.VARIABLE) Erasure erasure) {
        inbox.withText(erasure.company(), erasure.wanted(), erasure.isPhone(), List.copyOf(erasure.bookings().keySet()), found -> {
            Erased here = found.bookingUid() == null ? erasure.person() : erasure.bookings().getOrDefault(found.bookingUid(), erasure.person());
            if (isOfPerson(found.body(), here) || found.bookingUid() != null && erasure.bookings().containsKey(found.bookingUid())) {
                erasure.count("deliveries", 1);
                if (!erasure.isDryRun()) {
                    inbox.replaceBody(found.id(), without(found.body(), here));
                }
            }
        });
    }

    static byte[] without(byte[] body, Erased erased) {
        JsonNode tree = tree(body);
        ObjectNode kept = Json.MAPPER.createObjectNode();
        if (tree != null && tree.isObject()) {
            keep(tree, kept, erased);
            if (tree.path("payload").isObject()) {
                keep(tree.path("payload"), kept.putObject("payload"), erased);
            }
        }
        return Json.write(kept).getBytes(StandardCharsets.UTF_8);
    }

    private static void keep(JsonNode from, ObjectNode into, Erased erased) {
        from.properties().stream().filter(field -> KEPT.contains(field.getKey())).forEach(field -> into.set(field.getKey(), erased.without(field.getValue())));
        if (from.path(ATTENDEES).isArray()) {
            ArrayNode people = into.putArray(ATTENDEES);
            from.path(ATTENDEES).forEach(person -> people.add(person(person, erased)));
        }
        String location = from.path("location").asText("");
        if (Erased.isHarmlessLocation(location) && !erased.isIn(location)) {
            into.put("location", location);
        }
        from.path("metadata").properties().stream().filter(field -> Erased.isHarmlessMetadata(field.getKey()) && !erased.isIn(field.getValue()))
                .forEach(field -> into.withObject("/metadata").set(field.getKey(), field.getValue()));
    }

    private static JsonNode person(JsonNode person, Erased erased) {
        if (!erased.isPerson(person)) {
            return erased.without(person);
        }
        ObjectNode nobody = erased.nobody(person);
        if (person.path("noShow").isBoolean()) {
            nobody.set("noShow", person.path("noShow"));
        }
        return nobody;
    }

    private static JsonNode tree(byte[] body) {
        try {
            return Json.MAPPER.readTree(body);
        } catch (IOException | RuntimeException e) {
            return null;
        }
    }

    private static String text(byte[] body) {
        return new String(body, StandardCharsets.UTF_8);
    }
}
