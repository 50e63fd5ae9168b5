package io.calcamel.calcom;

/** How a request that failed came to its end, as far as it can be known. */
enum Ending {

    /** It never left: Cal.com has not seen it. */
    NOT_SENT(false, false),
    /** Cal.com, or something before it, answered that it does not do it. */
    REFUSED(false, true),
    /** There was an answer, which does not tell whether it was done. */
    UNCLEAR(true, true),
    /** It was sent, and no answer came: Cal.com may have done it, be at it still, or never have seen it. */
    UNHEARD(true, false);

    private final boolean mayHaveHappened;
    private final boolean isAnswered;

    Ending(boolean mayHaveHappened, boolean isAnswered) {
        this.mayHaveHappened = mayHaveHappened;
        this.isAnswered = isAnswered;
    }

    boolean mayHaveHappened() {
        return mayHaveHappened;
    }

    boolean isAnswered() {
        return isAnswered;
    }
}
