package io.calcamel.company;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.JsonBody;
import io.calcamel.http.Problem;
import java.net.URI;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * What somebody says of a company: only what was said, null where it is to be taken away.
 */
public final class CompanyFields {

    private static final List<String> NAMES = List.of("name", "apiKey", "baseUrl", "apiVersion", "teamId", "teamSlug", "organizationId", "timeZone", "language");
    private static final Map<String, String> COLUMNS = Map.of("name", "name", "apiKey", CompanyStore.KEY, "baseUrl", "calcom_base_url",
            "apiVersion", "calcom_api_version", "teamId", "calcom_team_id", "teamSlug", "calcom_team_slug", "organizationId", "calcom_organization_id",
            "timeZone", "time_zone", "language", "language");
    private static final Map<String, String> VARIABLES = Map.of("apiKey", "DEFAULT_CALCOM_API_KEY", "baseUrl", "CALCOM_API_BASE_URL",
            "apiVersion", "CALCOM_API_VERSION", "teamSlug", "DEFAULT_CALCOM_TEAM_SLUG");

    /** What can be a part of a path and of a subscription's address; never digits only, since people name a company by id or slug. */
    private static final Pattern SLUG = Pattern.compile("(?!\\d+$)[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?");
    private static final Pattern TEAM_SLUG = Pattern.compile("[^\\s/?#\\p{Cntrl}\\p{Cs}]{1,200}");
    private static final Pattern LANGUAGE = Pattern.compile("[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*");
    /** What a header carries. */
    private static final Pattern KEY = Pattern.compile("[!-~]{8,500}");
    private static final int LONGEST_NAME = 200;
    private static final int SHORTEST_SECRET = 16;
    private static final int LONGEST_SECRET = 200;

    private final String slug;
    private final Map<String, Object> values = new LinkedHashMap<>();

    private CompanyFields(String slug) {
        this.slug = slug;
    }

    /** Nothing yet. */
    public static CompanyFields none() {
        return new CompanyFields(null);
    }

    /**
     * @param given the body of a call
     * @param isNew whether {@code slug} must be in it; it can't be changed later, since Cal.com posts to an address that it is part of
     * @return what it says
     * @throws Problem 400 {@code bad_parameter}
     */
    static CompanyFields read(JsonNode given, boolean isNew) {
        List<String> known = new ArrayList<>(NAMES);
        if (isNew) {
            known.add(0, "slug");
        }
        JsonBody.refuseUnknown(given, known);
        CompanyFields fields = new CompanyFields(isNew ? slug(given.path("slug")) : null);
        NAMES.stream().filter(given::has).forEach(name -> fields.with(name, value(name, given.path(name))));
        if (given.has("teamSlug") && !given.has("teamId")) {
            // Another team has another id, which the next sync finds out.
            fields.with("teamId", null);
        }
        return fields;
    }

    /**
     * Reads some fields of a body that has others too.
     *
     * @param given the body
     * @param names the fields
     * @return what it says of them; what is null there was not said
     * @throws Problem 400 {@code bad_parameter}
     */
    public static CompanyFields some(JsonNode given, List<String> names) {
        CompanyFields fields = none();
        names.stream().filter(given::hasNonNull).forEach(name -> fields.with(name, value(name, given.path(name))));
        return fields;
    }

    /**
     * A company's slug.
     *
     * @param given the field
     * @return the slug
     * @throws Problem 400 {@code bad_parameter}
     */
    public static String slug(JsonNode given) {
        if (!given.isTextual() || !SLUG.matcher(given.textValue()).matches()) {
            throw Problem.badParameter("slug", "is missing, or can't be.", "Use 1 to 60 small letters, digits and hyphens, not digits only: acme-berlin.");
        }
        return given.textValue();
    }

    static String secret(JsonNode given) {
        String secret = given.isTextual() ? given.textValue() : "";
        if (secret.length() < SHORTEST_SECRET || secret.length() > LONGEST_SECRET || !secret.equals(secret.strip()) || secret.indexOf(',') >= 0
                || secret.chars().anyMatch(Character::isISOControl)) {
            throw Problem.badParameter("secret", "can't be one.", "Use " + SHORTEST_SECRET + " to " + LONGEST_SECRET
                    + " characters, without commas and without blanks at the ends; without it the hub makes one.");
        }
        return secret;
    }

