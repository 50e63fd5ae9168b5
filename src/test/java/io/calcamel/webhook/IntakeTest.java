package io.calcamel.webhook;

import static io.calcamel.HubExtension.SECRET;
import static io.calcamel.HubExtension.json;
import static io.calcamel.HubExtension.sign;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.HubExtension;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Cal.com meets at the webhook endpoint. */
class IntakeTest {

    @RegisterExtension
    static final HubExtension HUB = new HubExtension();

    private static final String PING = "{\"triggerEvent\":\"PING\",\"createdAt\":\"2026-11-22T13:30:00.000Z\",\"payload\":{\"n\":%d}}";

    @Test
    void aSignedDeliveryIsStoredAndAcknowledgedWithItsNumber() {
        HttpResponse<String> answer = HUB.deliver(PING.formatted(1));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/json");
        JsonNode json = json(answer);
        assertThat(json.fieldNames()).toIterable().containsExactly("status", "id", "duplicate");
        assertThat(json.path("status").asText()).isEqualTo("accepted");
        assertThat(json.path("duplicate").asBoolean()).isFalse();
        assertThat(stored(json.path("id").asLong())).isEqualTo(PING.formatted(1).getBytes(UTF_8));
    }

    @Test
    void theDefaultCompanyAlsoHasAPathOfItsOwn() {
        byte[] body = PING.formatted(2).getBytes(UTF_8);
        for (String path : List.of("/webhooks/calcom/default", "/webhooks/calcom/default/", "/webhooks/calcom/")) {
            assertThat(HUB.send(HUB.webhook(path, body).header("X-Cal-Signature-256", sign(SECRET, body))).statusCode()).as(path).isEqualTo(200);
        }
    }

    @Test
    void anUnknownCompanyIs404() {
        byte[] body = PING.formatted(3).getBytes(UTF_8);
        HttpResponse<String> answer = HUB.send(HUB.webhook("/webhooks/calcom/nobody", body).header("X-Cal-Signature-256", sign(SECRET, body)));
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(json(answer).path("code").asText()).isEqualTo("unknown_company");
    }

    @Test
    void aCompanyWithoutASecretTakesNothing() {
        // An empty HMAC key can't be made in the JDK; one zero byte pads to the same key (RFC 2104, section 2).
        HUB.db().sql("INSERT INTO company (slug, name) VALUES ('silent', 'No secret yet')").update();
        byte[] body = PING.formatted(4).getBytes(UTF_8);
        assertRefused(HUB.send(HUB.webhook("/webhooks/calcom/silent", body).header("X-Cal-Signature-256", sign("\u0000", body))));
        assertRefused(HUB.send(HUB.webhook("/webhooks/calcom/silent", body).header("X-Cal-Signature-256", sign(SECRET, body))));
    }

    @Test
    void duringRotationBothSecretsSign() {
        byte[] body = PING.formatted(5).getBytes(UTF_8);
        assertThat(HUB.send(HUB.webhook("/webhooks/calcom", body).header("X-Cal-Signature-256", sign("old-secret", body))).statusCode()).isEqualTo(200);
    }

    @Test
    void theSignatureMayHaveAPrefix() {
        byte[] body = PING.formatted(6).getBytes(UTF_8);
        assertThat(HUB.send(HUB.webhook("/webhooks/calcom", body).header("X-Cal-Signature-256", "sha256=" + sign(SECRET, body))).statusCode())
                .isEqualTo(200);
    }

    @Test
    void withoutASignatureNothingIsStored() {
        byte[] body = PING.formatted(7).getBytes(UTF_8);
        assertRefused(HUB.send(HUB.webhook("/webhooks/calcom", body)));
        assertThat(isStored(body)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"no-secret-provided", "sha256=", "zz", "0", "00",
            "0000000000000000000000000000000000000000000000000000000000000000"})
    void aSignatureThatIsNoneIsRefused(String signature) {
        byte[] body = PING.formatted(8).getBytes(UTF_8);
        assertRefused(HUB.send(HUB.webhook("/webhooks/calcom", body).header("X-Cal-Signature-256", signature)));
        assertThat(isStored(body)).isFalse();
    }

