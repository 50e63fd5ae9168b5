package io.calcamel.reconcile;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What reconciling needs to know of the companies. */
public interface ReconciledCompanies {

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
     * What a company is called.
     *
     * @param company its id
     */
    String slug(int company);

    /**
     * Whether a company's Cal.com is asked in API v1, which can't tell what changed, nor find a booking by its uid.
     *
     * @param company its id
     */
    boolean isAskedInV1(int company);

    /**
     * Since when Cal.com can tell this hub of a company's bookings: what changed before is no missed webhook.
     *
     * @param company its id
     */
    Instant listeningSince(int company);
}
