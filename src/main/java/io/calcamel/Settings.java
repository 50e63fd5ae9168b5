package io.calcamel;

import io.calcamel.attention.Attention;
import io.calcamel.availability.Availability;
import io.calcamel.booking.AttendeeDefaults;
import io.calcamel.booking.BookingSettings;
import io.calcamel.calcom.ApiVersion;
import io.calcamel.calcom.Calcom;
import io.calcamel.company.Company;
import io.calcamel.database.Database;
import io.calcamel.eventtype.EventTypes;
import io.calcamel.http.ClientAddress;
import io.calcamel.http.Destinations;
import io.calcamel.http.HttpDoor;
import io.calcamel.privacy.Retention;
import io.calcamel.reconcile.ReconcileSettings;
import io.calcamel.webhook.DeliveryReplay;
import io.calcamel.webhook.InboxWorker;
import io.calcamel.webhook.InboxWriter;
import io.calcamel.webhook.RetrySchedule;
import io.calcamel.webhook.Spool;
import io.calcamel.webhook.Webhooks;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.apache.camel.CamelContext;
import org.apache.camel.util.TimeUtils;

/**
 * The settings of application.properties and the environment, read and checked once, at the start.
 *
 * @param profile        dev or prod
 * @param httpHost       address to listen on
 * @param httpPort       port to listen on; 0 for a free one
 * @param managementPort port of health and metrics, on loopback
 * @param door           how many requests are let in at the same time
 * @param webhookSecret  secrets of the default company's webhooks, separated by commas
 * @param apiToken       bearer token of the default company
 * @param adminToken     bearer token for administration
 * @param masterKey      encrypts stored credentials; several, separated by commas, while it is rotated; blank in dev for one that is made
 * @param hasDemoSecret  whether the secret is the demo one, which may be shown
 * @param hasDemoToken   whether the token is the demo one, which may be shown
 * @param reloadFolder   folder of the route files that are read again when saved; null where none are
 * @param database       how to reach PostgreSQL
 * @param storing        how deliveries are stored
 * @param spooling       where deliveries are kept while the database can't take them
 * @param working        how deliveries are applied; null on a node that only takes them in
 * @param replaying      how deliveries are replayed
 * @param attention      who is told of what a person has to look at
 * @param calcom         the default company's Cal.com
 * @param calls          how Cal.com is called
 * @param availability   how availability is cached
 * @param readBackDelay  how long after a delivery its booking is read back from Cal.com
 * @param eventTypes     how event types are synced
 * @param bookings       how bookings are made
 * @param protection     what keeps strangers and strange addresses out
 * @param publicUrl      where Cal.com reaches this hub; blank where nobody said
 * @param regions        the addresses of Cal.com's own API
 * @param quietAfter     how long after a change in Cal.com its webhook must have come
 * @param examine        how often every company's connection is examined
 * @param sandboxPort    port of the sandbox, where it is started; 0 for a free one
 */
