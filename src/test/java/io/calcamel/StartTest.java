package io.calcamel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What somebody sees who starts the hub: that it is ready, or one line that says why it can't be. */
class StartTest {

    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    @Test
    void withNothingConfiguredItStartsAndSaysWhatToTry() throws Exception {
        HubProcess hub = new HubProcess(folder).start().awaitReady();
        try {
            assertThatDurabilityIsOn();
            assertThat(hub.output()).contains("embedded PostgreSQL 17").contains("demo-webhook-secret").contains("demo-api-token");
            List<String> commands = hub.output().lines().map(String::strip).filter(line -> line.startsWith("curl ")).toList();
            assertThat(commands).hasSize(4);
            assertThat(shell(commands.get(0))).contains("\"accepted\"");
            await().until(() -> shell(commands.get(1)).contains("\"confirmed\""));
            assertThat(shell(commands.get(2))).contains("\"BOOKING_CREATED\"").contains("\"applied\"");
            assertThat(shell(commands.get(3))).contains("\"source\":\"live\"").contains("T09:00:00+0");

            HubProcess second = new HubProcess(folder).start();
            assertThat(second.awaitExit()).isNotZero();
            assertRefused(second, "Another CalCamel already runs on " + folder.toAbsolutePath().resolve("data"));
            assertThat(shell(commands.get(1))).as("the first goes on").contains("\"confirmed\"");
        } finally {
            assertThat(hub.stop()).isEqualTo(143);
        }
        assertThat(folder.resolve("data/postgresql/postmaster.pid")).as("its PostgreSQL ends with it").doesNotExist();
    }

    @Test
    void aFirstStartThatWasKilledIsBegunAnew() throws IOException, InterruptedException {
        HubProcess hub = new HubProcess(folder);
        // In the midst of unpacking PostgreSQL, and in the midst of making its first data.
        for (String begun : List.of("postgresql-binaries", "postgresql/base")) {
            hub.start();
            Path sign = folder.resolve("data").resolve(begun);
            await().pollInterval(Duration.ofMillis(1)).until(() -> Files.exists(sign));
            hub.kill();
            assertThat(folder.resolve("data/postgresql.initialised")).doesNotExist();
        }
        hub.start().awaitReady();
        assertThat(hub.stop()).isEqualTo(143);
    }

    @Test
    void aBusyPortStopsTheStart() throws IOException {
        for (String variable : List.of("HTTP_PORT", "MANAGEMENT_PORT")) {
            try (ServerSocket busy = new ServerSocket()) {
                busy.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
                HubProcess hub = new HubProcess(folder).with(variable, String.valueOf(busy.getLocalPort())).start();
                assertThat(hub.awaitExit()).isNotZero();
                assertRefused(hub, "Port " + busy.getLocalPort() + " is taken");
                assertThat(hub.output()).contains(variable);
            }
        }
    }

    @Test
    void inProdEverySecretMustBeSet() {
        HubProcess hub = new HubProcess(folder).with("CALCAMEL_PROFILE", "prod").with("CALCAMEL_API_TOKEN", "a-token").start();
        assertThat(hub.awaitExit()).isNotZero();
        assertRefused(hub, "CALCOM_WEBHOOK_SECRET, DEFAULT_CALCOM_API_KEY, CALCAMEL_ADMIN_TOKEN, CALCAMEL_MASTER_KEY");
        assertThat(hub.output()).doesNotContain("a-token");
    }

    @Test
    void anUnknownProfileIsRefused() {
        HubProcess hub = new HubProcess(folder).with("CALCAMEL_PROFILE", "production").start();
        assertThat(hub.awaitExit()).isNotZero();
        assertRefused(hub, "use dev or prod");
    }

    @Test
    void aSecretThatLostACharacterIsRefused() {
        // An environment in UTF-8 that a JVM under LC_ALL=C reads as ASCII.
        HubProcess hub = new HubProcess(folder).start("sh", "-c",
                "CALCOM_WEBHOOK_SECRET=\"$(printf 'gr\\303\\274n')\" LC_ALL=C LANG=C exec \"$@\"", "sh");
        assertThat(hub.awaitExit()).isNotZero();
        assertRefused(hub, "A character of CALCOM_WEBHOOK_SECRET was lost");
        assertThat(hub.output()).doesNotContain("gr\uFFFD");
    }

