package io.calcamel.company;

import com.github.benmanes.caffeine.cache.CacheLoader;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.calcamel.database.Database;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.CamelContext;
import org.apache.camel.builder.ThreadPoolProfileBuilder;
import org.apache.camel.util.concurrent.ThreadPoolRejectedPolicy;
import org.apache.commons.codec.digest.DigestUtils;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * The face of this module: who the companies are, how each reaches its Cal.com, and who owns a webhook path. What was read is
 * kept for a few seconds, and longer while the database is away: a change on another node is known after that.
 */
public final class Companies {

    private static final Logger LOG = LoggerFactory.getLogger(Companies.class);
    private static final Duration FRESH = Duration.ofSeconds(10);
    /** Shorter than it takes to tell Cal.com of a secret that was just stored. */
    private static final long BETWEEN_READS = Duration.ofMillis(100).toNanos();
    /** Longer is no help to a webhook. */
    private static final Duration READ_WITHIN = Duration.ofSeconds(1);
    private static final int READERS = 8;
    private static final int MOST_KEPT = 10_000;
    private static final int SECRET_BYTES = 32;
    private static final SecureRandom CHANCE = new SecureRandom();

    private final CompanyStore store;
    private final DefaultCompany environment;
    private final Vault vault;
    private final SecretUse use;
    private final ExecutorService reader;
    private final byte[] defaultToken;
    private final LoadingCache<Integer, Company> known;
    /** A slug is never another company's. */
    private final ConcurrentMap<String, Integer> ids = new ConcurrentHashMap<>();
    private final AtomicLong changes = new AtomicLong();
    private final ConcurrentMap<Integer, Long> readAgain = new ConcurrentHashMap<>();

    private Companies(CompanyStore store, DefaultCompany environment, Vault vault, SecretUse use, ExecutorService reader) {
        this.store = store;
        this.environment = environment;
        this.vault = vault;
        this.use = use;
        this.reader = reader;
        this.defaultToken = DigestUtils.sha256(environment.apiToken());
        this.known = Caffeine.newBuilder().maximumSize(MOST_KEPT).refreshAfterWrite(FRESH).build(new Loader());
    }

    /**
     * Binds the bean of the routes in {@code routes/company}, and encrypts anew what the master key before this one encrypted;
     * while the database is away only the default company is known, as the environment has it.
     *
     * @param context     the Camel context
     * @param database    the database
     * @param vault       encrypts keys and secrets
     * @param environment what the environment says of the default company
     * @return the companies
     * @throws Vault.UnreadableSecret where what is stored was encrypted with a master key that this hub was not given
     */
    public static Companies start(CamelContext context, Database database, Vault vault, DefaultCompany environment) {
        CompanyStore store = new CompanyStore(database.client(), database.transaction(), vault);
        SecretUse use = new SecretUse(store, context.getExecutorServiceManager().newSingleThreadExecutor(Companies.class, "webhook-secret-use"));
        ExecutorService reader = context.getExecutorServiceManager().newThreadPool(Companies.class, "company-reader",
                new ThreadPoolProfileBuilder("company-reader").poolSize(0).maxPoolSize(READERS).maxQueueSize(0).rejectedPolicy(ThreadPoolRejectedPolicy.Abort).build());
        Companies companies = new Companies(store, environment, vault, use, reader);
        companies.expect(new CompanyStore.Row(Company.DEFAULT_ID, Company.DEFAULT, Company.DEFAULT, null, null, null, null, null, null, null, null, null, null));
        database.whenThere(companies::warmUp);
        context.getRegistry().bind("companies", new CompanyAdministration(companies, store));
        return companies;
    }

    /**
     * The company of a webhook path.
     *
     * @param slug its slug
     * @return the company, or empty if there is none of that slug
     */
    public Optional<Company> bySlug(String slug) {
        Integer id = ids.get(slug);
        Optional<Integer> found = id != null ? Optional.of(id) : store.idOf(slug);
        found.ifPresent(known -> ids.put(slug, known));
        return found.flatMap(this::byId);
    }

    /**
     * A company.
     *
     * @param id its id
     * @return the company, or empty if there is none
     */
    public Optional<Company> byId(int id) {
        if (isLongUnread(id)) {
            readOnce(id);
        }
        return Optional.ofNullable(known.get(id));
    }

    /** The cache would give what it has once more, and only then read: of a company that was quiet for a day, what was so a day ago. */
    private boolean isLongUnread(int id) {
        return known.policy().refreshAfterWrite().flatMap(refresh -> refresh.ageOf(id)).filter(age -> age.compareTo(FRESH.multipliedBy(2)) > 0).isPresent();
    }

