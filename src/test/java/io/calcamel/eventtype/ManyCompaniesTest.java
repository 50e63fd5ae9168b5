package io.calcamel.eventtype;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.calcamel.HubExtension;
import io.calcamel.sandbox.Sandbox;
import io.calcamel.sandbox.Sandbox.RecordedRequest;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two hundred companies with ten thousand event types: as few calls as can be, no key over its budget, and callers don't notice. */
class ManyCompaniesTest {

    private static final int COMPANIES = 200;
    private static final int EVENT_TYPES = 50;
    private static final int REFUSED = 5;
    /** Whose callers ask meanwhile: each key makes one live call a second. */
    private static final int ASKING = 20;
    private static final Duration BETWEEN_QUESTIONS = Duration.ofMillis(50);
    private static final Duration BASELINE = Duration.ofSeconds(3);
    private static final int BUDGET_PER_MINUTE = 100;
    private static final int BUDGET_PER_SECOND = 2;

    private static final AtomicInteger QUESTIONS = new AtomicInteger();

    private static Sandbox sandbox;
    private static HubExtension hub;

    @BeforeAll
    static void start() throws Exception {
        sandbox = Sandbox.start(new Sandbox.Settings("127.0.0.1", 0, Sandbox.DEMO_KEY, null, null, 0, true, EVENT_TYPES));
        hub = new HubExtension().with("calcom.base-url", sandbox.baseUrl()).with("calcom.api-key", Sandbox.DEMO_KEY)
                .with("event-types.sync.at-start", "true").with("event-types.sync.look-every", "100ms").with("event-types.sync.at-once", "32");
        hub.beforeAll(null);
    }

    @AfterAll
    static void stop() {
        hub.afterAll(null);
        sandbox.close();
    }

    @Test
    void areSyncedByTheFewestCallsAndBehindLiveOnes() {
        for (int i = 0; i < COMPANIES; i++) {
            String key = i < REFUSED ? "cal_invalid_" + i : "cal_live_many_" + i;
            assertThat(hub.administer("POST", "/api/companies", "{\"slug\":\"many-" + i + "\",\"apiKey\":\"" + key + "\"}").statusCode()).isEqualTo(201);
        }
        await().until(() -> runs("complete") == COMPANIES - REFUSED + 1 && runs("failed") == REFUSED);
        assertThat(count("SELECT count(*) FROM event_type WHERE company_id > 1")).isEqualTo((COMPANIES - REFUSED) * EVENT_TYPES);
        tellCalls("the first time");
        assertThat(spread()).as("their next turns").allSatisfy((tenth, companies) -> assertThat(companies).isLessThan(COMPANIES / 3));

        List<Asker> askers = askers();
        Instant until = Instant.now().plus(BASELINE);
        List<Long> alone = ask(askers, () -> Instant.now().isBefore(until));
        Instant again = Instant.now();
        allAreDue();
        List<Long> during = ask(askers, () -> runs("complete") < COMPANIES - REFUSED);
        tellCalls("unchanged", again);
        System.out.printf("live availability, %d asked alone: p50 %d ms, p95 %d ms; %d while all were synced: p50 %d ms, p95 %d ms%n",
                alone.size(), share(alone, 50), share(alone, 95), during.size(), share(during, 50), share(during, 95));
        assertThat(during).hasSizeGreaterThan(20);
        assertThat(share(during, 95)).isLessThan(Math.max(200, share(alone, 95) * 5));
        assertNoKeyIsOverItsBudget();
    }

    private static long runs(String status) {
        return count("SELECT count(*) FROM sync_run WHERE status = '" + status + "' AND started_at > now() - interval '30 minutes'");
    }

    private static long count(String sql) {
        return hub.db().sql(sql).query(Long.class).single();
    }

    /** All at once, which the schedule itself avoids. */
    private static void allAreDue() {
        hub.db().sql("UPDATE sync_run SET started_at = started_at - interval '1 hour'").update();
        hub.db().sql("UPDATE event_type_schedule SET due_at = now() WHERE company_id > 1").update();
    }

    /** How many are due in each tenth of the interval. */
    private static Map<Integer, Long> spread() {
        return hub.db().sql("SELECT floor(extract(epoch FROM due_at - now()) / 180) FROM event_type_schedule WHERE company_id > 1")
                .query(Integer.class).list().stream().collect(groupingBy(tenth -> tenth, TreeMap::new, counting()));
    }

