package io.calcamel.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The body of a sample delivery: the JSON resources of its trigger event with their placeholders filled in.
 *
 * <p>{@code ${start}}, {@code ${end}}, {@code ${rescheduleStart}} and {@code ${rescheduleEnd}} are UTC times to the second
 * without an offset: Cal.com writes {@code Z}, {@code .000Z} or {@code +00:00} by trigger event, so the sample does. A text
 * that is nothing but a placeholder takes the placeholder's type, which keeps the resources valid JSON.
 */
final class SampleBody {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{(\\w+)}");

    private static final DateTimeFormatter SECONDS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MILLIS = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    /** MEETING_* carry the booking's own creation time; that of a booking sent before is not known here, so: older than all. */
    private static final Duration BOOKED_BEFORE = Duration.ofDays(1);

    private final Map<String, JsonNode> values;

    private SampleBody(Map<String, JsonNode> values) {
        this.values = values;
    }

    /**
     * @param trigger the trigger event
     * @param booking the booking that it is about
     * @return the body as Cal.com writes it: JSON on one line, UTF-8, nothing escaped that need not be
     */
    static byte[] of(Trigger trigger, SampleBooking booking) {
        JsonNode sample = trigger.samples().stream()
                .map(SampleBody::read)
                .reduce(SampleBody::patched)
                .orElseThrow();
        try {
            return JSON.writeValueAsBytes(new SampleBody(values(trigger, booking)).filled(sample));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a JSON tree can be written", e);
        }
    }

    private static JsonNode read(String sample) {
        try (InputStream resource = SampleBody.class.getResourceAsStream("samples/" + sample + ".json")) {
            return JSON.readTree(resource);
        } catch (IOException e) {
            throw new UncheckedIOException("The sample " + sample + " can't be read", e);
        }
    }

    /** RFC 7396: objects are merged, null removes, everything else replaces. */
    private static JsonNode patched(JsonNode target, JsonNode patch) {
        if (!patch.isObject()) {
            return patch;
        }
        ObjectNode merged = target.isObject() ? target.deepCopy() : JsonNodeFactory.instance.objectNode();
        patch.properties().forEach(change -> {
            if (change.getValue().isNull()) {
                merged.remove(change.getKey());
            } else {
                merged.set(change.getKey(), patched(merged.path(change.getKey()), change.getValue()));
            }
        });
        return merged;
    }

    private static Map<String, JsonNode> values(Trigger trigger, SampleBooking booking) {
        Instant start = booking.start();
        Instant earlier = start.minus(SampleBooking.MOVED_BY);
        String startText = SECONDS.format(start);
        return Map.ofEntries(
                Map.entry("triggerEvent", TextNode.valueOf(trigger.name())),
                Map.entry("createdAt", TextNode.valueOf(MILLIS.format(booking.sentAt()))),
                Map.entry("bookedAt", TextNode.valueOf(MILLIS.format(booking.sentAt().minus(BOOKED_BEFORE)))),
                Map.entry("uid", TextNode.valueOf(booking.uid())),
                Map.entry("bookingId", IntNode.valueOf(BookingUid.idOf(booking.uid()))),
                Map.entry("rescheduleUid", TextNode.valueOf(booking.rescheduleUid())),
                Map.entry("rescheduleId", IntNode.valueOf(BookingUid.idOf(booking.rescheduleUid()))),
                Map.entry("start", TextNode.valueOf(startText)),
                Map.entry("end", TextNode.valueOf(SECONDS.format(start.plus(SampleBooking.LENGTH)))),
                Map.entry("rescheduleStart", TextNode.valueOf(SECONDS.format(earlier))),
                Map.entry("rescheduleEnd", TextNode.valueOf(SECONDS.format(earlier.plus(SampleBooking.LENGTH)))),
                Map.entry("day", TextNode.valueOf(startText.substring(0, startText.indexOf('T')))),
                Map.entry("startEpochSecond", LongNode.valueOf(start.getEpochSecond())),
                Map.entry("berlinOffset", offset("Europe/Berlin", start)),
                Map.entry("londonOffset", offset("Europe/London", start)),
                Map.entry("uuid", TextNode.valueOf(UUID.randomUUID().toString())));
    }

    /** In minutes, as {@code utcOffset} is. */
    private static JsonNode offset(String zone, Instant at) {
        return IntNode.valueOf(ZoneId.of(zone).getRules().getOffset(at).getTotalSeconds() / 60);
    }

    private JsonNode filled(JsonNode node) {
        if (node.isObject()) {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            node.properties().forEach(field -> object.set(field.getKey(), filled(field.getValue())));
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = JsonNodeFactory.instance.arrayNode();
            node.forEach(element -> array.add(filled(element)));
            return array;
        }
        return node.isTextual() ? filled(node.textValue()) : node;
    }

    private JsonNode filled(String text) {
        Matcher placeholder = PLACEHOLDER.matcher(text);
        return placeholder.matches()
                ? value(placeholder.group(1))
                : TextNode.valueOf(placeholder.replaceAll(found -> Matcher.quoteReplacement(value(found.group(1)).asText())));
    }

    private JsonNode value(String placeholder) {
        JsonNode value = values.get(placeholder);
        if (value == null) {
            throw new IllegalStateException("A sample has the unknown placeholder " + placeholder);
        }
        return value;
    }
}
