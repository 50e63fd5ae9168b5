package io.calcamel.http;

import org.apache.camel.Exchange;
import org.apache.camel.http.base.HttpHeaderFilterStrategy;

/**
 * Keeps headers and query parameters of a request out of the Camel message, where they would steer components and come
 * back in the response. A route that needs one takes it by name, with {@link Request} or {@link ApiCall}.
 */
public final class NothingFromOutside extends HttpHeaderFilterStrategy {

    @Override
    public boolean applyFilterToExternalHeaders(String headerName, Object headerValue, Exchange exchange) {
        return true;
    }
}