    private static void tellCalls(String when) {
        tellCalls(when, Instant.EPOCH);
    }

    private static void tellCalls(String when, Instant since) {
        Map<Long, Long> companiesByCalls = sandbox.requests().stream().filter(request -> !request.at().isBefore(since))
                .filter(request -> request.path().equals("/v2/teams") || request.path().endsWith("/event-types"))
                .collect(groupingBy(RecordedRequest::caller, counting())).values().stream().collect(groupingBy(calls -> calls, TreeMap::new, counting()));
        System.out.println("calls of a sync, " + when + ": companies by calls " + companiesByCalls);
        // The teams and the personal list; the default company has a team, and refused keys are one caller to the sandbox.
        assertThat(companiesByCalls.get(2L)).isGreaterThanOrEqualTo(COMPANIES - REFUSED);
        assertThat(companiesByCalls.keySet().stream().mapToLong(calls -> calls).max().orElseThrow()).isLessThanOrEqualTo(2 * REFUSED);
    }

    private record Asker(String token, long eventType) {
    }

    private static List<Asker> askers() {
        List<Asker> askers = new ArrayList<>();
        for (int i = REFUSED; i < REFUSED + ASKING; i++) {
            HttpResponse<String> token = hub.administer("POST", "/api/tokens", "{\"name\":\"phone\",\"company\":\"many-" + i + "\"}");
            long type = hub.db().sql("SELECT min(calcom_event_type_id) FROM event_type JOIN company ON company.id = company_id WHERE company.slug = :slug")
                    .param("slug", "many-" + i).query(Long.class).single();
            askers.add(new Asker(HubExtension.json(token).path("token").asText(), type));
        }
        return askers;
    }

    /** Asks for what is not in the cache, one question after the other; tells how long each took, in milliseconds. */
    private static List<Long> ask(List<Asker> askers, BooleanSupplier goesOn) {
        List<Long> took = new ArrayList<>();
        while (goesOn.getAsBoolean()) {
            int number = QUESTIONS.getAndIncrement();
            Asker asker = askers.get(number % askers.size());
            Instant next = Instant.now().plus(BETWEEN_QUESTIONS);
            LocalDate day = LocalDate.now().plusDays(1 + number / askers.size());
            long begin = System.nanoTime();
            HttpResponse<String> answer = hub.send(HttpRequest.newBuilder(hub.uri("/api/availability?eventTypeId=" + asker.eventType() + "&start=" + day + "&end=" + day))
                    .header("Authorization", "Bearer " + asker.token()));
            took.add(Duration.ofNanos(System.nanoTime() - begin).toMillis());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("\"live\"");
            await().pollInterval(Duration.ofMillis(1)).until(() -> !Instant.now().isBefore(next));
        }
        return took;
    }

    

    private static long share(List<Long> took, int percent) {
        return took.stream().sorted().skip((long) (took.size() - 1) * percent / 100).findFirst().orElseThrow();
    }

    private static void assertNoKeyIsOverItsBudget() {
        Map<String, List<Instant>> calls = new TreeMap<>();
        sandbox.requests().stream().filter(request -> !request.path().startsWith("/_sandbox"))
                .forEach(request -> calls.computeIfAbsent(request.caller(), caller -> new ArrayList<>()).add(request.at()));
        long inMinute = calls.values().stream().mapToLong(times -> most(times, Duration.ofMinutes(1))).max().orElseThrow();
        // As they arrive: on a machine that is busy with hundreds of calls, one is later on its way than another.
        long inSecond = calls.values().stream().mapToLong(times -> most(times, Duration.ofMillis(800))).max().orElseThrow();
        System.out.println("most calls of a key that arrived in any minute: " + inMinute + ", in any 0.8 seconds: " + inSecond);
        assertThat(inMinute).isLessThanOrEqualTo(BUDGET_PER_MINUTE);
        assertThat(inSecond).isLessThanOrEqualTo(BUDGET_PER_SECOND);
    }

    private static long most(List<Instant> times, Duration window) {
        List<Instant> sorted = times.stream().sorted(Comparator.naturalOrder()).toList();
        return sorted.stream().mapToLong(first -> sorted.stream()
                .filter(time -> !time.isBefore(first) && time.isBefore(first.plus(window))).count()).max().orElse(0);
    }
}
