package io.calcamel.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.HubExtension;
import io.calcamel.TestDatabase;
import io.calcamel.http.Json;
import io.calcamel.sandbox.Sandbox;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Nobody asks: a hub that was away finds what it missed, at its start and every so often. Its webhooks go nowhere. */
class ReconcileScheduleTest {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private String eventType;

    private static JsonNode call(HttpRequest.Builder request) throws Exception {
        HttpResponse<String> answer = HTTP.send(request.header("cal-api-version", "2024-08-13").header("Content-Type", "application/json").build(),
                HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isLessThan(300);
        return Json.MAPPER.readTree(answer.body());
    }

    private static String eventType(Sandbox sandbox) throws Exception {
        return Json.MAPPER.readTree(HTTP.send(HttpRequest.newBuilder(URI.create(sandbox.baseUrl() + "/event-types")).header("Authorization", "Bearer " + Sandbox.DEMO_KEY)
                .header("cal-api-version", "2024-06-14").build(), HttpResponse.BodyHandlers.ofString()).body()).at("/data/0/id").asText();
    }

    private String book(Sandbox sandbox, String start) throws Exception {
        return call(HttpRequest.newBuilder(URI.create(sandbox.baseUrl() + "/bookings")).POST(HttpRequest.BodyPublishers.ofString("{\"eventTypeId\":" + eventType
                + ",\"start\":\"" + start + "\",\"attendee\":{\"name\":\"Zoë\",\"email\":\"zoe@example.org\",\"timeZone\":\"Europe/Berlin\"}}"))).at("/data/uid").asText();
    }

    private static HubExtension hub(String database, Sandbox sandbox, String every) {
        return new HubExtension().with("database.url", database).with("calcom.api-key", Sandbox.DEMO_KEY).with("calcom.base-url", sandbox.baseUrl())
                .with("calcom.budget.per-second", "1000").with("calcom.budget.per-minute", "100000").with("calcom.breaker.open", "100ms").with("calcom.retries", "0")
                .with("reconcile.at-start", "true").with("reconcile.every", every).with("reconcile.look-every", "50ms").with("reconcile.grace", "1500ms");
    }

    private static List<JsonNode> runs(HubExtension hub) {
        List<JsonNode> runs = new ArrayList<>();
        hub.getJson("/api/reconcile-runs?limit=500").path("items").forEach(runs::add);
        return runs;
    }

    private static void awaitConfirmed(HubExtension hub, String uid) {
        await().untilAsserted(() -> assertThat(hub.getJson("/api/appointments/" + uid).path("status").asText()).isEqualTo("confirmed"));
    }

    private static Instant knownUntil(HubExtension hub) {
        return hub.db().sql("SELECT known_until FROM reconcile_schedule WHERE company_id = 1 AND known_until IS NOT NULL")
                .query((row, n) -> row.getTimestamp(1).toInstant()).optional().orElse(Instant.EPOCH);
    }

    @Test
    void whatWasMissedIsFoundAtTheStartAndByTheSchedule() throws Exception {
        try (Sandbox sandbox = Sandbox.start(new Sandbox.Settings("127.0.0.1", 0, Sandbox.DEMO_KEY, null, null, 0, true))) {
            String database = TestDatabase.create();
            eventType = eventType(sandbox);
            HubExtension first = hub(database, sandbox, "1h");
            first.beforeAll(null);
            await().until(() -> knownUntil(first).isAfter(Instant.EPOCH));
            Instant known = knownUntil(first);
            JsonNode whole = runs(first).get(0);
            assertThat(whole.path("scope").asText()).isEqualTo("far");
            assertThat(whole.path("cause").asText()).isEqualTo("start");
            first.afterAll(null);

            // Far beyond what is compared by its start, so that only its change shows it.
            String missed = book(sandbox, "2033-01-05T10:00:00Z");
            HubExtension second = hub(database, sandbox, "300ms");
            second.beforeAll(null);
            try {
                awaitConfirmed(second, missed);
                // A minute less a little, and two of overlap: what was changed since the last known moment.
                assertThat(Instant.parse(runs(second).stream().filter(run -> run.path("scope").asText().equals("changes")).reduce((one, other) -> other)
                        .orElseThrow().path("since").asText())).isBetween(known.minus(Duration.ofMinutes(3)), known);
                theScheduleGoesOn(second, sandbox);
                twoNodesShareTheTurns(second);
            } finally {
                second.afterAll(null);
            }
        }
    }

    private void theScheduleGoesOn(HubExtension hub, Sandbox sandbox) throws Exception {
        String later = book(sandbox, "2033-01-06T10:00:00Z");
        awaitConfirmed(hub, later);
        // While it was new it was left to its webhook.
        assertThat(runs(hub)).anyMatch(run -> run.path("waiting").asInt() == 1 && run.path("unknownHere").asInt() == 0);
        await().untilAsserted(() -> assertThat(runs(hub).stream().mapToInt(run -> run.path("unknownHere").asInt()).sum()).isEqualTo(2));
        assertThat(runs(hub)).allMatch(run -> !run.path("status").asText().equals("failed"));

        // Cal.com away: the last known moment stays where it is, and what changed meanwhile is found when it is back.
        URI faults = URI.create(sandbox.baseUrl().replace("/v2", "/_sandbox/faults"));
        call(HttpRequest.newBuilder(faults).PUT(HttpRequest.BodyPublishers.ofString("{\"500\":{\"match\":\"GET\"}}")));
        await().until(() -> runs(hub).get(0).path("status").asText().equals("failed"));
        Instant before = knownUntil(hub);
        String meanwhile = book(sandbox, "2033-01-07T10:00:00Z");
        await().until(() -> runs(hub).stream().filter(run -> run.path("status").asText().equals("failed")).count() > 2);
        assertThat(knownUntil(hub)).isEqualTo(before);
        call(HttpRequest.newBuilder(faults).PUT(HttpRequest.BodyPublishers.ofString("{}")));
        awaitConfirmed(hub, meanwhile);
        await().until(() -> knownUntil(hub).isAfter(before));
    }

    /** What the nodes ask the database for, each in a transaction of its own. */
    private static void twoNodesShareTheTurns(HubExtension hub) {
        hub.db().sql("INSERT INTO company (slug, name) SELECT 'c' || n, 'c' FROM generate_series(1, 40) AS n").update();
        List<Integer> companies = hub.db().sql("SELECT id FROM company WHERE slug LIKE 'c%' AND slug <> 'default'").query(Integer.class).list();
        Duration hour = Duration.ofHours(1);
        DueReconciles due = new DueReconciles(hub.db(), new ReconcileSettings(hour, hour, hour, hour, hour, hour, hour, hour, true, 4, 1, 1, 1, hour));
        List<CompletableFuture<List<DueReconciles.Due>>> nodes = IntStream.range(0, 8).mapToObj(n -> CompletableFuture.supplyAsync(() -> due.claim(companies, 10))).toList();
        List<Integer> claimed = nodes.stream().flatMap(node -> node.join().stream()).map(DueReconciles.Due::company).toList();
        Set<Integer> once = new HashSet<>(claimed);
        assertThat(claimed).hasSameSizeAs(once);
        claimed = new ArrayList<>(claimed);
        while (claimed.size() < 40) {
            due.claim(companies, 10).stream().map(DueReconciles.Due::company).forEach(claimed::add);
        }
        assertThat(claimed).containsExactlyInAnyOrderElementsOf(companies);
        assertThat(due.claim(companies, 10)).isEmpty();
    }
}
