package io.calcamel.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.calcamel.HubExtension;
import java.io.IOException;
import java.net.Socket;
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

/** What becomes of deliveries when storing is slow, full or refused. The table is locked to make deliveries wait. */
class InboxWriterTest {

    @RegisterExtension
    static final HubExtension HUB = new HubExtension().with("inbox.writers", "1").with("inbox.queue.deliveries", "4")
            .with("inbox.queue.bytes", "100000").with("inbox.worker.enabled", "false");

    @RegisterExtension
    static final HubExtension IMPATIENT = new HubExtension().with("inbox.writers", "1").with("inbox.commit-timeout", "100ms")
            .with("http.request-bytes", "2000000").with("http.requests", "4");

    private static final ExecutorService SENDERS = Executors.newFixedThreadPool(16);

    @AfterAll
    static void stop() {
        SENDERS.shutdownNow();
    }

    @Test
    void whenTheQueueIsFullTheNextAreSpooled() throws SQLException {
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
        assertThat(answers.stream().filter(answer -> isSpooled(answer.join()))).hasSize(6);
        await().untilAsserted(() -> assertThat(stored(HUB, "FIRST") + stored(HUB, "NEXT_%")).isEqualTo(11));
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
        assertThat(answers.stream().filter(answer -> isSpooled(answer.join()))).hasSize(1);
        await().untilAsserted(() -> assertThat(stored(HUB, "LARGE%")).isEqualTo(3));
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
        assertThat(answers.stream().filter(answer -> isSpooled(answer.join()))).as("the refused one is kept for a person").hasSize(1);
        assertThat(HUB.db().sql("SELECT count(*) FROM delivery WHERE trigger_event LIKE 'GOOD%'").query(Long.class).single()).isEqualTo(2);
    }

    @Test
    void whoWaitsTooLongIsSpooled() throws SQLException {
        CompletableFuture<HttpResponse<String>> first;
        try (Connection lock = lockedInbox(IMPATIENT)) {
            first = send(IMPATIENT, "FIRST\",\"createdAt\":\"2027-01-01T00:00:00Z");
            awaitWaitingForTheLock(IMPATIENT);
            assertThat(isSpooled(first.join())).as("although its commit is under way").isTrue();
            lock.commit();
        }
        await().untilAsserted(() -> assertThat(stored(IMPATIENT, "FIRST")).isEqualTo(1));
        assertThat(IMPATIENT.deliver(new String(body("AFTER"), UTF_8)).statusCode()).isEqualTo(200);
        assertThat(stored(IMPATIENT, "FIRST")).as("once: by its commit or from the spool").isEqualTo(1);
    }

    @Test
    void moreThanMemoryIsMeantForIsRefusedAtTheDoor() throws IOException {
        String body = "{\"triggerEvent\":\"LARGER\",\"x\":\"" + "x".repeat(5_000) + "\"}";
        List<Socket> slow = new ArrayList<>();
        try {
            await().until(() -> areHeld(slow, 2, 999_000) && IMPATIENT.deliver(body).statusCode() == 503);
            assertThat(IMPATIENT.deliver("{}").statusCode()).as("for that there is room").isEqualTo(200);
            closeAll(slow);
            await().until(() -> IMPATIENT.deliver(body).statusCode() == 200);
            await().until(() -> areHeld(slow, 4, 10) && IMPATIENT.deliver("{}").statusCode() == 503);
        } finally {
            closeAll(slow);
        }
        await().until(() -> IMPATIENT.deliver("{}").statusCode() == 200);
    }

    /** Has so many requests unfinished; one may be refused that comes beside our own. */
    private static boolean areHeld(List<Socket> slow, int number, int length) throws IOException {
        for (Socket socket : List.copyOf(slow)) {
            if (socket.getInputStream().available() > 0) {
                socket.close();
                slow.remove(socket);
            }
        }
        while (slow.size() < number) {
            slow.add(unfinished(length));
        }
        return true;
    }

    private static void closeAll(List<Socket> slow) throws IOException {
        for (Socket socket : slow) {
            socket.close();
        }
        slow.clear();
    }

    private static Socket unfinished(int length) throws IOException {
        Socket socket = new Socket("127.0.0.1", IMPATIENT.uri("/").getPort());
        socket.getOutputStream().write(("POST /webhooks/calcom HTTP/1.1\r\nHost: hub\r\nContent-Length: " + length + "\r\n\r\n{").getBytes(UTF_8));
        return socket;
    }

    private static boolean isSpooled(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return HubExtension.json(answer).path("spooled").asBoolean();
    }

    private static long stored(HubExtension hub, String trigger) {
        return hub.db().sql("SELECT count(*) FROM delivery WHERE trigger_event LIKE :trigger").param("trigger", trigger).query(Long.class).single();
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
