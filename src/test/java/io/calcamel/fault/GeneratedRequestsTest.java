package io.calcamel.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.calcamel.Deliveries;
import io.calcamel.HttpLine;
import io.calcamel.HubExtension;
import io.calcamel.HubProcess;
import io.calcamel.TestDatabase;
import io.calcamel.http.Json;
import io.calcamel.sandbox.Sandbox;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Requests that nobody should send, at every operation of the OpenAPI document and beside them: none is answered with 500, none makes
 * the log longer than a line, the hub's heap stays as it is, and no key, name or number in them is repeated where it does not belong.
 * {@code -Dfuzz.requests=200000} is the long form, {@code -Dfuzz.seed=…} does the same once more.
 */
class GeneratedRequestsTest {

    private static final int REQUESTS = Integer.getInteger("fuzz.requests", Reliability.isLong() ? 200_000 : 2_500);
    private static final long SEED = Long.getLong("fuzz.seed", Reliability.isLong() ? System.nanoTime() % 1_000_000 : 7);
    private static final int AT_ONCE = 12;
    private static final long EVENT_TYPE = 2026361;
    private static final long HEAP_MAY_GROW = 24L << 20;
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();

    private static final String INTRODUCTION = """
            ## Requests that nobody should send

            Made from the OpenAPI document, at every operation, at the webhooks and beside them: random bytes, deep JSON, huge numbers, broken UTF-8
            and percent-encodings, wrong types, dates beyond the calendar, odd headers, broken HTTP. *Closed* are connections that the hub closed
            without an answer, because nobody could tell where the request ended. The heap is what is left after a collection, when the first tenth
            is through and at the end. No answer, log, metric or health told one of the secrets, addresses and numbers that were in them.

            | requests | a second | 2xx | 4xx | 503 | other 5xx | closed | slowest answer | heap when warm | heap at the end |
            |---|---:|---:|---:|---:|---:|---:|---|---:|---:|
            """;

    @TempDir(cleanup = CleanupMode.NEVER)
    static Path folder;

    private static Sandbox sandbox;
    private static HubProcess hub;
    private static JsonNode document;
    private static List<String> starts;
    private static final List<String> UIDS = new CopyOnWriteArrayList<>();

    private final Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final Map<String, String> faults = new ConcurrentHashMap<>();
    private final Map<String, Long> slowest = new ConcurrentHashMap<>();

    @BeforeAll
    static void start() throws Exception {
        sandbox = Sandbox.start(new Sandbox.Settings("127.0.0.1", 0, Odd.KEY, null, null, 0, true));
        hub = new HubProcess(folder).with("CALCAMEL_DB_URL", TestDatabase.create()).with("DEFAULT_CALCOM_API_KEY", Odd.KEY).with("CALCOM_API_BASE_URL", sandbox.baseUrl())
                .with("CALCOM_REGIONS", sandbox.baseUrl() + "," + sandbox.euBaseUrl()).with("CALCAMEL_API_TOKEN", Odd.API_TOKEN).with("CALCAMEL_ADMIN_TOKEN", Odd.ADMIN_TOKEN)
                .with("CALCOM_WEBHOOK_SECRET", Odd.WEBHOOK_SECRET).with("CALCAMEL_MASTER_KEY", Odd.MASTER_KEY).with("CALCOM_DEBUG", "true").with("AVAILABILITY_CACHE_SLOTS", "20000")
                .with("CALCOM_BUDGET_PER_SECOND", "100000").with("CALCOM_BUDGET_PER_MINUTE", "1000000").start().awaitReady();
        document = Json.MAPPER.readTree(ask("GET", "/openapi.json", null));
        assertThat(ask("POST", "/api/companies", "{\"slug\":\"hooked\"}")).contains("\"hooked\"");
        ask("POST", "/api/companies/hooked/webhook-secrets", "{\"secret\":\"" + Odd.WEBHOOK_SECRET + "\"}");
        ask("POST", "/api/companies", "{\"slug\":\"acme\",\"apiKey\":\"" + Odd.KEY + "\",\"baseUrl\":\"" + sandbox.baseUrl() + "\"}");
        ask("POST", "/api/branches", "{\"slug\":\"berlin\",\"name\":\"Berlin\",\"eventTypes\":[" + EVENT_TYPE + "]}");
        LocalDate from = LocalDate.now().plusDays(2);
        starts = Json.MAPPER.readTree(ask("GET", "/api/availability?eventTypeId=" + EVENT_TYPE + "&start=" + from + "&end=" + from.plusDays(60), null)).path("slots").findValuesAsText("start");
        assertThat(starts).isNotEmpty();
        for (String start : starts.subList(0, 5)) {
            UIDS.add(Json.MAPPER.readTree(ask("POST", "/api/bookings", "{\"eventTypeId\":" + EVENT_TYPE + ",\"start\":\"" + start
                    + "\",\"attendee\":{\"name\":\"Zoe Zzseed\",\"email\":\"zoe.zzseed@example.org\",\"timeZone\":\"Europe/Berlin\"}}")).path("uid").asText());
        }
        assertThat(UIDS).doesNotContain("");
    }

