package io.calcamel.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.calcamel.HubProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Deliveries come at a steady rate, and something breaks. What was acknowledged is stored, and applied once. {@code mvn verify -Pfaults}
 * is the long form: a thousand a second, more and longer faults, and docs/reliability.md as its report. The short form leaves
 * {@code kill -9} to CrashTest.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class FaultSuiteTest {

    private static final boolean LONG = Reliability.isLong();
    private static final int RATE = LONG ? 1_000 : 200;
    private static final int CONNECTIONS = 64;
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();
    private static final Path FAKETIME = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");

    @TempDir(cleanup = CleanupMode.NEVER)
    static Path folder;

    private static final List<Row> ROWS = new ArrayList<>();
    private static final List<String> NOTES = new ArrayList<>();
    private static Postgres postgres;
    private static HubProcess hub;

    @BeforeAll
    static void start() {
        postgres = new Postgres(folder.resolve("postgres")).start();
        hub = hub("hub", postgres).start().awaitReady();
    }

    private static HubProcess hub(String name, Postgres database) {
        return new HubProcess(newFolder(name)).with("CALCAMEL_DB_URL", database.url()).with("SANDBOX_PORT", String.valueOf(HubProcess.freePort()));
    }

    private static Path newFolder(String name) {
        try {
            return Files.createDirectories(folder.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @AfterAll
    static void stopAndReport() throws IOException {
        try {
            if (hub.isAlive()) {
                hub.stop();
            }
        } finally {
            postgres.close();
        }
        StringBuilder table = new StringBuilder(Row.HEAD);
        ROWS.forEach(row -> table.append(row.line()));
        NOTES.forEach(note -> table.append('\n').append(note).append('\n'));
        Reliability.report("1-faults", "## Faults\n\n" + table);
    }

    @Test
    @Tag("long")
    @Order(1)
    void theHubIsKilled() throws Exception {
        int times = 10;
        try (Load load = load("kill")) {
            for (int i = 0; i < times; i++) {
                flow(load, 3);
                hub.kill();
                hub.start().awaitReady();
            }
            flow(load, 1);
            judge("`kill -9` of the hub, " + times + " times", load.end());
        }
    }

    @Test
    @Order(2)
    void postgresIsStoppedForAWhile() throws Exception {
        int seconds = LONG ? 30 : 2;
        try (Load load = load("stopped")) {
            flow(load, 1);
            postgres.stop();
            flow(load, seconds);
            postgres.start();
            flow(load, 1);
            Row row = judge("PostgreSQL stopped for " + seconds + " s", load.end());
            assertThat(row.spooled()).as("that is what the spool is for").isPositive();
            assertThat(row.refused()).isZero();
        }
    }

    @Test
    @Order(3)
    void postgresIsKilled() throws Exception {
        int times = LONG ? 5 : 1;
        try (Load load = load("pgkill")) {
            for (int i = 0; i < times; i++) {
                flow(load, 1);
                postgres.kill();
                flow(load, 1);
                postgres.start();
            }
            flow(load, 1);
            judge("PostgreSQL killed with `-9`, " + times + " times", load.end());
        }
    }

    @Test
    @Order(4)
    void connectionsAreCut() throws Exception {
        int seconds = LONG ? 30 : 2;
        int cut = 0;
        try (Load load = load("cut")) {
            double until = load.seconds() + seconds;
            while (load.seconds() < until) {
                cut += postgres.cutConnections();
                flow(load, 0.2);
            }
            assertThat(cut).isGreaterThan(seconds);
            judge(String.format(Locale.ROOT, "connections to PostgreSQL cut in mid-insert, %,d of them", cut), load.end());
        }
    }

    @Test
    @Order(5)
    void postgresHangs() throws Exception {
        int seconds = LONG ? 20 : 5;
        try (Load load = load("hangs")) {
            flow(load, 1);
            postgres.freeze();
            List<CompletableFuture<HttpResponse<String>>> strangers = Stream.generate(FaultSuiteTest::wronglySigned).limit(100).toList();
            flow(load, seconds);
            assertThat(strangers).as("they hold no thread that waits for the database").allMatch(CompletableFuture::isDone).allMatch(answer -> answer.join().statusCode() < 500);
            postgres.thaw();
            flow(load, 1);
            Row row = judge("PostgreSQL hangs (SIGSTOP) for " + seconds + " s", load.end());
            assertThat(row.spooled()).isPositive();
            assertThat(load.latency(100)).as("nobody waits for long").isLessThan(8_000);
        }
    }

    @Test
    @Order(6)
    void calcomIsAway() throws Exception {
        int seconds = LONG ? 120 : 2;
        try (Load load = load("calcom")) {
            sandbox("{\"drop-connection\":true}");
            flow(load, seconds);
            sandbox("{}");
            flow(load, 1);
            judge("Cal.com away for " + seconds + " s", load.end());
        }
    }

    @Test
    @Order(7)
    void slowHandlersDontSlowIntake() throws Exception {
        try (Load load = load("before")) {
            flow(load, LONG ? 10 : 2);
            load.end();
            double before = load.latency(99);
            try (Connection locked = postgres.connect(); Load slowed = load("slow")) {
                locked.setAutoCommit(false);
                locked.createStatement().execute("LOCK TABLE booking IN ACCESS EXCLUSIVE MODE");
                flow(slowed, LONG ? 20 : 2);
                slowed.end();
                locked.rollback();
                judge("handlers blocked for " + (LONG ? 20 : 2) + " s", slowed);
                NOTES.add(String.format(Locale.ROOT, "Intake while handlers were blocked: 99 of 100 acknowledged within %.0f ms; before: %.0f ms (%.1f : 1).", slowed.latency(99),
                        before, slowed.latency(99) / before));
                assertThat(slowed.spooled()).isZero();
                assertThat(slowed.latency(99)).isLessThan(Math.max(LONG ? 1_000 : 5_000, before * 5));
            }
        }
    }

    @Test
    @Order(7)
    void slowCallsDontSlowIntake() throws Exception {
        try (Connection locked = postgres.connect(); Load load = load("calls")) {
            locked.setAutoCommit(false);
            locked.createStatement().execute("LOCK TABLE api_token IN ACCESS EXCLUSIVE MODE");
            List<CompletableFuture<HttpResponse<String>>> calls = Stream.generate(FaultSuiteTest::callWithAnotherToken).limit(150).toList();
            flow(load, LONG ? 15 : 3);
            load.end();
            locked.rollback();
            judge("150 calls of the API that wait for the database", load);
            NOTES.add(String.format(Locale.ROOT, "Intake while 150 calls of the API waited for the database: 99 of 100 acknowledged within %.0f ms.", load.latency(99)));
            assertThat(load.latency(99)).isLessThan(LONG ? 2_000 : 10_000);
            assertThat(load.spooled() + load.refused()).isZero();
            calls.forEach(call -> assertThat(call.join().statusCode()).isIn(401, 503));
        }
    }

    @Test
    @Order(8)
    void aBurstIsAbsorbedOrRefused() throws Exception {
        int number = LONG ? 50_000 : 2_000;
        try (Load load = new Load("burst", hub, 1_000_000, LONG ? 500 : 200)) {
            load.upTo(number);
            double seconds = load.seconds();
            Row row = judge(String.format(Locale.ROOT, "a burst of %,d at once, %d connections", number, LONG ? 500 : 200), load);
            assertThat(row.acknowledged() + row.refused()).isEqualTo(number);
            NOTES.add(String.format(Locale.ROOT, "The burst was answered in %.1f s (%,.0f a second) by a hub with a heap of 512 MB.", seconds, number / seconds));
            assertThat(hub.isAlive()).isTrue();
            assertThat(hub.output()).doesNotContain("OutOfMemoryError");
        }
    }

    @Test
    @Order(9)
    void aPoisonDeliveryHoldsNobodyUp() throws Exception {
        HubProcess own = hub("poisoned", postgres).with("INBOX_RETRY_DELAYS", "200ms,500ms,1s");
        hub.stop();
        Path route = own.folder().resolve("routes/events/booking-created.camel.yaml");
        String good = Files.readString(route);
        Files.writeString(route, good.replace("      steps:\n", """
                      steps:
                        - filter:
                            expression:
                              simple:
                                expression: ${variable.bookingUid} == 'poison-7'
                            steps:
                              - throwException:
                                  exceptionType: java.lang.IllegalStateException
                                  message: poison
                """));
        hub = own.start().awaitReady();
        try (Load load = load("poison")) {
            flow(load, LONG ? 10 : 2);
            load.end();
            await().atMost(Duration.ofMinutes(5)).until(() -> text("SELECT status || ' ' || attempts FROM delivery WHERE booking_uid = 'poison-7'").equals("dead 4"));
            await().atMost(Duration.ofMinutes(5)).until(() -> text("SELECT count(*) FROM delivery WHERE status IN ('pending', 'failed')").equals("0"));
            assertThat(text("SELECT count(*) FROM delivery WHERE booking_uid LIKE 'poison-%' AND status <> 'applied'")).as("the others are not held up").isEqualTo("1");
            Files.writeString(route, good);
            String id = text("SELECT id FROM delivery WHERE booking_uid = 'poison-7'");
            await().until(() -> {
                assertThat(api("POST", "/api/deliveries/" + id + "/replay").statusCode()).isEqualTo(202);
                await().until(() -> !text("SELECT status FROM delivery WHERE id = " + id).equals("pending"));
                return text("SELECT status FROM delivery WHERE id = " + id).equals("applied");
            });
            judge("a poison delivery: dead after 4 attempts, route mended, replayed", load);
        }
    }

    @Test
    @Order(10)
    void stoppedUnderLoad() throws Exception {
        try (Load load = load("term")) {
            flow(load, LONG ? 5 : 2);
            hub.stop();
            load.end();
            hub.start().awaitReady();
            judge("the hub is stopped (SIGTERM) and started", load);
        }
    }

    @Test
    @Tag("long")
    @Order(11)
    void theEmbeddedPostgresIsKilled() throws Exception {
        HubProcess own = new HubProcess(newFolder("embedded")).start().awaitReady();
        try (Load load = new Load("embedded", own, RATE, CONNECTIONS)) {
            Path pidFile = own.folder().resolve("data/postgresql/postmaster.pid");
            for (int i = 0; i < 5; i++) {
                flow(load, 4);
                ProcessHandle.of(Long.parseLong(Files.readAllLines(pidFile).get(0).strip())).orElseThrow().destroyForcibly();
            }
            flow(load, 4);
            load.end();
            String port = Files.readAllLines(pidFile).get(3).strip();
            judge("the embedded PostgreSQL killed with `-9`, 5 times; the hub starts it again", load, own.folder(),
                    "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres");
        } finally {
            own.stop();
        }
    }

    @Test
    @Tag("long")
    @Order(12)
    void disksAreFull() throws Exception {
        try (Disk databases = Disk.mount(folder.resolve("small-database"), "220m"); Disk spools = Disk.mount(folder.resolve("small-spool"), "2m")) {
            Path data = Files.createDirectory(databases.folder().resolve("data"));
            try (Postgres small = new Postgres(data).start()) {
                HubProcess own = hub("small", small).with("SPOOL_DIR", spools.folder().resolve("spool").toString()).start().awaitReady();
                try (Load load = new Load("full", own, RATE, CONNECTIONS)) {
                    flow(load, 3);
                    databases.fill();
                    flow(load, 10);
                    int refused = load.refused();
                    databases.free();
                    small.start();
                    flow(load, 3);
                    load.end();
                    Row row = judge("disk full for the database, then for the spool", load, spools.folder().resolve("spool").getParent(), small.url());
                    assertThat(row.spooled()).isPositive();
                    assertThat(refused).as("neither could take them").isPositive();
                } finally {
                    own.stop();
                }
            }
        }
    }

    @Test
    @Tag("long")
    @Order(12)
    void theSpoolCanOnlyBeRead() throws Exception {
        Path spool = newFolder("worn-spool");
        hub.stop();
        hub = hub("worn", postgres).with("SPOOL_DIR", spool.toString()).start().awaitReady();
        try (Load load = load("worn")) {
            flow(load, 2);
            postgres.stop();
            flow(load, 2);
            Disk.freeze(spool, true);
            try {
                postgres.start();
                flow(load, 8);
                int refused = load.refused();
                flow(load, 5);
                assertThat(load.refused()).as("intake is well while the spool can't be tidied").isEqualTo(refused);
            } finally {
                Disk.freeze(spool, false);
            }
            load.end();
            judge("the spool can only be read for 13 s", load, spool, postgres.url());
        }
    }

    @Test
    @Tag("long")
    @Order(13)
    void theClockIsMoved() throws Exception {
        assumeTrue(Files.exists(FAKETIME), "libfaketime is not installed");
        Path clock = folder.resolve("clock");
        Files.writeString(clock, "+0\n");
        Map<String, String> faked = Map.of("LD_PRELOAD", FAKETIME.toString(), "FAKETIME_TIMESTAMP_FILE", clock.toString(), "FAKETIME_CACHE_DURATION", "1",
                "DONT_FAKE_MONOTONIC", "1", "FAKETIME_DONT_FAKE_MONOTONIC", "1");
        try (Postgres moved = new Postgres(folder.resolve("moved"))) {
            faked.forEach(moved::with);
            moved.start();
            HubProcess own = hub("clock-hub", moved);
            faked.forEach(own::with);
            own.start().awaitReady();
            try (Load load = new Load("clock", own, RATE, CONNECTIONS)) {
                for (String time : List.of("+1h", "+0", "-1h", "+0")) {
                    flow(load, 4);
                    Files.writeString(clock, time + "\n");
                    await().atMost(Duration.ofSeconds(10)).until(() -> Math.abs(Duration.between(Instant.now().plus(hours(time)), now(moved)).toSeconds()) < 60);
                }
                flow(load, 4);
                load.end();
                Row row = judge("the clock of hub and database moved by an hour, forward, back, back, forward", load, own.folder(), moved.url());
                assertThat(row.recovered()).isLessThan(60);
            } finally {
                own.stop();
            }
        }
    }

    private static Duration hours(String offset) {
        return offset.equals("+0") ? Duration.ZERO : Duration.ofHours(Long.parseLong(offset.replace("h", "").replace("+", "")));
    }

    private static Instant now(Postgres database) throws SQLException {
        try (Connection connection = database.connect(); ResultSet row = connection.createStatement().executeQuery("SELECT now()")) {
            row.next();
            return row.getTimestamp(1).toInstant();
        }
    }

    private static Load load(String name) {
        return new Load(name, hub, RATE, CONNECTIONS);
    }

    /** Lets deliveries come for a while; that is what is measured here, so nothing could be awaited instead. */
    private static void flow(Load load, double seconds) {
        double until = load.seconds() + seconds;
        await().pollInterval(Duration.ofMillis(20)).atMost(Duration.ofMinutes(5)).until(() -> load.seconds() >= until);
    }

    private static Row judge(String fault, Load load) throws SQLException {
        return judge(fault, load, hub.folder(), postgres.url());
    }

    /** Waits until all that was acknowledged is applied, and counts. */
    private static Row judge(String fault, Load load, Path hubFolder, String url) throws SQLException {
        Instant over = Instant.now();
        Map<String, int[]> found = new HashMap<>();
        try {
            await().atMost(Duration.ofMinutes(LONG ? 10 : 2)).pollInterval(Duration.ofMillis(200)).ignoreExceptions().until(() -> {
                found.clear();
                found.putAll(found(load.name(), url));
                return load.acknowledged().stream().allMatch(uid -> found.containsKey(uid) && found.get(uid)[1] > 0) && isDrained(hubFolder);
            });
        } finally {
            double recovered = Duration.between(over, Instant.now()).toMillis() / 1000.0;
            Set<String> appointments = appointments(load.name(), url);
            long stored = load.acknowledged().stream().filter(found::containsKey).count();
            long once = load.acknowledged().stream().filter(uid -> found.containsKey(uid) && found.get(uid)[0] == 1 && found.get(uid)[1] == 1 && appointments.contains(uid)).count();
            Row row = new Row(fault, String.format(Locale.ROOT, "%,d in %.0f s", load.sent(), load.took()), load.acknowledged().size(), load.spooled(), load.refused(),
                    load.unanswered(), (int) stored, (int) once, load.latency(99), recovered);
            ROWS.add(row);
            System.out.print(row.line());
        }
        Row row = ROWS.get(ROWS.size() - 1);
        assertThat(load.unexpected()).isEmpty();
        assertThat(row.acknowledged()).isPositive();
        assertThat(row.lost()).isZero();
        assertThat(row.appliedOnce()).isEqualTo(row.acknowledged());
        assertThat(found.values()).as("nothing is there twice").allMatch(rows -> rows[0] == 1);
        return row;
    }

    /** By uid: how many rows the inbox has, and how many of them are applied. */
    private static Map<String, int[]> found(String load, String url) throws SQLException {
        Map<String, int[]> found = new HashMap<>();
        try (Connection connection = DriverManager.getConnection(url); var query = connection.prepareStatement(
                "SELECT booking_uid, count(*), count(*) FILTER (WHERE status = 'applied') FROM delivery WHERE booking_uid LIKE ? GROUP BY booking_uid")) {
            query.setString(1, load + "-%");
            ResultSet rows = query.executeQuery();
            while (rows.next()) {
                found.put(rows.getString(1), new int[] {rows.getInt(2), rows.getInt(3)});
            }
        }
        return found;
    }

    private static Set<String> appointments(String load, String url) throws SQLException {
        Set<String> appointments = new HashSet<>();
        try (Connection connection = DriverManager.getConnection(url); var query = connection.prepareStatement(
                "SELECT b.uid FROM booking b JOIN appointment a ON a.id = b.appointment_id WHERE b.uid LIKE ? AND a.status = 'confirmed'")) {
            query.setString(1, load + "-%");
            ResultSet rows = query.executeQuery();
            while (rows.next()) {
                appointments.add(rows.getString(1));
            }
        }
        return appointments;
    }

    private static boolean isDrained(Path hubFolder) throws IOException {
        try (Stream<Path> files = Files.find(hubFolder, 4, (file, attributes) -> file.toString().endsWith(".delivery") && !file.getFileName().toString().startsWith("."))) {
            return files.findAny().isEmpty();
        }
    }

    private static String text(String sql) throws SQLException {
        try (Connection connection = postgres.connect(); ResultSet row = connection.createStatement().executeQuery(sql)) {
            return row.next() ? row.getString(1) : "";
        }
    }

    private static HttpResponse<String> api(String method, String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create(hub.url(path))).header("Authorization", "Bearer demo-api-token").timeout(Duration.ofSeconds(10))
                .method(method, HttpRequest.BodyPublishers.noBody()).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static CompletableFuture<HttpResponse<String>> wronglySigned() {
        return HTTP.sendAsync(HttpRequest.newBuilder(URI.create(hub.url("/webhooks/calcom"))).header("X-Cal-Signature-256", "00").timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString("{}")).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static CompletableFuture<HttpResponse<String>> callWithAnotherToken() {
        return HTTP.sendAsync(HttpRequest.newBuilder(URI.create(hub.url("/api/appointments"))).header("Authorization", "Bearer calcamel_" + "x".repeat(43))
                .timeout(Duration.ofSeconds(60)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private static void sandbox(String faults) throws IOException, InterruptedException {
        HttpResponse<String> answer = HTTP.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hub.variable("SANDBOX_PORT") + "/_sandbox/faults"))
                .PUT(HttpRequest.BodyPublishers.ofString(faults)).build(), HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
    }
}