    @Test
    void aSignatureSentTwiceIsRefused() {
        byte[] body = PING.formatted(9).getBytes(UTF_8);
        assertRefused(HUB.send(HUB.webhook("/webhooks/calcom", body)
                .header("X-Cal-Signature-256", sign(SECRET, body)).header("X-Cal-Signature-256", sign(SECRET, body))));
        assertRefused(HUB.send(HUB.webhook("/webhooks/calcom", body)
                .header("X-Cal-Signature-256", sign(SECRET, body) + ", " + sign(SECRET, body))));
        assertThat(isStored(body)).isFalse();
    }

    @Test
    void oneFlippedBitAnywhereIsRefused() {
        byte[] body = "{\"triggerEvent\":\"PING\",\"payload\":{}}".getBytes(UTF_8);
        String signature = sign(SECRET, body);
        for (int bit = 0; bit < body.length * 8; bit += 5) {
            byte[] flipped = body.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(HUB.send(HUB.webhook("/webhooks/calcom", flipped).header("X-Cal-Signature-256", signature)));
            assertThat(isStored(flipped)).isFalse();
        }
        byte[] given = HexFormat.of().parseHex(signature);
        for (int bit = 0; bit < given.length * 8; bit += 5) {
            byte[] flipped = given.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertRefused(HUB.send(HUB.webhook("/webhooks/calcom", body).header("X-Cal-Signature-256", HexFormat.of().formatHex(flipped))));
        }
        byte[] secret = SECRET.getBytes(UTF_8);
        for (int bit = 0; bit < 8; bit++) {
            byte[] flipped = secret.clone();
            flipped[0] ^= (byte) (1 << bit);
            assertThat(SignatureCheck.signer(body, signature, List.of(flipped))).isNegative();
        }
        assertThat(SignatureCheck.signer(body, signature, List.of("another".getBytes(UTF_8), secret))).isEqualTo(1);
        assertThat(isStored(body)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {
            "false",
            "",
            "event=BOOKING_CREATED&uid=abc&title=A b ü&CamelHttpUri=http://evil&start=2027-01-11T10:00:00Z",
            "{\"event\":\"BOOKING_CREATED\",\"uid\":\"abc\"}",
            "{\"uid\":\"abc\",\"title\":\"Zapier\",\"createdAt\":\"2026-11-22T13:30:44.932Z\"}",
            "{\"triggerEvent\":\"SOMETHING_NEW\",\"payload\":{\"uid\":\"abc\"}}",
            "{\"triggerEvent\":42}",
            "{\"triggerEvent\":\"MEETING_ENDED\"",
            "[1,2,3]",
            "\u0000\u0001",
            "{\"triggerEvent\":\"PI\\u0000NG\",\"createdAt\":\"\\u0000\"}",
            "{\"triggerEvent\":\"PING\",\"createdAt\":\"now\",\"payload\":{\"uid\":\"\\ud83d\"}}"})
    void whateverIsCorrectlySignedIsTaken(String body) {
        for (String contentType : List.of("application/json", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/plain")) {
            HttpResponse<String> answer = HUB.deliver(body.getBytes(UTF_8), contentType);
            assertThat(answer.statusCode()).as(contentType + " " + answer.body()).isEqualTo(200);
            assertThat(stored(json(answer).path("id").asLong())).isEqualTo(body.getBytes(UTF_8));
        }
    }

    @Test
    void theSameBytesWithACreatedAtAreADuplicate() {
        HttpResponse<String> first = HUB.deliver(PING.formatted(10));
        HttpResponse<String> second = HUB.deliver(PING.formatted(10));
        assertThat(second.statusCode()).isEqualTo(200);
        assertThat(json(second).path("duplicate").asBoolean()).isTrue();
        assertThat(json(second).path("id")).isEqualTo(json(first).path("id"));
    }

    @Test
    void withoutACreatedAtTheSameBytesAreNotADuplicate() {
        JsonNode first = json(HUB.deliver("{\"event\":\"template\"}"));
        JsonNode second = json(HUB.deliver("{\"event\":\"template\"}"));
        assertThat(second.path("duplicate").asBoolean()).isFalse();
        assertThat(second.path("id")).isNotEqualTo(first.path("id"));
    }

    @Test
    void aCopyForAnotherSubscriptionLevelIsNotADuplicate() {
        String body = "{\"triggerEvent\":\"PING\",\"createdAt\":\"2026-11-22T13:31:00.%s\"}";
        assertThat(json(HUB.deliver(body.formatted("001Z"))).path("duplicate").asBoolean()).isFalse();
        assertThat(json(HUB.deliver(body.formatted("002Z"))).path("duplicate").asBoolean()).isFalse();
    }

    @Test
    void manyAtOnceAreEachStoredOnceUnderANumberOfTheirOwn() throws Exception {
        ExecutorService senders = Executors.newFixedThreadPool(32);
        try {
            List<Future<JsonNode>> answers = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                String body = PING.formatted(100_000 + i / 2);
                answers.add(senders.submit(() -> json(HUB.deliver(body))));
            }
            Set<Long> ids = new TreeSet<>();
            int duplicates = 0;
            for (Future<JsonNode> answer : answers) {
                assertThat(answer.get().path("status").asText()).isEqualTo("accepted");
                ids.add(answer.get().path("id").asLong());
                duplicates += answer.get().path("duplicate").asBoolean() ? 1 : 0;
            }
            assertThat(ids).hasSize(500);
            assertThat(duplicates).isEqualTo(500);
            await().untilAsserted(() -> assertThat(HUB.count("pending")).isZero());
        } finally {
            senders.shutdownNow();
        }
    }

    @Test
    void aBodyOfOneMebibyteIsTaken() {
        byte[] body = padded(1 << 20);
        assertThat(HUB.deliver(body, "application/json").statusCode()).isEqualTo(200);
        assertThat(isStored(body)).isTrue();
    }

    @Test
    void aLargerBodyIs413WithOrWithoutItsLengthTold() throws IOException {
        byte[] body = padded((1 << 20) + 1);
        HttpResponse<String> answer = HUB.send(HUB.webhook("/webhooks/calcom", body).header("X-Cal-Signature-256", sign(SECRET, body)));
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(json(answer).path("code").asText()).isEqualTo("too_large");
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");

        HttpResponse<String> chunked = HUB.send(HttpRequest.newBuilder(HUB.uri("/webhooks/calcom"))
                .header("X-Cal-Signature-256", sign(SECRET, body))
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body))));
        assertThat(chunked.statusCode()).isEqualTo(413);
        assertThat(isStored(body)).isFalse();
    }

    @Test
    void otherMethodsAre405() {
        for (String method : List.of("GET", "PUT", "DELETE", "PATCH")) {
            HttpResponse<String> answer = HUB.send(HttpRequest.newBuilder(HUB.uri("/webhooks/calcom")).method(method, HttpRequest.BodyPublishers.noBody()));
            assertThat(answer.statusCode()).isEqualTo(405);
            assertThat(json(answer).path("code").asText()).isEqualTo("method_not_allowed");
        }
    }

    @Test
    void aSenderThatGivesUpInTheMiddleLeavesNothingBehind() throws IOException {
        byte[] body = PING.formatted(11).getBytes(UTF_8);
        try (Socket socket = new Socket("127.0.0.1", HUB.uri("/").getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("POST /webhooks/calcom HTTP/1.1\r\nHost: x\r\nX-Cal-Signature-256: " + sign(SECRET, body) + "\r\nContent-Length: "
                    + body.length + "\r\n\r\n").getBytes(UTF_8));
            out.write(body, 0, body.length / 2);
            out.flush();
        }
        assertThat(HUB.deliver(PING.formatted(12)).statusCode()).isEqualTo(200);
        assertThat(isStored(body)).isFalse();
    }

    private static byte[] padded(int length) {
        String head = "{\"triggerEvent\":\"PING\",\"createdAt\":\"2026-11-22T13:30:00.000Z\",\"payload\":{\"n\":\"";
        String tail = "\"}}";
        return (head + "x".repeat(length - head.length() - tail.length()) + tail).getBytes(UTF_8);
    }

    private static void assertRefused(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(json(answer).path("code").asText()).isEqualTo("invalid_signature");
    }

    private static byte[] stored(long id) {
        return HUB.db().sql("SELECT body FROM delivery WHERE id = :id").param("id", id).query((row, n) -> row.getBytes(1)).single();
    }

    private static boolean isStored(byte[] body) {
        return HUB.db().sql("SELECT count(*) FROM delivery WHERE body = :body").param("body", body).query(Long.class).single() > 0;
    }
}
