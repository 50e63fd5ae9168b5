package io.calcamel.webhook;

import java.sql.SQLException;

/** Why something failed, in words that may be stored and logged: messages of libraries can carry personal data. */
final class Reason {

    private Reason() {
    }

    /**
     * @param failure what was thrown
     * @return our own exceptions' message, a database error's SQLSTATE, or the name of the root cause's class
     */
    static String of(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getCause() != root && !isOurs(root)) {
            root = root.getCause();
        }
        if (isOurs(root)) {
            return root.getMessage();
        }
        return root instanceof SQLException sql
                ? "database error, SQLSTATE " + sql.getSQLState()
                : root.getClass().getName();
    }

    private static boolean isOurs(Throwable failure) {
        return failure.getClass().getName().startsWith("io.calcamel.") && failure.getMessage() != null;
    }
}
