package io.calcamel.company;

import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** The tables company and webhook_secret. Keys and secrets are encrypted on their way in, and decrypted on their way out. */
final class CompanyStore {

    /** One takes the place of the other. */
    static final int LIVE_SECRETS = 2;
    /** The column of the key. */
    static final String KEY = "calcom_api_key";

    private static final Logger LOG = LoggerFactory.getLogger(CompanyStore.class);

    private static final String COLUMNS = """
            id, slug, name, calcom_api_key, calcom_base_url, calcom_api_version, calcom_team_id, calcom_team_slug, calcom_organization_id,
            time_zone, language, created_at, updated_at
            """;

    /**
     * A row of company.
     *
     * @param apiKey the key, encrypted; null where there is none
     */
    record Row(int id, String slug, String name, byte[] apiKey, String baseUrl, String apiVersion, Long teamId, String teamSlug, Long organizationId,
            String timeZone, String language, Instant createdAt, Instant updatedAt) {
    }

    /**
     * A row of webhook_secret.
     *
     * @param secret the secret, encrypted; null where the environment has it
     */
    record SecretRow(String fingerprint, byte[] secret, Instant createdAt, Instant lastSignedAt) {
    }

    private final JdbcClient db;
    private final TransactionTemplate transaction;
    private final Vault vault;

    CompanyStore(JdbcClient db, TransactionTemplate transaction, Vault vault) {
        this.db = db;
        this.transaction = transaction;
        this.vault = vault;
    }

    Optional<Row> find(int id) {
        return db.sql("SELECT " + COLUMNS + " FROM company WHERE id = :id").param("id", id).query((row, n) -> row(row)).optional();
    }

    Optional<Integer> idOf(String slug) {
        return db.sql("SELECT id FROM company WHERE slug = :slug").param("slug", slug).query(Integer.class).optional();
    }

    /** Where it is the id of one and the slug of another, the id counts. */
    Optional<Integer> named(String idOrSlug) {
        return db.sql("SELECT id FROM company WHERE slug = :named OR id::text = :named ORDER BY id::text = :named DESC LIMIT 1")
                .param("named", idOrSlug).query(Integer.class).optional();
    }

    List<Row> list(int after, int limit) {
        return db.sql("SELECT " + COLUMNS + " FROM company WHERE id > :after ORDER BY id LIMIT :limit")
                .param("after", after).param("limit", limit).query((row, n) -> row(row)).list();
    }

    long count() {
        return db.sql("SELECT count(*) FROM company").query(Long.class).single();
    }

    /** Those that have a key here. */
    List<Integer> withKey() {
        return db.sql("SELECT id FROM company WHERE calcom_api_key IS NOT NULL ORDER BY id").query(Integer.class).list();
    }

    /** @return the new company's id; empty where the slug is taken */
    Optional<Integer> create(String slug, String name) {
        return db.sql("INSERT INTO company (slug, name) VALUES (:slug, :name) ON CONFLICT (slug) DO NOTHING RETURNING id")
                .param("slug", slug).param("name", name).query(Integer.class).optional();
    }

