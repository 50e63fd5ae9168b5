package io.calcamel.fault;

import io.calcamel.Deliveries;
import io.calcamel.HubExtension;
import io.calcamel.HubProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Deliveries that come at a steady rate whatever becomes of them, as Cal.com sends them: each once. Each is of a booking of its own,
 * named by the load.
 */
final class Load implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(5)).build();

    private final String name;
    private final HubProcess hub;
    private final ExecutorService senders;
    private final long nanosApart;
    private final long start = System.nanoTime();
    private final AtomicInteger next = new AtomicInteger();
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();
    private final AtomicInteger spooled = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger unanswered = new AtomicInteger();
    private final Set<String> unexpected = ConcurrentHashMap.newKeySet();
    private volatile int last = Integer.MAX_VALUE;
    private volatile double took;

    /**
     * Begins at once.
     *
     * @param name        the beginning of the bookings' uids
     * @param hub         whom they are sent to
     * @param perSecond   how many a second
     * @param connections how many wait for their answer at the same time, at most
     */
    Load(String name, HubProcess hub, int perSecond, int connections) {
        this.name = name;
        this.hub = hub;
        this.nanosApart = 1_000_000_000L / perSecond;
        this.senders = Executors.newFixedThreadPool(connections);
        IntStream.range(0, connections).forEach(i -> senders.execute(this::send));
    }

    private void send() {
        for (int n = next.getAndIncrement(); n < last && !Thread.currentThread().isInterrupted(); n = next.getAndIncrement()) {
            long due = start + n * nanosApart;
            while (System.nanoTime() < due && n < last) {
                LockSupport.parkNanos(Math.min(due - System.nanoTime(), 50_000_000L));
            }
            if (n < last) {
                post(name + "-" + n, n);
            }
        }
    }

    private void post(String uid, int n) {
        byte[] body = Deliveries.created(uid, n).toString().getBytes(StandardCharsets.UTF_8);
        long sent = System.nanoTime();
        try {
            HttpResponse<String> answer = HTTP.send(HttpRequest.newBuilder(URI.create(hub.url("/webhooks/calcom")))
                    .header("X-Cal-Signature-256", HubExtension.sign("demo-webhook-secret", body)).timeout(Duration.ofSeconds(30))
                    .POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(), HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() == 200) {
                acknowledged.add(uid);
                latencies.add(System.nanoTime() - sent);
                if (HubExtension.json(answer).path("spooled").asBoolean()) {
                    spooled.incrementAndGet();
                }
            } else if (answer.statusCode() == 503 && answer.headers().firstValue("Retry-After").isPresent()) {
                refused.incrementAndGet();
            } else {
                unexpected.add(answer.statusCode() + " " + answer.body());
            }
        } catch (IOException e) {
            unanswered.incrementAndGet();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Sends no more, and returns when all that was sent has its answer or none. */
    Load end() throws InterruptedException {
        last = Math.min(last, next.get());
        senders.shutdown();
        if (!senders.awaitTermination(60, TimeUnit.SECONDS)) {
            throw new IllegalStateException("Some never get an answer");
        }
        took = took == 0 ? seconds() : took;
        return this;
    }

    /** Sends so many in all. */
    Load upTo(int number) throws InterruptedException {
        last = number;
        senders.shutdown();
        if (!senders.awaitTermination(10, TimeUnit.MINUTES)) {
            throw new IllegalStateException("Some never get an answer");
        }
        took = seconds();
        return this;
    }

    String name() {
        return name;
    }

    Set<String> acknowledged() {
        return acknowledged;
    }

    /** How many were sent. */
    int sent() {
        return acknowledged.size() + refused() + unanswered() + unexpected.size();
    }

    /** For how many seconds they came. */
    double took() {
        return took;
    }

    int spooled() {
        return spooled.get();
    }

    int refused() {
        return refused.get();
    }

    int unanswered() {
        return unanswered.get();
    }

    /** Answers that no sender should ever see. */
    Set<String> unexpected() {
        return unexpected;
    }

    double seconds() {
        return (System.nanoTime() - start) / 1e9;
    }

    /** Milliseconds within which so many of a hundred were acknowledged. */
    double latency(double percent) {
        List<Long> sorted = latencies.stream().sorted().toList();
        return sorted.isEmpty() ? 0 : sorted.get((int) Math.min(sorted.size() - 1, sorted.size() * percent / 100)) / 1e6;
    }

    @Override
    public void close() {
        last = 0;
        senders.shutdownNow();
    }
}