    private void readOnce(int id) {
        readAgain.compute(id, (same, before) -> before == null || System.nanoTime() - before > BETWEEN_READS ? read(id) : before);
    }

    /**
     * The company as the database has it now, where that was not read a moment ago: another node may have given it a secret. Who comes
     * while it is read waits for that. As it was known, while the database is away.
     *
     * @param company the company as it was known
     * @return the company
     */
    public Company readAgain(Company company) {
        readOnce(company.id());
        return Optional.ofNullable(known.getIfPresent(company.id())).orElse(company);
    }

    /**
     * When it was read, or when that is worth another try. What is known is kept until then: without it no webhook could be taken in. Nor
     * does anybody wait for a database that hangs.
     */
    private long read(int id) {
        long now = System.nanoTime();
        try {
            reader.submit(() -> readNow(id)).get(READ_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
            return now;
        } catch (ExecutionException | TimeoutException | RejectedExecutionException e) {
            LOG.debug("Company {} can't be read again: {}", id, e.getMessage());
            return System.nanoTime() + FRESH.toNanos();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return now;
        }
    }

    /** Not where it was changed meanwhile, by which what is read may be old. */
    private void readNow(int id) {
        long before = changes.get();
        Company read = load(id);
        if (changes.get() == before) {
            if (read == null) {
                known.invalidate(id);
            } else {
                known.put(id, read);
            }
        }
    }

    /** The address of a company's API that names none: the environment's. */
    public String usualBaseUrl() {
        return environment.baseUrl();
    }

    /** Until the database has it, the default company is what the environment says. */
    private void expect(CompanyStore.Row row) {
        ids.put(row.slug(), row.id());
        known.put(row.id(), ofEnvironment(row));
    }

    /** Reads all companies, as many as are kept: while the database is away only those that are known can be served. */
    private void warmUp() {
        int resealed = store.reseal();
        if (resealed > 0) {
            LOG.info("{} stored keys and secrets are now encrypted with the first of the master keys; the others are not needed any more", resealed);
        }
        store.list(0, MOST_KEPT).forEach(row -> {
            ids.put(row.slug(), row.id());
            readNow(row.id());
        });
    }

    /**
     * Cal.com was just told where this company's webhooks go: what was changed before that it could not tell.
     *
     * @param company its id
     */
    public void subscribed(int company) {
        store.subscribed(company);
    }

    /**
     * A company that was stored.
     *
     * @param company the company
     * @param outcome {@code created}, {@code changed} or {@code unchanged}
     */
    public record Stored(Company company, String outcome) {
    }

    /**
     * Stores a company that is being connected: a new one, or what is another than before. It gets a webhook secret where it has none.
     *
     * @param slug   its slug
     * @param fields what is known of it
     * @return the company as it is then, and what became of it
     */
    public Stored store(String slug, CompanyFields fields) {
        Optional<Integer> before = store.idOf(slug);
        int id = before.or(() -> store.create(slug, fields.name() == null ? slug : fields.name())).or(() -> store.idOf(slug)).orElseThrow();
        boolean isUpdated = store.update(id, fields.columns());
        boolean isChanged = id != Company.DEFAULT_ID && store.addFirstSecret(id, newSecret()) || isUpdated;
        changed(id);
        return new Stored(byId(id).orElseThrow(), before.isEmpty() ? "created" : isChanged ? "changed" : "unchanged");
    }

    static String newSecret() {
        byte[] bytes = new byte[SECRET_BYTES];
        CHANCE.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * When a delivery of the company was signed rightly for the last time, to a few seconds.
     *
     * @param company its id
     * @return the time; empty where none ever came
     */
    public Optional<Instant> lastSigned(int company) {
        return store.secretRows(company).stream().map(CompanyStore.SecretRow::lastSignedAt).filter(Objects::nonNull).max(Instant::compareTo);
    }

    /**
     * Since when Cal.com can tell of the company's bookings: since it was told where to, or else since the oldest secret that is good, or else since the company is known here.
     *
     * @param company its id
     * @return the time
     */
    public Instant listeningSince(int company) {
        return store.subscribedAt(company).or(() -> store.secretRows(company).stream().map(CompanyStore.SecretRow::createdAt).min(Instant::compareTo))
                .or(() -> store.find(company).map(CompanyStore.Row::createdAt)).orElse(Instant.EPOCH);
    }

    /**
     * Which of the company's secrets signed when.
     *
     * @param company its id
     * @return the like of {@code 3f9a… signed at 2026-11-22T…}, of those that are good
     */
    public List<String> signing(int company) {
        List<String> good = byId(company).map(known -> known.webhookSecrets().stream().map(WebhookSecret::fingerprint).toList()).orElse(List.of());
        return store.secretRows(company).stream().filter(row -> good.contains(row.fingerprint()))
                .map(row -> row.fingerprint() + (row.lastSignedAt() == null ? " has not signed yet" : " signed last at " + row.lastSignedAt())).toList();
    }

    /** What was read of a company is no longer so. */
    void changed(int id) {
        changes.incrementAndGet();
        known.invalidate(id);
    }

    /**
     * The company that the environment gives a bearer token, compared in constant time. {@link ApiTokens} knows the others.
     *
     * @param token the token as the caller sent it
     * @return the company's id, or empty for another token
     */
    Optional<Integer> byToken(String token) {
        return MessageDigest.isEqual(DigestUtils.sha256(token), defaultToken) ? Optional.of(Company.DEFAULT_ID) : Optional.empty();
    }

    /**
     * Whether somebody means this company.
     *
     * @param company  its id
     * @param idOrSlug what it was called
     * @return whether that is its id or its slug
     */
    public boolean isNamed(int company, String idOrSlug) {
        return idOrSlug.equals(String.valueOf(company)) || byId(company).filter(found -> found.slug().equals(idOrSlug)).isPresent();
    }

    /**
     * The company that somebody means.
     *
     * @param idOrSlug what it was called; where it is the id of one and the slug of another, the id counts
     * @return the company, or empty if there is none
     */
    public Optional<Company> named(String idOrSlug) {
        return store.named(idOrSlug).flatMap(this::byId);
    }

    /** The ids of the companies that can call Cal.com, ascending. */
    public List<Integer> connected() {
        List<Integer> connected = new ArrayList<>(store.withKey());
        connected.remove(Integer.valueOf(Company.DEFAULT_ID));
        if (!environment.apiKey().isBlank()) {
            connected.add(0, Company.DEFAULT_ID);
        }
        return connected;
    }

    /**
     * Has it written down that a delivery was signed with a secret. Does not wait, and never fails.
     *
     * @param company the company
     * @param secret  the secret
     */
    public void signed(Company company, WebhookSecret secret) {
        use.note(company.id(), secret);
    }

    /** By its slug too: its first webhook may come while the database is away. */
    private Company load(int id) {
        Optional<CompanyStore.Row> found = store.find(id);
        found.ifPresent(row -> ids.put(row.slug(), row.id()));
        return found.map(row -> id == Company.DEFAULT_ID ? ofEnvironment(row) : stored(row)).orElse(null);
    }

    /** While the database is away, what is known stays so. */
    private final class Loader implements CacheLoader<Integer, Company> {

        @Override
        public Company load(Integer id) {
            return Companies.this.load(id);
        }

        @Override
        public Company reload(Integer id, Company before) {
            try {
                return load(id);
            } catch (DataAccessException e) {
                LOG.debug("Company {} can't be read again: {}", id, e.getMessage());
                return before;
            }
        }
    }

    private Company stored(CompanyStore.Row row) {
        CalcomAccess calcom = new CalcomAccess(store.key(row), row.baseUrl() == null ? environment.baseUrl() : row.baseUrl(),
                row.apiVersion() == null ? environment.apiVersion() : row.apiVersion(), row.teamId(), row.teamSlug(), row.organizationId());
        return new Company(row.id(), row.slug(), row.name(), calcom, zone(row), row.language(), store.secrets(row.id()));
    }

    private Company ofEnvironment(CompanyStore.Row row) {
        String team = environment.teamSlug().isBlank() ? null : environment.teamSlug();
        CalcomAccess calcom = new CalcomAccess(environment.apiKey().isBlank() ? null : environment.apiKey(), environment.baseUrl(), environment.apiVersion(),
                team == null || team.equals(row.teamSlug()) ? row.teamId() : null, team, row.organizationId());
        List<WebhookSecret> secrets = Company.secrets(environment.webhookSecrets()).stream()
                .map(secret -> new WebhookSecret(vault.fingerprint(secret), secret, false)).toList();
        return new Company(row.id(), row.slug(), row.name(), calcom, zone(row), row.language(), secrets);
    }

    private static ZoneId zone(CompanyStore.Row row) {
        return row.timeZone() == null ? null : ZoneId.of(row.timeZone());
    }
}
