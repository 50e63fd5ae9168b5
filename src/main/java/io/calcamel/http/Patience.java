package io.calcamel.http;

import java.time.Duration;
import org.apache.camel.Exchange;

/** How long a caller waits: the header {@code X-Deadline-Ms}. */
public final class Patience {

    /** Below the time after which the HTTP server itself gives up (camel.component.platform-http.requestTimeout). */
    public static final Duration LONGEST = Duration.ofSeconds(14);

    private Patience() {
    }

    /**
     * @param call      the API call
     * @param otherwise how long a caller waits who does not say
     * @return what it says, {@link #LONGEST} at most
     * @throws Problem 400 {@code bad_parameter} where the header is no number of milliseconds
     */
    public static Duration of(Exchange call, Duration otherwise) {
        String header = Request.of(call).header("X-Deadline-Ms");
        if (header == null) {
            return otherwise;
        }
        if (header.matches("\\d{1,9}") && Long.parseLong(header) >= 1) {
            Duration deadline = Duration.ofMillis(Long.parseLong(header));
            return deadline.compareTo(LONGEST) > 0 ? LONGEST : deadline;
        }
        throw Problem.badParameter("X-Deadline-Ms", "is no number of milliseconds.", "Send the header as a whole number, 1 or more; more than 14000 is 14000.");
    }
}