public record Settings(Profile profile, String httpHost, int httpPort, int managementPort, HttpDoor.Limits door, String webhookSecret, String apiToken, String adminToken, String masterKey,
        boolean hasDemoSecret, boolean hasDemoToken, Path reloadFolder, Database.Settings database, InboxWriter.Settings storing, Spool.Settings spooling, InboxWorker.Settings working,
        DeliveryReplay.Settings replaying, Attention.Settings attention,
        DefaultCalcom calcom, Calcom.Settings calls, Availability.Settings availability, Duration readBackDelay, EventTypes.Settings eventTypes,
        BookingSettings bookings, ReconcileSettings reconcile, Protection protection, String publicUrl, List<String> regions, Duration quietAfter, Duration examine, int sandboxPort) {

    /**
     * What keeps strangers and strange addresses out.
     *
     * @param destinations which addresses are called
     * @param senders      who may post webhooks
     * @param retention    how long things are kept
     */
    public record Protection(Destinations destinations, Webhooks.Senders senders, Retention.Settings retention) {
    }

    /**
     * The default company's Cal.com.
     *
     * @param apiKey     its key; blank in dev for the sandbox's
     * @param teamSlug   its team; blank for all
     * @param baseUrl    the API's address
     * @param apiVersion the generation that it is asked in
     */
    public record DefaultCalcom(String apiKey, String teamSlug, String baseUrl, ApiVersion apiVersion) {

        /** Without the key. */
        @Override
        public String toString() {
            return baseUrl;
        }
    }

    /** The secret and the tokens of a hub in dev that was given none: known to everybody, so for loopback only. */
    static final String DEMO_SECRET = "demo-webhook-secret";
    static final String DEMO_TOKEN = "demo-api-token";
    static final String DEMO_ADMIN_TOKEN = "demo-admin-token";

    private static final String CALCOM = "https://api.cal.com/v2";

    private static final char LOST_CHARACTER = '\uFFFD';

    /**
     * @param context the context whose properties are read
     * @param profile the profile
     * @return the settings
     * @throws StartRefused if one is missing that the profile demands, or can't be what it is
     */
    static Settings read(CamelContext context, Profile profile) {
        Reader read = new Reader(context);
        Destinations destinations = read.destinations(profile);
        String secret = read.secret("calcom.webhook-secret", "CALCOM_WEBHOOK_SECRET");
        String token = read.token("api.token", "CALCAMEL_API_TOKEN");
        String key = read.secret("calcom.api-key", "DEFAULT_CALCOM_API_KEY");
        String adminToken = read.token("admin.token", "CALCAMEL_ADMIN_TOKEN");
        String masterKey = read.secret("master.key", "CALCAMEL_MASTER_KEY").strip();
        read.refuseMissingKeystore();
        if (profile == Profile.PROD) {
            read.refuseMissing();
        }
        boolean hasSecret = !Company.secrets(secret).isEmpty();
        return new Settings(profile, read.text("http.host." + profile.text()), read.number("http.port"), read.number("management.port"),
                new HttpDoor.Limits(read.atLeastOne("http.requests"), read.atLeastOne("http.request-bytes"), read.atLeastOne("http.calls")),
                hasSecret ? secret : DEMO_SECRET, token.isBlank() ? DEMO_TOKEN : token,
                adminToken.isBlank() ? DEMO_ADMIN_TOKEN : adminToken, masterKey, !hasSecret, token.isBlank(),
                read.flag("routes.reload." + profile.text()) ? Path.of(read.text("routes.dir")) : null,
                new Database.Settings(read.text("database.url", "CALCAMEL_DB_URL"), read.text("database.user", "CALCAMEL_DB_USER"),
                        read.text("database.password", "CALCAMEL_DB_PASSWORD"), read.poolSize("database.pool-size"), read.atLeastOne("inbox.writers"), Path.of(read.text("data.dir"))),
                new InboxWriter.Settings(read.atLeastOne("inbox.queue.deliveries"), read.atLeastOne("inbox.queue.bytes"),
                        read.atLeastOne("inbox.batch.deliveries"), read.atLeastOne("inbox.writers"), read.duration("inbox.commit-timeout")),
                new Spool.Settings(Path.of(read.text("spool.dir")), read.atLeastOne("spool.deliveries"), read.atLeastOne("spool.bytes")),
                read.flag("inbox.worker.enabled")
                        ? new InboxWorker.Settings(read.atLeastOne("inbox.worker.threads"), read.duration("inbox.worker.poll-interval"),
                                read.retries("inbox.retry.delays"))
                        : null,
                new DeliveryReplay.Settings(read.atLeastOne("inbox.replay.per-second"), read.atLeastOne("inbox.replay.batch")), read.attention(profile, destinations),
                new DefaultCalcom(key.strip(), read.text("calcom.team-slug", "DEFAULT_CALCOM_TEAM_SLUG").strip(),
                        read.baseUrl(destinations), read.apiVersion("calcom.api-version")),
                read.calls(), read.availability(), read.duration("read-back.delay"), read.eventTypes(), read.bookings(), read.reconcile(),
                new Protection(destinations, read.senders(), read.retention()),
                read.url("public.url", "CALCAMEL_PUBLIC_URL"), Arrays.stream(read.text("calcom.regions").split(",")).map(String::strip).toList(),
                read.positive("company.quiet-after"), read.positive("company.examine-every"), read.number("sandbox.port"));
    }

    /** The same, with another Cal.com for the default company. */
    Settings withCalcom(String apiKey, String baseUrl, List<String> itsRegions) {
        return new Settings(profile, httpHost, httpPort, managementPort, door, webhookSecret, apiToken, adminToken, masterKey, hasDemoSecret, hasDemoToken, reloadFolder, database,
                storing, spooling, working, replaying, attention, new DefaultCalcom(apiKey, calcom.teamSlug(), baseUrl, calcom.apiVersion()), calls, availability, readBackDelay,
                eventTypes, bookings, reconcile, protection, publicUrl, itsRegions, quietAfter, examine, sandboxPort);
    }

    /** Whether the sandbox stands in for Cal.com: in dev, as long as nobody named another. */
    boolean needsSandbox() {
        return profile == Profile.DEV && calcom.apiKey().isEmpty() && calcom.baseUrl().equals(CALCOM);
    }

    /** Without the secrets that a record would print of itself. */
    @Override
    public String toString() {
        return "settings of profile " + profile.text();
    }

    private static final class Reader {

        private final CamelContext context;
        private final List<String> missing = new ArrayList<>();

        Reader(CamelContext context) {
            this.context = context;
        }

        String text(String key) {
            try {
                return context.resolvePropertyPlaceholders("{{" + key + "}}");
            } catch (IllegalArgumentException e) {
                throw new StartRefused("The setting " + key + " is missing: start in the folder that has application.properties,"
                        + " or give it there.");
            }
        }

        /** The variable of the contract first: {@code DATABASE_URL}, say, which would win by its name, can be somebody else's. */
        String text(String key, String variable) {
            String value = System.getenv(variable);
            return value == null || value.isBlank() ? text(key) : value;
        }

        /** A secret, which is missing where there is nothing between its commas. */
        String secret(String key, String variable) {
            String value = text(key, variable);
            if (value.indexOf(LOST_CHARACTER) >= 0) {
                throw new StartRefused("A character of " + variable + " was lost on its way here: set it in UTF-8"
                        + " (for example LC_ALL=C.UTF-8), or write it in application.properties.");
            }
            if (Company.secrets(value).isEmpty()) {
                missing.add(variable);
            }
            return value;
        }

        /** A sync holds a connection for its lock, and needs another. */
        int poolSize(String key) {
            if (number(key) < 2) {
                throw new StartRefused("The setting " + key + " is " + number(key) + ": use 2 or more.");
            }
            return number(key);
        }

        /** A bearer token, which travels in a header: RFC 6750, section 2.1, allows less, and no header carries more. */
        String token(String key, String variable) {
            String value = secret(key, variable).strip();
            if (!value.chars().allMatch(character -> character > ' ' && character <= '~')) {
                throw new StartRefused(variable + " has characters that a header can't carry: use letters, digits and - . _ ~ + / =");
            }
            return value;
        }

        int atLeastOne(String key) {
            int number = number(key);
            if (number == 0) {
                throw new StartRefused("The setting " + key + " is 0: use 1 or more.");
            }
            return number;
        }

        RetrySchedule retries(String key) {
            try {
                return RetrySchedule.parse(text(key));
            } catch (IllegalArgumentException e) {
                throw new StartRefused("The setting " + key + " is '" + text(key) + "': use durations such as 1s,5m,2h.");
            }
        }

        /** An address that Cal.com can post to; its own service takes https only. */
        String url(String key, String variable) {
            String url = text(key, variable).strip();
            if (!url.isEmpty() && !url.matches("(?i)https?://[^\\s/?#@]+(/[^\\s?#]*)?")) {
                throw new StartRefused(variable + " is '" + url + "': use the like of https://hub.example.com.");
            }
            return url;
        }

        /** The address can have a secret in its query, so it is not said. */
        Attention.Settings attention(Profile profile, Destinations destinations) {
            String url = text("attention.url", "CALCAMEL_ATTENTION_URL").strip();
            String secret = text("attention.secret", "CALCAMEL_ATTENTION_SECRET").strip();
            if (!url.isEmpty() && !isAddress(url, profile)) {
                throw new StartRefused("CALCAMEL_ATTENTION_URL can't be posted to: use the like of https://alerts.example.com/calcamel"
                        + (profile == Profile.PROD ? "; in profile prod https only." : "."));
            }
            String refusal = url.isEmpty() ? null : destinations.refusal(url.replaceFirst("\\?.*$", "")).orElse(null);
            if (refusal != null) {
                throw new StartRefused("CALCAMEL_ATTENTION_URL can't be posted to: it " + refusal);
            }
            if (!url.isEmpty() && secret.isEmpty()) {
                throw new StartRefused("CALCAMEL_ATTENTION_URL is set, and CALCAMEL_ATTENTION_SECRET is not: what is posted there is signed with it.");
            }
            if (secret.indexOf(LOST_CHARACTER) >= 0) {
                throw new StartRefused("A character of CALCAMEL_ATTENTION_SECRET was lost on its way here: set it in UTF-8.");
            }
            number("attention.retries");
            positive("attention.back-off");
            positive("attention.timeout");
            return new Attention.Settings(url, secret, atLeastOne("attention.threads"), atLeastOne("attention.waiting"), positive("attention.once-in"));
        }

        private static boolean isAddress(String url, Profile profile) {
            try {
                URI address = URI.create(url);
                boolean isWeb = "https".equalsIgnoreCase(address.getScheme()) || profile == Profile.DEV && "http".equalsIgnoreCase(address.getScheme());
                return isWeb && address.getHost() != null && address.getRawUserInfo() == null && address.getRawFragment() == null;
            } catch (IllegalArgumentException e) {
                return false;
            }
        }

        Webhooks.Senders senders() {
            try {
                return new Webhooks.Senders(new ClientAddress(text("http.trusted-proxies")), atLeastOne("webhook.bad-signatures.per-minute"));
            } catch (IllegalArgumentException e) {
                throw new StartRefused("The setting http.trusted-proxies can't be used: " + e.getMessage());
            }
        }

        Retention.Settings retention() {
            return new Retention.Settings(positiveOrNone("retention.deliveries"), positiveOrNone("retention.dead"), positiveOrNone("retention.appointments"),
                    positiveOrNone("retention.sync-runs"));
        }

        private Duration positiveOrNone(String key) {
            return text(key).isBlank() ? null : positive(key);
        }

        Destinations destinations(Profile profile) {
            try {
                return new Destinations(profile == Profile.DEV, text("outbound.private-hosts"));
            } catch (IllegalArgumentException e) {
                throw new StartRefused("The setting outbound.private-hosts can't be used: " + e.getMessage());
            }
        }

        String baseUrl(Destinations destinations) {
            String url = text("calcom.base-url", "CALCOM_API_BASE_URL").strip();
            destinations.refusal(url).ifPresent(why -> {
                throw new StartRefused("CALCOM_API_BASE_URL can't be called: it " + why);
            });
            return url;
        }

        ApiVersion apiVersion(String key) {
            return switch (text(key).strip()) {
                case "v1", "v2" -> ApiVersion.of(text(key).strip());
                default -> throw new StartRefused("The setting " + key + " is '" + text(key) + "': use v2, or v1 for an old server of your own.");
            };
        }

        Availability.Settings availability() {
            return new Availability.Settings(positive("availability.cache.fresh"), positive("availability.cache.fresh-empty"),
                    positive("availability.cache.refresh"), positive("availability.cache.keep"), atLeastOne("availability.cache.slots"),
                    atLeastOne("availability.longest-days"), positive("availability.patience"), positive("availability.patience-when-busy"),
                    atLeastOne("availability.many-waiting"), atLeastOne("availability.threads"), atLeastOne("availability.waiting"),
                    positive("availability.held-back"));
        }

        Calcom.Settings calls() {
            atLeastOne("calcom.timeout.connect");
            atLeastOne("calcom.timeout.response");
            atLeastOne("calcom.questions-at-once");
            return new Calcom.Settings(
                    new Calcom.Budget(atLeastOne("calcom.budget.per-minute"), atLeastOne("calcom.budget.per-second"),
                            Math.min(100, number("calcom.budget.live-share")), atLeastOne("calcom.budget.waiting"), positive("calcom.budget.back-off")),
                    positive("calcom.budget.patience.live"), positive("calcom.budget.patience.background"),
                    new Calcom.Breaker(atLeastOne("calcom.breaker.calls"), atLeastOne("calcom.breaker.fewest"), Math.min(100, atLeastOne("calcom.breaker.failures")),
                            positive("calcom.breaker.open")),
                    number("calcom.retries"), positive("calcom.timeout.call"), atLeastOne("calcom.max-answer"),
                    atLeastOne("calcom.connections.per-server"), atLeastOne("calcom.connections.all"), flag("calcom.debug"));
        }

        BookingSettings bookings() {
            // A booking must not be taken up by another while Cal.com is asked for it, nor believed missing while Cal.com may be at work on it.
            AttendeeDefaults everywhere = new AttendeeDefaults(zone("booking.time-zone"), null);
            Duration lease = longer(positive("booking.lease"), positive("calcom.timeout.call").multipliedBy(4));
            Duration settle = longer(positive("booking.settle"), positive("calcom.timeout.call"));
            return new BookingSettings(company -> everywhere, positive("booking.patience"), positive("booking.patience-when-busy"),
                    atLeastOne("booking.many-waiting"), atLeastOne("booking.threads"), atLeastOne("booking.job-threads"), atLeastOne("booking.waiting"),
                    flag("booking.retry-manual"), settle, lease, positive("booking.keep"));
        }

        private static Duration longer(Duration one, Duration other) {
            return one.compareTo(other) >= 0 ? one : other;
        }

        ZoneId zone(String key) {
            if (!ZoneId.getAvailableZoneIds().contains(text(key).strip())) {
                throw new StartRefused("The setting " + key + " is '" + text(key) + "': use a name of the IANA database, such as Europe/Berlin.");
            }
            return ZoneId.of(text(key).strip());
        }

        EventTypes.Settings eventTypes() {
            return new EventTypes.Settings(Company.DEFAULT_ID, positive("event-types.sync.every"), atLeastOne("event-types.sync.at-once"),
                    flag("event-types.sync.at-start"),
                    Math.min(100, number("event-types.sync.max-shrink")), atLeastOne("event-types.sync.page"));
        }

        ReconcileSettings reconcile() {
            return new ReconcileSettings(positive("reconcile.every"), positive("reconcile.near"), positive("reconcile.near-every"), positive("reconcile.far"),
                    positive("reconcile.far-every"), positive("reconcile.back"), duration("reconcile.overlap"), duration("reconcile.grace"),
                    flag("reconcile.at-start"), atLeastOne("reconcile.at-once"), Math.min(250, atLeastOne("reconcile.page")), atLeastOne("reconcile.pages"),
                    number("reconcile.one-by-one"), positive("reconcile.keep"));
        }

        int number(String key) {
            String text = text(key);
            try {
                int number = Integer.parseInt(text.strip());
                if (number >= 0) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // said below
            }
            throw new StartRefused("The setting " + key + " is '" + text + "': use a whole number from 0 to " + Integer.MAX_VALUE + ".");
        }

        /** 1, yes and on too: a debug that stays off because of its spelling costs an hour. */
        boolean flag(String key) {
            return switch (text(key).strip().toLowerCase(Locale.ROOT)) {
                case "true", "1", "yes", "on" -> true;
                case "false", "0", "no", "off", "" -> false;
                default -> throw new StartRefused("The setting " + key + " is '" + text(key) + "': use true or false.");
            };
        }

        Duration duration(String key) {
            String text = text(key);
            try {
                return Duration.ofMillis(TimeUtils.toMilliSeconds(text));
            } catch (IllegalArgumentException e) {
                throw new StartRefused("The setting " + key + " is '" + text + "': use a duration such as 500ms, 10s or 5m.");
            }
        }

        Duration positive(String key) {
            Duration duration = duration(key);
            if (duration.isZero() || duration.isNegative()) {
                throw new StartRefused("The setting " + key + " is '" + text(key) + "': use a duration such as 10s or 5m.");
            }
            return duration;
        }

        /** Without it Camel 4.18.0 would say so in a stack trace. */
        void refuseMissingKeystore() {
            if (!flag("http.tls.enabled")) {
                return;
            }
            Path file = Path.of(text("http.tls.keystore").strip());
            try (InputStream in = Files.newInputStream(file)) {
                KeyStore.getInstance("PKCS12").load(in, text("http.tls.keystore-password").toCharArray());
            } catch (IOException | GeneralSecurityException e) {
                throw new StartRefused("http.tls.enabled is true, and " + file + " is no PKCS12 file that HTTP_TLS_KEYSTORE_PASSWORD opens.");
            }
        }

        void refuseMissing() {
            if (!missing.isEmpty()) {
                throw new StartRefused("In profile prod these must be set, and are not: " + String.join(", ", missing) + ".");
            }
        }
    }
}
