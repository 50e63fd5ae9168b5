package io.calcamel.attention;

import io.calcamel.http.Destinations;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The face of this module: somebody is told of what a person has to look at. What is done with it is in
 * {@code routes/attention}. It never holds up, and never fails, what it tells of.
 */
public final class Attention {

    private static final Logger LOG = LoggerFactory.getLogger(Attention.class);
    private static final String ROUTE = "direct:attention";

    /**
     * @param url     where it is posted to; blank for the log only
     * @param secret  what the post is signed with; blank where there is no url
     * @param threads posts at the same time
     * @param waiting how many may wait to be posted; more are dropped
     * @param onceIn  within which time the same is not told twice
     */
    public record Settings(String url, String secret, int threads, int waiting, Duration onceIn) {

        /** Without the secret, and without the address, which can have one in it. */
        @Override
        public String toString() {
            return url.isEmpty() ? "the log" : "the log, and an address";
        }
    }

    private final ProducerTemplate routes;
    private final ThreadPoolExecutor threads;

    private Attention(ProducerTemplate routes, ThreadPoolExecutor threads) {
        this.routes = routes;
        this.threads = threads;
    }

    /**
     * Binds the beans of the routes in {@code routes/attention}.
     *
     * @param context  the Camel context
     * @param slugs    the slug of a company by its id; null for an unknown one
     * @param destinations which addresses may be called
     * @param settings the settings
     * @return the module, which rests before the routes are taken down
     */
    public static Attention start(CamelContext context, IntFunction<String> slugs, Destinations destinations, Settings settings) {
        AttentionSteps steps = new AttentionSteps(slugs, settings);
        AtomicInteger number = new AtomicInteger();
        ThreadPoolExecutor threads = new ThreadPoolExecutor(settings.threads(), settings.threads(), 30, TimeUnit.SECONDS,
                new ArrayBlockingQueue<>(settings.waiting()), task -> new Thread(task, "attention-" + number.incrementAndGet()),
                (task, full) -> steps.dropped());
        threads.allowCoreThreadTimeOut(true);
        context.getRegistry().bind("attention", steps);
        context.getRegistry().bind("attentionThreads", threads);
        context.getRegistry().bind("attentionClient", (HttpClientConfigurer) client -> destinations.guard(client,
                PoolingHttpClientConnectionManagerBuilder.create().setMaxConnPerRoute(settings.threads()).setMaxConnTotal(settings.threads())));
        context.getRegistry().bind("toAttentionOnly", new ToAttentionOnly());
        return new Attention(context.createProducerTemplate(), threads);
    }

    /**
     * Tells of something. In a transaction it is told when that is committed, and not at all when it is rolled back.
     *
     * @param matter what somebody has to look at
     */
    public void tell(Matter matter) {
        if (TransactionSynchronizationManager.isSynchronizationActive()) {
            TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    send(matter);
                }
            });
        } else {
            send(matter);
        }
    }

    private void send(Matter matter) {
        try {
            Exchange told = routes.send(ROUTE, exchange -> exchange.getMessage().setBody(matter));
            if (told.getException() != null) {
                untold(matter, told.getException());
            }
        } catch (RuntimeException e) {
            untold(matter, e);
        }
    }

    private static void untold(Matter matter, Exception failure) {
        LOG.warn("Nobody could be told of {} {}: {}", matter.kind().text(), matter.about(), failure.getClass().getName());
    }

    /** The hub stops: what waits to be posted stands in the log only. */
    public void rest() {
        threads.shutdownNow();
    }
}
