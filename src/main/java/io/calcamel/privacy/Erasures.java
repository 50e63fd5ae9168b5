package io.calcamel.privacy;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.company.Companies;
import io.calcamel.company.Company;
import io.calcamel.http.ApiCall;
import io.calcamel.http.Json;
import io.calcamel.http.JsonBody;
import io.calcamel.http.Page;
import io.calcamel.http.Parameters;
import io.calcamel.http.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Erasing a person's data, by address or number: the first and the last step of route {@code erasure-create}, and the list of
 * what was erased; the bean {@code erasures}.
 */
public final class Erasures {

    static final String EMAIL = "email";
    static final String PHONE = "phoneNumber";
    private static final String PATH = "/api/erasures";
    private static final Pattern ADDRESS = Pattern.compile("[^\\s<>\"'(),;:\\\\/?&=@]{1,200}@[^\\s<>\"'(),;:\\\\/?&=@]{1,200}");
    private static final Pattern NUMBER = Pattern.compile("\\+?[\\d ()/.-]{1,40}");
    private static final Pattern SMS_ADDRESS = Pattern.compile("\\+?(\\d+)@sms\\.cal\\.com");
    /** Fewer digits are in too many other numbers. */
    private static final int FEWEST_DIGITS = 7;
    private static final List<String> COUNTED = List.of("appointments", "bookings", "deliveries", "intents", "open");

    private final JdbcClient db;
    private final Companies companies;
    private final Pseudonyms pseudonyms;
    private final Function<byte[], Optional<String>> tokenName;

    /**
     * @param db         the database
     * @param companies  the companies
     * @param pseudonyms makes them
     * @param tokenName  tells what an API token is for, by its hash; empty for the environment's
     */
    public Erasures(JdbcClient db, Companies companies, Pseudonyms pseudonyms, Function<byte[], Optional<String>> tokenName) {
        this.db = db;
        this.companies = companies;
        this.pseudonyms = pseudonyms;
        this.tokenName = tokenName;
    }

    /**
     * Reads whose data is to be erased: {@code email} or {@code phoneNumber}; {@code company} from the administrator; {@code dryRun}.
     *
     * @param call the API call; gets the variable {@code erasure}
     * @throws Problem 400 {@code bad_request}, {@code bad_parameter}; 403 {@code forbidden}; 404 {@code company_not_found}
     */
    public void begin(Exchange call, @Variable("companyId") int callers) {
        JsonNode given = JsonBody.read(call.getMessage().getBody(byte[].class));
        JsonBody.refuseUnknown(given, List.of(EMAIL, PHONE, "company", "dryRun"));
        boolean isAdministrator = call.getVariable(ApiCall.IS_ADMINISTRATOR, Boolean.class);
        int company = JsonBody.idOrSlug(given, "company").map(named -> company(callers, isAdministrator, named)).orElse(callers);
        if (given.hasNonNull(EMAIL) == given.hasNonNull(PHONE)) {
            throw Problem.badParameter(EMAIL, "or phoneNumber must be there, and not both.", "Ask twice for somebody who is known by both.");
        }
        JsonNode dryRun = given.path("dryRun");
        if (!dryRun.isMissingNode() && !dryRun.isNull() && !dryRun.isBoolean()) {
            throw Problem.badParameter("dryRun", "is neither true nor false.", null);
        }
        String kind = given.hasNonNull(EMAIL) ? EMAIL : PHONE;
        String text = given.path(kind).isTextual() ? given.path(kind).textValue().strip() : "";
        if (kind.equals(EMAIL) && SMS_ADDRESS.matcher(text.toLowerCase(Locale.ROOT)).matches()) {
            kind = PHONE;
            text = "+" + text.replaceFirst("@.*", "").replaceAll("\\D", "");
        }
        String wanted = kind.equals(EMAIL) ? address(text) : number(text);
        Erased nobody = Erased.of(pseudonyms, List.of());
        Erasure erasure = new Erasure(company, kind, wanted, nobody.and(List.of(nobody.mark(text))), dryRun.asBoolean(false), askedBy(call, isAdministrator));
        COUNTED.forEach(what -> erasure.count(what, 0));
        if (!erasure.isDryRun()) {
            erasure.id(db.sql("INSERT INTO erasure (company_id, asked_by, kind, person) VALUES (:company, :askedBy, :kind, :person) RETURNING id")
                    .param("company", company).param("askedBy", erasure.askedBy()).param("kind", kind).param("person", erasure.person().marks().iterator().next())
                    .query(Long.class).single());
        }
        call.setVariable(Erasure.VARIABLE, erasure);
        call.getMessage().setBody(null);
    }

