package io.calcamel.calcom;

import io.calcamel.http.Problem;

/**
 * Cal.com refused, failed, or was not asked. Its detail is ours: Cal.com's own texts echo what was sent, and with it
 * personal data.
 */
public final class CalcomException extends Problem {

    private final CalcomError error;
    private final boolean passing;

    /**
     * @param error   what went wrong
     * @param detail  what is special about this case; without secrets and personal data. May be null
     * @param passing whether the same question could be answered in a moment: no connection, or a server that stumbled
     */
    CalcomException(CalcomError error, String detail, boolean passing) {
        super(error.status(), error.code(), error.title(), detail, error.hint());
        this.error = error;
        this.passing = passing;
    }

    CalcomException(CalcomError error, String detail) {
        this(error, detail, false);
    }

    /** What went wrong. */
    public CalcomError error() {
        return error;
    }

    /** Whether the same question could be answered in a moment. */
    boolean isPassing() {
        return passing;
    }
}
