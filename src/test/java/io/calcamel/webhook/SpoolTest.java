package io.calcamel.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import io.calcamel.TestDatabase;
import io.calcamel.Wire;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database is away: deliveries are taken in all the same, and are in the inbox when it is back. */
class SpoolTest {

    @TempDir
    static Path folder;

    private static final Wire WIRE = new Wire();
    private static final ExecutorService SENDERS = Executors.newFixedThreadPool(32);
    private static HubExtension hub;
    private static int management;

    @BeforeAll
    static void start() throws Exception {
        String url = TestDatabase.create();
        int port = URI.create(url.substring("jdbc:".length())).getPort();
        WIRE.lead(port);
        WIRE.down();
        management = 20_000 + (int) (ProcessHandle.current().pid() % 10_000);
        // It starts while the database is away, and so it goes on.
        hub = new HubExtension().with("database.url", url.replace(":" + port + "/", ":" + WIRE.port() + "/")).with("spool.dir", folder.toString())
                .with("spool.deliveries", "300").with("camel.management.enabled", "true").with("management.port", String.valueOf(management));
        hub.beforeAll(null);
        byte[] body = Deliveries.created("at-the-start", 0).toString().getBytes(UTF_8);
        assertSpooled(deliver("/webhooks/calcom", body, HubExtension.SECRET));
        WIRE.up();
        awaitDrained();
        await().until(() -> hub.get("/api/appointments/at-the-start").statusCode() == 200);
        HttpResponse<String> created = hub.administer("POST", "/api/companies", "{\"slug\":\"branch-office\",\"name\":\"Branch office\"}");
        assertThat(created.statusCode()).as(created.body()).isEqualTo(201);
    }

    @AfterAll
    static void stop() {
        SENDERS.shutdownNow();
        hub.afterAll(null);
        WIRE.close();
    }

    @AfterEach
    void isWellAgain() {
        awaitDrained();
    }

