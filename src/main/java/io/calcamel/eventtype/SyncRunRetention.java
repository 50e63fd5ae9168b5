package io.calcamel.eventtype;

import io.calcamel.privacy.RetentionRun;
import org.apache.camel.Variable;

/** Deletes old reports of syncs: the bean {@code syncRunRetention}. The last one of a company stays, which tells how it is doing. */
public final class SyncRunRetention {

    private final SyncRuns runs;

    SyncRunRetention(SyncRuns runs) {
        this.runs = runs;
    }

    /** @param run what is old */
    public void prune(@Variable(RetentionRun.VARIABLE) RetentionRun run) {
        run.syncRunsBefore().ifPresent(before -> run.delete("syncRuns", () -> runs.delete(before, RetentionRun.BATCH)));
    }
}