    @Test
    void settingsAreReadAsUtf8() throws Exception {
        HubProcess hub = new HubProcess(folder).with("CALCAMEL_DB_URL", TestDatabase.create());
        Path properties = folder.resolve("application.properties");
        Files.writeString(properties, Files.readString(properties).replaceFirst("(?m)^calcom.webhook-secret=.*$", "calcom.webhook-secret=grün-🍵"));
        hub.start("env", "LC_ALL=C").awaitReady();
        try {
            byte[] body = "{\"triggerEvent\":\"PING\"}".getBytes(StandardCharsets.UTF_8);
            HttpResponse<String> answer = HttpClient.newHttpClient().send(HttpRequest.newBuilder(URI.create(hub.url("/webhooks/calcom")))
                    .header("X-Cal-Signature-256", HubExtension.sign("grün-🍵", body))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(hub.output()).as("a secret of one's own is not shown").doesNotContain("grün").doesNotContain("X-Cal-Signature-256");
        } finally {
            hub.stop();
        }
    }

    @Test
    void aDatabaseThatRefusesUsIsNamed() {
        HubProcess hub = new HubProcess(folder).with("CALCAMEL_DB_URL", TestDatabase.create().replaceFirst("/test_[0-9]+", "/no_such_database")).start();
        assertThat(hub.awaitExit()).isNotZero();
        assertRefused(hub, "CALCAMEL_DB_URL");
        assertThat(hub.output()).contains("no_such_database");
    }

    @Test
    void aDatabaseThatCantBeReachedIsWaitedFor() {
        HubProcess hub = new HubProcess(folder).with("CALCAMEL_DB_URL", "jdbc:postgresql://127.0.0.1:" + HubProcess.freePort() + "/x").start().awaitReady();
        try {
            assertThat(hub.output()).contains("The database is away").contains("Database   AWAY");
        } finally {
            hub.stop();
        }
    }

    @Test
    void aServerOfOnesOwnIsUsedWhereOneIsNamed() {
        HubProcess hub = new HubProcess(folder).with("CALCAMEL_DB_URL", TestDatabase.create()).start().awaitReady();
        try {
            assertThat(hub.output()).contains("Database   jdbc:postgresql://");
            assertThat(folder.resolve("data/postgresql")).doesNotExist();
        } finally {
            hub.stop();
        }
    }

    @Test
    void aRouteFileThatIsBrokenIsNamed() throws IOException {
        HubProcess hub = new HubProcess(folder).with("CALCAMEL_DB_URL", TestDatabase.create());
        Path file = folder.resolve("routes/events/booking-cancelled.camel.yaml");
        Files.writeString(file, Files.readString(file).replace("- bean:", "- beam:"));
        hub.start();
        assertThat(hub.awaitExit()).isNotZero();
        assertRefused(hub, "booking-cancelled.camel.yaml, line 11: Unknown node id: beam");
    }

    private void assertThatDurabilityIsOn() throws IOException, SQLException {
        int port = Integer.parseInt(Files.readAllLines(folder.resolve("data/postgresql/postmaster.pid")).get(3).strip());
        try (var connection = DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=postgres");
                var settings = connection.createStatement().executeQuery("SELECT current_setting('fsync') || current_setting('synchronous_commit')"
                        + " || current_setting('full_page_writes') || split_part(current_setting('server_version'), '.', 1)")) {
            settings.next();
            assertThat(settings.getString(1)).isEqualTo("ononon17");
        }
    }

    private static void assertRefused(HubProcess hub, String reason) {
        List<String> said = hub.output().lines().filter(line -> !line.isBlank()).toList();
        assertThat(said).as(hub.output()).hasSize(1);
        assertThat(said.get(0)).startsWith("CalCamel can't start: ").contains(reason);
    }

    private static String shell(String command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder("sh", "-c", command + " -s -m 10").redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return output;
    }
}
