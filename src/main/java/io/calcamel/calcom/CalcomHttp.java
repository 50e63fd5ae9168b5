package io.calcamel.calcom;

import io.calcamel.http.Destinations;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands around the HTTP call in route {@code calcom-exchange}: whether it may be made at all, what it carries, and
 * what is learned from how it ended. The bean {@code calcomHttp} of the routes.
 *
 * <p>Expects the variable {@code calcomRequest}, and takes {@code lane} and {@code deadline} (an Instant) where they are
 * set.
 */
public final class CalcomHttp {

    /** Variable with the {@link CalcomRequest}. */
    static final String REQUEST = "calcomRequest";
    /** Variable with the instant at which the caller stops waiting. */
    public static final String DEADLINE = "deadline";

    /** Property with how often the request was sent; Camel's own counter is a header, and headers don't outlive a call. */
    static final String TRIES = "calcomTries";

    private static final String STARTED = "calcomStarted";
    /** Property that says that the breaker knows already how the call ended. */
    private static final String ENDED = "calcomEnded";
    private static final Logger LOG = LoggerFactory.getLogger(CalcomHttp.class);

    private final Breakers breakers;
    private final RateBudgets budgets;
    private final CallLog log;
    private final int largestAnswer;

    CalcomHttp(Breakers breakers, RateBudgets budgets, CallLog log, int largestAnswer) {
        this.breakers = breakers;
        this.budgets = budgets;
        this.log = log;
        this.largestAnswer = largestAnswer;
    }

    /**
     * Waits for the rate budget, asks the circuit breaker, and puts on what the request carries.
     *
     * @param exchange the call
     * @throws CalcomException      {@code rate_limited} or {@code unavailable}, without having asked Cal.com
     * @throws InterruptedException if the hub stops
     */
    public void admit(Exchange exchange) throws InterruptedException {
        CalcomRequest request = request(exchange);
        refuseWhileOpen(breakers.lets(request.via()));
        Lane lane = Lane.of(exchange.getVariable(Lane.VARIABLE, String.class));
        if (!budgets.of(request.via()).take(lane, budgets.patience(lane, exchange.getVariable(DEADLINE, Instant.class)))) {
            throw new CalcomException(CalcomError.RATE_LIMITED, null);
        }
        // Not before: a trial call of an opened breaker must not wait for the budget while others are turned away.
        refuseWhileOpen(breakers.take(request.via()));
        dress(exchange.getMessage(), request);
        exchange.setProperty(STARTED, System.nanoTime());
        exchange.removeProperty(ENDED);
        exchange.setProperty(TRIES, exchange.getProperty(TRIES, 0, Integer.class) + 1);
    }

    private static void refuseWhileOpen(boolean isLet) {
        if (!isLet) {
            throw new CalcomException(CalcomError.UNAVAILABLE, "It failed several times in a row, and is left alone for a moment.");
        }
    }

