package io.calcamel.calcom;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/**
 * Bounds a call as a whole. The client's own time-outs bound the waits between bytes, so an answer that drips would hold
 * its thread for ever: here its connection is closed.
 */
final class CallTimeout implements HttpClientConfigurer, AutoCloseable {

    private final long millis;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "calcom-call-timeout");
        thread.setDaemon(true);
        return thread;
    });

    /** @param atMost for a call, from connecting to the last byte */
    CallTimeout(Duration atMost) {
        this.millis = atMost.toMillis();
    }

    @Override
    public void configureHttpClient(HttpClientBuilder client) {
        client.addExecInterceptorFirst("call-timeout", (request, scope, chain) -> {
            // A call that is over has given its connection back: then this closes nothing.
            timer.schedule(scope.execRuntime::discardEndpoint, millis, TimeUnit.MILLISECONDS);
            return chain.proceed(request, scope);
        });
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
