package io.calcamel.calcom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.calcamel.http.Json;
import io.calcamel.http.Parameters;
import io.calcamel.http.Problem;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.Variable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The debug log of the calls to Cal.com ({@code logs/calcom.log}): method, path, status, time, and the bodies with every
 * text masked that could be a person's or a secret. Off unless it is switched on, also while the hub runs.
 */
public final class CallLog {

    /** The logger whose lines logback.xml writes to logs/calcom.log. */
    private static final Logger LOG = LoggerFactory.getLogger("calcom");

    /** Fields whose texts tell what happened and never who: all others are masked. */
    private static final Set<String> SHOWN = Set.of("status", "start", "end", "startTime", "endTime", "time", "timeZone", "slug", "type",
            "uid", "code", "message", "property", "createdAt", "updatedAt", "timestamp", "language", "schedulingType", "eventTypeSlug",
            "rescheduledFromUid", "rescheduledToUid", "recurringBookingUid", "seatUid", "integration", "format", "frequency", "day", "triggers",
            "timeUnit");
    /** What is in these was given by a person, whatever the fields are called. */
    private static final Set<String> PERSONAL = Set.of("responses", "bookingFieldsResponses", "metadata", "target", "value");
    /** The addresses of other systems' webhooks can be secrets from their path on. */
    private static final String ADDRESS = "subscriberUrl";
    private static final Pattern ORIGIN = Pattern.compile("^(https?://[^/?#@]+)[/?#][^@]*$");
    private static final Pattern LONG_NUMBER = Pattern.compile("\\d[\\d ()/-]{4,}\\d");
    private static final int LONGEST_BODY = 4_000;

    private volatile boolean on;

    CallLog(boolean on) {
        this.on = on;
    }

    /**
     * Switches it, as the parameter {@code enabled} says: the bean {@code calcomDebug} of route {@code calcom-debug-set}.
     *
     * @param parameters the request's parameters
     * @return how it is now, as JSON
     * @throws Problem 400 {@code bad_parameter}
     */
    public Map<String, Object> set(@Variable("parameters") Map<String, String> parameters) {
        on = new Parameters(parameters).bool("enabled").orElseThrow(() ->
                Problem.badParameter("enabled", "is missing.", "Send enabled=true or enabled=false."));
        return new TreeMap<>(Map.of("debug", on, "file", "logs/calcom.log"));
    }

    boolean isOn() {
        return on;
    }

    void answered(CalcomRequest request, int status, Duration took, JsonNode answer, int bytes) {
        if (on) {
            LOG.info("{} {} -> {} in {} ms, {} bytes{}{}", request.via(), request, status, took.toMillis(), bytes, sent(request),
                    answer.isMissingNode() ? " | no JSON" : " | answer " + text(answer));
        }
    }

    void failed(CalcomRequest request, Duration took, Throwable cause) {
        if (on) {
            LOG.info("{} {} -> {} after {} ms{}", request.via(), request, cause.getClass().getSimpleName(), took.toMillis(), sent(request));
        }
    }

    private static String sent(CalcomRequest request) {
        return request.body() == null ? "" : " | sent " + text(request.body());
    }

    private static String text(JsonNode body) {
        String text = Json.write(masked(body, "", false));
        return text.length() <= LONGEST_BODY ? text : text.substring(0, LONGEST_BODY) + "…";
    }

    private static JsonNode masked(JsonNode node, String name, boolean isPersonal) {
        if (node.isObject()) {
            ObjectNode copy = JsonNodeFactory.instance.objectNode();
            node.properties().forEach(field -> copy.set(field.getKey(),
                    masked(field.getValue(), field.getKey(), isPersonal || PERSONAL.contains(field.getKey()))));
            return copy;
        }
        if (node.isArray()) {
            ArrayNode copy = JsonNodeFactory.instance.arrayNode();
            node.forEach(item -> copy.add(masked(item, name, isPersonal)));
            return copy;
        }
        if (name.equals(ADDRESS) && !isPersonal) {
            Matcher origin = ORIGIN.matcher(node.asText());
            return JsonNodeFactory.instance.textNode(origin.matches() ? origin.group(1) + "/***" : "***");
        }
        boolean isShown = isPersonal ? node.isNull()
                : !node.isTextual() || SHOWN.contains(name) && node.textValue().indexOf('@') < 0;
        if (!isShown) {
            return JsonNodeFactory.instance.textNode("***");
        }
        // Cal.com's messages can repeat what was sent.
        return name.equals("message") && node.isTextual() ? JsonNodeFactory.instance.textNode(LONG_NUMBER.matcher(node.textValue()).replaceAll("***")) : node;
    }
}
