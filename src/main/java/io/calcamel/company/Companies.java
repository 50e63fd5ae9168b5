package io.calcamel.company;

import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.codec.digest.DigestUtils;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The companies: who owns a webhook path, and who is meant by an id or slug. The only writer of table company. */
public final class Companies {

    private final JdbcClient db;
    private final String defaultSecrets;
    private final byte[] defaultToken;
    private final Map<String, Company> known = new ConcurrentHashMap<>();

    /**
     * @param db             the database
     * @param defaultSecrets webhook secrets of the default company, separated by commas
     * @param defaultToken   API token of the default company
     */
    public Companies(JdbcClient db, String defaultSecrets, String defaultToken) {
        this.db = db;
        this.defaultSecrets = defaultSecrets;
        this.defaultToken = DigestUtils.sha256(defaultToken);
    }

    /**
     * The company of a webhook path.
     *
     * @param slug its slug
     * @return the company, or empty if there is none of that slug
     */
    public Optional<Company> bySlug(String slug) {
        Company company = known.get(slug);
        return company != null ? Optional.of(company) : find(slug);
    }

    /**
     * The company that the environment gives a bearer token, compared in constant time. {@link ApiTokens} knows the others.
     *
     * @param token the token as the caller sent it
     * @return the company's id, or empty for another token
     */
    Optional<Integer> byToken(String token) {
        return MessageDigest.isEqual(DigestUtils.sha256(token), defaultToken)
                ? bySlug(Company.DEFAULT).map(Company::id)
                : Optional.empty();
    }

    /**
     * Whether somebody means this company.
     *
     * @param company  its id
     * @param idOrSlug what it was called
     * @return whether that is its id or its slug
     */
    public boolean isNamed(int company, String idOrSlug) {
        return idOrSlug.equals(String.valueOf(company)) || bySlug(idOrSlug).filter(found -> found.id() == company).isPresent();
    }

    /**
     * The company that somebody means.
     *
     * @param idOrSlug what it was called; where it is the id of one and the slug of another, the id counts
     * @return the company, or empty if there is none
     */
    Optional<Company> named(String idOrSlug) {
        return db.sql("SELECT slug FROM company WHERE slug = :named OR id::text = :named ORDER BY id::text = :named DESC LIMIT 1")
                .param("named", idOrSlug).query(String.class).optional().flatMap(this::bySlug);
    }

    private Optional<Company> find(String slug) {
        Optional<Company> found = db.sql("SELECT id, slug FROM company WHERE slug = :slug")
                .param("slug", slug)
                .query((row, n) -> new Company(row.getInt("id"), row.getString("slug"),
                        Company.DEFAULT.equals(slug) ? Company.secrets(defaultSecrets) : Company.secrets(null)))
                .optional();
        found.ifPresent(company -> known.put(slug, company));
        return found;
    }
}
