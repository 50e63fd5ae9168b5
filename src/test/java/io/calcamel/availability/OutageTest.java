package io.calcamel.availability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.HubExtension;
import io.calcamel.SandboxExtension;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Cal.com away, hanging, or full: what callers of availability notice of it, and that it is over when it is over. */
class OutageTest {

    @RegisterExtension
    static final SandboxExtension BOTH = new SandboxExtension().with("calcom.timeout.response", "400").with("calcom.timeout.call", "800ms")
            .with("calcom.breaker.open", "200ms").with("calcom.budget.back-off", "1s").with("calcom.retries", "0")
            .with("availability.cache.fresh", "10ms").with("availability.cache.refresh", "5ms").with("event-types.sync.at-start", "true");

    private static final String DAY = "/api/availability?eventTypeId=2026361&start=2030-01-07&end=2030-01-07&timeZone=Europe/Berlin";

    @BeforeEach
    void known() {
        await().untilAsserted(() -> assertThat(ask(DAY, 5000).statusCode()).isEqualTo(200));
        await().untilAsserted(() -> assertThat(source(ask(DAY, 5000))).isIn("live", "cache"));
    }

    @AfterEach
    void mend() {
        BOTH.faults("{}");
        await().untilAsserted(() -> assertThat(BOTH.hub().getJson("/api/calcom/health").path("operational").asBoolean()).isTrue());
        await().untilAsserted(() -> assertThat(source(ask(DAY + "&maxAge=0", 5000))).isEqualTo("live"));
    }

    private static HttpResponse<String> ask(String path, int deadline) {
        HubExtension hub = BOTH.hub();
        return hub.send(HttpRequest.newBuilder(hub.uri(path)).header("Authorization", "Bearer " + HubExtension.TOKEN)
                .header("X-Deadline-Ms", String.valueOf(deadline)));
    }

    private static String source(HttpResponse<String> answer) {
        return HubExtension.json(answer).path("source").asText();
    }

    private static String unknownDay(int n) {
        return "/api/availability?eventTypeId=2026361&start=2031-03-%02d&end=2031-03-%02d".formatted(1 + n % 28, 1 + n % 28);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"hang\":true}", "{\"500\":true}", "{\"html\":true}", "{\"drop-connection\":true}", "{\"slow\":3000}"})
    void withinTheDeadlineTheAnswerIsStaleOrARefusal(String fault) {
        BOTH.faults(fault);
        long begin = System.nanoTime();
        HttpResponse<String> stale = ask(DAY + "&maxAge=0", 500);
        assertThat(stale.statusCode()).isEqualTo(200);
        assertThat(source(stale)).isEqualTo("stale");
        HttpResponse<String> none = ask(unknownDay(fault.length()), 500);
        assertThat(none.statusCode()).isEqualTo(503);
        assertThat(HubExtension.json(none).path("code").asText()).isIn("unavailable", "rate_limited");
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofMillis(1800));
    }

    @Test
    void theBreakerOpensAndNoThreadIsLeft() {
        BOTH.faults("{\"hang\":true}");
        CompletableFuture.allOf(IntStream.range(0, 40).mapToObj(n -> CompletableFuture.runAsync(() -> ask(unknownDay(n), 300))).toArray(CompletableFuture[]::new)).join();
        await().untilAsserted(() -> assertThat(BOTH.hub().getJson("/api/calcom/health").path("breaker").asText()).isIn("open", "half_open"));
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().entrySet()).noneMatch(thread -> thread.getKey().getName().startsWith("availability-")
                && Arrays.stream(thread.getValue()).anyMatch(frame -> frame.getMethodName().startsWith("socketRead") || frame.getClassName().contains("SocketDispatcher"))));
    }

    @Test
    void intakeGoesOnAndReadinessDoesNotDependOnCalcom() {
        BOTH.faults("{\"hang\":true}");
        CompletableFuture<?>[] askers = IntStream.range(0, 100).mapToObj(n -> CompletableFuture.runAsync(() -> ask(unknownDay(n), 8000))).toArray(CompletableFuture[]::new);
        long begin = System.nanoTime();
        assertThat(BOTH.hub().deliver("{\"triggerEvent\":\"PING\",\"createdAt\":\"2026-10-01T08:00:00.000Z\",\"payload\":{\"title\":\"Test trigger event\"}}").statusCode()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(3));
        CompletableFuture.allOf(askers).join();
    }

    @Test
    void explainSaysThatCalcomFails() {
        BOTH.faults("{\"500\":true}");
        JsonNode explained = BOTH.hub().getJson("/api/availability/explain?eventTypeId=2026361&start=2031-05-05&end=2031-05-05");
        assertThat(explained.path("hasSlots").asBoolean()).isFalse();
        assertThat(explained.path("steps").findValuesAsText("step")).containsExactly("eventType", "instantsAsked", "notice", "bookingWindow", "cache", "calcomAnswer");
        assertThat(explained.path("because").asText()).contains("Cal.com answered 500");
    }
}
