package io.calcamel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.http.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} while deliveries come in over 64 connections: what got its 200 is there after the next start, and
 * applied once. {@code -Dcrash.deliveries=20000} for the long form.
 */
class CrashTest {

    private static final int DELIVERIES = Integer.getInteger("crash.deliveries", 3_000);
    private static final int CONNECTIONS = 64;
    private static final String TOKEN = "demo-api-token";
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();

    @TempDir(cleanup = CleanupMode.NEVER)
    Path folder;

    private final Map<String, Long> acknowledged = new ConcurrentHashMap<>();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();

    @Test
    void whatWasAcknowledgedSurvivesAKillAndIsAppliedOnce() throws Exception {
        HubProcess hub = new HubProcess(folder).start().awaitReady();
        ExecutorService senders = Executors.newFixedThreadPool(CONNECTIONS);
        try {
            List<Future<?>> sending = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                sending.add(senders.submit(() -> send(hub)));
            }
            await().atMost(Duration.ofMinutes(2)).pollInterval(Duration.ofMillis(1)).until(() -> acknowledged.size() > DELIVERIES * 4 / 10);
            hub.kill();
            int beforeKill = acknowledged.size();
            hub.start().awaitReady();
            for (Future<?> one : sending) {
                one.get();
            }

            await().atMost(Duration.ofMinutes(3)).until(() -> total(hub, "/api/deliveries?status=pending") == 0);
            Map<Long, JsonNode> inbox = inbox(hub);
            System.out.printf("crash: %d sent, %d acknowledged (%d before the kill), %d unanswered, %d in the inbox, %d appointments%n",
                    DELIVERIES, acknowledged.size(), beforeKill, unanswered.get(), inbox.size(), total(hub, "/api/appointments"));
            assertThat(acknowledged.size() + unanswered.get()).isEqualTo(DELIVERIES);
            assertThat(acknowledged.size()).as("some came after the restart").isGreaterThan(beforeKill);
            acknowledged.forEach((uid, id) -> {
                assertThat(inbox).as("acknowledged and stored").containsKey(id);
                assertThat(inbox.get(id).path("bookingUid").asText()).isEqualTo(uid);
            });
            assertThat(inbox.values()).allMatch(delivery -> delivery.path("status").asText().equals("applied") && delivery.path("attempts").asInt() == 1);
            assertThat(total(hub, "/api/appointments")).as("one each").isEqualTo(inbox.size());
        } finally {
            senders.shutdownNow();
            hub.stop();
        }
    }

    private void send(HubProcess hub) {
        for (int n = next.getAndIncrement(); n < DELIVERIES; n = next.getAndIncrement()) {
            String uid = "crash-" + n;
            byte[] body = Deliveries.created(uid, n).toString().getBytes(StandardCharsets.UTF_8);
            try {
                HttpResponse<String> answer = HTTP.send(HttpRequest.newBuilder(URI.create(hub.url("/webhooks/calcom")))
                        .header("X-Cal-Signature-256", HubExtension.sign("demo-webhook-secret", body)).timeout(Duration.ofSeconds(30))
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(), HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() == 200) {
                    acknowledged.put(uid, HubExtension.json(answer).path("id").asLong());
                } else {
                    unanswered.incrementAndGet();
                    awaitAnswer(hub);
                }
            } catch (IOException e) {
                unanswered.incrementAndGet();
                awaitAnswer(hub);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static void awaitAnswer(HubProcess hub) {
        await().atMost(Duration.ofSeconds(90)).pollInterval(Duration.ofMillis(100)).until(() -> {
            try {
                return get(hub, "/api/deliveries?limit=1").statusCode() == 200;
            } catch (IOException e) {
                return false;
            }
        });
    }

    private static Map<Long, JsonNode> inbox(HubProcess hub) throws IOException, InterruptedException {
        Map<Long, JsonNode> inbox = new HashMap<>();
        for (String page = "/api/deliveries?limit=500"; page != null;) {
            JsonNode json = Json.MAPPER.readTree(get(hub, page).body());
            json.path("items").forEach(item -> inbox.put(item.path("id").asLong(), item));
            page = json.path("next").textValue();
        }
        return inbox;
    }

    private static long total(HubProcess hub, String path) throws IOException, InterruptedException {
        return Json.MAPPER.readTree(get(hub, path).body()).path("total").asLong();
    }

    private static HttpResponse<String> get(HubProcess hub, String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create(hub.url(path))).header("Authorization", "Bearer " + TOKEN).timeout(Duration.ofSeconds(10)).build(),
                HttpResponse.BodyHandlers.ofString());
    }
}
