package io.calcamel.booking;

/**
 * What became of the attempt to begin an intent.
 *
 * @param outcome whether to go on
 * @param intent  the intent of this key, new or old
 */
public record Begun(Outcome outcome, Intent intent) {

    /** Whether to go on. */
    public enum Outcome {

        /** It is the caller's to do. */
        NEW,
        /** The same was asked before, and is answered: the intent has the reply. */
        ANSWERED,
        /** The same was asked before, and has no answer yet. */
        IN_PROGRESS,
        /** The key was used before, for something else. */
        MISMATCH
    }
}
