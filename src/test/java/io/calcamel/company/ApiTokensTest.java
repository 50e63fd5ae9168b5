package io.calcamel.company;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Tokens as an administrator issues and revokes them, and as callers use them. */
class ApiTokensTest {

    @RegisterExtension
    static final HubExtension HUB = new HubExtension();

    private static final String ADMIN = "demo-admin-token";
    private static final String NOBODYS = "calcamel_" + "A".repeat(43);

    private static int berlin;

    @BeforeAll
    static void anotherCompany() {
        berlin = HUB.db().sql("INSERT INTO company (slug, name) VALUES ('berlin', 'Berlin') RETURNING id").query(Integer.class).single();
        HUB.db().sql("""
                INSERT INTO appointment (id, company_id, status, calcom_booking_uid, calcom_reschedule_uid, calcom_cancel_uid, document)
                VALUES (7700, :company, 'confirmed', 'theirs', 'theirs', 'theirs', '{"uid":"theirs"}')""").param("company", berlin).update();
        HUB.db().sql("INSERT INTO booking (company_id, uid, appointment_id) VALUES (:company, 'theirs', 7700)").param("company", berlin).update();
        HUB.deliver(Deliveries.created("ours", 1).toString());
        await().until(() -> HUB.get("/api/appointments/ours").statusCode() == 200);
    }

    @BeforeEach
    void noTokens() {
        HUB.db().sql("DELETE FROM api_token").update();
    }

    private static HttpResponse<String> call(String token, String method, String path, String body) {
        return HUB.send(HttpRequest.newBuilder(HUB.uri(path)).header("Authorization", "Bearer " + token)
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    }

    private static HttpResponse<String> get(String token, String path) {
        return call(token, "GET", path, "");
    }

    private static JsonNode answer(int status, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return HubExtension.json(answer);
    }

    private static JsonNode issue(String body) {
        return answer(201, call(ADMIN, "POST", "/api/tokens", body));
    }

    private static JsonNode revoke(JsonNode token) {
        return answer(200, call(ADMIN, "DELETE", "/api/tokens/" + token.path("id"), ""));
    }

    private static JsonNode listed(JsonNode token) {
        for (JsonNode item : answer(200, get(ADMIN, "/api/tokens")).path("items")) {
            if (item.path("id").equals(token.path("id"))) {
                return item;
            }
        }
        throw new AssertionError(token.path("id") + " is not listed");
    }

    private static int statusWith(JsonNode token) {
        return get(token.path("token").asText(), "/api/appointments").statusCode();
    }

    @Test
    void aTokenOpensItsOwnCompanyOnly() {
        String theirs = issue("{\"name\":\"CRM\",\"company\":\"berlin\"}").path("token").asText();
        assertThat(answer(200, get(theirs, "/api/appointments")).path("items").findValuesAsText("uid")).containsExactly("theirs");
        answer(200, get(theirs, "/api/appointments/theirs"));
        long ours = HUB.getJson("/api/appointments/ours").path("id").asLong();
        for (String path : List.of("/api/appointments/ours", "/api/appointments/" + ours)) {
            assertThat(answer(404, get(theirs, path)).path("code").asText()).isEqualTo("appointment_not_found");
        }
        assertThat(answer(200, get(theirs, "/api/deliveries")).path("total").asInt()).isZero();

        String another = issue("{\"name\":\"phone\"}").path("token").asText();
        assertThat(get(another, "/api/appointments").body()).isEqualTo(HUB.get("/api/appointments").body()).contains("ours").doesNotContain("theirs");
        answer(404, get(another, "/api/appointments/theirs"));
    }

    @Test
    void aCompanyIsMeantByIdOrSlug() {
        for (String company : List.of("\"berlin\"", String.valueOf(berlin), "\"" + berlin + "\"")) {
            assertThat(issue("{\"name\":\"CRM\",\"company\":" + company + "}").path("company").asText()).isEqualTo("berlin");
        }
        assertThat(issue("{\"name\":\"CRM\",\"company\":null}").path("company").asText()).isEqualTo("default");
    }

    /** A port where nobody listens stands in for Cal.com here: it would be 503. */
    @Test
    void noCompanyCallsCalcomWithAnothersKey() {
        String theirs = issue("{\"name\":\"CRM\",\"company\":\"berlin\"}").path("token").asText();
        answer(503, HUB.get("/api/availability?eventTypeId=1&start=2027-01-11&end=2027-01-11"));
        assertThat(answer(502, get(theirs, "/api/availability?eventTypeId=1&start=2027-01-11&end=2027-01-11")).path("code").asText()).isEqualTo("unauthorized");
        assertThat(answer(502, get(theirs, "/api/calcom/health")).path("code").asText()).isEqualTo("unauthorized");
        assertThat(answer(502, call(theirs, "POST", "/api/event-types", "{\"title\":\"A\",\"length\":30}")).path("code").asText()).isEqualTo("unauthorized");
        JsonNode run = answer(200, call(theirs, "POST", "/api/event-types/sync", ""));
        assertThat(run.path("status").asText()).isEqualTo("failed");
        assertThat(run.path("errors").findValuesAsText("code")).containsOnly("unauthorized");
    }

    @Test
    void aRevokedTokenIsRefusedByTheNextCall() {
        JsonNode first = issue("{\"name\":\"phone\"}");
        JsonNode second = issue("{\"name\":\"phone\"}");
        assertThat(statusWith(first)).isEqualTo(200);
        JsonNode revoked = revoke(first);
        assertThat(statusWith(first)).isEqualTo(401);
        assertThat(statusWith(second)).isEqualTo(200);
        assertThat(revoked.path("status").asText()).isEqualTo("revoked");
        assertThat(Instant.parse(revoked.path("revokedAt").asText())).isBetween(Instant.now().minus(Duration.ofMinutes(1)), Instant.now().plusSeconds(1));
        assertThat(revoked.has("token")).isFalse();
        assertThat(revoke(first).path("revokedAt")).isEqualTo(revoked.path("revokedAt"));
        assertThat(listed(first).path("status").asText()).isEqualTo("revoked");
        assertThat(listed(second).path("status").asText()).isEqualTo("active");
        assertThat(answer(404, call(ADMIN, "DELETE", "/api/tokens/999999", "")).path("code").asText()).isEqualTo("token_not_found");
    }

    @Test
    void anExpiredTokenIsRefused() {
        JsonNode token = issue("{\"name\":\"phone\",\"expiresAt\":\"2999-01-31\"}");
        assertThat(token.path("expiresAt").asText()).isEqualTo("2999-01-31T00:00:00Z");
        assertThat(statusWith(token)).isEqualTo(200);
        HUB.db().sql("UPDATE api_token SET expires_at = now()").update();
        assertThat(statusWith(token)).isEqualTo(401);
        assertThat(listed(token).path("status").asText()).isEqualTo("expired");
        assertThat(HUB.get("/api/appointments").statusCode()).as("the environment's is not touched").isEqualTo(200);
    }

    @Test
    void whatIsStoredIsTheHash() throws NoSuchAlgorithmException {
        String token = issue("{\"name\":\"phone\"}").path("token").asText();
        assertThat(token).matches("calcamel_[A-Za-z0-9_-]{43}").isNotEqualTo(issue("{\"name\":\"phone\"}").path("token").asText());
        byte[] hash = MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII));
        assertThat(HUB.db().sql("SELECT prefix FROM api_token WHERE token_hash = :hash").param("hash", hash).query(String.class).single())
                .isEqualTo(token.substring(0, 15));

