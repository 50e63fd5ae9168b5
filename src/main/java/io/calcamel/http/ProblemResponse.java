package io.calcamel.http;

import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.processor.ThrottlerRejectedExecutionException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.RecoverableDataAccessException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.transaction.TransactionException;

/**
 * Answers the exception that was caught as problem+json, and with nothing else: no header of the request comes back.
 * Used by the route configurations in {@code routes/errors}.
 */
public final class ProblemResponse implements Processor {

    /** SQLSTATE "lock not available" (PostgreSQL, appendix A): somebody else held it for too long. */
    private static final String LOCK_TIMEOUT = "55P03";

    @Override
    public void process(Exchange exchange) {
        Throwable caught = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        Problem problem = problem(caught);
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

    private static Problem problem(Throwable caught) {
        if (caught instanceof Problem problem) {
            return problem;
        }
        if (isOfTheDatabase(caught)) {
            return new Problem(503, "database_unavailable", "The hub's database can't be reached right now", null, "Try again in a moment. Webhooks are taken in meanwhile.");
        }
        return Problem.ofStatus(caught instanceof ThrottlerRejectedExecutionException ? 503 : 500);
    }

    /** Whether the database was away, or left in the midst of it: what {@code routes/errors/http-errors} names. */
    private static boolean isOfTheDatabase(Throwable caught) {
        return caught instanceof DataAccessResourceFailureException || caught instanceof TransientDataAccessException
                || caught instanceof RecoverableDataAccessException || caught instanceof TransactionException
                || caught instanceof UncategorizedSQLException other && LOCK_TIMEOUT.equals(other.getSQLException().getSQLState());
    }
}
