package io.calcamel.http;

import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.processor.ThrottlerRejectedExecutionException;

/**
 * Answers the exception that was caught as problem+json, and with nothing else: no header of the request comes back.
 * Used by the route configurations in {@code routes/errors}.
 */
public final class ProblemResponse implements Processor {

    @Override
    public void process(Exchange exchange) {
        Throwable caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Problem problem = caught instanceof Problem p ? p : Problem.ofStatus(caught instanceof ThrottlerRejectedExecutionException ? 503 : 500);
        Message message = exchange.getMessage();
        message.removeHeaders("*");
        message.setHeader(Exchange.HTTP_RESPONSE_CODE, problem.status());
        message.setHeader(Exchange.CONTENT_TYPE, Problem.CONTENT_TYPE);
        if (problem.status() == 503) {
            message.setHeader("Retry-After", problem.code().equals("rate_limited") ? "30" : "1");
        }
        if (problem.status() == 429) {
            message.setHeader("Retry-After", "60");
        }
        if (problem.status() == 401 && problem.code().equals("unauthorized")) {
            message.setHeader("WWW-Authenticate", "Bearer");
        }
        message.setBody(Json.write(problem.toJson()).getBytes(StandardCharsets.UTF_8));
    }
}
