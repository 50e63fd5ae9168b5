package io.calcamel.connect;

import io.calcamel.calcom.CalcomException;
import io.calcamel.calcom.Connection;
import io.calcamel.company.Company;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** What was found out about a company so far: variable {@code examination} of the routes in {@code routes/company}. */
final class Examination {

    final Company company;
    final Connection connection;
    final List<Step> findings = new ArrayList<>();
    boolean isKeyGood;
    /** What Cal.com refused the key with. */
    CalcomException refusal;
    /** Where the key is good, where that is another region. */
    Connection otherRegion;
    /** When the newest change was made in Cal.com that should have been told by now. */
    Instant newestChange;

    Examination(Company company, Connection connection) {
        this.company = company;
        this.connection = connection;
    }

    void add(Step finding) {
        findings.add(finding);
    }
}