        String hex = HexFormat.of().formatHex(token.getBytes(StandardCharsets.US_ASCII));
        List<String> tables = HUB.db().sql("SELECT quote_ident(table_name) FROM information_schema.tables WHERE table_schema = 'public'"
                + " AND table_type = 'BASE TABLE'").query(String.class).list();
        assertThat(tables).contains("api_token", "appointment");
        tables.forEach(table -> assertThat(HUB.db().sql("SELECT one::text FROM " + table + " one").query(String.class).list()).as(table)
                .noneMatch(row -> row.contains(token) || row.contains(token.substring("calcamel_".length())) || row.contains(hex)));
        assertThat(get(ADMIN, "/api/tokens").body()).doesNotContain(token, HexFormat.of().formatHex(hash), "hash", "\"token\"");
    }

    @Test
    void noTokenIsLogged() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Level level = root.getLevel();
        Appender<ILoggingEvent> console = root.getAppender("console");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        root.detachAppender(console);
        root.addAppender(log);
        root.setLevel(Level.DEBUG);
        List<Logger> quiet = root.getLoggerContext().getLoggerList().stream().filter(logger -> logger != root && logger.getLevel() != null).toList();
        Map<Logger, Level> levels = quiet.stream().collect(Collectors.toMap(logger -> logger, Logger::getLevel));
        quiet.forEach(logger -> logger.setLevel(null));
        String token;
        try {
            JsonNode issued = issue("{\"name\":\"phone\"}");
            token = issued.path("token").asText();
            assertThat(statusWith(issued)).isEqualTo(200);
            await().until(() -> listed(issued).path("lastUsedAt").isTextual());
            revoke(issued);
            assertThat(statusWith(issued)).isEqualTo(401);
        } finally {
            levels.forEach(Logger::setLevel);
            root.setLevel(level);
            root.detachAppender(log);
            root.addAppender(console);
        }
        String secret = token.substring("calcamel_".length());
        assertThat(log.list).isNotEmpty().noneMatch(event -> event.getFormattedMessage().contains(secret));
    }

    @ParameterizedTest
    @CsvSource({"GET,/api/tokens", "POST,/api/tokens", "DELETE,/api/tokens/1"})
    void aCompanysTokenIsNoAdministrators(String method, String path) {
        String issued = issue("{\"name\":\"phone\"}").path("token").asText();
        for (String token : List.of(issued, HubExtension.TOKEN, NOBODYS)) {
            assertThat(answer(401, call(token, method, path, "{\"name\":\"more\"}")).path("code").asText()).isEqualTo("unauthorized");
        }
        assertThat(answer(200, get(ADMIN, "/api/tokens")).path("total").asInt()).isEqualTo(1);
        assertThat(get(ADMIN, "/api/appointments").statusCode()).as("nor the other way round").isEqualTo(401);
    }

    @Test
    void almostATokenIsNone() {
        String token = issue("{\"name\":\"phone\"}").path("token").asText();
        String other = token.endsWith("A") ? "B" : "A";
        for (String wrong : List.of(token + "A", token.substring(0, token.length() - 1), token.substring(0, token.length() - 1) + other, NOBODYS,
                token.replace("calcamel_", ""), token.replace("calcamel_", "CALCAMEL_"), "calcamel_", token.substring(0, 15))) {
            assertThat(get(wrong, "/api/appointments").statusCode()).as(wrong.replace(token, "TOKEN")).isEqualTo(401);
        }
        assertThat(get(token, "/api/appointments").statusCode()).isEqualTo(200);
    }

    @Test
    void itsLastUseIsWrittenDownOnceAMinute() {
        JsonNode token = issue("{\"name\":\"phone\"}");
        assertThat(listed(token).path("lastUsedAt").isNull()).isTrue();
        assertThat(statusWith(token)).isEqualTo(200);
        await().until(() -> listed(token).path("lastUsedAt").isTextual());
        String rowVersion = rowVersion();
        assertThat(statusWith(token)).isEqualTo(200);
        JsonNode other = issue("{\"name\":\"CRM\"}");
        assertThat(statusWith(other)).isEqualTo(200);
        await().until(() -> listed(other).path("lastUsedAt").isTextual());
        assertThat(rowVersion()).as("one thread writes, so it would have been written before the other's").isEqualTo(rowVersion);

        HUB.db().sql("UPDATE api_token SET last_used_at = now() - interval '61 seconds' WHERE name = 'phone'").update();
        assertThat(statusWith(token)).isEqualTo(200);
        await().until(() -> Instant.parse(listed(token).path("lastUsedAt").asText()).isAfter(Instant.now().minusSeconds(30)));
    }

    private static String rowVersion() {
        return HUB.db().sql("SELECT xmin::text FROM api_token WHERE name = 'phone'").query(String.class).single();
    }

    @Test
    void aCallDoesNotWaitForItsUseToBeWrittenDown() {
        JsonNode token = issue("{\"name\":\"phone\"}");
        HUB.hub().database().transaction().executeWithoutResult(locked -> {
            HUB.db().sql("SELECT id FROM api_token FOR UPDATE").query(Long.class).list();
            assertThat(statusWith(token)).isEqualTo(200);
            assertThat(statusWith(token)).isEqualTo(200);
        });
        await().until(() -> listed(token).path("lastUsedAt").isTextual());
    }

    @Test
    void listsTheNewestFirstPageByPage() {
        for (String name : List.of("one", "two", "three")) {
            issue("{\"name\":\"" + name + "\"}");
        }
        List<String> names = new ArrayList<>();
        for (String next = "/api/tokens?limit=2"; next != null;) {
            JsonNode page = answer(200, get(ADMIN, next));
            assertThat(page.path("total").asInt()).isEqualTo(3);
            names.addAll(page.path("items").findValuesAsText("name"));
            next = page.path("next").textValue();
        }
        assertThat(names).containsExactly("three", "two", "one");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "{}                                                    | name",
        "{\"name\":\"  \"}                                     | name",
        "{\"name\":7}                                          | name",
        "{\"name\":\"a\\u0000b\"}                              | name",
        "{\"name\":\"\\ud800x\"}                               | name",
        "{\"name\":\"a\\u001b[31m\"}                           | name",
        "{\"name\":\"a\",\"company\":true}                     | company",
        "{\"name\":\"a\",\"expiresAt\":\"tomorrow\"}           | expiresAt",
        "{\"name\":\"a\",\"expiresAt\":\"2020-01-31\"}         | expiresAt",
        "{\"name\":\"a\",\"expiresAt\":\"\"}                   | expiresAt",
        "{\"name\":\"a\",\"expiresAt\":{}}                     | expiresAt",
        "{\"name\":\"a\",\"expiresAt\":1893456000}             | expiresAt",
        "{\"name\":\"a\",\"expiresAt\":\"+292278994-01-01T00:00:00Z\"} | expiresAt",
        "{\"name\":\"a\",\"expires\":\"2999-01-31\"}           | expires"})
    void aFieldThatCantBeUsedIsNamed(String body, String field) {
        JsonNode problem = answer(400, call(ADMIN, "POST", "/api/tokens", body));
        assertThat(problem.path("code").asText()).isEqualTo("bad_parameter");
        assertThat(problem.path("detail").asText()).startsWith("Parameter '" + field + "' ");
        assertThat(answer(200, get(ADMIN, "/api/tokens")).path("total").asInt()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"nobody\"", "999999", "99999999999999999999", "-1"})
    void anUnknownCompanyGetsNone(String company) {
        assertThat(answer(404, call(ADMIN, "POST", "/api/tokens", "{\"name\":\"a\",\"company\":" + company + "}")).path("code").asText())
                .isEqualTo("company_not_found");
    }
}
