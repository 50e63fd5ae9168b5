package io.calcamel.calcom;

import java.time.Instant;
import org.apache.camel.Exchange;

/** Whether a read that failed is tried once more; asked by the route configuration {@code calcom-read-errors}. */
public final class ReadRetry {

    private final int most;

    ReadRetry(int most) {
        this.most = most;
    }

    /**
     * @param exchange the read, with the exception that ended its last try
     * @return true where the failure can pass, the caller still waits, and it was not tried too often
     */
    public boolean again(Exchange exchange) {
        boolean isPassing = exchange.getProperty(Exchange.EXCEPTION_CAUGHT) instanceof CalcomException failure && failure.isPassing();
        int tries = exchange.getProperty(CalcomHttp.TRIES, 0, Integer.class);
        Instant deadline = exchange.getVariable(CalcomHttp.DEADLINE, Instant.class);
        return isPassing && tries <= most && (deadline == null || Instant.now().isBefore(deadline));
    }
}
