package io.calcamel.http;

import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of an API call, read with their type. Every method that reads throws a {@link Problem} 400
 * {@code bad_parameter} which names the parameter and says what would be right.
 */
public final class Parameters {

    private final Map<String, String> values;
    private final Map<String, String> used = new LinkedHashMap<>();

    /** @param values the parameters by name */
    public Parameters(Map<String, String> values) {
        this.values = values;
    }

    /**
     * @param name the parameter
     * @return its text, empty where it is missing or blank
     */
    public Optional<String> text(String name) {
        Optional<String> value = Optional.ofNullable(values.get(name)).map(String::strip).filter(text -> !text.isEmpty());
        value.filter(text -> text.indexOf(0) >= 0).ifPresent(text -> {
            throw Problem.badParameter(name, "has a NUL character in it.", null);
        });
        value.ifPresent(text -> used.put(name, text));
        return value;
    }

    /**
     * @param name    the parameter
     * @param allowed the values it may have
     * @return its value, empty where it is missing
     */
    public Optional<String> oneOf(String name, List<String> allowed) {
        Optional<String> value = text(name);
        value.filter(v -> !allowed.contains(v)).ifPresent(v -> {
            throw Problem.badParameter(name, "has an unknown value.", "Use one of: " + String.join(", ", allowed) + ".");
        });
        return value;
    }

    /**
     * @param name the parameter
     * @return its instant, empty where it is missing. A date without a time is its first instant in UTC. Its year has four digits: years
     *         that PostgreSQL has no room for are none that somebody means
     */
    public Optional<Instant> instant(String name) {
        return text(name).map(value -> {
            try {
                if (!value.startsWith("+") && !value.startsWith("-")) {
                    return value.length() == 10
                            ? LocalDate.parse(value).atStartOfDay(ZoneOffset.UTC).toInstant()
                            : OffsetDateTime.parse(value).toInstant();
                }
            } catch (DateTimeParseException e) {
                // said below
            }
            throw Problem.badParameter(name, "is no date or time.",
                    "Use ISO 8601: 2026-12-01, or 2026-12-01T09:00:00Z, or with an offset such as +01:00.");
        });
    }

    /**
     * @param name the parameter
     * @return true or false, empty where it is missing
     */
    public Optional<Boolean> bool(String name) {
        return oneOf(name, List.of("true", "false")).map(Boolean::valueOf);
    }

    /**
     * @param name the parameter
     * @return its number, empty where it is missing
     */
    public Optional<Long> number(String name) {
        return text(name).map(value -> {
            try {
                return Long.valueOf(value);
            } catch (NumberFormatException e) {
                throw Problem.badParameter(name, "is no whole number.", null);
            }
        });
    }

    /**
     * The size of a page.
     *
     * @return {@code limit}, 1 to 500, 50 where it is missing
     */
    public int limit() {
        long limit = number("limit").orElse(50L);
        if (limit < 1 || limit > 500) {
            throw Problem.badParameter("limit", "is out of range.", "Use 1 to 500.");
        }
        return (int) limit;
    }

    /** The parameters that were read, to build the link to the next page from; what else was sent does not come back. */
    public Map<String, String> used() {
        return used;
    }
}