    @AfterAll
    static void stop() {
        hub.stop();
        sandbox.close();
    }

    @Test
    void doNoHarm() throws Exception {
        GeneratedRequest.Generator generator = new GeneratedRequest.Generator(GeneratedRequest.operations(document), GeneratedRequestsTest::known);
        int warming = Math.min(REQUESTS / 4, 20_000);
        long began = System.nanoTime();
        send(generator, 0, warming);
        long before = heap();
        send(generator, warming, REQUESTS);
        double seconds = (System.nanoTime() - began) / 1e9;
        long after = heap();
        theInboxGoesOn();
        lookForSeeds("metrics", observed("/observe/metrics"));
        lookForSeeds("health", observed("/observe/health"));
        readLogs();
        report(seconds, before, after);
        assertThat(hub.isAlive()).isTrue();
        assertThat(faults).as("seed %d", SEED).isEmpty();
        assertThat(after - before).as("growth of the heap, from %,d bytes", before).isLessThan(HEAP_MAY_GROW);
        assertThat(count("2xx", 0)).as("some reach what is behind the checks").isGreaterThan(REQUESTS / 20);
        assertThat(count("503", 0)).as("503 is for a hub in trouble").isLessThan(REQUESTS / 20);
    }

    private static void theInboxGoesOn() throws Exception {
        byte[] body = Deliveries.created("after-all", 1).toString().getBytes(StandardCharsets.UTF_8);
        HTTP.send(HttpRequest.newBuilder(URI.create(hub.url("/webhooks/calcom"))).header("X-Cal-Signature-256", HubExtension.sign(Odd.WEBHOOK_SECRET, body)).timeout(Duration.ofSeconds(10))
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(), HttpResponse.BodyHandlers.discarding());
        await().until(() -> ask("GET", "/api/appointments/after-all", null).contains("\"confirmed\""));
    }

