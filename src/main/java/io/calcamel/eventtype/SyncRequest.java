package io.calcamel.eventtype;

import java.util.List;

/**
 * What a run of the sync is asked to do.
 *
 * @param company the company's id
 * @param cause   who wants it
 * @param scope   how it was chosen what is synced
 * @param ids     the event types to sync; null for all
 * @param force   whether event types are counted as missing although they are too many at once
 * @param dryRun  whether it only reports what it would do
 */
record SyncRequest(int company, Cause cause, Scope scope, List<Long> ids, boolean force, boolean dryRun) {

    /** Who wants a run. */
    enum Cause { SCHEDULE, START, COMMAND, CREATED }

    /** How it was chosen what is synced. */
    enum Scope { ALL, IDS, BRANCH }

    static SyncRequest all(int company, Cause cause) {
        return new SyncRequest(company, cause, Scope.ALL, null, false, false);
    }

    boolean isAll() {
        return scope == Scope.ALL;
    }
}
