package io.calcamel;

import io.calcamel.company.Companies;
import io.calcamel.company.Company;
import io.calcamel.reconcile.ReconciledCompanies;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The companies as reconciling sees them. */
final class CompaniesToReconcile implements ReconciledCompanies {

    private final Companies companies;

    /** @param companies the companies */
    CompaniesToReconcile(Companies companies) {
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
    public String slug(int company) {
        return companies.byId(company).map(Company::slug).orElse(String.valueOf(company));
    }

    @Override
    public boolean isAskedInV1(int company) {
        return companies.byId(company).map(known -> "v1".equals(known.calcom().apiVersion())).orElse(false);
    }

    @Override
    public Instant listeningSince(int company) {
        return companies.listeningSince(company);
    }
}
