package io.calcamel.calcom;

import io.calcamel.http.Problem;

/**
 * Cal.com refused, failed, or was not asked. Its detail is ours: Cal.com's own texts echo what was sent, and with it
 * personal data.
 */
public final class CalcomException extends Problem {

    private final CalcomError error;
    private final boolean passing;
    private final Ending ending;

    /**
     * @param error   what went wrong
     * @param detail  what is special about this case; without secrets and personal data. May be null
     * @param passing whether the same question could be answered in a moment: no connection, or a server that stumbled
     * @param ending  what is known of the request
     */
    CalcomException(CalcomError error, String detail, boolean passing, Ending ending) {
        super(error.status(), error.code(), error.title(), detail, error.hint());
        this.error = error;
        this.passing = passing;
        this.ending = ending;
    }

    /** Of a request that was not even sent. */
    CalcomException(CalcomError error, String detail) {
        this(error, detail, false, Ending.NOT_SENT);
    }

    /** What went wrong. */
    public CalcomError error() {
        return error;
    }

    /** Whether the same question could be answered in a moment. */
    boolean isPassing() {
        return passing;
    }

    /**
     * Whether the request may have been carried out although it failed: it left, and nothing that came back says that it
     * was refused. False only where that is certain.
     */
    public boolean mayHaveHappened() {
        return ending.mayHaveHappened();
    }

    /**
     * Whether the request was answered, whatever with, so that Cal.com is no longer at work on it. False after a time-out
     * or a broken connection, and where it was not sent.
     */
    public boolean hasAnswered() {
        return ending.isAnswered();
    }
}