    private void send(GeneratedRequest.Generator generator, int from, int to) throws Exception {
        AtomicInteger next = new AtomicInteger(from);
        ExecutorService senders = Executors.newFixedThreadPool(AT_ONCE);
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            all.add(senders.submit(() -> {
                try (HttpLine line = new HttpLine(URI.create(hub.url("/")).getPort())) {
                    for (int n = next.getAndIncrement(); n < to; n = next.getAndIncrement()) {
                        send(generator.make(SEED, n), line);
                    }
                }
                return null;
            }));
        }
        for (Future<?> sender : all) {
            sender.get();
        }
        senders.shutdown();
    }

    private void send(GeneratedRequest request, HttpLine line) {
        long sent = System.nanoTime();
        try {
            HttpLine.Answer answer = line.ask(request.bytes(), request.head(), !request.isHttp());
            judge(request, answer);
        } catch (IOException | RuntimeException e) {
            // Of a request whose end is not certain the hub takes the end of the connection for the end of the caller.
            if (request.isHttp()) {
                fault("no answer: " + e, request, "");
            } else {
                count("closed");
            }
        }
        long took = (System.nanoTime() - sent) / 1_000_000;
        slowest.merge(request.operation() == null ? "others" : request.operation().id(), took, Math::max);
    }

    private void judge(GeneratedRequest request, HttpLine.Answer answer) {
        int status = answer.status();
        String code = answer.header("content-type").equals("application/problem+json") ? code(answer) : "";
        count(status == 0 ? "closed" : status >= 500 ? String.valueOf(status) : status / 100 + "xx");
        // 501 is what Vert.x says of HTTP/9.9.
        boolean isOfVertx = status == 501 && !request.isHttp() && answer.body().isEmpty();
        if (status >= 500 && !isOfVertx && (status != 503 || answer.header("retry-after").isEmpty())) {
            fault(status + " " + code, request, answer.body());
        }
        if (status == 0 && request.isHttp()) {
            fault("closed without an answer", request, "");
        }
        if (status >= 400 && code.isEmpty() && !request.head() && request.isHttp()) {
            fault(status + " is no problem", request, answer.body());
        }
        if (request.operation() != null && status != 0 && !isDocumented(request.operation(), status, code)) {
            fault("not documented: " + status + " " + code, request, answer.body());
        }
        String whole = answer.headers() + answer.body();
        // Of one's own texts, these give a slug back: the one that could be made of it, and the one that no team has.
        for (String seed : status >= 400 ? List.of(Odd.SEED, Odd.PHONE_SEED) : List.of(Odd.KEY, Odd.WEBHOOK_SECRET, Odd.API_TOKEN, Odd.ADMIN_TOKEN, Odd.MASTER_KEY)) {
            if (whole.toLowerCase(Locale.ROOT).contains(seed) && !List.of("invalid_event_type", "team_not_found").contains(code)) {
                fault("answer repeats " + seed + " " + status + " " + code, request, answer.body());
            }
        }
    }

    private static String code(HttpLine.Answer answer) {
        try {
            return Json.MAPPER.readTree(answer.body()).path("code").asText();
        } catch (IOException e) {
            return "";
        }
    }

    private static boolean isDocumented(GeneratedRequest.Operation operation, int status, String code) {
        JsonNode response = operation.responses().path(String.valueOf(status));
        return status < 400 && !response.isMissingNode()
                || Stream.of(response, operation.responses().path("default")).anyMatch(one -> one.findPath("code").path("enum").toString().contains("\"" + code + "\"") && !code.isEmpty())
                || code.isEmpty() && status >= 400;
    }

    private void count(String what) {
        count(what, 1);
    }

    private int count(String what, int more) {
        return counts.computeIfAbsent(what, key -> new AtomicInteger()).addAndGet(more);
    }

    private void fault(String what, GeneratedRequest request, String body) {
        String kind = what + (request.operation() == null ? "" : " at " + request.operation().id());
        faults.putIfAbsent(kind, (body.length() > 600 ? body.substring(0, 600) : body) + "\n" + request);
    }

    private void lookForSeeds(String where, String text) {
        String small = text.toLowerCase(Locale.ROOT);
        for (String seed : List.of(Odd.SEED, Odd.PHONE_SEED)) {
            int at = small.indexOf(seed);
            if (at >= 0) {
                faults.put(where + " has " + seed, text.substring(Math.max(0, at - 400), Math.min(text.length(), at + 200)));
            }
        }
    }

    private void readLogs() throws IOException {
        Set<String> kinds = new TreeSet<>();
        for (String line : hub.output().split("\n")) {
            if (line.startsWith("\tat ") || line.contains(" ERROR ") || line.matches("(Caused by: |[a-z]+(\\.\\w+)+(Exception|Error)\\b).*")) {
                kinds.add(line.replaceFirst("^[0-9:.]+ ", "").replaceAll("[0-9A-F]{15}-[0-9A-F]+|\\d+", "#"));
            }
        }
        kinds.stream().limit(40).forEach(kind -> faults.put("log: " + kind, ""));
        lookForSeeds("log", hub.output());
        Path calls = folder.resolve("logs");
        try (Stream<Path> files = Files.list(calls)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                // Slugs are made of titles and labels, which are no person's.
                lookForSeeds(file.getFileName().toString(), Files.readString(file).replaceAll("\"slug\":\"[^\"]*\"", ""));
            }
        }
    }

    private void report(double seconds, long before, long after) throws IOException {
        Map.Entry<String, Long> last = slowest.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
        String row = String.format(Locale.ROOT, "| %,d (seed %d) | %.0f | %,d | %,d | %,d | %,d | %,d | %.1f s (%s) | %.0f MB | %.0f MB |%n", REQUESTS, SEED, REQUESTS / seconds, count("2xx", 0), count("4xx", 0),
                count("503", 0), counts.entrySet().stream().filter(one -> one.getKey().matches("5\\d\\d") && !one.getKey().matches("50[13]")).mapToInt(one -> one.getValue().get()).sum(), count("closed", 0),
                last.getValue() / 1e3, last.getKey(), before / 1048576.0, after / 1048576.0);
        Reliability.report("3-generated-requests", INTRODUCTION + row + (faults.isEmpty() ? "" : "\n**Faults:** " + String.join("; ", faults.keySet()) + "\n"));
    }

    /** Bytes in use after everything was collected that nobody needs. */
    private static long heap() throws Exception {
        new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), String.valueOf(hub.pid()), "GC.run").redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start().waitFor();
        return observed("/observe/metrics").lines().filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\"")).mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))).sum();
    }

    private static String observed(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + hub.variable("MANAGEMENT_PORT") + path)).timeout(Duration.ofSeconds(10)).build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    private static String ask(String method, String path, String body) throws IOException, InterruptedException {
        boolean isAdministrators = path.startsWith("/api/companies") || path.startsWith("/api/branches");
        return HTTP.send(HttpRequest.newBuilder(URI.create(hub.url(path))).header("Authorization", "Bearer " + (isAdministrators ? Odd.ADMIN_TOKEN : Odd.API_TOKEN)).timeout(Duration.ofSeconds(20))
                .method(method, body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body, StandardCharsets.UTF_8)).build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    private static String known(String path, String name, Random random) {
        LocalDate day = LocalDate.now().plusDays(2 + random.nextInt(50));
        return switch (name) {
            case "id" -> path.startsWith("/api/deliveries") || path.startsWith("/api/tokens") ? String.valueOf(1 + random.nextInt(500))
                    : path.startsWith("/api/event-types") ? String.valueOf(EVENT_TYPE) : random.nextBoolean() ? UIDS.get(random.nextInt(UIDS.size())) : String.valueOf(1 + random.nextInt(200));
            case "calcomBookingUid" -> UIDS.get(random.nextInt(UIDS.size()));
            case "eventTypeId", "ids", "eventTypes" -> String.valueOf(EVENT_TYPE);
            case "company" -> path.startsWith("/webhooks") ? "hooked" : random.nextInt(3) == 0 ? "default" : "acme";
            case "slug" -> path.startsWith("/api/companies") ? "acme" + (random.nextBoolean() ? "" : "-" + random.nextInt(50)) : null;
            case "apiKey", "calcomApiKey" -> Odd.KEY;
            case "baseUrl" -> sandbox.baseUrl();
            case "team", "teamSlug", "teamId" -> path.contains("teams") ? "1" : null;
            case "start", "end", "date" -> path.startsWith("/api/bookings") ? starts.get(random.nextInt(starts.size())) : day.toString();
            case "email" -> "zoe.zzseed@example.org";
            case "phone", "phoneNumber", "attendeePhoneNumber" -> "+49 15112399887";
            case "firstName", "lastName", "notes", "reason", "cancellationReason" -> "Zoe Zzseed";
            case "name" -> path.startsWith("/api/bookings") ? "Zoe Zzseed" : null;
            case "secret" -> path.contains("{secret}") ? "f2a4c6ea2eb5" : "zzseed-other-secret";
            default -> null;
        };
    }
}
