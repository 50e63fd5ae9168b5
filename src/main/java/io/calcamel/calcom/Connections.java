package io.calcamel.calcom;

/** Tells how each company reaches its Cal.com. */
@FunctionalInterface
public interface Connections {

    /**
     * @param companyId a company
     * @return its connection
     * @throws io.calcamel.http.Problem if the company has none
     */
    Connection of(int companyId);

    /**
     * A hub in which a single company has a Cal.com: no other may call it, with a key that is not its own.
     *
     * @param connection the one of that company
     * @return refuses every other company with {@link CalcomError#UNAUTHORIZED}
     */
    static Connections only(Connection connection) {
        return companyId -> {
            if (companyId != connection.companyId()) {
                throw new CalcomException(CalcomError.UNAUTHORIZED, "The company has no API key in this hub.");
            }
            return connection;
        };
    }
}
