package io.calcamel;

import static io.calcamel.HubExtension.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Lines of docs/security.md that no other test has. */
class SecurityTest {

    private static final HubExtension HUB = new HubExtension();
    private static final AtomicInteger LED_ASTRAY = new AtomicInteger();
    private static final ConcurrentLinkedQueue<Set<String>> TOLD = new ConcurrentLinkedQueue<>();
    private static final Set<String> OF_HTTP = Set.of("host", "connection", "accept-encoding", "content-type", "content-length", "transfer-encoding", "user-agent");
    private static HttpServer calcom;
    private static HttpServer elsewhere;
    private static int management;

    private static HttpServer server(String path, com.sun.net.httpserver.HttpHandler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0), 0);
        server.createContext(path, handler);
        server.start();
        return server;
    }

    private static String url(HttpServer server, String path) {
        return "http://127.0.0.1:" + server.getAddress().getPort() + path;
    }

    @BeforeAll
    static void start() throws Exception {
        elsewhere = server("/", call -> {
            LED_ASTRAY.incrementAndGet();
            call.sendResponseHeaders(200, -1);
            call.close();
        });
        calcom = server("/", call -> {
            if (call.getRequestURI().getPath().equals("/told")) {
                TOLD.add(call.getRequestHeaders().keySet().stream().map(String::toLowerCase).collect(Collectors.toSet()));
                call.sendResponseHeaders(204, -1);
            } else {
                call.getResponseHeaders().set("Location", url(elsewhere, "/v2/me"));
                call.sendResponseHeaders(302, -1);
            }
            call.close();
        });
        management = HubProcess.freePort();
        HUB.with("calcom.base-url", url(calcom, "/v2")).with("attention.url", url(calcom, "/told")).with("attention.secret", "secret-of-attention")
                .with("inbox.retry.delays", "10ms").with("camel.management.enabled", "true").with("management.port", String.valueOf(management)).beforeAll(null);
    }

    @AfterAll
    static void stop() {
        HUB.afterAll(null);
        calcom.stop(0);
        elsewhere.stop(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://169.254.169.254/v2", "http://2852039166/v2", "http://[::ffff:a9fe:a9fe]/v2", "http://metadata.google.internal/v2"})
    void noCompanyIsStoredWithAnAddressThatIsNotCalled(String address) {
        for (HttpResponse<String> answer : List.of(HUB.administer("POST", "/api/companies", "{\"slug\":\"led-astray\",\"baseUrl\":\"" + address + "\"}"),
                HUB.administer("PATCH", "/api/companies/default", "{\"baseUrl\":\"" + address + "\"}"),
                HUB.administer("POST", "/api/companies/connect", "{\"slug\":\"led-astray\",\"apiKey\":\"cal_live_x\",\"baseUrl\":\"" + address + "\"}"))) {
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
            assertThat(json(answer).path("detail").asText()).contains("'baseUrl'");
        }
        assertThat(HUB.administer("GET", "/api/companies/led-astray", null).statusCode()).isEqualTo(404);
    }

    @Test
    void anAddressThatIsStoredAllTheSameIsNotCalled() {
        assertThat(HUB.administer("POST", "/api/companies", "{\"slug\":\"stray\",\"apiKey\":\"cal_live_stray\"}").statusCode()).isEqualTo(201);
        HUB.db().sql("UPDATE company SET calcom_base_url = 'http://169.254.169.254/v2' WHERE slug = 'stray'").update();
        HUB.administer("PATCH", "/api/companies/stray", "{\"name\":\"Stray\"}");
        assertThat(HUB.administer("POST", "/api/event-types/sync", "{\"company\":\"stray\"}").body()).contains("where clouds keep the credentials");
    }

    @Test
    void aRedirectIsNotFollowed() {
        int before = LED_ASTRAY.get();
        assertThat(HUB.getJson("/api/calcom/health").path("operational").asBoolean()).isFalse();
        HUB.get("/api/availability?eventTypeId=1&start=2040-01-02&end=2040-01-02");
        assertThat(LED_ASTRAY.get()).isEqualTo(before);
    }

    @Test
    void whoIsToldGetsNoHeaderButOurs() {
        HUB.deliver("{\"triggerEvent\":\"BOOKING_CREATED\",\"createdAt\":\"2026-11-22T13:30:00Z\",\"payload\":{\"uid\":\"told\",\"startTime\":\"x\"}}");
        await().until(() -> !TOLD.isEmpty());
        assertThat(TOLD.peek()).contains("x-calcamel-signature-256").isSubsetOf(Stream.concat(OF_HTTP.stream(), Stream.of("x-calcamel-signature-256")).collect(Collectors.toSet()));
    }

    @Test
    void theManagementPortIsThisMachinesAndTellsNothing() throws Exception {
        HUB.deliver(Deliveries.created("managed", 1).toString());
        await().until(() -> HUB.get("/api/appointments/managed").statusCode() == 200);
        HttpClient http = HttpClient.newHttpClient();
        StringBuilder said = new StringBuilder();
        for (String path : List.of("/observe/health", "/observe/health/ready", "/observe/metrics")) {
            HttpResponse<String> answer = http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + path)).build(), HttpResponse.BodyHandlers.ofString());
            assertThat(answer.body()).as(path).isNotEmpty();
            said.append(answer.body());
        }
        assertThat(said.toString()).contains("hub").doesNotContain("zoe@", "Zoë", HubExtension.SECRET, HubExtension.TOKEN, HubExtension.ADMIN_TOKEN, "cal_key_of_the_test",
                "master-key-of-the-tests", "secret-of-attention", "jdbc:");
        for (String path : List.of("/q/dev", "/observe/dev", "/q/jolokia", "/observe/info", "/q/download", "/q/send", "/q/upload")) {
            assertThat(http.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + management + path)).build(), HttpResponse.BodyHandlers.discarding()).statusCode())
                    .as(path).isEqualTo(404);
        }
        for (InetAddress other : others()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(other, management), 1_000);
                throw new AssertionError("the management port is reached at " + other);
            } catch (ConnectException refused) {
                assertThat(refused).isNotNull();
            }
        }
    }

    private static List<InetAddress> others() throws IOException {
        List<InetAddress> others = new ArrayList<>();
        for (NetworkInterface network : Collections.list(NetworkInterface.getNetworkInterfaces())) {
            Collections.list(network.getInetAddresses()).stream().filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress()).forEach(others::add);
        }
        return others;
    }

    @Test
    void consolesThatShowMessagesAreOff() throws IOException {
        Properties settings = new Properties();
        try (var in = Files.newInputStream(Path.of("application.properties"))) {
            settings.load(in);
        }
        assertThat(settings.getProperty("camel.management.devConsoleEnabled")).isEqualTo("false");
        assertThat(settings.getProperty("camel.main.devConsoleEnabled")).isEqualTo("false");
        assertThat(settings.getProperty("camel.management.host")).isEqualTo("127.0.0.1");
        assertThat(settings.getProperty("camel.main.jmxEnabled")).isEqualTo("false");
        // CVE-2026-40022: another path than the root lets calls past its authentication.
        assertThat(settings).doesNotContainKeys("camel.server.path", "camel.management.path", "camel.server.authenticationEnabled");
        assertThat(settings.getProperty("camel.component.http.followRedirects")).isEqualTo("false");
        assertThat(settings.stringPropertyNames()).noneMatch(name -> name.toLowerCase().contains("cors"));
    }

    @Test
    void secretsAreComparedInConstantTime() throws IOException {
        for (String type : List.of("Hub", "company/Companies", "webhook/SignatureCheck")) {
            String source = Files.readString(Path.of("src/main/java/io/calcamel/" + type + ".java"));
            assertThat(source).as(type).contains("MessageDigest.isEqual(").doesNotContain("Arrays.equals(", "Arrays.compare(");
        }
    }

    @Test
    void nothingIsBuiltOnWhatCamelsAdvisoriesAreAbout() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        for (String component : List.of("camel-vertx-http", "camel-netty-http", "camel-mail", "camel-cxf", "camel-undertow", "camel-jolokia", "camel-platform-http-jolokia")) {
            assertThat(pom).doesNotContain("<artifactId>" + component + "</artifactId>");
        }
        try (Stream<Path> files = Stream.concat(Files.walk(Path.of("routes")), Files.walk(Path.of("src/main/java")))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String source = Files.readString(file);
                assertThat(source).as(file.toString()).doesNotContain("JdbcAggregationRepository", "allowJavaSerializedObject", "useMessageBodyForSql", "ObjectInputStream", "path: proxy",
                        "muteException: false");
            }
        }
    }
}
