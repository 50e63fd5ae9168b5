package io.calcamel.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.calcamel.HubExtension;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What senders are told when storing is slow, full or refused. The table is locked to make deliveries wait. */
class InboxWriterTest {

    @RegisterExtension
    static final HubExtension HUB = new HubExtension().with("inbox.writers", "1").with("inbox.queue.deliveries", "4")
            .with("inbox.queue.bytes", "100000").with("inbox.worker.enabled", "false");

    @RegisterExtension
    static final HubExtension IMPATIENT = new HubExtension().with("inbox.writers", "1").with("inbox.commit-timeout", "100ms");

    private static final ExecutorService SENDERS = Executors.newFixedThreadPool(16);

    @AfterAll
    static void stop() {
        SENDERS.shutdownNow();
    }

    @Test
    void whenTheQueueIsFullTheNextGets503AndTheOthersAreStored() throws SQLException {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        try (Connection lock = lockedInbox(HUB)) {
            answers.add(send(HUB, "FIRST"));
            awaitWaitingForTheLock(HUB);
            for (int i = 0; i < 10; i++) {
                answers.add(send(HUB, "NEXT_" + i));
            }
            await().until(() -> answers.stream().filter(CompletableFuture::isDone).count() == 6);
            lock.commit();
        }
        List<HttpResponse<String>> refused = answers.stream().map(CompletableFuture::join).filter(answer -> answer.statusCode() != 200).toList();
        assertThat(refused).hasSize(6).allSatisfy(answer -> {
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(HubExtension.json(answer).path("code").asText()).isEqualTo("inbox_full");
            assertThat(answer.headers().firstValue("Retry-After")).isPresent();
        });
        assertThat(HUB.send(HUB.webhook("/webhooks/calcom", body("AFTER")).header("X-Cal-Signature-256", HubExtension.sign(HubExtension.SECRET, body("AFTER"))))
                .statusCode()).isEqualTo(200);
    }

    @Test
    void largeBodiesFillItSooner() throws SQLException {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        try (Connection lock = lockedInbox(HUB)) {
            for (int i = 0; i < 3; i++) {
                answers.add(send(HUB, "LARGE_" + i + "x".repeat(40_000)));
            }
            await().until(() -> answers.stream().filter(CompletableFuture::isDone).count() == 1);
            lock.commit();
        }
        assertThat(answers.stream().map(answer -> answer.join().statusCode()).sorted().toList()).containsExactly(200, 200, 503);
    }

    @Test
    void oneRowThatTheDatabaseRefusesDoesNotCostTheOthersTheirs() throws SQLException {
        HUB.db().sql("ALTER TABLE delivery ADD CONSTRAINT no_poison CHECK (trigger_event <> 'POISON')").update();
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        try (Connection lock = lockedInbox(HUB)) {
            answers.add(send(HUB, "BEFORE"));
            awaitWaitingForTheLock(HUB);
            for (String trigger : List.of("GOOD_1", "POISON", "GOOD_2")) {
                answers.add(send(HUB, trigger));
            }
            lock.commit();
        }
        assertThat(answers.stream().map(answer -> answer.join().statusCode()).sorted().toList()).containsExactly(200, 200, 200, 503);
        assertThat(HUB.db().sql("SELECT count(*) FROM delivery WHERE trigger_event LIKE 'GOOD%'").query(Long.class).single()).isEqualTo(2);
    }

    @Test
    void whoWaitsTooLongGets503() throws SQLException {
        CompletableFuture<HttpResponse<String>> late;
        CompletableFuture<HttpResponse<String>> first;
        try (Connection lock = lockedInbox(IMPATIENT)) {
            first = send(IMPATIENT, "FIRST");
            awaitWaitingForTheLock(IMPATIENT);
            late = send(IMPATIENT, "LATE");
            long sent = System.nanoTime();
            await().until(() -> System.nanoTime() - sent > 300_000_000L);
            lock.commit();
        }
        assertThat(first.join().statusCode()).isEqualTo(200);
        assertThat(late.join().statusCode()).isEqualTo(503);
        assertThat(HubExtension.json(late.join()).path("code").asText()).isEqualTo("inbox_unavailable");
    }

    private static CompletableFuture<HttpResponse<String>> send(HubExtension hub, String trigger) {
        return CompletableFuture.supplyAsync(() -> hub.deliver(new String(body(trigger), UTF_8)), SENDERS);
    }

    private static byte[] body(String trigger) {
        return ("{\"triggerEvent\":\"" + trigger + "\"}").getBytes(UTF_8);
    }

    private static Connection lockedInbox(HubExtension hub) throws SQLException {
        Connection connection = hub.hub().database().dataSource().getConnection();
        connection.setAutoCommit(false);
        connection.createStatement().execute("LOCK TABLE delivery IN ACCESS EXCLUSIVE MODE");
        return connection;
    }

    private static void awaitWaitingForTheLock(HubExtension hub) {
        await().until(() -> hub.db().sql("SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'delivery'::regclass").query(Long.class).single() > 0);
    }
}
