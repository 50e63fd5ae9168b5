package io.calcamel.calcom;

import org.apache.camel.Endpoint;
import org.apache.camel.component.http.HttpEndpoint;
import org.apache.camel.spi.EndpointStrategy;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.core5.util.TimeValue;

/**
 * Has every pooled connection looked at before it is used again, at the cost of a millisecond. The client (HttpClient 5.5)
 * trusts one for two seconds, and Camel has no setting for it: a request on a connection that the server has closed
 * meanwhile fails as if Cal.com could have seen it.
 */
final class FreshConnections implements EndpointStrategy {

    static final ConnectionConfig LOOKED_AT = ConnectionConfig.custom().setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS).build();

    @Override
    public Endpoint registerEndpoint(String uri, Endpoint endpoint) {
        if (endpoint instanceof HttpEndpoint http && http.getClientConnectionManager() instanceof PoolingHttpClientConnectionManager pool) {
            pool.setDefaultConnectionConfig(LOOKED_AT);
        }
        return endpoint;
    }
}
