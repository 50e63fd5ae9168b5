package io.calcamel;

import io.calcamel.company.CalcomAccess;
import io.calcamel.company.Companies;
import io.calcamel.company.Company;
import io.calcamel.eventtype.SyncedCompanies;
import java.util.List;
import java.util.Optional;

/** The companies as the event-type sync sees them. */
final class CompaniesToSync implements SyncedCompanies {

    private final Companies companies;

    /** @param companies the companies */
    CompaniesToSync(Companies companies) {
        this.companies = companies;
    }

    @Override
    public boolean isNamed(int company, String idOrSlug) {
        return companies.isNamed(company, idOrSlug);
    }

    @Override
    public Optional<Integer> named(String idOrSlug) {
        return companies.named(idOrSlug).map(Company::id);
    }

    @Override
    public List<Integer> connected() {
        return companies.connected();
    }

    @Override
    public ChosenTeam team(int company) {
        CalcomAccess calcom = companies.byId(company).map(Company::calcom).orElse(null);
        return calcom == null ? new ChosenTeam(null, null) : new ChosenTeam(calcom.teamId(), calcom.teamSlug());
    }
}
