package io.calcamel;

/** The hub can't start, and the person who started it can mend it: the message is one line that says what to do. */
public final class StartRefused extends RuntimeException {

    /** @param message what is wrong and what to do, in one line */
    public StartRefused(String message) {
        super(message, null, false, false);
    }

    /**
     * @param failure what a start ended with
     * @return the refusal inside it, or the failure itself
     */
    static Exception in(Exception failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof StartRefused refused) {
                return refused;
            }
        }
        return failure;
    }
}
