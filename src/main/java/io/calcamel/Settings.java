package io.calcamel;

import io.calcamel.company.Company;
import io.calcamel.database.Database;
import io.calcamel.webhook.InboxWorker;
import io.calcamel.webhook.InboxWriter;
import io.calcamel.webhook.RetrySchedule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.util.TimeUtils;

/**
 * The settings of application.properties and the environment, read and checked once, at the start.
 *
 * @param profile        dev or prod
 * @param httpHost       address to listen on
 * @param httpPort       port to listen on; 0 for a free one
 * @param managementPort port of health and metrics, on loopback
 * @param webhookSecret  secrets of the default company's webhooks, separated by commas
 * @param apiToken       bearer token of the default company
 * @param demo           whether secret and token are the demo ones, which may be shown
 * @param reloadFolder   folder of the route files that are read again when saved; null where none are
 * @param database       how to reach PostgreSQL
 * @param storing        how deliveries are stored
 * @param working        how deliveries are applied; null on a node that only takes them in
 */
public record Settings(Profile profile, String httpHost, int httpPort, int managementPort, String webhookSecret, String apiToken,
        boolean demo, Path reloadFolder, Database.Settings database, InboxWriter.Settings storing, InboxWorker.Settings working) {

    /** The secret and the tokens of a hub in dev that was given none: known to everybody, so for loopback only. */
    static final String DEMO_SECRET = "demo-webhook-secret";
    static final String DEMO_TOKEN = "demo-api-token";

    private static final char LOST_CHARACTER = '\uFFFD';

    /**
     * @param context the context whose properties are read
     * @param profile the profile
     * @return the settings
     * @throws StartRefused if one is missing that the profile demands, or can't be what it is
     */
    static Settings read(CamelContext context, Profile profile) {
        Reader read = new Reader(context);
        read.refuseLost("calcom.webhook-secret", "CALCOM_WEBHOOK_SECRET");
        read.refuseLost("api.token", "CALCAMEL_API_TOKEN");
        read.refuseLost("admin.token", "CALCAMEL_ADMIN_TOKEN");
        read.refuseLost("master.key", "CALCAMEL_MASTER_KEY");
        if (profile == Profile.PROD) {
            read.demand("calcom.webhook-secret", "CALCOM_WEBHOOK_SECRET");
            read.demand("api.token", "CALCAMEL_API_TOKEN");
            read.demand("admin.token", "CALCAMEL_ADMIN_TOKEN");
            read.demand("master.key", "CALCAMEL_MASTER_KEY");
            read.refuseMissing();
        }
        String secret = read.text("calcom.webhook-secret");
        String token = read.text("api.token");
        boolean hasSecret = !Company.secrets(secret).isEmpty();
        return new Settings(profile, read.text("http.host." + profile.text()), read.number("http.port"), read.number("management.port"),
                hasSecret ? secret : DEMO_SECRET, token.isBlank() ? DEMO_TOKEN : token, !hasSecret && token.isBlank(),
                Boolean.parseBoolean(read.text("routes.reload." + profile.text())) ? Path.of(read.text("routes.dir")) : null,
                new Database.Settings(read.text("database.url"), read.text("database.user"), read.text("database.password"),
                        read.number("database.pool-size"), Path.of(read.text("data.dir"))),
                new InboxWriter.Settings(read.number("inbox.queue.deliveries"), read.number("inbox.queue.bytes"),
                        read.number("inbox.batch.deliveries"), read.number("inbox.writers"), read.duration("inbox.commit-timeout")),
                Boolean.parseBoolean(read.text("inbox.worker.enabled"))
                        ? new InboxWorker.Settings(read.number("inbox.worker.threads"), read.duration("inbox.worker.poll-interval"),
                                RetrySchedule.parse(read.text("inbox.retry.delays")))
                        : null);
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

        Duration duration(String key) {
            String text = text(key);
            try {
                return Duration.ofMillis(TimeUtils.toMilliSeconds(text));
            } catch (IllegalArgumentException e) {
                throw new StartRefused("The setting " + key + " is '" + text + "': use a duration such as 500ms, 10s or 5m.");
            }
        }

        void refuseLost(String key, String variable) {
            if (text(key).indexOf(LOST_CHARACTER) >= 0) {
                throw new StartRefused("A character of " + variable + " was lost on its way here: set it in UTF-8"
                        + " (for example LC_ALL=C.UTF-8), or write it in application.properties.");
            }
        }

        void demand(String key, String variable) {
            if (text(key).isBlank()) {
                missing.add(variable);
            }
        }

        void refuseMissing() {
            if (!missing.isEmpty()) {
                throw new StartRefused("In profile prod these must be set, and are not: " + String.join(", ", missing) + ".");
            }
        }
    }
}
