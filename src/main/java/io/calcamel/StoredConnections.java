package io.calcamel;

import io.calcamel.calcom.ApiVersion;
import io.calcamel.calcom.Connection;
import io.calcamel.calcom.Connections;
import io.calcamel.company.CalcomAccess;
import io.calcamel.company.Companies;
import io.calcamel.company.Company;

/** How each company reaches its Cal.com: with its own key, at its own address. */
final class StoredConnections implements Connections {

    private final Companies companies;

    /** @param companies the companies */
    StoredConnections(Companies companies) {
        this.companies = companies;
    }

    @Override
    public Connection of(int companyId) {
        CalcomAccess calcom = companies.byId(companyId).filter(Company::isConnected).map(Company::calcom)
                .orElseThrow(() -> Connections.missing("The company has no API key in this hub."));
        try {
            return Connection.of(companyId, calcom.baseUrl(), calcom.apiKey(), ApiVersion.of(calcom.apiVersion()));
        } catch (IllegalArgumentException e) {
            throw Connections.missing(e.getMessage());
        }
    }
}