    private static void dress(Message message, CalcomRequest request) {
        Connection via = request.via();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_METHOD, request.method());
        message.setHeader(Exchange.HTTP_URI, request.url());
        request.queryString().ifPresent(query -> message.setHeader(Exchange.HTTP_RAW_QUERY, query));
        message.setHeader("Accept", "application/json");
        message.setHeader("User-Agent", "CalCamel");
        if (via.apiVersion() == ApiVersion.V2) {
            message.setHeader("Authorization", "Bearer " + via.apiKey());
            via.edition().version(request.operation().group()).ifPresent(version -> message.setHeader("cal-api-version", version));
        }
        if (request.body() != null) {
            message.setHeader(Exchange.CONTENT_TYPE, "application/json");
        }
        message.setBody(request.bytes());
    }

    /**
     * Reads the answer, and learns from it.
     *
     * @param exchange the call; its body becomes a {@link CalcomAnswer}
     * @throws CalcomException if Cal.com refused or failed
     */
    public void receive(Exchange exchange) throws IOException {
        CalcomRequest request = request(exchange);
        Message message = exchange.getMessage();
        int status = message.getHeader(Exchange.HTTP_RESPONSE_CODE, Integer.class);
        InputStream stream = message.getBody(InputStream.class);
        byte[] body = read(stream);
        Map<String, Object> headers = Map.copyOf(message.getHeaders());
        message.removeHeaders("*");
        message.setBody(null);

        Duration took = took(exchange);
        exchange.setProperty(ENDED, true);
        breakers.ended(request.via(), took, status >= 500);
        learn(request, status, RateHeaders.of(headers, Instant.now()));
        CalcomAnswer answer = CalcomAnswer.of(status, body);
        log.answered(request, status, took, answer.body(), body.length);
        if (!answer.isSuccess()) {
            throw ErrorDecoder.decode(ErrorDecoder.Asked.of(request), answer);
        }
        message.setBody(answer);
    }

    private byte[] read(InputStream body) throws IOException {
        if (body == null) {
            return new byte[0];
        }
        try (body) {
            byte[] bytes = body.readNBytes(largestAnswer);
            if (bytes.length == largestAnswer && body.read() >= 0) {
                throw new CalcomException(CalcomError.UNEXPECTED_FORMAT, "Its answer is larger than calcom.max-answer.", false, Ending.UNCLEAR);
            }
            return bytes;
        }
    }

    private void learn(CalcomRequest request, int status, RateHeaders told) {
        RateBudget budget = budgets.of(request.via());
        if (status == 429 && !told.isOther()) {
            budget.backOff(told.reset().filter(reset -> !reset.isZero()).orElse(null));
        } else if (told.remaining().isPresent() && told.reset().isPresent()) {
            budget.learn(told.remaining().get(), told.reset().get());
        }
    }

    /**
     * There is no answer that could be read: no connection, not in time, or a fault of ours.
     *
     * @param exchange the call, with the exception that ended it
     * @throws CalcomException what ended it, or {@code unavailable}; always
     */
    public void fail(Exchange exchange) {
        Throwable caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Throwable cause = caught instanceof NeverSent unsent ? unsent.failure() : caught;
        CalcomRequest request = request(exchange);
        Duration took = took(exchange);
        exchange.getMessage().removeHeaders("*");
        exchange.getMessage().setBody(null);
        boolean isRefused = cause instanceof Destinations.Refused;
        boolean isServers = cause instanceof IOException && !isRefused && !(cause instanceof ConnectionRequestTimeoutException);
        if (exchange.getProperty(ENDED) == null) {
            if (isServers) {
                breakers.ended(request.via(), took, true);
            } else {
                breakers.release(request.via());
            }
        }
        if (cause instanceof CalcomException known) {
            throw known;
        }
        log.failed(request, took, cause);
        if (isRefused) {
            LOG.warn("{} was not sent: its address {}", request, cause.getMessage());
            throw new CalcomException(CalcomError.UNAVAILABLE, "Its address " + cause.getMessage());
        }
        if (!(cause instanceof IOException)) {
            LOG.error("{} could not be sent: {}", request, cause.getClass().getName());
        }
        throw new CalcomException(CalcomError.UNAVAILABLE, cause instanceof SocketTimeoutException ? "It did not answer in time."
                : isServers ? "There was no connection, or it broke." : "The call could not be made.", cause instanceof IOException,
                caught instanceof NeverSent ? Ending.NOT_SENT : Ending.UNHEARD);
    }

    private static Duration took(Exchange exchange) {
        return Duration.ofNanos(System.nanoTime() - exchange.getProperty(STARTED, Long.class));
    }

    private static CalcomRequest request(Exchange exchange) {
        return Optional.ofNullable(exchange.getVariable(REQUEST, CalcomRequest.class))
                .orElseThrow(() -> new IllegalStateException("the variable " + REQUEST + " is missing"));
    }
}
