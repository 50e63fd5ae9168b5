package io.calcamel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SendWebhookTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SECRET = "Schlüssel-ÄÖÜ";

    @TempDir
    private Path folder;

    private FakeHub hub;
    private FakeTerminal terminal;

    @BeforeEach
    void start() throws IOException {
        hub = new FakeHub(SECRET);
        terminal = new FakeTerminal();
    }

    @AfterEach
    void stop() {
        hub.close();
    }

    @ParameterizedTest
    @EnumSource(Trigger.class)
    void postsASignedSampleOfEveryTrigger(Trigger trigger) throws IOException {
        assertThat(terminal.execute("send-webhook", trigger.name(), "--url", hub.url(), "--secret", SECRET)).isZero();

        FakeHub.Delivery delivery = hub.onlyDelivery();
        assertThat(delivery.method()).isEqualTo("POST");
        assertThat(delivery.path()).isEqualTo("/webhooks/calcom");
        assertThat(delivery.headers().get("Content-Type")).containsExactly("application/json");
        assertThat(delivery.headers().get("X-Cal-Webhook-Version")).containsExactly("2021-10-20");
        assertThat(delivery.headers().getFirst("X-Cal-Signature-256")).matches("[0-9a-f]{64}");
        assertThat(JSON.readTree(delivery.body()).path("triggerEvent").textValue()).isEqualTo(trigger.name());
    }

    @Test
    void worksFromTheProcessItself() {
        assertThat(Cli.execute("send-webhook", "booking-created", "--url", hub.url(), "--secret", SECRET)).isZero();

        assertThat(hub.deliveries()).hasSize(1);
    }

    @Test
    void showsTheAnswerAndWhatToLookAtNext() {
        terminal.execute("send-webhook", "BOOKING_CREATED", "--url", hub.url(), "--secret", SECRET, "--uid", "u/1");

        assertThat(terminal.out().lines()).containsExactly(
                "POST " + hub.url() + "/webhooks/calcom",
                "HTTP 200",
                FakeHub.ACCEPTED,
                "uid u/1",
                "",
                "See what became of it:",
                "  curl -H \"Authorization: Bearer demo-api-token\" '" + hub.url() + "/api/appointments/u%2F1'",
                "  curl -H \"Authorization: Bearer demo-api-token\" '" + hub.url() + "/api/deliveries'");
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void neverShowsARealToken() {
        terminal.with("CALCAMEL_API_TOKEN", "very-secret-token")
                .execute("send-webhook", "BOOKING_CREATED", "--url", hub.url(), "--secret", SECRET);

        assertThat(terminal.out()).contains("\"Authorization: Bearer $CALCAMEL_API_TOKEN\"").doesNotContain("very-secret-token");
    }

    @Test
    void namesNoAppointmentWhereThereIsNone() {
        assertThat(terminal.execute("send-webhook", "PING", "--url", hub.url(), "--secret", SECRET)).isZero();

        assertThat(terminal.out()).contains("/api/deliveries").doesNotContain("/api/appointments").doesNotContain("uid ");
    }

    @Test
    void failsWhenTheHubRefuses() {
        assertThat(terminal.execute("send-webhook", "BOOKING_CREATED", "--url", hub.url(), "--secret", "wrong", "--uid", "u1"))
                .isEqualTo(1);

        assertThat(terminal.out()).contains("HTTP 401", FakeHub.REFUSED, "uid u1")
                .doesNotContain("curl");
    }

    @Test
    void takesTheHubAndTheSecretFromTheEnvironment() {
        terminal.with("CALCAMEL_URL", hub.url() + "/").with("CALCOM_WEBHOOK_SECRET", " , " + SECRET + " ,old-secret");

        assertThat(terminal.execute("send-webhook", "BOOKING_CREATED")).isZero();
        assertThat(hub.onlyDelivery().path()).isEqualTo("/webhooks/calcom");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", " , "})
    void usesTheDemoSecretWhereThereIsNone(String secrets) throws IOException {
        try (FakeHub demo = new FakeHub("demo-webhook-secret")) {
            terminal.with("CALCOM_WEBHOOK_SECRET", secrets);

            assertThat(terminal.execute("send-webhook", "BOOKING_CREATED", "--url", demo.url())).isZero();
        }
    }

    @Test
    void postsForACompany() {
        terminal.execute("send-webhook", "BOOKING_CREATED", "--url", hub.url(), "--secret", SECRET, "--company", "praxis süd");

        assertThat(hub.onlyDelivery().path()).isEqualTo("/webhooks/calcom/praxis%20s%C3%BCd");
    }

    @Test
    void fillsInTheBooking() throws IOException {
        terminal.execute("send-webhook", "BOOKING_RESCHEDULED", "--url", hub.url(), "--secret", SECRET,
                "--uid", "new", "--reschedule-uid", "old", "--start", "2030-05-17T09:00:00Z");

        JsonNode payload = JSON.readTree(hub.onlyDelivery().body()).path("payload");
        assertThat(payload.path("uid").textValue()).isEqualTo("new");
        assertThat(payload.path("rescheduleUid").textValue()).isEqualTo("old");
        assertThat(payload.path("startTime").textValue()).isEqualTo("2030-05-17T09:00:00Z");
    }

    @Test
    void makesAnotherBookingEachTime() throws IOException {
        terminal.execute("send-webhook", "BOOKING_RESCHEDULED", "--url", hub.url(), "--secret", SECRET);
        terminal.execute("send-webhook", "BOOKING_RESCHEDULED", "--url", hub.url(), "--secret", SECRET);

        assertThat(hub.deliveries())
                .flatExtracting(delivery -> {
                    JsonNode payload = JSON.readTree(delivery.body()).path("payload");
                    return List.of(payload.path("uid").textValue(), payload.path("rescheduleUid").textValue());
                })
                .hasSize(4).doesNotHaveDuplicates().allMatch(uid -> uid.matches("[0-9A-Za-z]{22}"));
    }

    @Test
    void postsTheBytesOfAFileAsTheyAre() throws IOException {
        byte[] everyByte = new byte[256];
        IntStream.range(0, everyByte.length).forEach(value -> everyByte[value] = (byte) value);
        Path file = Files.write(folder.resolve("delivery.bin"), everyByte);

        assertThat(terminal.execute("send-webhook", "--file", file.toString(), "--url", hub.url(), "--secret", SECRET)).isZero();
        assertThat(hub.onlyDelivery().body()).isEqualTo(everyByte);
        assertThat(terminal.out()).contains("/api/deliveries").doesNotContain("/api/appointments");
    }

    @Test
    void postsStandardInputAsItIs() {
        byte[] input = "{ \"payload\" : {\"uid\":\"u9\"} }\r\n".getBytes(StandardCharsets.UTF_8);

        assertThat(terminal.withInput(input).execute("send-webhook", "--file", "-", "--url", hub.url(), "--secret", SECRET)).isZero();
        assertThat(hub.onlyDelivery().body()).isEqualTo(input);
        assertThat(terminal.out()).contains("uid u9", "/api/appointments/u9");
    }

    @Test
    void postsAnEmptyFile() throws IOException {
        Path file = Files.createFile(folder.resolve("empty"));

        assertThat(terminal.execute("send-webhook", "--file", file.toString(), "--url", hub.url(), "--secret", SECRET)).isZero();
        assertThat(hub.onlyDelivery().body()).isEmpty();
    }

    @Test
    void refusesAFileThatIsNotThere() {
        assertThat(terminal.execute("send-webhook", "--file", folder.resolve("none.json").toString(), "--url", hub.url())).isEqualTo(2);

        assertThat(terminal.err()).containsOnlyOnce("\n").contains("none.json");
    }

    @Test
    void refusesAFolder() {
        assertThat(terminal.execute("send-webhook", "--file", folder.toString(), "--url", hub.url())).isEqualTo(2);

        assertThat(terminal.err()).containsOnlyOnce("\n").contains("can't be read");
    }

    @Test
    void refusesToShapeAFile() {
        assertThat(terminal.execute("send-webhook", "BOOKING_CREATED", "--file", "-", "--url", hub.url())).isEqualTo(2);
        assertThat(terminal.execute("send-webhook", "--file", "-", "--uid", "u1", "--url", hub.url())).isEqualTo(2);

        assertThat(hub.deliveries()).isEmpty();
    }

    @Test
    void printsTheBodyAndSendsNothing() throws IOException {
        assertThat(terminal.execute("send-webhook", "BOOKING_CREATED", "--print", "--uid", "u1", "--url", hub.url())).isZero();

        assertThat(JSON.readTree(terminal.outBytes()).path("payload").path("uid").textValue()).isEqualTo("u1");
        assertThat(terminal.out()).contains("Zoë Müller").containsOnlyOnce("\n");
        assertThat(hub.deliveries()).isEmpty();
    }

    @Test
    void listsTheTriggers() {
        assertThat(terminal.execute("send-webhook", "--list")).isZero();

        assertThat(terminal.out().lines()).hasSize(Trigger.values().length)
                .allSatisfy(line -> assertThat(line).matches("[A-Z_]+ {2,}\\S.*").hasSizeLessThanOrEqualTo(100));
        assertThat(terminal.err()).isEmpty();
    }

    @Test
    void listsTheTriggersWhereOneIsMissing() {
        assertThat(terminal.execute("send-webhook", "--url", hub.url())).isEqualTo(2);

        assertThat(terminal.err()).contains("BOOKING_CREATED ", "PING ", "TRIGGER is missing");
        assertThat(terminal.out()).isEmpty();
        assertThat(hub.deliveries()).isEmpty();
    }

    @Test
    void guessesWhichTriggerWasMeant() {
        assertThat(terminal.execute("send-webhook", "BOOKING_CANCELED", "--url", hub.url())).isEqualTo(2);

        assertThat(terminal.err())
                .isEqualToNormalizingNewlines("There is no trigger 'BOOKING_CANCELED'. Did you mean BOOKING_CANCELLED?\n");
        assertThat(hub.deliveries()).isEmpty();
    }

    @Test
    void pointsToTheListWhereNoTriggerIsNear() {
        assertThat(terminal.execute("send-webhook", "qqqqqqqqqqqq")).isEqualTo(2);

        assertThat(terminal.err()).isEqualToNormalizingNewlines("There is no trigger 'qqqqqqqqqqqq'. --list shows all.\n");
    }

    @Test
    void saysThatNoHubListens() throws IOException {
        int port;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }

        assertThat(terminal.execute("send-webhook", "BOOKING_CREATED", "--url", "http://127.0.0.1:" + port)).isEqualTo(1);
        assertThat(terminal.err()).containsOnlyOnce("\n")
                .contains("No hub listens at http://127.0.0.1:" + port, "mvn compile camel:run", "java -jar target/calcamel.jar");
        assertThat(terminal.out()).isEmpty();
    }

    @Test
    void saysThatTheConnectionBroke() throws Exception {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Thread rude = new Thread(() -> {
                try {
                    socket.accept().close();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            rude.start();
            String url = "http://127.0.0.1:" + socket.getLocalPort();

            assertThat(terminal.execute("send-webhook", "BOOKING_CREATED", "--url", url)).isEqualTo(1);
            assertThat(terminal.err()).containsOnlyOnce("\n").contains("broke");
            rude.join();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "localhost:8080", "ftp://localhost", "http://", "http:// blank", "http://localhost?x=1", "http://localhost:99999"})
    void refusesWhatIsNoUrl(String url) {
        assertThat(terminal.execute("send-webhook", "BOOKING_CREATED", "--url", url)).isEqualTo(2);

        assertThat(terminal.err()).containsOnlyOnce("\n").contains("'" + url + "'", "http://localhost:8080");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--uid", "--reschedule-uid", "--secret", "--company", "--url"})
    void refusesAnEmptyOption(String option) {
        assertThat(terminal.execute("send-webhook", "BOOKING_CREATED", option + "=")).isEqualTo(2);

        assertThat(terminal.err()).isEqualToNormalizingNewlines(option + " is empty.\n");
    }

    @Test
    void refusesASecretThatLostACharacter() {
        terminal.with("CALCOM_WEBHOOK_SECRET", "Schl\uFFFD\uFFFDssel");

        assertThat(terminal.execute("send-webhook", "BOOKING_CREATED", "--url", hub.url())).isEqualTo(2);
        assertThat(terminal.err()).contains("UTF-8").doesNotContain("ssel");
        assertThat(hub.deliveries()).isEmpty();
    }

    @Test
    void refusesAStartThatIsNoInstant() {
        assertThat(terminal.execute("send-webhook", "BOOKING_CREATED", "--start", "tomorrow", "--url", hub.url())).isEqualTo(2);

        assertThat(terminal.err()).contains("--start", "'tomorrow' is no time").doesNotContain("Exception");
    }
}
