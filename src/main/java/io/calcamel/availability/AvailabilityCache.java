package io.calcamel.availability;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.calcamel.calcom.CalcomHttp;
import io.calcamel.calcom.Lane;
import io.calcamel.calcom.Slot;
import io.calcamel.http.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;

/**
 * The cache of availability: the bean {@code availability} that route {@code availability-get} reads through
 * camel-caffeine. It is bounded in keys and in time; what each key does is {@link CachedAvailability}'s.
 *
 * <p>Cal.com is asked on threads of its own, by route {@code availability-fetch}, so that nobody's patience depends on
 * somebody else's.
 */
final class AvailabilityCache implements AutoCloseable {

    private final LoadingCache<Object, Object> cache;
    private final ThreadPoolExecutor threads;
    private final ProducerTemplate routes;
    private final Duration refreshPatience;
    private final Duration livePatience;

    AvailabilityCache(ProducerTemplate routes, Availability.Settings settings, Clock clock) {
        this.routes = routes;
        this.livePatience = settings.patience();
        this.refreshPatience = settings.fresh();
        AtomicInteger number = new AtomicInteger();
        threads = new ThreadPoolExecutor(settings.threads(), settings.threads(), 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(settings.waiting()),
                task -> new Thread(task, "availability-" + number.incrementAndGet()));
        threads.allowCoreThreadTimeOut(true);
        CachedAvailability.Times times = new CachedAvailability.Times(settings.fresh(), settings.freshEmpty(), settings.refresh());
        cache = Caffeine.newBuilder().maximumSize(settings.keys()).expireAfterAccess(settings.keep())
                .build(text -> new CachedAvailability(AvailabilityKey.parse((String) text), times, clock, this::fetch));
    }

    /** The cache, by {@link AvailabilityKey#text()}; its values are {@link CachedAvailability}. */
    LoadingCache<Object, Object> bean() {
        return cache;
    }

    private CompletableFuture<Answer> fetch(AvailabilityKey key, Lane lane) {
        CompletableFuture<Answer> coming = new CompletableFuture<>();
        try {
            threads.execute(() -> fetch(key, lane, coming));
        } catch (RejectedExecutionException e) {
            coming.completeExceptionally(new Problem(503, "rate_limited", "More is asked of Cal.com than it takes",
                    "Too many different questions wait already.", "Try again in a moment."));
        }
        return coming;
    }

    private void fetch(AvailabilityKey key, Lane lane, CompletableFuture<Answer> coming) {
        Instant asOf = Instant.now();
        try {
            Exchange asked = routes.request("direct:availability-fetch", exchange -> {
                exchange.setVariable("companyId", key.company());
                exchange.setVariable("lane", lane == Lane.BACKGROUND ? "background" : "live");
                exchange.setVariable(CalcomHttp.DEADLINE, asOf.plus(lane == Lane.BACKGROUND ? refreshPatience : livePatience));
                exchange.getMessage().setBody(key);
            });
            if (asked.getException() != null) {
                coming.completeExceptionally(asked.getException());
            } else {
                coming.complete(new Answer(key, slots(asked), asOf));
            }
        } catch (RuntimeException e) {
            coming.completeExceptionally(e);
        }
    }

    @SuppressWarnings("unchecked")
    private static List<Slot> slots(Exchange asked) {
        return asked.getMessage().getBody(List.class);
    }

    /** The keys that are held. */
    Collection<CachedAvailability> held() {
        return cache.asMap().values().stream().map(CachedAvailability.class::cast).toList();
    }

    /** What is held of a key, without asking for it; null for nothing. */
    CachedAvailability.Reply peek(AvailabilityKey key) {
        CachedAvailability held = (CachedAvailability) cache.getIfPresent(key.text());
        return held == null ? null : held.peek();
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
