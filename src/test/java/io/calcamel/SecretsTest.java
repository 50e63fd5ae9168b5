package io.calcamel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** Whoever has a copy of the database and the whole log has no key, no secret and no token. */
class SecretsTest {

    private static final String OUR_KEY = "cal_live_zz_key_of_the_environment";
    private static final String KEY = "cal_live_zz_key_of_acme";
    private static final String SECOND_KEY = "cal_live_eu_zz_key_of_acme";
    private static final String REFUSED_KEY = "cal_invalid_zz_key_of_acme";
    private static final String SECRET = "zz-webhook-secret-of-acme";
    private static final String MASTER_KEY = "zz-master-key-0123456789-0123456789";
    private static final String ADMIN = "zz-admin-token";

    @RegisterExtension
    static final SandboxExtension JOINED = new SandboxExtension().with("calcom.api-key", OUR_KEY).with("master.key", MASTER_KEY)
            .with("admin.token", ADMIN).with("calcom.debug", "true").with("calcom.retries", "0");

    private static HttpResponse<String> administer(String method, String path, String body) {
        return JOINED.hub().send(HttpRequest.newBuilder(JOINED.hub().uri(path)).header("Authorization", "Bearer " + ADMIN)
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body)));
    }

    @Test
    void areInNoCopyOfTheDatabaseInNoLogAndInNoAnswer() {
        ByteArrayOutputStream log = new ByteArrayOutputStream();
        StringBuilder answers = new StringBuilder();
        Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
        OutputStreamAppender<ILoggingEvent> appender = appender(root, log);
        Logger ours = (Logger) LoggerFactory.getLogger("io.calcamel");
        Logger camel = (Logger) LoggerFactory.getLogger("org.apache.camel");
        ours.setLevel(Level.TRACE);
        camel.setLevel(Level.DEBUG);
        Logger calls = (Logger) LoggerFactory.getLogger("calcom");
        calls.setLevel(Level.INFO);
        String token;
        try {
            Stream.of(KEY, REFUSED_KEY, SECOND_KEY).forEach(key -> answers.append(administer("POST", "/api/companies/connect", "{\"slug\":\"acme\",\"apiKey\":\"" + key + "\"}").body()));
            answers.append(administer("PATCH", "/api/companies/acme", "{\"apiKey\":\"" + KEY + "\",\"name\":7}").body());
            answers.append(administer("POST", "/api/companies/acme/webhook-secrets", "{\"secret\":\"" + SECRET + "\"}").body());
            answers.append(administer("GET", "/api/companies/acme/doctor", null).body()).append(administer("GET", "/api/companies", null).body());
            administer("PATCH", "/api/companies/acme", "{\"apiKey\":\"" + REFUSED_KEY + "\"}");
            answers.append(administer("GET", "/api/companies/acme/doctor", null).body()).append(administer("POST", "/api/event-types/sync", "{\"company\":\"acme\"}").body());
            token = HubExtension.json(administer("POST", "/api/tokens", "{\"name\":\"CRM\",\"company\":\"acme\"}")).path("token").asText();
            answers.append(JOINED.hub().send(HttpRequest.newBuilder(JOINED.hub().uri("/api/calcom/health")).header("Authorization", "Bearer " + token)).body());
            answers.append(JOINED.hub().get("/api/availability?eventTypeId=2026361&start=2040-01-02&end=2040-01-02").body());
            byte[] body = "{\"triggerEvent\":\"PING\",\"createdAt\":\"2027-01-01T00:00:00Z\"}".getBytes(StandardCharsets.UTF_8);
            HttpResponse<String> delivered = JOINED.hub().send(JOINED.hub().webhook("/webhooks/calcom/acme", body).header("X-Cal-Signature-256", HubExtension.sign(SECRET, body)));
            assertThat(delivered.statusCode()).isEqualTo(200);
            await().until(() -> JOINED.hub().db().sql("SELECT count(*) FROM webhook_secret WHERE last_signed_at IS NOT NULL").query(Long.class).single() > 0);
        } finally {
            ours.setLevel(null);
            camel.setLevel(null);
            calls.setLevel(null);
            root.detachAppender(appender);
            ((Logger) LoggerFactory.getLogger("calcom")).detachAppender(appender);
        }
        List<String> secrets = List.of(OUR_KEY, KEY, SECOND_KEY, REFUSED_KEY, SECRET, MASTER_KEY, ADMIN, token, HubExtension.TOKEN, HubExtension.SECRET);
        String written = log.toString(StandardCharsets.UTF_8);
        assertThat(written.contains("GET /v2/me") && written.contains("POST /v2/webhooks") && written.contains(">>>> direct://company-subscribe")).as("the log is whole").isTrue();
        String stored = dump();
        assertThat(stored).contains("acme");
        for (String secret : secrets) {
            String hex = HexFormat.of().formatHex(secret.getBytes(StandardCharsets.UTF_8));
            String base64 = Base64.getEncoder().encodeToString(secret.getBytes(StandardCharsets.UTF_8)).replaceAll("=*$", "");
            for (String form : List.of(secret, hex, base64)) {
                assertThat(written.contains(form)).as("log: " + around(written, form)).isFalse();
                assertThat(stored.contains(form)).as("database: " + around(stored, form)).isFalse();
                assertThat(answers.toString().contains(form)).as("answers: " + around(answers.toString(), form)).isFalse();
            }
        }
    }

    private static String around(String text, String form) {
        int at = text.indexOf(form);
        return at < 0 ? "" : text.substring(Math.max(0, at - 300), Math.min(text.length(), at + 100));
    }

    private static OutputStreamAppender<ILoggingEvent> appender(Logger root, ByteArrayOutputStream log) {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(root.getLoggerContext());
        encoder.setPattern("%logger %msg%n%ex");
        encoder.start();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        appender.setContext(root.getLoggerContext());
        appender.setEncoder(encoder);
        appender.setOutputStream(log);
        appender.start();
        root.addAppender(appender);
        ((Logger) LoggerFactory.getLogger("calcom")).addAppender(appender);
        return appender;
    }

    /** Every row of every table. */
    private static String dump() {
        StringBuilder dump = new StringBuilder();
        for (String table : JOINED.hub().db().sql("SELECT table_name FROM information_schema.tables WHERE table_schema = 'public'").query(String.class).list()) {
            JOINED.hub().db().sql("SELECT t::text FROM " + table + " t").query(String.class).list().forEach(row -> dump.append(table).append(' ').append(row).append('\n'));
        }
        return dump.toString();
    }
}
