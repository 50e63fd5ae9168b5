package io.calcamel.availability;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.calcamel.calcom.CalcomHttp;
import io.calcamel.calcom.Lane;
import io.calcamel.calcom.Slot;
import io.calcamel.http.Patience;
import io.calcamel.http.Problem;
import java.time.Clock;
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

    private static final int REFRESHES = 4;
    /** What a key takes that holds nothing, in slots. */
    private static final int LEAST_WEIGHT = 50;

    private final LoadingCache<Object, Object> cache;
    private final ThreadPoolExecutor live;
    /** Its own, and few: a refresh waits behind everything else, and must not stand in the way of somebody on the line. */
    private final ThreadPoolExecutor background;
    private final ProducerTemplate routes;

    AvailabilityCache(ProducerTemplate routes, Availability.Settings settings, Clock clock) {
        this.routes = routes;
        live = threads("availability-", settings.threads(), settings.waiting());
        background = threads("availability-refresh-", REFRESHES, REFRESHES);
        CachedAvailability.Times times = new CachedAvailability.Times(settings.fresh(), settings.freshEmpty(), settings.refresh());
        cache = Caffeine.newBuilder().maximumWeight(settings.slots()).expireAfterAccess(settings.keep())
                .weigher((Object text, Object held) -> LEAST_WEIGHT + ((CachedAvailability) held).size())
                .build(text -> new CachedAvailability(AvailabilityKey.parse((String) text), times, clock, this::fetch));
    }

    private static ThreadPoolExecutor threads(String name, int most, int waiting) {
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(most, most, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(waiting),
                task -> new Thread(task, name + number.incrementAndGet()));
        threads.allowCoreThreadTimeOut(true);
        return threads;
    }

    /** The cache, by {@link AvailabilityKey#text()}; its values are {@link CachedAvailability}. */
    LoadingCache<Object, Object> bean() {
        return cache;
    }

    private CompletableFuture<Answer> fetch(AvailabilityKey key, Lane lane) {
        CompletableFuture<Answer> coming = new CompletableFuture<>();
        try {
            (lane == Lane.LIVE ? live : background).execute(() -> fetch(key, lane, coming));
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
                exchange.setVariable(CalcomHttp.DEADLINE, asOf.plus(Patience.LONGEST));
                exchange.getMessage().setBody(key);
            });
            if (asked.getException() != null) {
                coming.completeExceptionally(asked.getException());
            } else {
                coming.complete(new Answer(key, slots(asked), asOf));
                // Put again, so that it is weighed with what it holds now.
                cache.asMap().computeIfPresent(key.text(), (text, held) -> held);
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
        live.shutdownNow();
        background.shutdownNow();
    }
}
