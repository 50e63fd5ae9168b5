package io.calcamel.company;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.JsonBody;
import io.calcamel.http.Page;
import io.calcamel.http.Parameters;
import io.calcamel.http.Problem;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Variable;
import org.apache.commons.codec.digest.DigestUtils;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The API tokens that an administrator issues to companies: the bean {@code apiTokens} of the routes in
 * {@code routes/tokens}. The only writer of table api_token, with {@link TokenUse}.
 *
 * <p>A token is {@code calcamel_} and 256 bits of chance in base64url (RFC 4648, section 5). It is shown once, to who
 * creates it; what is stored is its SHA-256. That is enough for a secret that nobody can guess, and it is what makes the
 * look-up by a plain index safe: the time that it takes tells something of the hash at most, and the hash nothing of the
 * token.
 */
public final class ApiTokens {

    private static final String PATH = "/api/tokens";
    private static final String MARK = "calcamel_";
    private static final int BYTES = 32;
    /** What else is sent is no token of ours, and not worth a question to the database. */
    private static final Pattern FORM = Pattern.compile(MARK + "[A-Za-z0-9_-]{43}");
    /** The mark and six characters: 36 bits, which leave more than enough. */
    private static final int PREFIX = MARK.length() + 6;
    private static final int LONGEST_NAME = 100;
    /** PostgreSQL's calendar ends later, and Java's later still. */
    private static final Instant LATEST = Instant.parse("9999-12-31T00:00:00Z");

    private static final String COLUMNS = """
            token.id, token.name, company.slug, token.prefix, token.created_at, token.expires_at, token.revoked_at, token.last_used_at,
            CASE WHEN token.revoked_at IS NOT NULL THEN 'revoked' WHEN token.expires_at <= now() THEN 'expired' ELSE 'active' END AS status
            """;

    private final JdbcClient db;
    private final Companies companies;
    private final TokenUse use;
    private final SecureRandom chance = new SecureRandom();

    private ApiTokens(JdbcClient db, Companies companies, TokenUse use) {
        this.db = db;
        this.companies = companies;
        this.use = use;
    }

    /**
     * Binds the bean of the routes in {@code routes/tokens}.
     *
     * @param context   the Camel context
     * @param db        the database
     * @param companies the companies
     * @return the tokens
     */
    public static ApiTokens start(CamelContext context, JdbcClient db, Companies companies) {
        ApiTokens tokens = new ApiTokens(db, companies,
                new TokenUse(db, context.getExecutorServiceManager().newSingleThreadExecutor(ApiTokens.class, "token-use")));
        context.getRegistry().bind("apiTokens", tokens);
        return tokens;
    }

    /**
     * The company that a caller calls for: the default one with the token of the environment, any with a token that was
     * issued. The database is asked each time, so that a token which is revoked on whatever node is refused by the next call.
     *
     * @param token the bearer token as the caller sent it
     * @return the company's id; empty for a token that is unknown, revoked or expired
     */
    public Optional<Integer> companyOf(String token) {
        Optional<Integer> company = companies.byToken(token);
        return company.isPresent() || !FORM.matcher(token).matches() ? company : byHash(DigestUtils.sha256(token));
    }

    private Optional<Integer> byHash(byte[] hash) {
        record Found(long id, int company, boolean isUseStale) {
        }
        Optional<Found> found = db.sql("SELECT id, company_id, " + TokenUse.IS_STALE + """
                 AS use_is_stale FROM api_token
                WHERE token_hash = :hash AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())""")
                .param("hash", hash)
                .query((row, n) -> new Found(row.getLong("id"), row.getInt("company_id"), row.getBoolean("use_is_stale"))).optional();
        found.filter(Found::isUseStale).ifPresent(token -> use.note(token.id()));
        return found.map(Found::company);
    }

    /**
     * What a token is for.
     *
     * @param hash its SHA-256
     * @return its name, as it was issued; empty for the environment's
     */
    public Optional<String> nameOf(byte[] hash) {
        return db.sql("SELECT name FROM api_token WHERE token_hash = :hash").param("hash", hash).query(String.class).optional();
    }