    /**
     * Says one thing more.
     *
     * @param name  a field of the API
     * @param value its value, checked; null to take it away
     * @return this
     */
    public CompanyFields with(String name, Object value) {
        if (name.equals("name") && value == null) {
            throw Problem.badParameter(name, "can't be taken away.", null);
        }
        values.put(name, value);
        return this;
    }

    /** What was said of one field, null where nothing was. */
    public Object get(String name) {
        return values.get(name);
    }

    String slug() {
        return slug;
    }

    String name() {
        return (String) values.get("name");
    }

    /** By column. */
    Map<String, Object> columns() {
        Map<String, Object> columns = new LinkedHashMap<>();
        values.forEach((name, value) -> columns.put(COLUMNS.get(name), value));
        return columns;
    }

    /**
     * Refuses what the environment says of the default company.
     *
     * @throws Problem 409 {@code set_by_environment}
     */
    public void refuseWhatTheEnvironmentSays() {
        values.keySet().stream().filter(VARIABLES::containsKey).findFirst().ifPresent(name -> {
            throw setByEnvironment(name, VARIABLES.get(name));
        });
    }

    static Problem setByEnvironment(String what, String variable) {
        return new Problem(409, "set_by_environment", "The environment says this of the default company",
                "The default company's " + what + " can't be set here.", "Set " + variable + " and start the hub again, or connect a company of another slug.");
    }

    private static Object value(String name, JsonNode given) {
        if (given.isNull()) {
            return null;
        }
        return switch (name) {
            case "name" -> name(given);
            case "apiKey" -> text(name, given, KEY, "is no API key.", "Use the key as Cal.com shows it: cal_live_…");
            case "baseUrl" -> address(given);
            case "apiVersion" -> text(name, given, Pattern.compile("v[12]"), "is no version.", "Use v2, or v1 for an old server of one's own.");
            case "teamSlug" -> text(name, given, TEAM_SLUG, "is no slug of a team.", "Use it as Cal.com shows it in the team's address.");
            case "timeZone" -> zone(given);
            case "language" -> text(name, given, LANGUAGE, "is no language.", "Use the like of de, en or pt-BR.");
            default -> id(name, given);
        };
    }

    private static String name(JsonNode given) {
        String name = given.isTextual() ? given.textValue().strip() : "";
        boolean isPlain = name.codePoints().noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
        if (name.isEmpty() || name.length() > LONGEST_NAME || !isPlain) {
            throw Problem.badParameter("name", "is missing, or can't be.", "Use 1 to " + LONGEST_NAME + " characters.");
        }
        return name;
    }

    private static String text(String name, JsonNode given, Pattern form, String wrong, String hint) {
        if (!given.isTextual() || !form.matcher(given.textValue().strip()).matches()) {
            throw Problem.badParameter(name, wrong, hint);
        }
        return given.textValue().strip();
    }

    private static String address(JsonNode given) {
        try {
            URI url = URI.create(given.asText("").strip());
            String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
            if (given.isTextual() && List.of("http", "https").contains(scheme) && url.getHost() != null && url.getUserInfo() == null && url.getQuery() == null
                    && url.getFragment() == null) {
                return given.textValue().strip();
            }
        } catch (IllegalArgumentException e) {
            // said below
        }
        throw Problem.badParameter("baseUrl", "is no address of an API.", "Use the like of https://api.cal.com/v2.");
    }

    private static String zone(JsonNode given) {
        if (!given.isTextual() || !ZoneId.getAvailableZoneIds().contains(given.textValue())) {
            throw Problem.badParameter("timeZone", "is no time zone.", "Use a name of the IANA database, such as Europe/Berlin; case counts.");
        }
        return given.textValue();
    }

    private static Long id(String name, JsonNode given) {
        if (!given.isIntegralNumber() || !given.canConvertToLong() || given.longValue() < 1) {
            throw Problem.badParameter(name, "is no id of Cal.com.", null);
        }
        return given.longValue();
    }

    /** Without what is secret. */
    @Override
    public String toString() {
        return "fields " + values.keySet();
    }
}