    @Test
    void whatComesWhileTheDatabaseIsAwayIsKeptOnDiskAndThenApplied() throws IOException {
        WIRE.down();
        await().until(() -> !hub.hub().database().isThere());
        Instant before = Instant.now();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        try {
            for (int i = 0; i < 200; i++) {
                byte[] body = Deliveries.created("away-" + i, i).toString().getBytes(UTF_8);
                answers.add(CompletableFuture.supplyAsync(() -> deliver("/webhooks/calcom", body, HubExtension.SECRET), SENDERS));
            }
            answers.forEach(answer -> assertSpooled(answer.join()));
            assertThat(Duration.between(before, Instant.now())).as("nobody waits for the database's time-outs").isLessThan(Duration.ofSeconds(10));
            assertThat(files()).hasSize(200).allSatisfy(file -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file))).isEqualTo("rw-------"));
            assertThat(deliver("/webhooks/calcom", Deliveries.created("x", 1).toString().getBytes(UTF_8), "a stranger's secret").statusCode()).isEqualTo(401);
            Instant back = Instant.now();
            WIRE.up();
            awaitDrained();
            await().until(() -> hub.count("pending") == 0);
            for (JsonNode item : hub.getJson("/api/deliveries?trigger=BOOKING_CREATED&limit=500").path("items")) {
                assertThat(item.path("status").asText()).isEqualTo("applied");
                if (item.path("bookingUid").asText().startsWith("away-")) {
                    assertThat(Instant.parse(item.path("receivedAt").asText())).as("when it came, not when it was stored").isBetween(before, back);
                }
            }
            assertThat(hub.db().sql("SELECT count(*) FROM delivery WHERE booking_uid LIKE 'away-%'").query(Long.class).single()).isEqualTo(200);
            assertThat(hub.get("/api/appointments/away-199").statusCode()).isEqualTo(200);
        } finally {
            answers.forEach(CompletableFuture::join);
        }
    }

    @Test
    void everythingElseSaysThatItIsAway() {
        WIRE.down();
        try {
            await().until(() -> health("").contains("\"DOWN\""));
            assertThat(health("")).contains("The database is away").contains("0 deliveries wait in the spool");
            assertThat(health("/ready")).as("webhooks must go on coming").contains("\"UP\"").doesNotContain("DOWN");
            assertThat(metrics()).contains("calcamel_database_there 0.0").contains("calcamel_spool_deliveries ").contains("calcamel_calcom_failing ").contains("calcamel_http_requests ");
            assertThat(health("/live")).contains("\"UP\"").doesNotContain("DOWN");
            for (String path : List.of("/api/appointments", "/api/deliveries", "/api/event-types")) {
                long asked = System.nanoTime();
                HttpResponse<String> answer = hub.get(path);
                assertThat(answer.statusCode()).as(path + answer.body()).isEqualTo(503);
                assertThat(HubExtension.json(answer).path("code").asText()).isEqualTo("database_unavailable");
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
                assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(Duration.ofSeconds(2));
            }
            HttpResponse<String> nobodys = deliver("/webhooks/calcom/nobody", "{}".getBytes(UTF_8), "a secret");
            assertThat(nobodys.statusCode()).as("it may be somebody's: nobody can say now").isEqualTo(503);
        } finally {
            WIRE.up();
        }
        await().until(() -> !health("").contains("\"DOWN\""));
    }

    @Test
    void aCompanyThatWasKnownBeforeIsServed() {
        HttpResponse<String> rotated = hub.administer("POST", "/api/companies/branch-office/webhook-secrets", "{\"secret\":\"the-branch-office's-secret\"}");
        byte[] body = Deliveries.created("branch-office-1", 0).toString().getBytes(UTF_8);
        assertThat(deliver("/webhooks/calcom/branch-office", body, "the-branch-office's-secret").statusCode()).as(rotated.body()).isEqualTo(200);
        WIRE.down();
        try {
            byte[] next = Deliveries.created("branch-office-2", 0).toString().getBytes(UTF_8);
            assertThat(deliver("/webhooks/calcom/branch-office", next, "a stranger's").statusCode()).isEqualTo(401);
            assertSpooled(deliver("/webhooks/calcom/branch-office", next, "the-branch-office's-secret"));
        } finally {
            WIRE.up();
        }
        awaitDrained();
        assertThat(hub.db().sql("SELECT c.slug FROM delivery d JOIN company c ON c.id = d.company_id WHERE booking_uid = 'branch-office-2'").query(String.class)
                .single()).isEqualTo("branch-office");
    }

    @Test
    void aCompanyThatNobodyHasPostedToYetIsServed() {
        assertThat(hub.administer("POST", "/api/companies", "{\"slug\":\"new-office\",\"name\":\"New office\"}").statusCode()).isEqualTo(201);
        hub.administer("POST", "/api/companies/new-office/webhook-secrets", "{\"secret\":\"the-new-office's-secret\"}");
        WIRE.down();
        try {
            assertSpooled(deliver("/webhooks/calcom/new-office", Deliveries.created("new-office-1", 0).toString().getBytes(UTF_8), "the-new-office's-secret"));
        } finally {
            WIRE.up();
        }
    }

    @Test
    void whenTheSpoolIsFullTooTheSenderIsToldSo() throws IOException {
        WIRE.down();
        try {
            List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
            for (int i = 0; i < 320; i++) {
                byte[] body = Deliveries.created("full-" + i, 0).toString().getBytes(UTF_8);
                answers.add(CompletableFuture.supplyAsync(() -> deliver("/webhooks/calcom", body, HubExtension.SECRET), SENDERS));
            }
            List<HttpResponse<String>> refused = answers.stream().map(CompletableFuture::join).filter(answer -> answer.statusCode() != 200).toList();
            assertThat(refused).hasSize(20).allSatisfy(answer -> {
                assertThat(answer.statusCode()).isEqualTo(503);
                assertThat(HubExtension.json(answer).path("code").asText()).isEqualTo("inbox_unavailable");
                assertThat(answer.headers().firstValue("Retry-After")).isPresent();
            });
            assertThat(files()).hasSize(300);
            await().until(() -> health("/ready").contains("\"DOWN\""));
        } finally {
            WIRE.up();
        }
        awaitDrained();
        assertThat(hub.db().sql("SELECT count(*) FROM delivery WHERE booking_uid LIKE 'full-%'").query(Long.class).single()).isEqualTo(300);
        await().until(() -> !health("/ready").contains("\"DOWN\""));
    }

    @Test
    void whatWasStoredBeforeItsFileWasDeletedIsNotStoredTwice() throws IOException {
        byte[] body = Deliveries.created("twice", 0).toString().getBytes(UTF_8);
        WIRE.down();
        assertSpooled(deliver("/webhooks/calcom", body, HubExtension.SECRET));
        byte[] file = Files.readAllBytes(files().get(0));
        WIRE.up();
        awaitDrained();
        Files.write(folder.resolve("again.delivery"), file);
        awaitDrained();
        assertThat(hub.db().sql("SELECT count(*) FROM delivery WHERE booking_uid = 'twice'").query(Long.class).single()).isEqualTo(1);
    }

    @Test
    void whatTheInboxNeverTakesIsSetAside() throws IOException {
        hub.db().sql("ALTER TABLE delivery ADD CONSTRAINT no_poison CHECK (trigger_event <> 'POISON') NOT VALID").update();
        byte[] body = "{\"triggerEvent\":\"POISON\",\"createdAt\":\"2027-01-01T00:00:00Z\"}".getBytes(UTF_8);
        assertSpooled(deliver("/webhooks/calcom", body, HubExtension.SECRET));
        Files.writeString(folder.resolve("torn.delivery"), "{\"company\":1,\"receivedAt\":\"2027-01-01T00:00:00Z\",\"bytes\":100}\n{\"trigg");
        awaitDrained();
        await().untilAsserted(() -> {
            try (Stream<Path> refused = Files.list(folder.resolve("refused"))) {
                List<Path> found = refused.sorted().toList();
                assertThat(found).hasSize(2);
                assertThat(Files.readString(found.get(0))).as("whole, to be put back when it can be taken").endsWith(new String(body, UTF_8));
            }
        });
    }

    private static HttpResponse<String> deliver(String path, byte[] body, String secret) {
        return hub.send(hub.webhook(path, body).header("X-Cal-Signature-256", HubExtension.sign(secret, body)));
    }

    private static void assertSpooled(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"status\":\"accepted\",\"id\":null,\"duplicate\":false,\"spooled\":true}");
        assertThat(answer.headers().map()).doesNotContainKeys("CamelFileName", "CamelFileNameProduced");
    }

    private static void awaitDrained() {
        await().until(() -> files().isEmpty() && hub.hub().database().isThere());
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".delivery")).toList();
        }
    }

    private static String metrics() {
        return hub.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + "/observe/metrics"))).body();
    }

    private static String health(String which) {
        return hub.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + "/observe/health" + which))).body();
    }
}
