package io.calcamel.http;

import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.vertx.HttpMessage;

/** The HTTP request behind an exchange, as it came; what a query parameter says is never taken for a header. */
public final class Request {

    private final HttpServerRequest request;

    private Request(HttpServerRequest request) {
        this.request = request;
    }

    /**
     * @param exchange an exchange that a {@code platform-http} route began
     * @return its request
     * @throws IllegalStateException in a route that something else began
     */
    public static Request of(Exchange exchange) {
        if (exchange.getIn() instanceof HttpMessage message) {
            return new Request(message.getRequest());
        }
        throw new IllegalStateException("only a platform-http route has an HTTP request");
    }

    /**
     * @param name the header, in any case
     * @return its value; null where it is missing, or came more than once and so means nothing certain
     */
    public String header(String name) {
        List<String> values = request.headers().getAll(name);
        return values.size() == 1 ? values.get(0) : null;
    }

    /** All values of a header, in the order they came. */
    List<String> all(String name) {
        return request.headers().getAll(name);
    }

    /** The address of who opened the connection; null where that is not known. */
    String peer() {
        return request.remoteAddress() == null ? null : request.remoteAddress().hostAddress();
    }

    /** The raw query, without the question mark; null where there is none. */
    public String query() {
        return request.query();
    }

    /** The path, percent-encoded as it came. */
    public String path() {
        return request.path();
    }
}
