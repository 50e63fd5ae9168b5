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
     * What a company is told that has no connection.
     *
     * @param why what is missing, in words for whoever set the company up
     * @return {@link CalcomError#UNAUTHORIZED}
     */
    static CalcomException missing(String why) {
        return new CalcomException(CalcomError.UNAUTHORIZED, why);
    }
}
