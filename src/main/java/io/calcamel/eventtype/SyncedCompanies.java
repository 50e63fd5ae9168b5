package io.calcamel.eventtype;

import java.util.List;
import java.util.Optional;

/** What the sync needs to know of the companies. */
public interface SyncedCompanies {

    /**
     * The team whose event types are synced beside the personal ones.
     *
     * @param id   Cal.com's id; null where it has to be found by its slug
     * @param slug its slug; null for all teams
     */
    record ChosenTeam(Long id, String slug) {

        /** All teams of the account. */
        static final ChosenTeam ALL = new ChosenTeam(null, null);
    }

    /**
     * Whether somebody means this company.
     *
     * @param company  its id
     * @param idOrSlug what it was called
     */
    boolean isNamed(int company, String idOrSlug);

    /**
     * The company that somebody means.
     *
     * @param idOrSlug what it was called
     * @return its id, or empty if there is none
     */
    Optional<Integer> named(String idOrSlug);

    /** The ids of the companies that can call Cal.com. */
    List<Integer> connected();

    /**
     * Which team a company has chosen.
     *
     * @param company its id
     */
    ChosenTeam team(int company);
}
