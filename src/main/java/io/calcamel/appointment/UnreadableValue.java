package io.calcamel.appointment;

/** A value in a delivery that can't be what its name says. The message names the field, and never quotes the value. */
final class UnreadableValue extends RuntimeException {

    UnreadableValue(String message) {
        super(message, null, false, false);
    }
}
