package io.calcamel.appointment;

/**
 * A delivery that names a trigger event but does not have the form that Cal.com gives it: a payload template, most
 * likely. It changes nothing, and trying again would not help.
 */
public final class UnrecognisedDelivery extends RuntimeException {

    UnrecognisedDelivery(String message) {
        super(message, null, false, false);
    }
}