    /**
     * Issues a token, and answers 201 with it: as {@link #list} shows it, and, this once, the {@code token} itself.
     *
     * @param call the API call; its body has {@code name}, {@code company} (id or slug, the default one without it) and
     *             {@code expiresAt} (never without it)
     * @throws Problem 400 {@code bad_request}, {@code bad_parameter}; 404 {@code company_not_found}
     */
    public void create(Exchange call) {
        JsonNode given = JsonBody.read(call.getMessage().getBody(byte[].class));
        JsonBody.refuseUnknown(given, List.of("name", "company", "expiresAt"));
        String name = name(given.path("name"));
        Instant expires = expiry(given.path("expiresAt"));
        Company company = companies.named(JsonBody.idOrSlug(given, "company").orElse(Company.DEFAULT))
                .orElseThrow(() -> new Problem(404, "company_not_found", "There is no company of this id or slug", null,
                        "Leave company out for the default one."));
        String token = newToken();
        Map<String, Object> created = db.sql("WITH token AS ("
                + "INSERT INTO api_token (company_id, name, token_hash, prefix, expires_at) VALUES (:company, :name, :hash, :prefix, :expires) RETURNING *"
                + ") SELECT " + COLUMNS + " FROM token JOIN company ON company.id = token.company_id")
                .param("company", company.id()).param("name", name).param("hash", DigestUtils.sha256(token))
                .param("prefix", token.substring(0, PREFIX)).param("expires", expires == null ? null : Timestamp.from(expires))
                .query((row, n) -> json(row)).single();
        created.put("token", token);
        call.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 201);
        call.getMessage().setBody(created);
    }

    private String newToken() {
        byte[] bytes = new byte[BYTES];
        chance.nextBytes(bytes);
        return MARK + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String name(JsonNode given) {
        String name = given.isTextual() ? given.textValue().strip() : "";
        boolean isPlain = name.codePoints().noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
        if (name.isEmpty() || name.length() > LONGEST_NAME || !isPlain) {
            throw Problem.badParameter("name", "is missing, or can't be.", "Say what the token is for, in 1 to " + LONGEST_NAME + " characters.");
        }
        return name;
    }

    private static Instant expiry(JsonNode given) {
        if (given.isMissingNode() || given.isNull()) {
            return null;
        }
        Instant expires = new Parameters(Map.of("expiresAt", given.asText())).instant("expiresAt").orElse(Instant.EPOCH);
        if (!given.isTextual() || !expires.isAfter(Instant.now()) || expires.isAfter(LATEST)) {
            throw Problem.badParameter("expiresAt", "is no time to come.", "Use ISO 8601, such as 2027-01-31 or 2027-01-31T18:00:00Z.");
        }
        return expires;
    }

    /**
     * Lists the tokens of all companies, also those that are revoked or expired, the newest first.
     *
     * @param parameters {@code limit}, {@code after} (the id that the page before ended with)
     * @return the page; neither tokens nor hashes are on it
     * @throws Problem 400 {@code bad_parameter}
     */
    public Page list(@Variable("parameters") Map<String, String> parameters) {
        Parameters given = new Parameters(parameters);
        int limit = given.limit();
        List<Map<String, Object>> found = db.sql("SELECT " + COLUMNS
                + " FROM api_token token JOIN company ON company.id = token.company_id WHERE token.id < :after ORDER BY token.id DESC LIMIT :limit")
                .param("after", given.number("after").orElse(Long.MAX_VALUE)).param("limit", limit + 1)
                .query((row, n) -> json(row)).list();
        long total = db.sql("SELECT count(*) FROM api_token").query(Long.class).single();
        return Page.of(total, found, PATH, given);
    }

    /**
     * Revokes a token: the next call with it is refused. One that is revoked stays as it is.
     *
     * @param parameters {@code id}
     * @return the token as it is then
     * @throws Problem 400 {@code bad_parameter}, 404 {@code token_not_found}
     */
    public Map<String, Object> revoke(@Variable("parameters") Map<String, String> parameters) {
        Optional<Long> id = new Parameters(parameters).number("id");
        return id.flatMap(known -> db.sql("WITH token AS ("
                + "UPDATE api_token SET revoked_at = coalesce(revoked_at, now()) WHERE id = :id RETURNING *"
                + ") SELECT " + COLUMNS + " FROM token JOIN company ON company.id = token.company_id")
                .param("id", known).query((row, n) -> json(row)).optional())
                .orElseThrow(() -> new Problem(404, "token_not_found", "There is no token of this id", null, "GET /api/tokens lists them."));
    }

    private static Map<String, Object> json(ResultSet row) throws SQLException {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", row.getLong("id"));
        json.put("name", row.getString("name"));
        json.put("company", row.getString("slug"));
        json.put("prefix", row.getString("prefix"));
        json.put("status", row.getString("status"));
        json.put("createdAt", time(row, "created_at"));
        json.put("expiresAt", time(row, "expires_at"));
        json.put("revokedAt", time(row, "revoked_at"));
        json.put("lastUsedAt", time(row, "last_used_at"));
        return json;
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }
}
