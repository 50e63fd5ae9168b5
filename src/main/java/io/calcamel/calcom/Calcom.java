package io.calcamel.calcom;

import io.calcamel.http.Destinations;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.component.http.HttpClientConfigurer;
import org.apache.camel.spi.Registry;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;

/**
 * The face of this module: the only place that calls Cal.com. What it does is in {@code routes/calcom}; other modules
 * send our words to one of its routes ({@code direct:calcom-slots}, …) with the variables {@code companyId} and, where
 * they are set, {@code lane} and {@code deadline}, and get our words or a {@link CalcomException} back.
 */
public final class Calcom implements AutoCloseable {

    /**
     * @param budget            calls that each key may make
     * @param livePatience      how long a live call waits for the budget
     * @param backgroundPatience how long a background call waits for it
     * @param breaker           when a company's server is left alone
     * @param retries           how often a read is tried again
     * @param callTimeout       for a call as a whole
     * @param largestAnswer     bytes of an answer; more are not read
     * @param perServer         connections kept open to one server
     * @param connections       connections kept open to all
     * @param debug             whether calls are logged from the start
     */
    public record Settings(Budget budget, Duration livePatience, Duration backgroundPatience, Breaker breaker, int retries,
            Duration callTimeout, int largestAnswer, int perServer, int connections, boolean debug) {
    }

    /**
     * @param perMinute calls in any minute
     * @param perSecond calls in any second
     * @param liveShare of a hundred, how much of a minute background calls leave to live ones
     * @param waiting   callers that may wait in each lane
     * @param backOff   how long to keep still after a 429 that does not tell
     */
    public record Budget(int perMinute, int perSecond, int liveShare, int waiting, Duration backOff) {

        int perMinute(Lane lane) {
            return lane == Lane.LIVE ? perMinute : (int) Math.max(1, perMinute - (long) perMinute * liveShare / 100);
        }

        int perSecond(Lane lane) {
            return lane == Lane.LIVE ? perSecond : Math.max(1, perSecond - 1);
        }
    }

    /**
     * @param calls    calls that are looked back on
     * @param fewest   calls that it takes to open
     * @param failures of a hundred, how many open it
     * @param open     how long it stays open before a call is tried again
     */
    public record Breaker(int calls, int fewest, int failures, Duration open) {
    }

    private final CallTimeout callTimeout;
    private final RateBudgets budgets;
    private final Breakers breakers;

    private Calcom(CallTimeout callTimeout, RateBudgets budgets, Breakers breakers) {
        this.callTimeout = callTimeout;
        this.budgets = budgets;
        this.breakers = breakers;
    }

    /**
     * Binds the beans of the routes in {@code routes/calcom}.
     *
     * @param context     the Camel context
     * @param connections how each company reaches its Cal.com
     * @param destinations which addresses may be called
     * @param settings    the settings
     * @return the module, to be closed when the routes have stopped
     */
    public static Calcom start(CamelContext context, Connections connections, Destinations destinations, Settings settings) {
        Breakers breakers = new Breakers(settings.breaker());
        RateBudgets budgets = new RateBudgets(settings.budget(), settings.livePatience(), settings.backgroundPatience());
        CallLog log = new CallLog(settings.debug());
        CallTimeout callTimeout = new CallTimeout(settings.callTimeout());

        Registry registry = context.getRegistry();
        registry.bind("calcomRequest", new Requests(connections));
        registry.bind("calcomHttp", new CalcomHttp(breakers, budgets, log, settings.largestAnswer()));
        registry.bind("calcomAnswer", new Answers());
        registry.bind("calcomRetry", new ReadRetry(settings.retries()));
        registry.bind("calcomClient", client(callTimeout, destinations, settings));
        registry.bind("toCalcomOnly", new ToCalcomOnly());
        registry.bind("calcomDebug", log);
        registry.bind("calcomHealth", new CalcomHealth(connections, breakers, budgets, log));
        context.getCamelContextExtension().registerEndpointCallback(new FreshConnections());
        return new Calcom(callTimeout, budgets, breakers);
    }

    private static HttpClientConfigurer client(CallTimeout callTimeout, Destinations destinations, Settings settings) {
        return client -> {
            destinations.guard(client, PoolingHttpClientConnectionManagerBuilder.create().setDefaultConnectionConfig(FreshConnections.LOOKED_AT)
                    .setMaxConnPerRoute(settings.perServer()).setMaxConnTotal(settings.connections()));
            callTimeout.configureHttpClient(client);
            NeverSent.tellIn(client);
        };
    }

    /** How many companies are not asked right now, since their Cal.com fails: those whose circuit breaker is not closed. */
    public int failing() {
        return breakers.open();
    }

    /** Turns away whoever waits for a rate budget, so that the routes can stop. */
    public void rest() {
        budgets.close();
    }

    @Override
    public void close() {
        callTimeout.close();
    }
}
