package io.calcamel.calcom;

import io.calcamel.http.Problem;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeException;
import org.apache.camel.Variable;

/** How a company's Cal.com is, as route {@code calcom-health} answers it. The bean {@code calcomHealth}. */
public final class CalcomHealth {

    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final String BEGUN = "healthBegun";

    private final Connections connections;
    private final Breakers breakers;
    private final RateBudgets budgets;
    private final CallLog log;

    CalcomHealth(Connections connections, Breakers breakers, RateBudgets budgets, CallLog log) {
        this.connections = connections;
        this.breakers = breakers;
        this.budgets = budgets;
        this.log = log;
    }

    /** Refuses a company that has no Cal.com; starts the clock, and bounds the wait. */
    public void begin(Exchange exchange, @Variable("companyId") int company) {
        connections.of(company);
        exchange.setVariable(CalcomHttp.DEADLINE, Instant.now().plus(PATIENCE));
        exchange.setProperty(BEGUN, System.nanoTime());
    }

    /** Cal.com answered. */
    public Map<String, Object> operational(Exchange exchange, @Variable("companyId") int company) {
        return state(exchange, company, null);
    }

    /** Cal.com did not answer as it should, or was not asked. */
    public Map<String, Object> failing(Exchange exchange, @Variable("companyId") int company, @ExchangeException CalcomException failure) {
        return state(exchange, company, failure);
    }

    private Map<String, Object> state(Exchange exchange, int company, Problem failure) {
        Connection via = connections.of(company);
        Map<String, Object> state = new LinkedHashMap<>();
        state.put("operational", failure == null);
        state.put("latencyMs", Duration.ofNanos(System.nanoTime() - exchange.getProperty(BEGUN, Long.class)).toMillis());
        state.put("breaker", breakers.state(via));
        state.put("rateLimit", budgets.of(via).state());
        state.put("server", via.server().toString());
        state.put("apiVersion", via.apiVersion().name().toLowerCase(Locale.ROOT));
        state.put("edition", via.edition().name().toLowerCase(Locale.ROOT));
        state.put("debug", log.isOn());
        state.put("error", failure == null ? null : failure.toJson());
        return state;
    }
}
