package io.calcamel.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** What is to go wrong on purpose. A set of faults is put in place of the one before; each may hit some requests only, or a few times. */
final class Faults {

    /** A fault, its name, the names that people may guess, and whether its number is milliseconds or how often. */
    enum Fault {
        TOO_MANY_REQUESTS("429", false, "rateLimited", "rateLimit", "tooManyRequests", "throttled"),
        SLOW("slow", true, "slowMs", "delay", "delayMs", "latency", "latencyMs"),
        HANG("hang", false, "timeout", "hanging", "neverAnswer", "noAnswer"),
        ERROR("500", false, "error500", "error", "serverError", "internalServerError"),
        ERROR_AFTER_SUCCESS("500-after-success", false, "error500AfterSuccess", "errorAfterSuccess", "500after", "successThen500"),
        HTML("html", false, "htmlError", "502", "badGateway", "proxyError"),
        DROP_CONNECTION("drop-connection", false, "dropped", "connectionReset", "reset", "closeConnection", "connectionDropped"),
        OLD_SHAPE("old-shape", false, "oldFormat", "oldVersion", "wrongVersion", "ignoreVersion"),
        EMPTY_SLOTS("empty-slots", false, "noSlots", "slotsEmpty"),
        EMPTY_EVENT_TYPES("empty-event-types", false, "noEventTypes", "eventTypesEmpty"),
        HALF_EVENT_TYPES("half-event-types", false, "partialEventTypes", "halfOfEventTypes", "eventTypesHalf"),
        SLOTS_CACHED("slots-cached", true, "cacheSlots", "slotsCache", "slotsCacheMs", "staleSlots", "slotsCachedMs"),
        LATE_CANCEL("late-cancel", true, "cancelLate", "lateCancelMs", "cancelRace"),
        WEBHOOKS_DROPPED("webhooks-dropped", false, "dropWebhooks", "noWebhooks", "webhooksLost", "loseWebhooks"),
        WEBHOOKS_DOUBLED("webhooks-doubled", false, "doubleWebhooks", "duplicateWebhooks", "webhooksTwice", "webhooksDuplicated"),
        WEBHOOKS_DELAYED("webhooks-delayed", true, "delayWebhooks", "webhooksDelayMs", "webhookDelay", "slowWebhooks", "webhooksDelayedMs"),
        WEBHOOKS_SWAPPED("webhooks-swapped", false, "swapWebhooks", "webhooksOutOfOrder", "reorderWebhooks", "webhooksReordered");

        private final String label;
        private final boolean takesMilliseconds;
        private final List<String> aliases;

        Fault(String label, boolean takesMilliseconds, String... aliases) {
            this.label = label;
            this.takesMilliseconds = takesMilliseconds;
            this.aliases = List.of(aliases);
        }
    }

    private static final int DEFAULT_MILLISECONDS = 3000;

    /** One fault that is in force. */
    private static final class Active {
        private int milliseconds;
        private String match;
        private Pattern pattern;
        private int left = -1;

        private boolean hits(String method, String path) {
            return match == null || match.startsWith("/") && path.startsWith(match) || pattern != null && pattern.matcher(method + " " + path).find();
        }
    }

    private final Map<Fault, Active> active = new EnumMap<>(Fault.class);

    /** @throws IllegalArgumentException if a fault is not known or makes no sense, in words for whoever sent it */
    void replace(JsonNode wanted) {
        if (wanted == null || !wanted.isObject()) {
            throw new IllegalArgumentException("Send a JSON object whose fields are faults: " + names());
        }
        Map<Fault, Active> next = new EnumMap<>(Fault.class);
        wanted.properties().forEach(entry -> {
            Fault fault = named(entry.getKey());
            Active made = activate(fault, entry.getKey(), entry.getValue());
            if (made != null) {
                next.put(fault, made);
            }
        });
        active.clear();
        active.putAll(next);
    }

    private static Active activate(Fault fault, String name, JsonNode value) {
        Active made = new Active();
        made.milliseconds = DEFAULT_MILLISECONDS;
        if (value.isNull() || value.isBoolean() && !value.booleanValue()) {
            return null;
        }
        if (value.isNumber()) {
            number(made, fault, value.intValue());
        } else if (value.isObject()) {
            value.properties().forEach(entry -> option(made, name, entry.getKey(), entry.getValue()));
        } else if (!value.isBoolean()) {
            throw new IllegalArgumentException("The fault " + name + " takes true, a number or an object with ms, match and times.");
        }
        return made.left == 0 ? null : made;
    }

    private static void number(Active made, Fault fault, int number) {
        if (number < 0) {
            throw new IllegalArgumentException("A number of milliseconds or times is not negative.");
        }
        if (fault.takesMilliseconds) {
            made.milliseconds = number;
        } else {
            made.left = number;
        }
    }

    private static void option(Active made, String name, String option, JsonNode value) {
        switch (option) {
            case "ms", "milliseconds", "delay" -> made.milliseconds = value.asInt();
            case "times", "count" -> made.left = value.asInt();
            case "match", "path" -> {
                made.match = value.asText();
                try {
                    made.pattern = Pattern.compile(made.match);
                } catch (PatternSyntaxException e) {
                    throw new IllegalArgumentException("The match of " + name + " is no regular expression: " + e.getDescription());
                }
            }
            default -> throw new IllegalArgumentException("The fault " + name + " has no option " + option + "; there are ms, match and times.");
        }
    }

    private static Fault named(String name) {
        String wanted = plain(name);
        return Arrays.stream(Fault.values())
                .filter(fault -> plain(fault.label).equals(wanted) || fault.aliases.stream().anyMatch(alias -> plain(alias).equals(wanted)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("There is no fault " + name + ". Did you mean " + closestTo(wanted).label
                        + "? There are: " + names()));
    }

    private static Fault closestTo(String wanted) {
        return Arrays.stream(Fault.values()).max(Comparator.comparingInt(fault -> commonLetters(plain(fault.label), wanted))).orElseThrow();
    }

    private static int commonLetters(String one, String other) {
        int most = 0;
        for (int i = 0; i < one.length(); i++) {
            for (int end = i + 1; end <= one.length(); end++) {
                if (other.contains(one.substring(i, end))) {
                    most = Math.max(most, end - i);
                }
            }
        }
        return most;
    }

    private static String plain(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
    }

    static String names() {
        return Arrays.stream(Fault.values()).map(fault -> fault.label).collect(Collectors.joining(", "));
    }

    void clear() {
        active.clear();
    }

    /** Whether a fault hits this request; if so, it has been used once. */
    boolean hits(Fault fault, String method, String path) {
        Active found = active.get(fault);
        if (found == null || !found.hits(method, path)) {
            return false;
        }
        if (found.left > 0 && --found.left == 0) {
            active.remove(fault);
        }
        return true;
    }

    /** @return by how many milliseconds this request is late; 0 if it is not */
    int milliseconds(Fault fault, String method, String path) {
        Active found = active.get(fault);
        return found != null && hits(fault, method, path) ? found.milliseconds : 0;
    }

    ObjectNode view() {
        ObjectNode view = Json.object();
        active.forEach((fault, found) -> view.set(fault.label, Json.object(
                "ms", fault.takesMilliseconds ? found.milliseconds : Json.OMITTED,
                "match", Json.given(found.match),
                "times", found.left < 0 ? Json.OMITTED : found.left)));
        return view;
    }
}
