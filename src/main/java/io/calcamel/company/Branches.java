package io.calcamel.company;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.JsonBody;
import io.calcamel.http.Page;
import io.calcamel.http.Parameters;
import io.calcamel.http.Problem;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The branches of the companies, as an administrator keeps them: the bean {@code branches} of the routes in
 * {@code routes/branches}. The only writer of table branch. Which event types a branch offers is another module's: the routes
 * hand it the variables {@code companyId} (the branch's company), {@code branchId} and {@code eventTypeIds}.
 */
public final class Branches {

    private static final String PATH = "/api/branches";
    private static final String BRANCH = "branchId";
    private static final String COMPANY = "companyId";
    private static final String WANTED = "branch";

    private static final Pattern SLUG = Pattern.compile("(?!\\d+$)[a-z0-9-]{1,60}");
    private static final int LONGEST_NAME = 100;
    private static final int LONGEST_PATTERN = 200;
    private static final int MOST_EVENT_TYPES = 1_000;

    private static final String SELECT = """
            SELECT branch.id, branch.company_id, company.slug AS company, branch.slug, branch.name, branch.slug_pattern, branch.team_id
            FROM branch JOIN company ON company.id = branch.company_id
            """;

    private final JdbcClient db;
    private final Companies companies;

    /** What a branch shall be. */
    private record Wanted(String slug, String name, String slugPattern, Long teamId) {
    }

    /** A branch as it is. */
    private record Found(int id, int company, Wanted as, Map<String, Object> json) {
    }

    /**
     * @param db        the database
     * @param companies the companies
     */
    public Branches(JdbcClient db, Companies companies) {
        this.db = db;
        this.companies = companies;
    }

    /**
     * Lists branches, by id.
     *
     * @param parameters {@code company} (id or slug; all without it), {@code limit}, {@code after} (the id that the page before
     *                   ended with)
     * @return the page
     * @throws Problem 400 {@code bad_parameter}, 404 {@code company_not_found}
     */
    public Page list(@Variable("parameters") Map<String, String> parameters) {
        Parameters given = new Parameters(parameters);
        Integer company = given.text("company").map(this::company).orElse(null);
        int limit = given.limit();
        String ofCompany = " WHERE (:company::integer IS NULL OR branch.company_id = :company)";
        List<Map<String, Object>> found = db.sql(SELECT + ofCompany + " AND branch.id > :after ORDER BY branch.id LIMIT :limit")
                .param("company", company, Types.INTEGER).param("after", given.number("after").orElse(0L)).param("limit", limit + 1)
                .query((row, n) -> found(row).json()).list();
        long total = db.sql("SELECT count(*) FROM branch" + ofCompany).param("company", company, Types.INTEGER).query(Long.class).single();
        return Page.of(total, found, PATH, given);
    }

    /**
     * One branch.
     *
     * @param parameters {@code branch} (its id, or its slug in {@code company}, which is the default one where none is named)
     * @return the branch as JSON
     * @throws Problem 400 {@code bad_parameter}, 404 {@code branch_not_found}, {@code company_not_found}
     */
    public Map<String, Object> get(@Variable("parameters") Map<String, String> parameters) {
        return find(parameters).json();
    }

    /**
     * Reads what shall be created.
     *
     * @param call its body has {@code slug}, {@code name}, {@code company} (id or slug, the default one without it),
     *             {@code slugPattern}, {@code teamId} and {@code eventTypes} (Cal.com's ids)
     * @throws Problem 400 {@code bad_request}, {@code bad_parameter}; 404 {@code company_not_found}
     */
    public void read(Exchange call) {
        JsonNode given = JsonBody.read(call.getMessage().getBody(byte[].class));
        JsonBody.refuseUnknown(given, List.of("company", "slug", "name", "slugPattern", "teamId", "eventTypes"));
        call.setVariable(WANTED, new Wanted(slug(given.path("slug")), name(given.path("name")), pattern(given.path("slugPattern")), team(given.path("teamId"))));
        call.setVariable(COMPANY, company(JsonBody.idOrSlug(given, "company").orElse(Company.DEFAULT)));
        call.setVariable("eventTypeIds", eventTypes(given.path("eventTypes")));
    }

    /**
     * Creates it, without its event types.
     *
     * @throws Problem 409 {@code branch_exists}
     */
    public void create(Exchange call, @Variable(COMPANY) int company, @Variable(WANTED) Wanted wanted) {
        call.setVariable(BRANCH, unlessTaken(() -> db.sql("""
                INSERT INTO branch (company_id, slug, name, slug_pattern, team_id) VALUES (:company, :slug, :name, :pattern, :team) RETURNING id""")
                .param("company", company).param("slug", wanted.slug()).param("name", wanted.name())
                .param("pattern", wanted.slugPattern(), Types.VARCHAR).param("team", wanted.teamId(), Types.BIGINT)
                .query(Integer.class).single()));
    }

    /**
     * Answers 201 with what was created.
     *
     * @throws Problem 404 {@code branch_not_found} where it was deleted meanwhile
     */
    public Map<String, Object> created(Exchange call, @Variable(BRANCH) int branch) {
        call.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 201);
        return shown(branch);
    }

    /** What the branch is now. */
    public Map<String, Object> shown(@Variable(BRANCH) int branch) {
        return byId(branch).orElseThrow(Branches::none).json();
    }

    /**
     * Reads what shall be changed: the fields of {@link #read} but {@code company}; what is not named stays.
     *
     * @throws Problem as {@link #get} and {@link #read}
     */
    public void readChange(Exchange call, @Variable("parameters") Map<String, String> parameters) {
        Found found = find(parameters);
        JsonNode given = JsonBody.read(call.getMessage().getBody(byte[].class));
        JsonBody.refuseUnknown(given, List.of("slug", "name", "slugPattern", "teamId", "eventTypes"));
        call.setVariable(WANTED, new Wanted(
                given.has("slug") ? slug(given.path("slug")) : found.as().slug(),
                given.has("name") ? name(given.path("name")) : found.as().name(),
                given.has("slugPattern") ? pattern(given.path("slugPattern")) : found.as().slugPattern(),
                given.has("teamId") ? team(given.path("teamId")) : found.as().teamId()));
        call.setVariable(COMPANY, found.company());
        call.setVariable(BRANCH, found.id());
        call.setVariable("eventTypeIds", eventTypes(given.path("eventTypes")));
    }

    /**
     * Changes it.
     *
     * @throws Problem 404 {@code branch_not_found} where it was deleted meanwhile, 409 {@code branch_exists}
     */
    public void change(@Variable(BRANCH) int branch, @Variable(WANTED) Wanted wanted) {
        int changed = unlessTaken(() -> db.sql("UPDATE branch SET slug = :slug, name = :name, slug_pattern = :pattern, team_id = :team WHERE id = :id")
                .param("slug", wanted.slug()).param("name", wanted.name()).param("pattern", wanted.slugPattern(), Types.VARCHAR)
                .param("team", wanted.teamId(), Types.BIGINT).param("id", branch).update());
        if (changed == 0) {
            throw none();
        }
    }

    /** Deletes it, and with it what it offers. Its appointments keep its slug. */
    public void delete(@Variable("parameters") Map<String, String> parameters) {
        db.sql("DELETE FROM branch WHERE id = :id").param("id", find(parameters).id()).update();
    }

    private interface Writing<T> {

        T write();
    }

    private static <T> T unlessTaken(Writing<T> writing) {
        try {
            return writing.write();
        } catch (DuplicateKeyException e) {
            throw new Problem(409, "branch_exists", "The company has a branch of this slug already", null, "Use another slug, or change that one.");
        }
    }

    private int company(String idOrSlug) {
        return companies.named(idOrSlug).orElseThrow(() -> new Problem(404, "company_not_found", "There is no company of this id or slug", null,
                "Leave company out for the default one.")).id();
    }

    private Found find(Map<String, String> parameters) {
        Parameters given = new Parameters(parameters);
        Optional<Integer> company = given.text("company").map(this::company);
        String branch = given.text("branch").orElse("");
        boolean isId = branch.matches("\\d+");
        return (isId ? byId(branch) : bySlug(company.orElse(Company.DEFAULT_ID), branch))
                .filter(found -> company.isEmpty() || company.get() == found.company()).orElseThrow(Branches::none);
    }

    private static Problem none() {
        return new Problem(404, "branch_not_found", "The company has no branch of this id or slug", null, "GET /api/branches lists them.");
    }

    private Optional<Found> byId(Object id) {
        return db.sql(SELECT + " WHERE branch.id::text = :id").param("id", String.valueOf(id)).query((row, n) -> found(row)).optional();
    }

    private Optional<Found> bySlug(int company, String slug) {
        return db.sql(SELECT + " WHERE branch.company_id = :company AND branch.slug = :slug").param("company", company).param("slug", slug)
                .query((row, n) -> found(row)).optional();
    }

    private static Found found(ResultSet row) throws SQLException {
        Wanted as = new Wanted(row.getString("slug"), row.getString("name"), row.getString("slug_pattern"), row.getObject("team_id", Long.class));
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", row.getInt("id"));
        json.put("company", row.getString("company"));
        json.put("slug", as.slug());
        json.put("name", as.name());
        json.put("slugPattern", as.slugPattern());
        json.put("teamId", as.teamId());
        return new Found(row.getInt("id"), row.getInt("company_id"), as, json);
    }

    private static String slug(JsonNode given) {
        if (!given.isTextual() || !SLUG.matcher(given.textValue()).matches()) {
            throw Problem.badParameter("slug", "is missing, or can't be.", "Use lower-case letters, digits and hyphens, 60 at most, and not digits only.");
        }
        return given.textValue();
    }

    private static String name(JsonNode given) {
        String name = given.isTextual() ? given.textValue().strip() : "";
        if (name.isEmpty() || name.length() > LONGEST_NAME || !isPlain(name)) {
            throw Problem.badParameter("name", "is missing, or can't be.", "Say what people call the branch, in 1 to " + LONGEST_NAME + " characters.");
        }
        return name;
    }

    private static boolean isPlain(String text) {
        return text.codePoints().noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
    }

    private static String pattern(JsonNode given) {
        if (given.isMissingNode() || given.isNull()) {
            return null;
        }
        String pattern = given.isTextual() ? given.textValue().strip() : "";
        if (pattern.isEmpty() || pattern.length() > LONGEST_PATTERN || !isPlain(pattern)) {
            throw Problem.badParameter("slugPattern", "is no pattern.",
                    "Use a slug in which * stands for anything, such as berlin-*, of " + LONGEST_PATTERN + " characters at most; or null for none.");
        }
        return pattern;
    }

    private static Long team(JsonNode given) {
        if (given.isMissingNode() || given.isNull()) {
            return null;
        }
        if (!given.isIntegralNumber() || !given.canConvertToLong() || given.longValue() < 1) {
            throw Problem.badParameter("teamId", "is no id of a team.", "GET /api/event-types tells the team of each event type; or null for none.");
        }
        return given.longValue();
    }

    /** Null where none were named, which is something else than an empty list. */
    private static List<Long> eventTypes(JsonNode given) {
        if (given.isMissingNode() || given.isNull()) {
            return null;
        }
        TreeSet<Long> ids = new TreeSet<>();
        given.forEach(id -> ids.add(id.isIntegralNumber() && id.canConvertToLong() ? id.longValue() : 0));
        if (!given.isArray() || !ids.isEmpty() && ids.first() < 1 || ids.size() > MOST_EVENT_TYPES) {
            throw Problem.badParameter("eventTypes", "is no list of event types.", "Send Cal.com's ids, " + MOST_EVENT_TYPES + " at most, such as [1,2,3].");
        }
        return List.copyOf(ids);
    }
}