    /**
     * Changes what is named, and nothing else.
     *
     * @param changes by column; the key as the person gave it
     * @return whether anything is another than before
     */
    boolean update(int id, Map<String, Object> changes) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            Row before = db.sql("SELECT " + COLUMNS + " FROM company WHERE id = :id FOR UPDATE").param("id", id).query((row, n) -> row(row)).single();
            Map<String, Object> now = new HashMap<>(changes);
            now.entrySet().removeIf(change -> isSame(before, change.getKey(), change.getValue()));
            if (now.isEmpty()) {
                return false;
            }
            now.computeIfPresent(KEY, (column, key) -> vault.seal((String) key, where(id)));
            String assignments = String.join(", ", now.keySet().stream().map(column -> column + " = :" + column).toList());
            db.sql("UPDATE company SET " + assignments + ", updated_at = now() WHERE id = :id").params(now).param("id", id).update();
            return true;
        }));
    }

    private boolean isSame(Row before, String column, Object value) {
        Object old = switch (column) {
            case "name" -> before.name();
            case KEY -> before.apiKey() == null ? null : key(before);
            case "calcom_base_url" -> before.baseUrl();
            case "calcom_api_version" -> before.apiVersion();
            case "calcom_team_id" -> before.teamId();
            case "calcom_team_slug" -> before.teamSlug();
            case "calcom_organization_id" -> before.organizationId();
            case "time_zone" -> before.timeZone();
            case "language" -> before.language();
            default -> throw new IllegalArgumentException(column);
        };
        return Objects.equals(old, value);
    }

    private static String where(int id) {
        return "company " + id + " calcom_api_key";
    }

    private static String whereSecret(int id) {
        return "company " + id + " webhook_secret";
    }

    /** @return the key of a company; null where there is none, or none that can be read, which is logged */
    String key(Row row) {
        return row.apiKey() == null ? null : open(row.apiKey(), where(row.id()), "The API key of company " + row.slug());
    }

    private String open(byte[] sealed, String where, String what) {
        try {
            return vault.open(sealed, where);
        } catch (Vault.UnreadableSecret e) {
            LOG.error("{} can't be read. {}", what, e.getMessage());
            return null;
        }
    }

    /** Cal.com was just told where the company's webhooks go. */
    void subscribed(int company) {
        db.sql("UPDATE company SET subscribed_at = now() WHERE id = :id").param("id", company).update();
    }

    Optional<Instant> subscribedAt(int company) {
        return db.sql("SELECT subscribed_at FROM company WHERE id = :id AND subscribed_at IS NOT NULL").param("id", company)
                .query((row, n) -> time(row, "subscribed_at")).optional();
    }

    /** All secrets, the newest first. */
    List<SecretRow> secretRows(int company) {
        return db.sql("SELECT fingerprint, secret, created_at, last_signed_at FROM webhook_secret WHERE company_id = :company"
                + " ORDER BY created_at DESC, fingerprint")
                .param("company", company).query((row, n) -> new SecretRow(row.getString("fingerprint"), row.getBytes("secret"),
                        time(row, "created_at"), time(row, "last_signed_at"))).list();
    }

    /** The stored secrets that can be read, the newest first. */
    List<WebhookSecret> secrets(int company) {
        return secretRows(company).stream().filter(row -> row.secret() != null)
                .flatMap(row -> Stream.ofNullable(open(row.secret(), whereSecret(company), "A webhook secret of company " + company))
                        .map(secret -> new WebhookSecret(row.fingerprint(), secret.getBytes(StandardCharsets.UTF_8), true)))
                .toList();
    }

    /**
     * Adds a secret where there is none that can be read; two who connect the company at once give it one.
     *
     * @return whether it was added
     */
    boolean addFirstSecret(int company, String secret) {
        return Boolean.TRUE.equals(transaction.execute(status -> {
            lock(company);
            boolean isFirst = secrets(company).isEmpty();
            if (isFirst) {
                addSecret(company, secret);
            }
            return isFirst;
        }));
    }

    private void lock(int company) {
        db.sql("SELECT id FROM company WHERE id = :id FOR UPDATE").param("id", company).query(Integer.class).single();
    }

    /**
     * Adds a secret, and lets go of those that are too many. Never of the one that signed last, nor, where none ever did, of the
     * oldest: Cal.com may not have been told of those that came after.
     */
    void addSecret(int company, String secret) {
        transaction.executeWithoutResult(status -> {
            lock(company);
            // Sealed first: in dev that makes the master key, which the fingerprint is made under.
            byte[] sealed = vault.seal(secret, whereSecret(company));
            db.sql("""
                    INSERT INTO webhook_secret (company_id, fingerprint, secret, created_at) VALUES (:company, :fingerprint, :secret, clock_timestamp())
                    ON CONFLICT (company_id, fingerprint) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at""")
                    .param("company", company).param("fingerprint", fingerprint(secret)).param("secret", sealed).update();
            db.sql("""
                    DELETE FROM webhook_secret WHERE company_id = :company AND secret IS NOT NULL AND fingerprint NOT IN (
                        SELECT fingerprint FROM webhook_secret WHERE company_id = :company AND secret IS NOT NULL
                        ORDER BY created_at DESC LIMIT :live)
                    AND fingerprint <> (
                        SELECT fingerprint FROM webhook_secret WHERE company_id = :company AND secret IS NOT NULL
                        ORDER BY last_signed_at DESC NULLS LAST, created_at LIMIT 1)""")
                    .param("company", company).param("live", LIVE_SECRETS).update();
        });
    }

    private String fingerprint(String secret) {
        return vault.fingerprint(secret.getBytes(StandardCharsets.UTF_8));
    }

    /** @return whether there was one */
    boolean removeSecret(int company, String fingerprint) {
        return db.sql("DELETE FROM webhook_secret WHERE company_id = :company AND fingerprint = :fingerprint")
                .param("company", company).param("fingerprint", fingerprint).update() > 0;
    }

    /** Writes down that a secret has just signed. */
    void signed(int company, WebhookSecret secret) {
        db.sql(secret.isStored() ? "UPDATE webhook_secret SET last_signed_at = now() WHERE company_id = :company AND fingerprint = :fingerprint" : """
                INSERT INTO webhook_secret (company_id, fingerprint, last_signed_at) VALUES (:company, :fingerprint, now())
                ON CONFLICT (company_id, fingerprint) DO UPDATE SET last_signed_at = excluded.last_signed_at""")
                .param("company", company).param("fingerprint", secret.fingerprint()).update();
    }

    /**
     * Encrypts anew what was encrypted with a master key that is no longer the first.
     *
     * @return how many keys and secrets
     * @throws Vault.UnreadableSecret where one was encrypted with a master key that is not named any more
     */
    int reseal() {
        return transaction.execute(status -> {
            List<Row> keys = db.sql("SELECT " + COLUMNS + " FROM company WHERE calcom_api_key IS NOT NULL FOR UPDATE").query((row, n) -> row(row)).list();
            keys.forEach(row -> requireKeyOf(row.apiKey()));
            int count = 0;
            for (Row row : keys) {
                String key = vault.isOutdated(row.apiKey()) ? key(row) : null;
                if (key != null) {
                    count += db.sql("UPDATE company SET calcom_api_key = :key WHERE id = :id").param("id", row.id()).param("key", vault.seal(key, where(row.id()))).update();
                }
            }
            return count + resealSecrets();
        });
    }

    private int resealSecrets() {
        record Held(int company, String fingerprint, byte[] secret) {
        }
        List<Held> secrets = db.sql("SELECT company_id, fingerprint, secret FROM webhook_secret WHERE secret IS NOT NULL FOR UPDATE")
                .query((row, n) -> new Held(row.getInt(1), row.getString(2), row.getBytes(3))).list();
        secrets.forEach(held -> requireKeyOf(held.secret()));
        int count = 0;
        for (Held held : secrets) {
            String secret = vault.isOutdated(held.secret()) ? open(held.secret(), whereSecret(held.company()), "A webhook secret of company " + held.company()) : null;
            if (secret != null) {
                count += db.sql("UPDATE webhook_secret SET secret = :secret, fingerprint = :now WHERE company_id = :company AND fingerprint = :before")
                        .param("company", held.company()).param("before", held.fingerprint()).param("now", fingerprint(secret))
                        .param("secret", vault.seal(secret, whereSecret(held.company()))).update();
            }
        }
        return count;
    }

    private void requireKeyOf(byte[] sealed) {
        if (!vault.hasKeyOf(sealed)) {
            throw new Vault.UnreadableSecret("Stored credentials were encrypted with another master key: CALCAMEL_MASTER_KEY must name that one too,"
                    + " after a comma.");
        }
    }

    private static Row row(ResultSet row) throws SQLException {
        return new Row(row.getInt("id"), row.getString("slug"), row.getString("name"), row.getBytes("calcom_api_key"), row.getString("calcom_base_url"),
                row.getString("calcom_api_version"), (Long) row.getObject("calcom_team_id"), row.getString("calcom_team_slug"),
                (Long) row.getObject("calcom_organization_id"), row.getString("time_zone"), row.getString("language"),
                time(row, "created_at"), time(row, "updated_at"));
    }

    private static Instant time(ResultSet row, String column) throws SQLException {
        Timestamp time = row.getTimestamp(column);
        return time == null ? null : time.toInstant();
    }
}