    private static String address(String text) {
        if (!ADDRESS.matcher(text).matches()) {
            throw Problem.badParameter(EMAIL, "is no e-mail address.", null);
        }
        return text.toLowerCase(Locale.ROOT);
    }

    private static String number(String text) {
        String digits = text.replaceAll("\\D", "").replaceFirst("^00", "");
        if (!NUMBER.matcher(text).matches() || digits.length() < FEWEST_DIGITS) {
            throw Problem.badParameter(PHONE, "is no number with its country.", "Use the like of +49 30 1234567.");
        }
        return digits;
    }

    private String askedBy(Exchange call, boolean isAdministrator) {
        return isAdministrator ? "administrator" : tokenName.apply(call.getVariable(ApiCall.TOKEN_HASH, byte[].class)).map(name -> "token " + name)
                .orElse("token of the environment");
    }

    private int company(int callers, boolean isAdministrator, String named) {
        if (isAdministrator) {
            return companies.named(named).map(Company::id).orElseThrow(() -> new Problem(404, "company_not_found", "There is no company of this id or slug", null,
                    "GET /api/companies lists them."));
        }
        if (!companies.isNamed(callers, named)) {
            throw new Problem(403, "forbidden", "This token is not that company's", null,
                    "Leave company out: a company's token is for its own. The administrator's token is for all.");
        }
        return callers;
    }

    /**
     * Writes down what was erased.
     *
     * @param erasure what was done
     * @return the erasure as {@link #list} shows it, or what would be erased
     */
    public Map<String, Object> end(@Variable(Erasure.VARIABLE) Erasure erasure) {
        if (erasure.isDryRun()) {
            Map<String, Object> json = json(null, company(erasure.company()), erasure.askedBy(), erasure.kind(), erasure.person().marks().iterator().next(),
                    Json.MAPPER.valueToTree(erasure.counts()), Instant.now(), null);
            json.put("dryRun", true);
            return json;
        }
        Map<String, Object> json = db.sql("UPDATE erasure SET counts = :counts::json, ended_at = now() WHERE id = :id RETURNING *")
                .param("counts", Json.writeColumn(erasure.counts())).param("id", erasure.id()).query((row, n) -> json(row)).single();
        json.put("dryRun", false);
        return json;
    }

    /**
     * Lists what was erased, the newest first.
     *
     * @param call       the API call
     * @param callers    the caller's company
     * @param parameters {@code company} from the administrator, {@code limit}, {@code after} (the id that the page before ended with)
     * @return the page; people are on it by their pseudonyms
     * @throws Problem 400 {@code bad_parameter}, 403 {@code forbidden}, 404 {@code company_not_found}
     */
    public Page list(Exchange call, @Variable("companyId") int callers, @Variable("parameters") Map<String, String> parameters) {
        Parameters given = new Parameters(parameters);
        boolean isAdministrator = call.getVariable(ApiCall.IS_ADMINISTRATOR, Boolean.class);
        int company = given.text("company").map(named -> company(callers, isAdministrator, named)).orElse(callers);
        int limit = given.limit();
        List<Map<String, Object>> found = db.sql("SELECT * FROM erasure WHERE company_id = :company AND id < :after ORDER BY id DESC LIMIT :limit")
                .param("company", company).param("after", given.number("after").orElse(Long.MAX_VALUE)).param("limit", limit + 1)
                .query((row, n) -> json(row)).list();
        long total = db.sql("SELECT count(*) FROM erasure WHERE company_id = :company").param("company", company).query(Long.class).single();
        return Page.of(total, found, PATH, given);
    }

    private String company(int id) {
        return companies.byId(id).map(Company::slug).orElse(null);
    }

    private Map<String, Object> json(ResultSet row) throws SQLException {
        try {
            Timestamp ended = row.getTimestamp("ended_at");
            return json(row.getLong("id"), company(row.getInt("company_id")), row.getString("asked_by"), row.getString("kind"), row.getString("person"),
                    Json.MAPPER.readTree(row.getString("counts")), row.getTimestamp("started_at").toInstant(), ended == null ? null : ended.toInstant());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, Object> json(Long id, String company, String askedBy, String kind, String person, JsonNode counts, Instant started, Instant ended) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", id);
        json.put("company", company);
        json.put("askedBy", askedBy);
        json.put("kind", kind);
        json.put("person", person);
        COUNTED.forEach(what -> json.put(what, counts.path(what).asInt()));
        json.put("startedAt", started);
        json.put("endedAt", ended);
        return json;
    }
}
