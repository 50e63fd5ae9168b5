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
}
