package io.calcamel.database;

/** The database can't be used, and the message says in one line why and what to do. */
public final class DatabaseUnavailable extends RuntimeException {

    DatabaseUnavailable(String message) {
        super(message, null, false, false);
    }
}
