package io.calcamel.calcom;

import java.io.IOException;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;

/**
 * A request failed before a byte of it was sent: there was no connection to send it on. Told by how far the request got,
 * not by the exception: a connection that breaks gives the same ones before and after.
 */
final class NeverSent extends IOException {

    private static final long serialVersionUID = 1L;

    /** Attribute of a request that has its connection. */
    private static final String CONNECTED = "calcamel.connected";

    private final transient IOException failure;

    private NeverSent(IOException failure) {
        super(failure);
        this.failure = failure;
    }

    /** What went wrong instead. */
    IOException failure() {
        return failure;
    }

    /** Makes a client throw this where it applies. */
    static void tellIn(HttpClientBuilder client) {
        client.addExecInterceptorFirst("never-sent", (request, scope, chain) -> {
            try {
                return chain.proceed(request, scope);
            } catch (IOException e) {
                throw scope.clientContext.getAttribute(CONNECTED) == null ? new NeverSent(e) : e;
            }
        });
        client.addExecInterceptorAfter(ChainElement.CONNECT.name(), "connected", (request, scope, chain) -> {
            scope.clientContext.setAttribute(CONNECTED, true);
            return chain.proceed(request, scope);
        });
    }
}
